/**
 * Masks one can hold: hidden numbers, the masks between each two people, what leaves their phones, and the sum.
 *
 * The numbers are those of `simulation/held-masks.ts`: keys are agreed and masks made as in a room.
 *
 * @module
 */
import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import {
  FEWEST_PEOPLE,
  LARGEST_HIDDEN,
  leavingEntropyBytes,
  leavingOf,
  MODULUS,
  MOST_PEOPLE,
  nobody,
  rebuiltMasks,
  signIn,
  SMALL_MASK,
  turned,
  valueOf,
  withHidden,
  withLeaver,
  withoutLast,
  withoutLeaver,
  withPiece,
  type HeldMasks,
  type Numbers,
} from '../../simulation/held-masks.ts';
import { controlsStyles } from '../controls-styles.ts';
import { icon, peerBird } from '../icons.ts';
import { inSlices } from '../slices.ts';
import { grouped } from '../words.ts';
import { figureStyles } from './figure-styles.ts';
import { columnsOf, maskAt, phoneLayout, type Column } from './masks-columns.ts';
import { fullTurn, maskDial } from './masks-dial.ts';
import { drawn, FIRST_NUMBERS, withNext } from './masks-drawing.ts';
import { masksInference } from './masks-inference.ts';
import { masksStyles } from './masks-styles.ts';
import { masksSum } from './masks-sum.ts';
import { turnedByDrag, turnedByKey } from './masks-turning.ts';
import { masksCaption, NAMES } from './masks-words.ts';

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
    void this.draw('words', FIRST_NUMBERS.slice(0, FEWEST_PEOPLE));
  }

  override render(): TemplateResult {
    const { held } = this;
    const count = held.people.length;
    const { leaver, numbers } = held;
    if (count === 0)
      return html`<figure aria-label="Masks one can hold">
        <figcaption>Masks are being drawn.</figcaption>
      </figure>`;
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
        <button class="button" @click=${() => void this.draw(numbers, hiddenOf(held))}>
          Draw new masks
        </button>
        <button class="button push" @click=${this.leaveOrReturn}>
          ${leaver ? `Let ${NAMES[leaver.person]} back in` : `Let ${NAMES[2]} drop out`}
        </button>
      </div>
      <div
        class="ledger ${count > FEWEST_PEOPLE ? 'many' : ''}"
        style="--columns: ${this.columns.length}; ${phoneLayout(count)}"
      >
        ${this.renderHead()} ${held.people.map((_, place) => this.renderPerson(place))}
        ${masksSum(held)}
      </div>
      ${masksInference(held, this.watching, (at) => (this.watching = at))}
      <figcaption>${masksCaption(held)}</figcaption>
    </figure>`;
  }

  private renderNumbers(numbers: Numbers, words: string) {
    return html`<button
      class="button"
      aria-pressed=${String(this.held.numbers === numbers)}
      @click=${() => void this.draw(numbers, hiddenOf(this.held))}
    >
      ${words}
    </button>`;
  }

  private get columns(): readonly Column[] {
    return columnsOf(this.held);
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
            : html`${maskDial(leavingOf(held, place), fullTurn(held), 'var(--ink-2)')}
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
    const { masks, numbers, leaver } = this.held;
    const index = maskAt(this.held, place, column);
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
      ${maskDial(value, fullTurn(this.held), colourOf(mask.adds), colourOf(mask.subtracts))}
      <span class="number"><small>with ${NAMES[partner]}</small>${grouped(value)}</span>
    </div>`;
  }

  /** Draws all masks anew, unless something else is done meanwhile. */
  private async draw(numbers: Numbers, hidden: readonly number[]): Promise<void> {
    const before = this.held;
    const held = await inSlices(drawn(numbers, hidden), () => this.held === before);
    if (held) this.held = held;
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
    this.held = turned(this.held, mask, turnedByDrag(value, this.held.numbers, event.clientX - x));
  };

  private readonly onRelease = (): void => {
    this.drag = undefined;
  };

  private onKey(event: KeyboardEvent, index: number): void {
    const { held } = this;
    const next = turnedByKey(valueOf(held.masks[index]!, held.numbers), held.numbers, event);
    if (next === undefined) return;
    event.preventDefault();
    this.held = turned(held, index, next);
  }
}

function hiddenOf({ people }: HeldMasks): readonly number[] {
  return people.map(({ hidden }) => hidden);
}

function colourOf(place: number): string {
  return `var(--peer-${place + 1})`;
}

declare global {
  interface HTMLElementTagNameMap {
    'masks-figure': MasksFigure;
  }
}
