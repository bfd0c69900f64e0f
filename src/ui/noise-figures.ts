/**
 * What noise under the slider would promise, leave and cost, in three figures and in sentences.
 *
 * @module
 */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { SessionView } from '../peer/view.ts';
import { bandOf } from '../privacy/signal.ts';
import type { Influence } from '../simulation/influence.ts';
import { PAIRS } from './influence-player.ts';
import { ROUNDS_AHEAD, type NoisePromise } from './noise-promise.ts';
import {
  BAND_NAMES,
  BAND_WORDS,
  epsilonFigure,
  LEVERS,
  SMALL_ROOM,
  THREE_PEERS,
  worthOf,
} from './privacy-words.ts';
import './terms/explained-term.ts';
import { percent } from './words.ts';

/** Accuracy to expect, as far as this tab has replayed it. */
export interface Expectation {
  /** Replays of the noise that is looked at; undefined before the first pair. */
  readonly influence: Influence | undefined;
  readonly isPlaying: boolean;
  /** Begins to replay. */
  readonly play: () => void;
}

/** Epsilon, signal to noise, accuracy. Without a promise nothing is added, unless the draft cannot be. */
export function noiseFigures(
  view: SessionView,
  promise: NoisePromise | undefined,
  isMistaken: boolean,
  expectation: Expectation,
): TemplateResult {
  const band = promise && bandOf(promise.ratio);
  return html`<dl class="figures">
    <div>
      <dt>Promise after ${ROUNDS_AHEAD} <explained-term of="round">rounds</explained-term></dt>
      <dd>
        <b
          >${promise ? html`<explained-term of="epsilon">&epsilon;</explained-term> ${epsilonFigure(promise.ahead)}` : isMistaken ? '–' : 'none'}</b
        >
        <span>${promise ? worthOf(promise.ahead) : isMistaken ? '' : 'the sum is exact'}</span>
      </dd>
    </div>
    <div>
      <dt><explained-term of="signal to noise">Signal to noise</explained-term></dt>
      <dd class=${band ?? ''}>
        <b>${promise ? ratioFigure(promise.ratio) : isMistaken ? '–' : 'all signal'}</b>
        <span
          >${
            promise
              ? `${BAND_NAMES[band!]}, with ${promise.peers} peers and ${view.privacy.dimension} numbers each`
              : isMistaken
                ? ''
                : 'nothing is added'
          }</span
        >
      </dd>
    </div>
    <div>
      <dt>Expected accuracy</dt>
      <dd>${isMistaken ? html`<b>–</b>` : accuracyOf(view, expectation)}</dd>
    </div>
  </dl>`;
}

function accuracyOf(
  view: SessionView,
  { influence, isPlaying, play }: Expectation,
): TemplateResult {
  const accuracy = view.learning?.federation?.accuracy;
  const now =
    accuracy === undefined
      ? 'no model yet'
      : `now ${percent(accuracy)}, seen only in a demonstration`;
  if (influence === undefined && !isPlaying) {
    return html`<button class="button" ?disabled=${view.learning === undefined} @click=${play}>
        Estimate it here
      </button>
      <span>by replays in this tab; ${now}</span>`;
  }
  if (influence === undefined) return html`<b>…</b><span>being replayed in this tab; ${now}</span>`;
  const replays =
    influence.pairs < PAIRS ? `${influence.pairs} of ${PAIRS} replays` : `${PAIRS} replays`;
  return html`<b>${percent(influence.with.at(-1)!.mean)}</b>
    <span>after ${ROUNDS_AHEAD} rounds, an estimate from ${replays} in this tab; ${now}</span>`;
}

/** What it means, before anybody commits to it: what the noise leaves, epsilon in full, and what to expect at all. */
export function noiseVerdict(
  view: SessionView,
  promise: NoisePromise | undefined,
  isMistaken: boolean,
): TemplateResult {
  return html`<div class="verdict">
    <div class="of-this" id="verdict">
      ${isMistaken ? OF_MISTAKES : promise ? ofNoise(promise) : OF_MASKS}
    </div>
    <p>${SMALL_ROOM} What helps, the most first: ${LEVERS.join('; ')}.</p>
    ${hasThree(view) ? html`<p>${THREE_PEERS}</p>` : nothing}
  </div>`;
}

function hasThree({ peers }: SessionView): boolean {
  return peers.filter(({ link }) => link === 'linked').length === 2;
}

const OF_MISTAKES = html`<p>
  A number in Details cannot be, so there is nothing to work out. What is wrong stands beside it.
</p>`;

const OF_MASKS = html`<p>
    Nobody can tell your update from the others’. But whoever knows the rest can subtract it, and a
    model remembers what it learned.
  </p>
  <p>
    There is no epsilon after one round, nor after ${ROUNDS_AHEAD}: without noise nothing bounds
    what the sum may tell of you.
  </p>`;

function ofNoise({ once, ahead, gaussian, inAll, ratio }: NoisePromise): TemplateResult {
  const told = inAll > ahead ? `, with what was told so far ${epsilonFigure(inAll)}` : '';
  const [proven, exact] = [epsilonFigure(ahead), epsilonFigure(gaussian)];
  return html`<p>${BAND_WORDS[bandOf(ratio)]}</p>
    <p>
      Epsilon is ${epsilonFigure(once)} after one round, ${proven} after ${ROUNDS_AHEAD}${told}.
      Exact for a continuous Gaussian would be
      ${exact}${exact === proven ? ' too' : `; peers add whole numbers, for which ${proven} is proven`}.
    </p>`;
}

function ratioFigure(ratio: number): string {
  return ratio < 10 ? ratio.toFixed(1) : String(Math.round(ratio));
}
