/**
 * What the figure of spam says.
 *
 * @module
 */
import { MET_BY, NOT_MET_BY } from '../../task/spam/messages.ts';
import { possessive } from '../words.ts';
import { NAMES } from './masks-words.ts';
import type { Way } from './spam-state.ts';

/** Names of the ways, as buttons. */
export const WAY_NAMES: Record<Way, string> = {
  pooled: 'In one place',
  alone: 'Alone',
  open: 'Together, in the open',
  masked: 'Together, under masks',
};

/** Who can see what. */
export interface Sight {
  readonly who: string;
  readonly sees: string;
}

/** What each side sees, one way or another. */
export const SIGHTS: Record<Way, readonly Sight[]> = {
  pooled: [
    { who: 'The server', sees: 'Every message and every flag of all three.' },
    { who: 'The other two', sees: 'The model that the server hands out.' },
    { who: 'Chloé gets', sees: 'A warning of what Bence has met.' },
  ],
  alone: [
    { who: 'A server', sees: 'There is none.' },
    { who: 'The other two', sees: 'Nothing at all.' },
    { who: 'Chloé gets', sees: 'No warning: her phone knows only what she has met.' },
  ],
  open: [
    {
      who: 'The server',
      sees: 'No message. But each update moves exactly the words of its messages, so it reads them off.',
    },
    { who: 'The other two', sees: 'The merged model.' },
    { who: 'Chloé gets', sees: 'The warning.' },
  ],
  masked: [
    {
      who: 'Whoever adds up',
      sees: 'Words modulo 2³² that look like dice. Only the sum of all three means something.',
    },
    {
      who: 'The other two',
      sees: 'The same, and the merged model: it has the words, not whose they are.',
    },
    { who: 'Chloé gets', sees: 'The warning.' },
  ],
};

/** The first round from which a model takes a text for spam, up to the last one; undefined when it does not. */
export function spamFrom(history: readonly number[]): number | undefined {
  const last = history.findLastIndex((probability) => probability <= 0.5);
  return last === history.length - 1 ? undefined : last + 1;
}

/** How long the others' flags take to protect the one who has not met it; the finding, as it stands. */
export function spamCaption(
  history: { readonly alone: readonly number[]; readonly masked: readonly number[] },
  isScam: boolean,
): string {
  const { alone, masked } = history;
  const together = spamFrom(masked);
  const own = spamFrom(alone);
  const [name, met] = [NAMES[NOT_MET_BY]!, NAMES[MET_BY]!];
  const what = isScam ? `the scam that only ${met} has met` : 'this message';
  const end = `${Math.round(alone.at(-1)! * 100)}\u202f%`;
  const aloneWords =
    own === undefined
      ? `Alone it never would: after as many steps it gives it ${end}.`
      : `Alone it does so from round ${own} on.`;
  if (together === undefined)
    return own === undefined
      ? `${possessive(name)} phone does not take ${what} for spam, neither alone nor with the flags of the others.`
      : `Alone, ${possessive(name)} phone takes ${what} for spam from round ${own} on; the flags of the others talk it out of that.`;
  return `With the flags of the others, ${possessive(name)} phone takes ${what} for spam from round ${together} on. ${aloneWords} Under masks the model is the same as in the open, to the fifth digit: they cancel.`;
}
