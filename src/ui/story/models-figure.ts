/**
 * Whole models under masks: a few maps, the words that leave in their place, and the map that their sum is.
 *
 * @module
 */
import { html, LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { readingsOf } from '../../simulation/experiment.ts';
import { MaskedModels, type Drawn, type Summed } from '../../simulation/masked-models.ts';
import { MaskingPhones, PHONE_SECRET_BYTES } from '../../simulation/masking-phones.ts';
import type { TaskSettings } from '../../task/heat-map.ts';
import type { Reading } from '../../task/readings.ts';
import { controlsStyles } from '../controls-styles.ts';
import '../heat-map.ts';
import { icon, peerBird } from '../icons.ts';
import { breath, inSlices } from '../slices.ts';
import { strip } from '../masked-strips-cells.ts';
import { stripLayout, type StripRow } from '../masked-strips-rows.ts';
import { capitalised, counted, countWord, percent, percentLabel } from '../words.ts';
import { figureStyles } from './figure-styles.ts';
import { NAMES } from './masks-words.ts';
import { modelsStyles } from './models-styles.ts';

const TASK: TaskSettings = { pattern: 'diagonal', hidden: [8], modelSeed: 'story' };
const COUNTS = [3, 4, 6] as const;
const READINGS_EACH = 4;
const STEPS = 80;

/** Where the model's numbers stand. */
const LAYOUT = stripLayout([
  { name: 'weights', length: 16 },
  { name: 'units', length: 8 },
  { name: 'weights', length: 8 },
  { name: 'threshold', length: 1 },
]);

/** What stands in the columns; on phones beside each person. */
const KEPT = { all: 'What each learned, and keeps', one: 'Learned, and kept' };
const LEAVES = {
  all: 'What leaves, and what it would be as a map',
  one: 'Leaves; on the left what it would be as a map',
};

/** The figure. */
@customElement('models-figure')
export class ModelsFigure extends LitElement {
  static override styles = [controlsStyles, figureStyles, modelsStyles];

  @state() private people: number = COUNTS[1];
  @state() private readings: readonly (readonly Reading[])[] = [];
  /** Undefined until all have their keys. */
  @state() private models: MaskedModels | undefined;
  /** Who is in the sum, by place. */
  @state() private included: ReadonlySet<number> = new Set([0]);

  constructor() {
    super();
    void this.start(COUNTS[1]);
  }

  override render(): TemplateResult {
    const { readings, models, included } = this;
    const count = readings.length;
    if (!models)
      return html`<figure aria-label="Whole models under masks">
        <figcaption>Keys are being drawn.</figcaption>
      </figure>`;
    const sum = models.sumOf([...included]);
    const caption = this.captionOf(models, sum);
    return html`<figure aria-label="Whole models under masks">
      <div class="bar">
        <button
          class="button primary"
          ?disabled=${included.size === count}
          @click=${() => {
            const next = readings.findIndex((_, place) => !included.has(place));
            this.included = new Set([...included, next]);
          }}
        >
          Add the next
        </button>
        <button
          class="button icon"
          aria-label="Empty the sum"
          ?disabled=${included.size === 0}
          @click=${() => (this.included = new Set())}
        >
          ${icon('reset', 15)}
        </button>
        <button
          class="button"
          @click=${() => {
            models.maskAnew();
            this.requestUpdate();
          }}
        >
          Draw new masks
        </button>
        <div class="count">
          <span class="quiet" id="people">People</span>
          <div class="group" role="group" aria-labelledby="people">
            ${COUNTS.map(
              (people) =>
                html`<button
                  class="button"
                  aria-pressed=${String(this.people === people)}
                  @click=${() => void this.start(people)}
                >
                  ${people}
                </button>`,
            )}
          </div>
        </div>
      </div>
      <div class="line head" aria-hidden="true">
        <span></span><b>${KEPT.all}</b><b>${LEAVES.all}</b>
      </div>
      ${readings.map((own, place) => this.renderPerson(models, own, place))}
      ${this.renderSum(models, sum, caption)}
      <figcaption>${caption}</figcaption>
    </figure>`;
  }

  private renderPerson(models: MaskedModels, own: readonly Reading[], place: number) {
    const { included } = this;
    const name = NAMES[place]!;
    const { surface, accuracy, update } = models.learned[place]!;
    const words = models.leaving[place]!;
    const isIn = included.has(place);
    const alone = models.sumOf([place])!;
    return html`<div class="line" role="group" aria-label=${name}>
      <div class="who">
        ${peerBird(place, 22)}<span>${name}</span>
        <button
          class="button"
          aria-pressed=${String(isIn)}
          aria-label="${name}: ${isIn ? 'in the sum' : 'add to the sum'}"
          @click=${() => {
            const next = new Set(included);
            if (!next.delete(place)) next.add(place);
            this.included = next;
          }}
        >
          ${isIn ? 'In the sum' : 'Add'}
        </button>
      </div>
      <div class="pair">
        <small aria-hidden="true">${KEPT.one}</small>
        <heat-map
          .surface=${surface}
          .readings=${own}
          label="${name}’s map, ${percentLabel(accuracy)} right"
        ></heat-map>
        ${strip(row(`${name}’s update`, 'update', words, update), LAYOUT)}
      </div>
      <div class="pair out">
        <small aria-hidden="true">${LEAVES.one}</small>
        ${strip(row(`What leaves ${name}`, 'sent', words), LAYOUT)}
        <heat-map
          .surface=${alone.surface}
          label="What ${name}’s masked words would be as a map: noise, ${percentLabel(alone.accuracy)} right"
        ></heat-map>
      </div>
    </div>`;
  }

  private renderSum(models: MaskedModels, sum: Summed | undefined, caption: string) {
    const { included, readings } = this;
    const isWhole = included.size === readings.length;
    return html`<div class="line sum">
      <div class="who"><b>Sum of ${countWord(included.size)}</b></div>
      <div class="pair">
        ${this.renderMap(models.mean, 'The mean model, worked out in the open, for comparison')}
        <p class="quiet">For comparison: the mean, worked out in the open.</p>
      </div>
      <div class="pair out">
        <div class="strips">
          ${
            sum
              ? html`${strip(row('Sum of what left', 'sent', sum.words), LAYOUT)}
                ${strip(row('The sum as a change of the model', 'aggregate', sum.words, sum.update), LAYOUT)}`
              : html`<p class="quiet">Nothing is added yet.</p>`
          }
        </div>
        ${
          sum
            ? this.renderMap(sum, `${caption} The sum as a map`, isWhole)
            : html`<div class="empty" aria-hidden="true"></div>`
        }
      </div>
    </div>`;
  }

  private renderMap({ surface, accuracy }: Drawn, label: string, isFramed = false) {
    return html`<heat-map
      class=${isFramed ? 'whole' : ''}
      .surface=${surface}
      .fadeKey=${this.included.size}
      label="${label}: ${percentLabel(accuracy)} right"
    ></heat-map>`;
  }

  private captionOf(models: MaskedModels, sum: Summed | undefined): string {
    const { included, readings } = this;
    const count = readings.length;
    const pairs = (count * (count - 1)) / 2;
    const alone = models.learned.map(({ accuracy }) => accuracy);
    if (!sum)
      return `${capitalised(countWord(count))} people, each with a model of 33 numbers that ${countWord(READINGS_EACH)} readings taught it. What leaves each is 33 words under ${counted(count - 1, 'mask')}. Add them up, one after the other.`;
    if (included.size < count)
      return `${capitalised(countWord(included.size))} of ${countWord(count)} ${included.size === 1 ? 'is' : 'are'} in the sum, and it is still noise: a mask of each pair that is not whole is in it. The map on the right is of nothing; draw new masks, and it is another one.`;
    const off = Math.max(...sum.update.map((value, i) => Math.abs(value - models.mean.update[i]!)));
    return `All ${countWord(count)} are in: ${counted(pairs, 'mask')} of 33 words cancel, and the sum is the mean model, ${percent(sum.accuracy)} right where the ${countWord(count)} alone have ${percent(Math.min(...alone))} to ${percent(Math.max(...alone))}. It differs from the mean that was worked out in the open by ${off.toFixed(9)} at most, which is rounding. Nobody’s model has left.`;
  }

  /** Lets so many people draw keys and learn, unless others are asked for meanwhile. */
  private async start(people: number): Promise<void> {
    this.people = people;
    const random = crypto.getRandomValues(new Uint32Array(people * LAYOUT.count));
    let at = 0;
    const readings = Array.from({ length: people }, (_, user) =>
      readingsOf(TASK.pattern, 'models', user, READINGS_EACH, 1),
    );
    const secrets = readings.map(() => crypto.getRandomValues(new Uint8Array(PHONE_SECRET_BYTES)));
    const isWanted = (): boolean => people === this.people;
    const phones = await inSlices(MaskingPhones.agreeing(secrets), isWanted);
    await breath();
    if (!phones || !isWanted()) return;
    const models = new MaskedModels(TASK, readings, STEPS, phones, () => random[at++]!);
    await breath();
    if (!isWanted()) return;
    this.models = models;
    this.readings = readings;
    this.included = new Set([0]);
  }
}

/** A row of cells: bars of what means something, tones of what does not. */
function row(
  name: string,
  kind: StripRow['kind'],
  words: Uint32Array,
  values?: Float64Array,
): StripRow {
  return { kind, sign: '', name, colour: undefined, words, values };
}

declare global {
  interface HTMLElementTagNameMap {
    'models-figure': ModelsFigure;
  }
}
