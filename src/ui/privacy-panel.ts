/**
 * Privacy: a slider from masks only to strong noise, what it promises, what it costs, and what was spent.
 *
 * @module
 */
import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HEAT_MAP_CLIP_NORM } from '../config.ts';
import { settingOf } from '../peer/noise-parameters.ts';
import type { DisguiseChoice, DisguiseView, NoiseChoice, SessionView } from '../peer/view.ts';
import type { NoiseSetting } from '../privacy/noise.ts';
import { bandOf, signalToNoise } from '../privacy/signal.ts';
import { epsilonOf, rhoOfRound } from '../privacy/zcdp.ts';
import { controlsStyles } from './controls-styles.ts';
import './page-switch.ts';
import { privacyPanelStyles } from './privacy-panel-styles.ts';
import { BAND_WORDS, epsilonFigure, LEVERS, noiseWords, worthOf } from './privacy-words.ts';
import './terms/explained-term.ts';
import type { TermName } from './terms/term-words.ts';
import './with-and-without.ts';
import { RoomCommandEvent } from './room-command.ts';
import type { RoomCommand } from './room-command.ts';
import { capitalised, counted } from './words.ts';

/** Noise multipliers of the slider's stops; the first stop is masks only. */
const STOPS = [
  { multiplier: 0, name: 'Masks only' },
  { multiplier: 0.5, name: 'A little' },
  { multiplier: 1, name: 'Some' },
  { multiplier: 2, name: 'Much' },
  { multiplier: 4, name: 'Strong' },
  { multiplier: 8, name: 'Very strong' },
] as const;

/** Rounds that the slider looks ahead. */
const ROUNDS = 30;

/** What can be done to readings before anything learns from them, beside noise in what was learned. */
const DISGUISES: readonly {
  readonly name: string;
  readonly choice: DisguiseChoice;
  readonly words: string;
}[] = [
  { name: 'as they are', choice: { type: 'none' }, words: '' },
  {
    name: 'blurred',
    choice: { type: 'blur', level: 0.4 },
    words:
      'Places are pulled part of the way to random ones, labels stay true. It looks private and promises nothing: no epsilon holds for it.',
  },
  {
    name: 'randomised',
    choice: { type: 'randomise', spread: 0.5, labelEpsilon: 1 },
    words:
      'Each reading gets noise of half the side, and tells its label truly with 73 chances in 100. A promise that needs nobody else, at a high price in accuracy.',
  },
];

const NOTHING_DISGUISED: DisguiseView = { choice: { type: 'none' }, released: 0, epsilon: 0 };

/** The thumb rests when it has not moved for so long, ms: arrow keys pass over stops one by one. */
const SETTLE_MS = 600;

/** Peers that a promise is worked out for at least: a sum has no fewer. */
const LEAST_PEERS = 3;

/** The section "Privacy" of a room. */
@customElement('privacy-panel')
export class PrivacyPanel extends LitElement {
  static override styles = [controlsStyles, privacyPanelStyles];

  /** What the session shows. */
  @property({ attribute: false }) view: SessionView | undefined;

  /** The stop under the thumb while it moves. */
  @state() private preview: number | undefined;
  private settling: ReturnType<typeof setTimeout> | undefined;
  /** What is wrong with a number that was typed. */
  @state() private mistake = '';

  override render(): TemplateResult | typeof nothing {
    const view = this.view;
    if (view === undefined) return nothing;
    const { noise } = view.privacy;
    const stop = this.preview ?? stopOf(noise);
    const choice = this.preview === undefined ? noise : this.choiceOf(this.preview);
    return html`
      <div class="section-head">
        <h2>Privacy</h2>
        <span class="small quiet"
          ><explained-term of="mask">masks</explained-term> hide who said what;
          <explained-term of="noise">noise</explained-term> hides what the sum itself may tell</span
        >
      </div>
      <div class="columns">
        <div class="choose">
          ${this.renderSlider(stop, choice, view)} ${this.renderPromise(view, choice)}
          ${this.renderDetails(view)}
          <with-and-without .view=${view} .noise=${choice}></with-and-without>
        </div>
        <div class="spent">${this.renderSpent(view, choice !== undefined)}</div>
      </div>
    `;
  }

  private renderSlider(
    stop: number,
    choice: NoiseChoice | undefined,
    view: SessionView,
  ): TemplateResult {
    const promise = choice && promiseOf(choice, view);
    const spoken = promise
      ? `${STOPS[stop]!.name}: ${noiseWords(choice)}, epsilon ${epsilonFigure(promise.epsilon)} after ${ROUNDS} rounds`
      : 'Masks only: no noise, no epsilon';
    return html`<label class="slider">
      <span class="unseen">Noise of this room</span>
      <input
        type="range"
        min="0"
        max=${STOPS.length - 1}
        step="1"
        .value=${String(stop)}
        aria-valuetext=${spoken}
        @input=${(event: Event) => (this.preview = valueOf(event))}
        @change=${this.onStop}
      />
      <span class="stops" aria-hidden="true"
        >${STOPS.map(
          ({ name }, at) =>
            html`<span class=${at === stop ? 'now' : ''} style=${`--at: ${at / (STOPS.length - 1)}`}
              >${name}</span
            >`,
        )}</span
      >
    </label>`;
  }

  private renderPromise(view: SessionView, choice: NoiseChoice | undefined): TemplateResult {
    const promise = choice && promiseOf(choice, view);
    const accuracy = view.learning?.federation?.accuracy;
    return html`<dl class="figures">
        <div>
          <dt>Promise after ${ROUNDS} <explained-term of="round">rounds</explained-term></dt>
          <dd>
            <b
              >${promise ? html`<explained-term of="epsilon">&epsilon;</explained-term> ${epsilonFigure(promise.epsilon)}` : 'none'}</b
            >
            <span>${promise ? worthOf(promise.epsilon) : 'the sum is exact'}</span>
          </dd>
        </div>
        <div>
          <dt><explained-term of="signal to noise">Signal to noise</explained-term></dt>
          <dd class=${promise ? bandOf(promise.ratio) : ''}>
            <b>${promise ? ratioFigure(promise.ratio) : 'all signal'}</b>
            <span
              >${promise ? `with ${promise.peers} peers, ${view.privacy.dimension} numbers each` : 'nothing is added'}</span
            >
          </dd>
        </div>
        <div>
          <dt>Federation</dt>
          <dd>
            <b>${accuracy === undefined ? '–' : `${(accuracy * 100).toFixed(1)}\u202f%`}</b>
            <span>${accuracy === undefined ? 'no model yet' : 'of the map right, now'}</span>
          </dd>
        </div>
      </dl>
      <p class="verdict ${promise ? bandOf(promise.ratio) : ''}" role="status">
        ${
          promise
            ? html`${BAND_WORDS[bandOf(promise.ratio)]}
              ${
                bandOf(promise.ratio) === 'clear'
                  ? nothing
                  : html`What helps, the most first: ${LEVERS.join('; ')}.`
              }`
            : 'Nobody can tell your update from the others’. But whoever knows the rest can subtract it, and a model remembers what it learned.'
        }
      </p>`;
  }

  private renderDetails(view: SessionView): TemplateResult {
    const { noise } = view.privacy;
    const shown = noise ?? {
      kind: 'distributed',
      clip: HEAT_MAP_CLIP_NORM,
      multiplier: 1,
      delta: 1e-5,
    };
    const field = (
      name: 'clip' | 'multiplier' | 'delta',
      term: TermName,
      label: string,
      help: string,
    ): TemplateResult =>
      html`<div class="detail">
        <span><explained-term of=${term}>${label}</explained-term></span>
        <input
          class="field"
          inputmode="decimal"
          aria-label=${label}
          aria-describedby=${`help-${name}`}
          .value=${String(shown[name])}
          @change=${(event: Event) => this.onDetail({ [name]: valueOf(event) })}
        />
        <span class="quiet" id=${`help-${name}`}>${help}</span>
      </div>`;
    return html`<details>
      <summary>Details</summary>
      <div class="details">
        ${field('clip', 'clip norm', 'Clip norm', 'longest update; longer ones are shortened to it')}
        ${field('multiplier', 'noise multiplier', 'Noise multiplier', 'noise in the sum, in clip norms')}
        ${field('delta', 'delta', 'Delta', 'probability with which epsilon need not hold')}
        <label class="detail"
          ><span>Noise is whole</span>
          <select
            class="field"
            aria-label="Noise is whole"
            @change=${(event: Event) =>
              this.onDetail({
                kind: (event.target as HTMLSelectElement).value as NoiseSetting['kind'],
              })}
          >
            <option value="distributed" ?selected=${shown.kind === 'distributed'}>
              in the sum alone
            </option>
            <option value="local" ?selected=${shown.kind === 'local'}>in each update</option>
          </select>
          <span class="quiet"
            >each update: needs no honest others, costs far more accuracy</span
          ></label
        >
        <p class="quiet">
          The unit is you: your whole <explained-term of="update">update</explained-term> in all
          rounds together, present or all zeros. Every
          <explained-term of="weight">weight</explained-term> is 1, so that no count of readings
          shows.
        </p>
        ${this.mistake ? html`<p class="mistake" role="alert">${this.mistake}</p>` : nothing}
      </div>
    </details>`;
  }

  private renderSpent(view: SessionView, hasPromise: boolean): TemplateResult {
    const { spent, budget, isSpent, least, noise, apart } = view.privacy;
    const rows: readonly [string, number][] = [
      ['the others are honest', spent.othersHonest],
      ['half of them pool what they know', spent.halfColluding],
      ['all of them do', spent.allColluding],
    ];
    return html`<h3>Told about you so far</h3>
      ${
        spent.rounds === 0
          ? html`<p class="quiet">Nothing with noise yet.</p>`
          : html`<p class="quiet">
                ${capitalised(counted(spent.rounds, 'round'))} with noise. Epsilon if
              </p>
              <table>
                <tbody>
                  ${rows.map(
                    ([label, epsilon]) =>
                      html`<tr>
                        <th scope="row">${label}</th>
                        <td>${epsilonFigure(epsilon)}</td>
                      </tr>`,
                  )}
                </tbody>
              </table>`
      }
      ${
        spent.bareRounds === 0
          ? nothing
          : html`<p class="bare">
              ${capitalised(counted(spent.bareRounds, 'round'))} without noise: for what
              ${spent.bareRounds === 1 ? 'it' : 'they'} told there is no epsilon.
            </p>`
      }
      <div class="budget">
        <span
          ><label for="budget">Stop at</label>
          ${hasPromise ? 'epsilon' : html`<explained-term of="epsilon">epsilon</explained-term>`}</span
        >
        <input
          class="field"
          id="budget"
          inputmode="decimal"
          placeholder="never"
          aria-label="Stop at epsilon"
          .value=${budget === undefined ? '' : String(budget)}
          @change=${this.onBudget}
        />
      </div>
      ${
        isSpent
          ? html`<p class="bare" role="status">
              The next round could exceed it. Your tab copies the others’ results and gives nothing
              more.
            </p>`
          : nothing
      }
      <page-switch
        .checked=${least !== undefined}
        ?disabled=${noise === undefined && least === undefined}
        @change=${(event: Event) => {
          const isInsisting = (event.target as HTMLInputElement).checked;
          this.wish({ type: 'insist-on-noise', least: isInsisting ? noise : undefined });
        }}
        >Never take part with less noise</page-switch
      >
      ${
        apart.length === 0
          ? nothing
          : html`<p class="quiet" role="status">
              ${capitalised(counted(apart.length, 'peer'))} ${apart.length === 1 ? 'has' : 'have'}
              not agreed yet; you share no rounds until then.
            </p>`
      }
      ${this.renderDisguise(view)}`;
  }

  private renderDisguise(view: SessionView): TemplateResult | typeof nothing {
    const { learning } = view;
    if (learning === undefined) return nothing;
    const { choice, released, epsilon } = learning.disguise ?? NOTHING_DISGUISED;
    const now = DISGUISES.findIndex((known) => known.choice.type === choice.type);
    return html`<label class="budget"
        >Learn from my readings
        <select
          class="field"
          aria-label="Learn from my readings"
          @change=${(event: Event) =>
            this.wish({ type: 'disguise', choice: DISGUISES[valueOf(event)]!.choice })}
        >
          ${DISGUISES.map(
            ({ name }, at) => html`<option value=${at} ?selected=${at === now}>${name}</option>`,
          )}
        </select>
      </label>
      <p class="quiet">
        ${DISGUISES[now]!.words}
        ${
          released > 0
            ? html`${capitalised(counted(released, 'reading'))} so far: epsilon
              ${epsilonFigure(epsilon)} together, however many rounds follow.`
            : nothing
        }
      </p>`;
  }

  private choiceOf(stop: number): NoiseChoice | undefined {
    const { multiplier } = STOPS[stop]!;
    const {
      kind = 'distributed',
      clip = HEAT_MAP_CLIP_NORM,
      delta,
    } = this.view?.privacy.noise ?? {};
    return multiplier === 0 ? undefined : { kind, clip, delta, multiplier };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.settling);
  }

  /** Proposes where the thumb came to rest: less noise on the way would have to be agreed to by all. */
  private onStop(event: Event): void {
    const stop = valueOf(event);
    this.preview = stop;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      this.preview = undefined;
      this.wish({ type: 'noise', choice: this.choiceOf(stop) });
    }, SETTLE_MS);
  }

  private onDetail(part: Partial<NoiseChoice>): void {
    const { noise, dimension } = this.view!.privacy;
    const choice: NoiseChoice = {
      kind: 'distributed',
      clip: HEAT_MAP_CLIP_NORM,
      multiplier: 1,
      ...noise,
      ...part,
    };
    try {
      settingOf(choice, dimension, LEAST_PEERS - 1);
    } catch (error) {
      this.mistake = error instanceof Error ? error.message : String(error);
      return;
    }
    this.mistake = '';
    this.wish({ type: 'noise', choice });
  }

  private onBudget(event: Event): void {
    const field = event.target as HTMLInputElement;
    const epsilon = field.value.trim() === '' ? undefined : Number(field.value);
    if (epsilon === undefined || epsilon > 0) this.wish({ type: 'budget', epsilon });
    else field.value = String(this.view?.privacy.budget ?? '');
  }

  private wish(command: RoomCommand): void {
    this.dispatchEvent(new RoomCommandEvent(command));
  }
}

/** The stop whose multiplier is next to that of a setting. */
function stopOf(noise: NoiseSetting | undefined): number {
  const wanted = noise?.multiplier ?? 0;
  const distance = ({ multiplier }: (typeof STOPS)[number]): number =>
    multiplier === 0 || wanted === 0
      ? multiplier === wanted
        ? 0
        : Infinity
      : Math.abs(Math.log(multiplier / wanted));
  const nearest = Math.min(...STOPS.map(distance));
  return STOPS.findIndex((stop) => distance(stop) === nearest);
}

/** What a choice promises and costs in the room as it is. */
function promiseOf(
  choice: NoiseChoice,
  view: SessionView,
): { readonly epsilon: number; readonly ratio: number; readonly peers: number } {
  const linked = view.peers.filter(({ link }) => link === 'linked').length;
  const peers = Math.max(LEAST_PEERS, linked + 1);
  const { dimension } = view.privacy;
  const setting = settingOf(choice, dimension, peers - 1);
  const hiding = setting.kind === 'local' ? 1 : peers - 1;
  const rho = ROUNDS * rhoOfRound(setting, dimension, hiding);
  return {
    epsilon: epsilonOf(rho, setting.delta),
    ratio: signalToNoise(setting, dimension, peers, ROUNDS),
    peers,
  };
}

function ratioFigure(ratio: number): string {
  return ratio < 10 ? ratio.toFixed(1) : String(Math.round(ratio));
}

function valueOf(event: Event): number {
  return Number((event.target as HTMLInputElement).value);
}

declare global {
  interface HTMLElementTagNameMap {
    'privacy-panel': PrivacyPanel;
  }
}
