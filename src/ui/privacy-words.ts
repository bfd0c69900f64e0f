/**
 * How the page speaks of noise: epsilon, what it is worth, and what it costs.
 *
 * @module
 */
import type { FollowedNoise, NoiseChoice, PrivacyView, SessionView } from '../peer/view.ts';
import { DEFAULT_DELTA, type NoiseSetting } from '../privacy/noise.ts';
import type { Band } from '../privacy/signal.ts';
import { nameOf } from './headline.ts';
import { capitalised, counted, someNames } from './words.ts';

/** Epsilons beyond it are no promise, so they are not told apart. */
const LARGEST_SHOWN = 50;

/** An epsilon: never smaller than it is. */
export function epsilonFigure(epsilon: number): string {
  if (!(epsilon <= LARGEST_SHOWN)) return `above ${LARGEST_SHOWN}`;
  return (Math.ceil(epsilon * 10 - 1e-9) / 10).toFixed(1);
}

/** What an epsilon is worth, in a few words. */
export function worthOf(epsilon: number): string {
  if (epsilon <= 1) return 'a strong promise';
  if (epsilon <= 10) return 'a real promise, if a generous one';
  if (epsilon <= 20) return 'weak: little formal protection';
  return 'too weak to be called private';
}

/** A signal-to-noise ratio in two or three words, beside its figure. */
export const BAND_NAMES: Readonly<Record<Band, string>> = {
  buried: 'more noise than signal',
  costly: 'noise spoils much',
  clear: 'signal prevails',
};

/** What is left to learn from, in a sentence. The figures are those of the table in docs/privacy.md. */
export const BAND_WORDS: Readonly<Record<Band, string>> = {
  buried: 'The noise is larger than everything this room can learn: training alone will do better.',
  costly: 'The noise costs accuracy, somewhere between little and all that the room gains.',
  clear:
    'More is learned than the noise hides, but the noise is still felt: where we measured, ratios from 4 to 8 cost 7 to 17 points of accuracy in 100, ratios above 10 cost 2 to 4.',
};

/** What a small room has to expect. */
export const SMALL_ROOM =
  'In a room of three to eight tabs the noise usually costs more than the federation gains: whoever trains alone does better.';

/** What three peers have to expect; h is the number of peers whose noise hides one of them. */
export const THREE_PEERS =
  'Three peers are here, so only two shares of noise hide each of you from an observer among you (h is 2), and nobody may drop out: if one leaves in the middle of a round, nothing is opened, and the round waits for a third.';

/** What to do where noise costs too much, the best first. */
export const LEVERS: readonly string[] = [
  'more peers in the room',
  'a smaller model',
  'fewer rounds, with more learning in each',
  'a larger epsilon, that is, less noise',
];

/** Beside the button under the federation's map. */
export function privacySummary({ noise, spent, budget, isSpent }: PrivacyView): string {
  if (isSpent) return 'your budget is spent; your tab gives nothing more.';
  if (noise === undefined) return 'masks only. The exact sum may still tell on you.';
  const limit = budget === undefined ? '' : `, at most ${epsilonFigure(budget)}`;
  const rounds = counted(spent.rounds, 'round');
  return `epsilon ${epsilonFigure(spent.othersHonest)} after ${rounds}${limit}`;
}

/** A setting in a few words, as in "noise 2 times the clip norm". */
export function noiseWords(noise: NoiseSetting | NoiseChoice | undefined): string {
  if (noise === undefined) return 'masks only';
  const kind = noise.kind === 'local' ? 'local noise' : 'noise';
  const { multiplier, delta = DEFAULT_DELTA } = noise;
  const rarely = delta === DEFAULT_DELTA ? '' : ` and delta ${delta}`;
  return `${kind} ${multiplier} times the clip norm${rarely}`;
}

/** A question to this person: who asks for which noise, and what follows. */
export function askedWords(view: SessionView, asked: PrivacyView['asked'][number]): string {
  const names = someNames(asked.peers.map((peer) => nameOf(view, peer)));
  const asks = asked.peers.length === 1 ? 'asks' : 'ask';
  const what = `${capitalised(names)} ${asks} the room for ${noiseWords(asked.noise)}`;
  if (asked.isTooWeak) return `${what}. That is less than you insist on, so you share no rounds.`;
  return `${what}, which hides you less than now. Until you agree, you share no rounds.`;
}

/** What a person is told whose tab followed another one to other noise; `epsilon` is that of one round. */
export function followedWords(
  view: SessionView,
  { peer, noise, isStronger, isArrival }: FollowedNoise,
  epsilon: number,
): string {
  const name = capitalised(nameOf(view, peer));
  const what = `epsilon ${epsilonFigure(epsilon)} per round, ${noiseWords(noise)}`;
  return isArrival
    ? `This room adds noise to its sums: ${what}. Your tab does so too.`
    : `${name} asked for ${isStronger ? 'stronger' : 'other'} noise: ${what}. The room follows.`;
}
