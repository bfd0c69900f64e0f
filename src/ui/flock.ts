/**
 * The flock: who is here, who is linked, and what each is doing in the round that is being shown.
 *
 * Nobody is in the middle: the disc is this tab's own copy of the sum. Links are masks that two peers
 * share; a swarm is a masked update on its way; a ring of ticks is a signature. Rounds are drawn slower
 * than they happen (`flock-playback.ts`), and everything is drawn from the view alone.
 *
 * @module
 */
import { LitElement, type PropertyValues, type TemplateResult, css, html, nothing, svg } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { MAX_COHORT, MAX_SHOWN_NUMBERS } from '../config.ts';
import type { SessionView } from '../peer/view.ts';
import { birdPath } from './bird.ts';
import { peerColour } from './bird-colours.ts';
import {
  type FlockLayout,
  type Perch,
  type Place,
  flockLayout,
  labelPlace,
  perches,
} from './flock-geometry.ts';
import { paintFlock } from './flock-paint.ts';
import { PaletteController } from './flock-palette.ts';
import { type Shown } from './flock-playback.ts';
import { FlockPlayer } from './flock-player.ts';
import { type Bird, type FlockScene, flockScene } from './flock-scene.ts';
import { flockSentence } from './flock-words.ts';

/** The disc of a round has left for the federation's map: its cross-fade may begin. */
export class FlockMergeEvent extends Event {
  static readonly eventName = 'flock-merge';
  /** The round whose result it is. */
  readonly round: number;
  constructor(round: number) {
    super(FlockMergeEvent.eventName, { bubbles: true, composed: true });
    this.round = round;
  }
}

/** From this many birds on, initials stand for names. */
const INITIALS_FROM = 13;

/** A leaver drifts this far out, px. */
const DRIFT_PX = 8;

/** How long a bird takes to a new place, ms; the same as the token `--normal`. */
const MOVE_MS = 240;

/**
 * The flock. Fills its box, whatever the size; meant for 336 x 416 and 358 x 352.
 *
 * @fires flock-merge - A shown round has its result, and the disc flies out to the right.
 */
@customElement('peer-flock')
export class PeerFlock extends LitElement {
  static override styles = css`
    :host {
      display: block;
      position: relative;
      min-height: 220px;
      contain: layout style;
    }
    .box,
    canvas {
      position: absolute;
      inset: 0;
      width: 100%;
      height: 100%;
    }
    .perch {
      position: absolute;
      left: 0;
      top: 0;
      width: 0;
      height: 0;
      transition: transform var(--normal) var(--ease);
    }
    .bird {
      position: absolute;
      left: -26px;
      top: -26px;
      overflow: visible;
      animation: sway 7s ease-in-out infinite;
    }
    :host([unseen]) .bird,
    .is-still .bird {
      animation: none;
    }
    .is-hidden .bird,
    .is-frozen .bird,
    .is-gone .bird,
    .is-free .bird {
      animation: none;
    }
    @keyframes sway {
      0%,
      100% {
        transform: translate(-2.5px, 1px);
      }
      50% {
        transform: translate(2.5px, -1px);
      }
    }
    .ground {
      fill: var(--ground);
    }
    .glyph {
      fill: var(--colour);
      stroke: none;
    }
    .is-frozen .glyph,
    .is-linking .glyph {
      fill: var(--ground);
      stroke: var(--colour);
      stroke-width: 1.3;
    }
    .is-gone .glyph,
    .is-free .glyph {
      fill: var(--ground);
      stroke: var(--colour);
      stroke-width: 1.1;
      stroke-dasharray: 2 2;
    }
    .is-free .glyph {
      stroke: var(--hairline-strong);
    }
    .is-hidden .glyph,
    .is-resting .glyph {
      opacity: 0.72;
    }
    .own {
      fill: none;
      stroke: var(--colour);
      stroke-width: 1.5;
    }
    .ticks {
      fill: none;
      stroke: var(--ink);
      stroke-width: 3.5;
      stroke-dasharray: 1.4 3.1;
      animation: close var(--normal) var(--ease);
    }
    .is-still .ticks {
      animation: none;
    }
    @keyframes close {
      from {
        opacity: 0;
        transform: rotate(-50deg) scale(1.35);
      }
    }
    .label {
      position: absolute;
      left: 0;
      top: 0;
      width: max-content;
      max-width: 112px;
      text-align: center;
      transition: transform var(--normal) var(--ease);
      font: 550 var(--text-xs) / 15px var(--sans);
      color: var(--ink);
      text-shadow:
        0 0 3px var(--ground),
        0 0 3px var(--ground),
        0 0 3px var(--ground);
      pointer-events: none;
    }
    .label span {
      display: block;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .label small {
      display: block;
      font-size: 11px;
      line-height: 13px;
      font-weight: 400;
      color: var(--ink-2);
    }
    .label.is-gone,
    .label.is-gone small {
      color: var(--bad);
    }
    .label.is-gone span,
    .label.is-gone small {
      display: inline;
    }
    .label.is-free {
      color: var(--ink-2);
      font-weight: 400;
    }
    @media (prefers-reduced-motion: reduce) {
      .bird,
      .ticks {
        animation: none;
      }
      .perch,
      .label {
        transition: none;
      }
    }
    @media (forced-colors: active) {
      .ground {
        fill: Canvas;
      }
      .glyph {
        fill: CanvasText;
      }
      .ticks,
      .own {
        stroke: CanvasText;
      }
      .is-frozen .glyph,
      .is-linking .glyph,
      .is-gone .glyph,
      .is-free .glyph {
        fill: Canvas;
        stroke: CanvasText;
      }
    }
  `;

  /** What the session shows. */
  @property({ attribute: false }) view: SessionView | undefined;
  /** Numbers in the vector: so many dots and specks, at most `MAX_SHOWN_NUMBERS`. */
  @property({ type: Number }) numbers = 33;
  /** The newest aggregate, as numbers, for the sizes of the dots; all alike without it. */
  @property({ attribute: false }) sums: Float64Array | undefined;

  @state() private layout: FlockLayout | undefined;
  @state() private scene: FlockScene | undefined;
  @state() private sentence = '';

  @query('canvas') private readonly canvas!: HTMLCanvasElement | null;

  readonly #player = new FlockPlayer(this, (shown, nowMs) => this.#draw(shown, nowMs));
  readonly #colours = new PaletteController(this, () => {
    this.requestUpdate();
    this.#player.refresh();
  });
  #sizes: ResizeObserver | undefined;
  #places = new Map<string, Moving>();
  #birdsKey = '';
  #announced = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes = new ResizeObserver(([entry]) => {
      const box = entry?.contentRect;
      if (box === undefined || box.width === 0 || box.height === 0) return;
      this.layout = flockLayout(box.width, box.height);
      this.#birdsKey = '';
      this.#player.refresh();
    });
    this.#sizes.observe(this);
  }

  override disconnectedCallback(): void {
    this.#sizes?.disconnect();
    super.disconnectedCallback();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('view') && this.view !== undefined) {
      this.#player.tell(this.view);
      if (this.sentence === '') this.sentence = flockSentence(this.view, this.#player.shown);
    }
    if (changed.has('numbers') || changed.has('sums')) this.#player.refresh();
  }

  protected override render(): TemplateResult {
    const still = this.#colours.isStill ? 'is-still' : '';
    return html`<div class="box ${still}" role="img" aria-label=${this.sentence}>
      <canvas></canvas>
      ${this.#renderBirds()}
    </div>`;
  }

  #renderBirds(): unknown {
    const { layout, scene } = this;
    if (layout === undefined || scene === undefined) return nothing;
    const places = perches(layout, scene.birds.length);
    const standings = scene.birds.map((bird, at) => ({
      bird,
      perch: standing(layout, places[at]!, bird),
    }));
    return repeat(
      standings,
      ({ bird }, at) => bird.id ?? at,
      ({ bird, perch }) =>
        html`${renderBird(bird, perch)}${renderLabel(layout, bird, perch, scene.birds.length)}`,
    );
  }

  /** Draws one moment; whether a bird is still on its way to a new place. */
  #draw(shown: Shown, nowMs: number): boolean {
    const { view, layout, canvas } = this;
    if (view === undefined || layout === undefined) return false;
    const scene = flockScene(view, shown);
    this.#announce(shown);
    const sentence = flockSentence(view, shown);
    if (sentence !== this.sentence) this.sentence = sentence;
    const key = birdsKey(scene.birds);
    if (key !== this.#birdsKey) {
      this.#birdsKey = key;
      this.scene = scene;
    }
    if (canvas === null) return true;
    const places = this.#move(scene.birds, layout, nowMs);
    const context = sized(canvas, layout);
    if (context === null) return false;
    paintFlock(context, {
      scene,
      layout,
      places: places.map(({ at }) => at),
      palette: this.#colours.palette,
      isStill: this.#colours.isStill,
      numbers: Math.min(MAX_SHOWN_NUMBERS, this.numbers),
      sums: this.sums,
      members: shown.roster.length,
    });
    return places.some(({ isMoving }) => isMoving);
  }

  /** Where each bird is on its way to its place. */
  #move(
    birds: readonly Bird[],
    layout: FlockLayout,
    nowMs: number,
  ): { at: Place; isMoving: boolean }[] {
    const targets = perches(layout, birds.length);
    const kept = new Map<string, Moving>();
    const places = birds.map((bird, index) => {
      const key = bird.id ?? `free-${index}`;
      const to = standing(layout, targets[index]!, bird);
      let moving = this.#places.get(key);
      if (moving === undefined) moving = { from: to, to, startMs: nowMs - MOVE_MS };
      else if (moving.to.x !== to.x || moving.to.y !== to.y) {
        moving = { from: placeOf(moving, nowMs), to, startMs: nowMs };
      }
      if (this.#colours.isStill) moving = { from: to, to, startMs: nowMs - MOVE_MS };
      kept.set(key, moving);
      return { at: placeOf(moving, nowMs), isMoving: nowMs - moving.startMs < MOVE_MS };
    });
    this.#places = kept;
    return places;
  }

  #announce(shown: Shown): void {
    if (shown.phase !== 'merged' || shown.round === this.#announced) return;
    this.#announced = shown.round;
    if (Number.isFinite(shown.endAgeMs)) this.dispatchEvent(new FlockMergeEvent(shown.round));
  }
}

/** A bird between two places. */
interface Moving {
  readonly from: Place;
  readonly to: Place;
  readonly startMs: number;
}

function placeOf({ from, to, startMs }: Moving, nowMs: number): Place {
  const share = Math.max(0, Math.min(1, (nowMs - startMs) / MOVE_MS));
  const eased = 1 - (1 - share) ** 3;
  return { x: from.x + (to.x - from.x) * eased, y: from.y + (to.y - from.y) * eased };
}

/** Its perch, or a little outside when it left. */
function standing(layout: FlockLayout, perch: Perch, bird: Bird): Perch {
  if (bird.state !== 'gone') return perch;
  const outX = perch.x - layout.centre.x;
  const outY = perch.y - layout.centre.y;
  const length = Math.hypot(outX, outY) || 1;
  return {
    x: perch.x + (outX / length) * DRIFT_PX,
    y: perch.y + (outY / length) * DRIFT_PX,
    heading: perch.heading + 0.6,
  };
}

function renderBird(bird: Bird, perch: Perch): TemplateResult {
  const pose = bird.state === 'hidden' || bird.state === 'resting' || bird.isRepeated ? 1 : 0;
  const turn = ((perch.heading - 0.15) * 180) / Math.PI;
  return html`<div
    class="perch is-${bird.state}"
    style="transform: translate(${perch.x.toFixed(1)}px, ${perch.y.toFixed(1)}px); --colour: ${peerColour(bird.colour)}"
  >
    <svg class="bird" width="52" height="52" viewBox="-26 -26 52 52" aria-hidden="true">
      <circle class="ground" r="17"></circle>
      ${bird.state === 'you' || bird.isRepeated ? svg`<circle class="own" r="18.5"></circle>` : nothing}
      ${bird.signedMs === undefined ? nothing : svg`<circle class="ticks" r="21.5"></circle>`}
      <g class="glyph" transform="rotate(${turn.toFixed(1)}) scale(1.15)">${birdPath(pose)}</g>
    </svg>
  </div>`;
}

function renderLabel(layout: FlockLayout, bird: Bird, perch: Perch, count: number): TemplateResult {
  const isShort = count >= INITIALS_FROM && bird.state !== 'you';
  const name = isShort ? ([...bird.name][0] ?? '?') : bird.name;
  const note = shortNote(bird, count);
  const lineChars = Math.max(name.length, ...note.map((line) => line.length));
  const halfWidth = Math.min(56, 3.4 * (bird.state === 'gone' ? name.length + 5 : lineChars));
  const at = labelPlace(layout, perch, halfWidth);
  const up = at.isAbove ? '-100%' : '0';
  const lines = note.map((line) => html`<small>${line}</small>`);
  return html`<div
    class="label is-${bird.state}"
    style="transform: translate(${at.x.toFixed(1)}px, ${at.y.toFixed(1)}px) translate(-50%, ${up})"
  >
    <span>${name}</span> ${lines}
  </div>`;
}

/** The second line, broken or shortened so that neighbours keep their room. */
function shortNote(bird: Bird, count: number): string[] {
  if (bird.note === '') return [];
  if (bird.state === 'hidden')
    return count > 7 ? ['hidden tab'] : ['hidden tab,', 'still learning'];
  if (bird.state === 'frozen' && count > 3) {
    const seconds = bird.note.replace(/^.* for /, '');
    return ['not answering', `for ${seconds}`];
  }
  return count > MAX_COHORT ? [] : [bird.note];
}

/** What of the birds is drawn as elements: they are rendered again only when this changes. */
function birdsKey(birds: readonly Bird[]): string {
  return birds
    .map((bird) => {
      const ticks = bird.signedMs === undefined ? '' : 'x';
      return `${bird.id ?? ''} ${bird.name} ${bird.note} ${bird.colour} ${bird.state} ${ticks}`;
    })
    .join('\n');
}

/** The canvas at the resolution of the screen, scaled to px. */
function sized(
  canvas: HTMLCanvasElement,
  { width, height }: FlockLayout,
): CanvasRenderingContext2D | null {
  const ratio = Math.max(1, Math.min(3, devicePixelRatio));
  const pixelWidth = Math.round(width * ratio);
  const pixelHeight = Math.round(height * ratio);
  if (canvas.width !== pixelWidth) canvas.width = pixelWidth;
  if (canvas.height !== pixelHeight) canvas.height = pixelHeight;
  const context = canvas.getContext('2d');
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

declare global {
  interface HTMLElementTagNameMap {
    'peer-flock': PeerFlock;
  }
  interface HTMLElementEventMap {
    'flock-merge': FlockMergeEvent;
  }
}
