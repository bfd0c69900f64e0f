/**
 * Masks one can hold: hidden numbers, the masks between each two people, what leaves their phones, and the sum.
 *
 * The numbers are those of `simulation/held-masks.ts`: keys are agreed and masks made as in a room.
 *
 * @module
 */
import { html, LitElement, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import {
  FEWEST_PEOPLE,
  gatheredOf,
  KEY_BYTES,
  LARGEST_HIDDEN,
  leavingEntropyBytes,
  leavingOf,
  MODULUS,
  MOST_PEOPLE,
  nobody,
  rebuiltMasks,
  signIn,
  SMALL_MASK,
  totalOf,
  turned,
  valueOf,
  withHidden,
  withLeaver,
  withoutLast,
  withoutLeaver,
  withPerson,
  withPiece,
  type HeldMasks,
  type Numbers,
} from '../../simulation/held-masks.ts';
import { controlsStyles } from '../controls-styles.ts';
import { icon, peerBird } from '../icons.ts';
import { grouped } from '../words.ts';
import { figureStyles } from './figure-styles.ts';
import { masksStyles } from './masks-styles.ts';
import { inferenceWords, masksCaption, namesOf, NAMES } from './masks-words.ts';

/** Numbers that people come with. */
const FIRST_NUMBERS = [5, 4, 8, 21, 2, 13, 34, 1] as const;

/** Pointer travel of a full turn, CSS px. */
const TURN_PX = 360;

/** Pointer travel of 1 in small numbers, CSS px. */
const SMALL_PX = 3;

/** Presses of an arrow key in a full turn; with Shift it is one step. */
const KEY_STEPS = 64;

/** Who looks: nobody of them, one, two. */
const OBSERVERS: readonly (readonly number[])[] = [[], [1], [1, 2]];

/** The figure. */
@customElement('masks-figure')
export class MasksFigure extends LitElement {
  static override styles = [controlsStyles, figureStyles, masksStyles];

  @state() private held: HeldMasks = nobody('words');
  @state() private watching = 0;
  /** The mask that is held or pointed at. */
  @state() private lit: number | undefined;

  private drag: { readonly mask: number; readonly x: number; readonly value: number } | undefined;

  constructor() {
    super();
    this.held = drawn('words', FIRST_NUMBERS.slice(0, FEWEST_PEOPLE));
  }

  override render(): TemplateResult {
    const { held } = this;
    const count = held.people.length;
    const { leaver, numbers } = held;
    return html`<figure aria-label="Masks one can hold">
      <div class="bar">
        <div class="group" role="group" aria-label="Numbers">
          ${this.renderNumbers('small', 'Small numbers')}
          ${this.renderNumbers('words', 'Words modulo 2³²')}
        </div>
        <div class="people">
          <span class="quiet">People</span>
          <div class="group">
            <button
              class="button icon"
              aria-label="One person less"
              ?disabled=${count <= FEWEST_PEOPLE}
              @click=${() => (this.held = withoutLast(held))}
            >
              ${icon('minus', 13)}
            </button>
            <output class="button count" aria-label="People">${count}</output>
            <button
              class="button icon"
              aria-label="One person more"
              ?disabled=${count >= MOST_PEOPLE}
              @click=${() => (this.held = withNext(held))}
            >
              ${icon('plus', 13)}
            </button>
          </div>
        </div>
        <button
          class="button"
          @click=${() => {
            this.held = drawn(
              numbers,
              held.people.map(({ hidden }) => hidden),
            );
          }}
        >
          Draw new masks
        </button>
        <button class="button push" @click=${this.leaveOrReturn}>
          ${leaver ? `Let ${NAMES[leaver.person]} back in` : `Let ${NAMES[2]} drop out`}
        </button>
      </div>
      <div
        class="ledger ${count > FEWEST_PEOPLE ? 'many' : ''}"
        style="--columns: ${this.columns.length}; --out: ${outSpan(count)}"
      >
        ${this.renderHead()} ${held.people.map((_, place) => this.renderPerson(place))}
        ${this.renderSum()}
      </div>
      <div class="infer">
        <div class="group" role="group" aria-label="What can be worked out, and by whom">
          ${OBSERVERS.map(
            (observers, at) =>
              html`<button
                class="button"
                aria-pressed=${String(this.watching === at)}
                @click=${() => (this.watching = at)}
              >
                ${observers.length === 0 ? 'A listener or server' : namesOf(observers)}
              </button>`,
          )}
        </div>
        <p role="status">${inferenceWords(held, OBSERVERS[this.watching]!)}</p>
      </div>
      <figcaption>${masksCaption(held)}</figcaption>
    </figure>`;
  }

  private renderNumbers(numbers: Numbers, words: string) {
    return html`<button
      class="button"
      aria-pressed=${String(this.held.numbers === numbers)}
      @click=${() => {
        this.held = drawn(
          numbers,
          this.held.people.map(({ hidden }) => hidden),
        );
      }}
    >
      ${words}
    </button>`;
  }

  /** A column for each mask of three people; of more, one for each partner. */
  private get columns(): readonly { readonly title: string; readonly note: string }[] {
    const { people, masks } = this.held;
    if (people.length > FEWEST_PEOPLE)
      return people.map((_, at) => ({ title: `With ${NAMES[at]}`, note: '' }));
    return masks.map(({ adds, subtracts }) => ({
      title: `Mask of ${namesOf([Math.min(adds, subtracts), Math.max(adds, subtracts)])}`,
      note: `${NAMES[adds]} adds, ${NAMES[subtracts]} subtracts`,
    }));
  }

  private renderHead() {
    return html`<div class="line head" aria-hidden="true">
      <span></span>
      <span><b>Hidden number</b><br />never leaves</span>
      ${this.columns.map(({ title, note }) => html`<span><b>${title}</b><br />${note}</span>`)}
      <span></span>
      <span><b>What leaves the phone</b><br />all that anyone else receives</span>
    </div>`;
  }

  private renderPerson(place: number) {
    const { held } = this;
    const name = NAMES[place]!;
    const isGone = held.leaver?.person === place;
    const { hidden } = held.people[place]!;
    return html`<div class="line person ${isGone ? 'gone' : ''}" role="group" aria-label=${name}>
      <div class="who">
        ${peerBird(place, 24)}<span>${name}${isGone ? html`<small>left</small>` : nothing}</span>
        ${this.renderPiece(place)}
      </div>
      <div class="hidden">
        <button
          aria-label="${name}: one less"
          @click=${() => (this.held = withHidden(held, place, hidden - 1))}
        >
          −
        </button>
        <input
          inputmode="numeric"
          maxlength="2"
          aria-label="${name}: hidden number, 0 to ${LARGEST_HIDDEN}"
          .value=${String(hidden)}
          @change=${(event: Event) => {
            const field = event.target as HTMLInputElement;
            if (/^\d+$/.test(field.value.trim()))
              this.held = withHidden(held, place, Number(field.value));
            field.value = String(this.held.people[place]!.hidden);
          }}
        />
        <button
          aria-label="${name}: one more"
          @click=${() => (this.held = withHidden(held, place, hidden + 1))}
        >
          +
        </button>
      </div>
      ${this.columns.map((_, column) => this.renderCell(place, column))}
      <span class="equals" aria-hidden="true">${isGone ? '' : '='}</span>
      <div class="out">
        ${
          isGone
            ? html`<span class="quiet">nothing</span>`
            : html`${this.renderDial(leavingOf(held, place), 'var(--ink-2)')}
                <span class="number"
                  ><small>leaves the phone</small>${grouped(leavingOf(held, place))}</span
                >`
        }
      </div>
    </div>`;
  }

  private renderPiece(place: number) {
    const { leaver } = this.held;
    if (!leaver || place === leaver.person) return nothing;
    const isIn = leaver.handedOver.includes(place);
    return html`<button
      class="button piece"
      ?disabled=${isIn}
      aria-label="${NAMES[place]}: ${isIn ? 'piece is in' : 'hand over the piece'}"
      @click=${() => (this.held = withPiece(this.held, place))}
    >
      ${isIn ? 'Piece is in' : 'Hand over'}
    </button>`;
  }

  private renderCell(place: number, column: number) {
    const { masks, people, numbers, leaver } = this.held;
    const index =
      people.length > FEWEST_PEOPLE
        ? masks.findIndex(
            (mask) => column !== place && signIn(mask, place) !== 0 && signIn(mask, column) !== 0,
          )
        : column;
    const mask = masks[index];
    const sign = mask ? signIn(mask, place) : 0;
    if (!mask || sign === 0 || leaver?.person === place)
      return html`<span class="none" aria-hidden="true">·</span>`;
    const value = valueOf(mask, numbers);
    const partner = sign === 1 ? mask.subtracts : mask.adds;
    const isWords = numbers === 'words';
    const isLoose = leaver?.person === partner && !rebuiltMasks(this.held);
    return html`<div
      class="tile ${this.lit === index ? 'lit' : ''} ${isLoose ? 'loose' : ''}"
      role="slider"
      tabindex="0"
      aria-label="${NAMES[place]} ${sign === 1 ? 'adds' : 'subtracts'} the mask with ${NAMES[partner]}"
      aria-valuemin=${isWords ? 0 : -SMALL_MASK}
      aria-valuemax=${isWords ? MODULUS - 1 : SMALL_MASK}
      aria-valuenow=${value}
      aria-disabled=${String(leaver !== undefined)}
      @pointerdown=${(event: PointerEvent) => this.onPress(event, index)}
      @pointermove=${this.onDrag}
      @pointerup=${this.onRelease}
      @pointercancel=${this.onRelease}
      @pointerenter=${() => (this.lit = index)}
      @pointerleave=${() => (this.drag ? undefined : (this.lit = undefined))}
      @focus=${() => (this.lit = index)}
      @blur=${() => (this.lit = undefined)}
      @keydown=${(event: KeyboardEvent) => this.onKey(event, index)}
    >
      <span class="sign" aria-hidden="true">${sign === 1 ? '+' : '−'}</span>
      ${this.renderDial(value, colourOf(mask.adds), colourOf(mask.subtracts))}
      <span class="number"><small>with ${NAMES[partner]}</small>${grouped(value)}</span>
    </div>`;
  }

  private renderSum() {
    const { held } = this;
    const total = totalOf(held);
    const { leaver, people } = held;
    const hidden = people.reduce(
      (sum, person, at) => (at === leaver?.person ? sum : sum + person.hidden),
      0,
    );
    const cancels = people.length > FEWEST_PEOPLE ? '' : 'cancels to 0';
    const isOf = (column: number): boolean =>
      leaver !== undefined &&
      people.length === FEWEST_PEOPLE &&
      signIn(held.masks[column]!, leaver.person) !== 0;
    return html`<div class="line sum">
      <span>Sum</span>
      <span class="big" aria-label="Sum of the hidden numbers">${hidden}</span>
      ${this.columns.map(
        (_, column) =>
          html`<span class="quiet column"
            >${isOf(column) ? (total === undefined ? 'hangs loose' : 'rebuilt, taken off') : cancels}</span
          >`,
      )}
      <span></span>
      <span class="big" role="status" aria-label="Sum of what left the phones">
        ${grouped(total ?? gatheredOf(held))}
        <small class="quiet"
          >${total === undefined ? 'is noise' : held.numbers === 'words' ? 'modulo 2³²' : ''}</small
        >
      </span>
    </div>`;
  }

  /** A value as an angle; a small number goes from half a turn to the left to half a turn to the right. */
  private renderDial(value: number, colour: string, inner?: string) {
    const full = this.held.numbers === 'words' ? MODULUS : 2 * SMALL_MASK * this.held.people.length;
    const turn = value / full;
    const arc = (radius: number, stroke: string) =>
      svg`<circle cx="20" cy="20" r=${radius} fill="none" stroke=${stroke} stroke-width="3.5" pathLength="1"
        stroke-dasharray="${Math.min(1, Math.abs(turn))} 1"
        transform="rotate(-90 20 20)${turn < 0 ? ' translate(0 40) scale(1 -1)' : ''}"></circle>`;
    const angle = turn * 2 * Math.PI;
    const knob = inner ? 13.2 : 16;
    return html`<svg viewBox="0 0 40 40" width="40" height="40" aria-hidden="true">
      <circle
        cx="20"
        cy="20"
        r="16"
        fill="none"
        stroke="var(--hairline)"
        stroke-width="3.5"
      ></circle>
      ${arc(16, colour)} ${inner ? arc(10.5, inner) : nothing}
      <circle
        cx=${20 + knob * Math.sin(angle)}
        cy=${20 - knob * Math.cos(angle)}
        r=${inner ? 5 : 3.6}
        fill="var(--ground-raised)"
        stroke="var(--ink)"
        stroke-width="1.75"
      ></circle>
    </svg>`;
  }

  private readonly leaveOrReturn = (): void => {
    const { held } = this;
    const entropy = crypto.getRandomValues(new Uint8Array(leavingEntropyBytes(held.people.length)));
    this.held = held.leaver ? withoutLeaver(held) : withLeaver(held, 2, entropy);
  };

  private onPress(event: PointerEvent, mask: number): void {
    if (event.button !== 0 || this.held.leaver) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.drag = {
      mask,
      x: event.clientX,
      value: valueOf(this.held.masks[mask]!, this.held.numbers),
    };
    this.lit = mask;
  }

  private readonly onDrag = (event: PointerEvent): void => {
    if (!this.drag) return;
    const { mask, x, value } = this.drag;
    const perPx = this.held.numbers === 'words' ? MODULUS / TURN_PX : 1 / SMALL_PX;
    this.held = turned(this.held, mask, value + (event.clientX - x) * perPx);
  };

  private readonly onRelease = (): void => {
    this.drag = undefined;
  };

  private onKey(event: KeyboardEvent, index: number): void {
    const { held } = this;
    const isWords = held.numbers === 'words';
    const value = valueOf(held.masks[index]!, held.numbers);
    const step = isWords && !event.shiftKey ? MODULUS / KEY_STEPS : 1;
    const [least, most] = isWords ? [0, MODULUS - 1] : [-SMALL_MASK, SMALL_MASK];
    const next = {
      ArrowRight: value + step,
      ArrowUp: value + step,
      ArrowLeft: value - step,
      ArrowDown: value - step,
      Home: least,
      End: most,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.held = turned(held, index, next);
  }
}

/** Of five places in a row on phones, those that are left beside the last tiles, if a word fits there. */
function outSpan(people: number): number {
  const left = 5 - ((people - 1) % 5);
  return left < 3 ? 5 : left;
}

function drawn(numbers: Numbers, hidden: readonly number[]): HeldMasks {
  return hidden.reduce((held, number) => withPerson(held, freshKey(), number), nobody(numbers));
}

function withNext(held: HeldMasks): HeldMasks {
  return withPerson(held, freshKey(), FIRST_NUMBERS[held.people.length]!);
}

function freshKey(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(KEY_BYTES));
}

function colourOf(place: number): string {
  return `var(--peer-${place + 1})`;
}

declare global {
  interface HTMLElementTagNameMap {
    'masks-figure': MasksFigure;
  }
}
