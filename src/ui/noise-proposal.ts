/**
 * From looking at noise to asking the room for it: what would follow, and the two buttons that decide.
 *
 * @module
 */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { NoiseChoice, SessionView } from '../peer/view.ts';
import { isWeaker } from '../privacy/agreement.ts';
import { settingOf } from '../peer/noise-parameters.ts';
import { isSameNoise, type DraftRead } from './noise-draft.ts';
import { peersHere } from './noise-promise.ts';
import { noiseWords } from './privacy-words.ts';

/** Buttons that stay where they are, and can be reached by the keyboard, whether they do something or not. */
export function noiseProposal(
  view: SessionView,
  read: DraftRead,
  isTouched: boolean,
  {
    propose,
    back,
  }: { readonly propose: (choice: NoiseChoice | undefined) => void; readonly back: () => void },
): TemplateResult {
  const isReady = 'choice' in read && !isSameNoise(read.choice, view.privacy.noise);
  return html`<div class="proposal">
    <button
      class="button primary"
      aria-disabled=${String(!isReady)}
      aria-describedby="verdict follows"
      @click=${() => {
        if (isReady) propose(read.choice);
      }}
    >
      Propose to the room
    </button>
    <button
      class="button"
      aria-disabled=${String(!isTouched)}
      aria-describedby="follows"
      @click=${() => {
        if (isTouched) back();
      }}
    >
      Back to what the room has
    </button>
    <p class="quiet" id="follows" role="status">${followsWords(view, read)}</p>
  </div>`;
}

/** What would follow from a proposal, or why there is none to make. */
export function followsWords(view: SessionView, read: DraftRead): string {
  const { noise, least, dimension } = view.privacy;
  const has = `The room has ${noiseWords(noise)}`;
  if ('mistake' in read)
    return `${has}. Nothing can be proposed while a number in Details is wrong.`;
  if (isSameNoise(read.choice, noise))
    return `${has}. Move the slider to see what other noise would promise and cost; nobody else sees that.`;
  const setting = read.choice && settingOf(read.choice, dimension, peersHere(view) - 1);
  const insisting =
    least !== undefined && isWeaker(setting, least, dimension)
      ? ' You no longer insist on more, then.'
      : '';
  const follows = isWeaker(setting, noise, dimension)
    ? 'This hides everybody less: each of the others has to agree, and until then you share no rounds with them.'
    : 'This hides nobody less: the others follow at once, and are told that you asked.';
  return `${has}; so far only you see this. ${follows}${insisting}`;
}
