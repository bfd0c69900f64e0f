/**
 * The lab: knobs, a chart or a grid, a table, and the local models of the newest run.
 *
 * What it plays is in its address, so that a link gives the same numbers. Results stay until they are cleared:
 * each change of a knob adds a plan to the address, until it is full.
 *
 * @module
 */
import { html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { MAX_ADDRESS_LENGTH } from '../config.ts';
import { controlsStyles } from './controls-styles.ts';
import './copy-button.ts';
import './lab-chart.ts';
import type { ChartLine } from './lab-chart.ts';
import { drawingOf, pictureOf, save } from './lab-export.ts';
import './lab-grid.ts';
import type { LabChooseEvent } from './lab-grid.ts';
import {
  formatPlans,
  isValue,
  KNOBS,
  MAX_PLANS,
  parsePlans,
  pointName,
  pointText,
  PRESETS,
  SEED_COUNTS,
  USUAL_PLAN,
  valueWords,
  type Knob,
  type KnobName,
  type Plan,
  type Values,
} from './lab-knobs.ts';
import './lab-maps.ts';
import { LabRunner } from './lab-runner.ts';
import { differing, Runs } from './lab-runs.ts';
import { labStyles } from './lab-styles.ts';
import './lab-table.ts';
import type { LabPointEvent } from './lab-table.ts';
import type { LocalMap } from './lab-worker.ts';
import { MediaController } from './media.ts';
import { explain } from './terms/explain.ts';
import { grouped } from './words.ts';

/** Lines that can be told apart, and rows that are read; the newest ones are shown. */
const MOST_LINES = 24;

/** Colours of lines. */
const COLOURS = 12;

/** What comes back from workers is drawn this rarely, ms. */
const DRAW_MS = 250;

const LARGEST_SEED = 900_000;

/** The lab. */
@customElement('lab-page')
export class LabPage extends LitElement {
  static override styles = [controlsStyles, labStyles];

  /** What follows `#/lab?` in the address. */
  @property() query = '';

  @state() private plans: readonly Plan[] = [USUAL_PLAN];
  @state() private mistake: string | undefined;
  @state() private maps: readonly LocalMap[] = [];
  /** The point whose line stands out, as text. */
  @state() private pointedAt: string | undefined;
  private readonly narrow = new MediaController(this, '(max-width: 860px)');
  private mapsOf: Values | undefined;
  private readonly runs = new Runs();
  private drawTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly runner = new LabRunner(
    (task, run, maps) => {
      this.runs.add(task, run);
      this.newest = { values: task.values, maps };
      this.drawSoon();
    },
    (reason) => {
      this.mistake = reason;
    },
  );
  private newest: { readonly values: Values; readonly maps: readonly LocalMap[] } | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.runner.stop();
    clearTimeout(this.drawTimer);
    this.drawTimer = undefined;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('query')) return;
    try {
      this.plans = parsePlans(this.query);
      this.mistake = undefined;
      this.play();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.mistake = error.message;
    }
  }

  override render(): TemplateResult {
    const { plan } = this;
    const lines = this.lines();
    return html`
      <h1>Turn a knob, and see what a federation makes of it.</h1>
      <p class="lead">
        Every line is a <explained-term of="federation">federation</explained-term> played here from
        a seed, with a room’s integer sums. Click a value to run it, a title to sweep all its
        values, a second title to cross the two. Or begin with
        <explained-term of="cross-device">cross-device</explained-term> or
        <explained-term of="cross-silo">cross-silo</explained-term>.
      </p>
      <div class="bar row">
        ${PRESETS.map(
          (preset) =>
            html`<button class="button" @click=${() => this.begin([preset.plan])}>
              ${preset.name}
            </button>`,
        )}
        <span class="push"></span>
        <copy-button .text=${this.link} label="Copy link"></copy-button>
        <button class="button" @click=${this.saveCsv}>CSV</button>
        <button class="button" @click=${this.savePicture}>PNG</button>
        <button class="button" @click=${this.saveDrawing}>SVG</button>
      </div>
      <div class="layout">
        <details ?open=${!this.narrow.matches}>
          <summary class="button">Knobs</summary>
          <section class="knobs" aria-label="Knobs">
            ${this.renderSeeds()} ${KNOBS.map((knob) => this.renderKnob(knob, lines))}
          </section>
        </details>
        <section class="play" aria-label="Results">
          ${this.renderProgress()}
          ${
            plan.sweep.length === 2
              ? html`<lab-grid
                  .plan=${plan}
                  .results=${this.runs.results([plan])}
                  @lab-choose=${(event: LabChooseEvent) => this.chooseCell(event.values)}
                ></lab-grid>`
              : html`<lab-chart .lines=${lines} .pointedAt=${this.pointedAt}></lab-chart>
                  <p class="hint">
                    Lines: mean of the <explained-term of="model">local models</explained-term>,
                    which nobody in a room can know. Rings: the
                    <explained-term of="merge">merged</explained-term> model. Bands and bars: one
                    standard deviation over seeds.
                  </p>`
          }
          <lab-table
            .lines=${lines}
            ?plain=${plan.sweep.length === 2}
            @lab-point=${(event: LabPointEvent) => this.pointAt(event.values)}
          ></lab-table>
          ${this.renderMaps()}
        </section>
      </div>
    `;
  }

  private get plan(): Plan {
    return this.plans.at(-1)!;
  }

  private get link(): string {
    return new URL(formatPlans(this.plans), location.href).href;
  }

  private renderSeeds(): TemplateResult {
    const { plan } = this;
    return html`<fieldset class="knob">
      <legend class="unseen">Seeds a point</legend>
      <b aria-hidden="true">Seeds a point</b>
      <div class="chips">
        ${SEED_COUNTS.map(
          (seeds) =>
            html`<button
              class="button chip"
              aria-pressed=${plan.seeds === seeds}
              @click=${() => this.begin([...this.plans.map((one) => ({ ...one, seeds }))])}
            >
              ${seeds}
            </button>`,
        )}
        <button class="button chip" @click=${this.reseed}>New seeds</button>
      </div>
      <span class="hint"
        >From <explained-term of="seed of a run">seed</explained-term> ${plan.seed} on: first
        weights, readings, lots and noise.</span
      >
    </fieldset>`;
  }

  private renderKnob(knob: Knob, lines: readonly ChartLine[]): TemplateResult {
    const { name, title, values, hint, terms = [], most } = knob;
    const { plan } = this;
    const isSwept = plan.sweep.includes(name);
    const current = plan.values[name];
    const knobbed = (value: string): Values => ({ ...plan.values, [name]: value });
    const colourOf = (value: string): string =>
      lines.find((line) => pointText(line.values) === pointText(knobbed(value)))?.colour ??
      '--ink-3';
    return html`<fieldset class="knob" aria-describedby=${`hint-${name}`}>
      <legend class="unseen">${title}</legend>
      <button
        class="button bare title"
        aria-pressed=${isSwept}
        aria-label=${`Sweep ${title.toLowerCase()}`}
        @click=${() => this.sweep(name)}
      >
        ${title}
      </button>
      <div class="chips">
        ${values.map(
          (value) =>
            html`<button
              class=${`button chip${isSwept ? ' swept' : ''}`}
              style=${isSwept && plan.sweep.length === 1 ? `--line:var(${colourOf(value)})` : ''}
              aria-pressed=${!isSwept && value === current}
              @pointerenter=${() => this.pointAt(knobbed(value))}
              @pointerleave=${() => this.pointAt(undefined)}
              @focus=${() => this.pointAt(knobbed(value))}
              @blur=${() => this.pointAt(undefined)}
              @click=${() => this.choose(name, value)}
            >
              ${valueWords(name, value)}
            </button>`,
        )}
        ${
          most === undefined
            ? nothing
            : html`<input
                class="field number"
                type="number"
                min="1"
                max=${most}
                aria-label=${`${title}, any number`}
                .value=${current}
                @change=${(event: Event) => this.type(knob, event.target as HTMLInputElement)}
              />`
        }
      </div>
      <span class="hint" id=${`hint-${name}`}>${explain(hint, ...terms)}</span>
    </fieldset>`;
  }

  private renderProgress(): TemplateResult {
    const { done, total, isRunning } = this.runner;
    const isStopped = !isRunning && done < total;
    const words = isRunning
      ? `Playing ${grouped(total)} runs.`
      : isStopped
        ? `Stopped after ${grouped(done)} of ${grouped(total)} runs.`
        : 'All runs are played.';
    return html`<div class="row state">
      ${
        this.mistake === undefined
          ? html`<span role="status">${words}</span>`
          : html`<span role="alert" class="mistake">${this.mistake}</span>`
      }
      ${isRunning ? html`<progress aria-label="Runs played" max=${total} value=${done}></progress>` : nothing}
      <span class="push"></span>
      ${isRunning ? html`<button class="button" @click=${this.stop}>Cancel</button>` : nothing}
      ${isStopped ? html`<button class="button primary" @click=${this.resume}>Resume</button>` : nothing}
      <button class="button" @click=${this.clear}>Clear results</button>
    </div>`;
  }

  private renderMaps(): TemplateResult | typeof nothing {
    const { maps, mapsOf } = this;
    if (maps.length === 0 || mapsOf === undefined) return nothing;
    return html`<h2>Local models of the newest run</h2>
      <lab-maps .maps=${maps} .users=${Number(mapsOf.users)}></lab-maps>`;
  }

  /** Points of all plans by name and colour, the newest ones. */
  private lines(): readonly ChartLine[] {
    const { plan } = this;
    const shown =
      plan.sweep.length === 2 ? [plan] : this.plans.filter((one) => one.sweep.length < 2);
    const results = this.runs.results(shown).slice(plan.sweep.length === 2 ? 0 : -MOST_LINES);
    const knobs = differing(results);
    return results.map((result, at) => ({
      ...result,
      colour: `--peer-${(at % COLOURS) + 1}`,
      name: pointName(result.values, knobs) || 'This run',
    }));
  }

  private pointAt(values: Values | undefined): void {
    this.pointedAt = values && pointText(values);
  }

  private choose(name: KnobName, value: string): void {
    const { plan } = this;
    const sweep = plan.sweep.filter((swept) => swept !== name);
    this.add({ ...plan, sweep, values: { ...plan.values, [name]: value } });
  }

  private type(knob: Knob, input: HTMLInputElement): void {
    if (isValue(knob, input.value)) this.choose(knob.name, input.value);
    else input.value = this.plan.values[knob.name];
  }

  private sweep(name: KnobName): void {
    const { plan } = this;
    const sweep = plan.sweep.includes(name)
      ? plan.sweep.filter((swept) => swept !== name)
      : [...plan.sweep, name].slice(-2);
    this.add({ ...plan, sweep });
  }

  /** Another cell of the same grid is no other plan. */
  private chooseCell(values: Values): void {
    this.begin([...this.plans.slice(0, -1), { ...this.plan, values }]);
  }

  private readonly reseed = (): void => {
    const [word] = crypto.getRandomValues(new Uint32Array(1));
    const seed = 1 + (word! % LARGEST_SEED);
    this.begin(this.plans.map((plan) => ({ ...plan, seed })));
  };

  private add(plan: Plan): void {
    this.begin([...this.plans, plan]);
  }

  /** Plays plans; of too many for an address the oldest go. */
  private begin(plans: readonly Plan[]): void {
    let kept = plans.slice(-MAX_PLANS);
    while (formatPlans(kept).length > MAX_ADDRESS_LENGTH && kept.length > 1) kept = kept.slice(1);
    this.plans = kept;
    this.mistake = undefined;
    history.replaceState(null, '', formatPlans(kept));
    this.play();
  }

  private play(): void {
    const [before, newest] = [this.plans.slice(0, -1), this.plans.slice(-1)];
    const first = this.runs.missing(newest);
    const keys = new Set(first.map(({ values, seed }) => `${pointText(values)} ${seed}`));
    const rest = this.runs
      .missing(before)
      .filter(({ values, seed }) => !keys.has(`${pointText(values)} ${seed}`));
    this.runner.play([...first, ...rest]);
    this.requestUpdate();
  }

  private readonly stop = (): void => {
    this.runner.stop();
    this.requestUpdate();
  };

  private readonly resume = (): void => {
    this.runner.resume();
    this.requestUpdate();
  };

  private readonly clear = (): void => {
    this.runs.clear();
    this.maps = [];
    this.begin([this.plan]);
  };

  private drawSoon(): void {
    this.drawTimer ??= setTimeout(() => {
      this.drawTimer = undefined;
      this.maps = this.newest?.maps ?? [];
      this.mapsOf = this.newest?.values;
      this.requestUpdate();
    }, DRAW_MS);
  }

  private get drawing(): SVGSVGElement {
    const shown = this.renderRoot.querySelector('lab-chart, lab-grid') as LitElement;
    return shown.renderRoot.querySelector('svg')!;
  }

  private get ground(): string {
    return getComputedStyle(this).getPropertyValue('--ground').trim();
  }

  private readonly saveCsv = (): void => {
    save('lab.csv', new Blob([this.runs.csv(this.plans)], { type: 'text/csv' }));
  };

  private readonly saveDrawing = (): void => {
    save('lab.svg', drawingOf(this.drawing, this.ground));
  };

  private readonly savePicture = async (): Promise<void> => {
    try {
      save('lab.png', await pictureOf(this.drawing, this.ground));
    } catch (error) {
      this.mistake = error instanceof Error ? error.message : String(error);
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'lab-page': LabPage;
  }
}
