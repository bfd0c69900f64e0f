/**
 * The flock: who is here, who is linked, and what each is doing in the round that is being shown.
 *
 * Nobody is in the middle: the disc is this tab's own copy of the sum. Links are masks that two peers
 * share; a swarm is a masked update on its way; a ring of ticks is a signature. Rounds are drawn slower
 * than they happen (`flock-playback.ts`), and everything is drawn from the view alone.
 *
 * @module
 */
import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { MAX_SHOWN_NUMBERS } from '../config.ts';
import type { SessionView } from '../peer/view.ts';
import { birdsKey, linesKey, renderBird, renderLabel } from './flock-birds.ts';
import {
  type FlockLayout,
  type Perch,
  type Place,
  flockLayout,
  perches,
} from './flock-geometry.ts';
import { type GridLayout, courierWay, gridLayout } from './flock-grid-geometry.ts';
import './flock-lines.ts';
import { paintFlock } from './flock-paint.ts';
import { PaletteController } from './flock-palette.ts';
import { FlockPlayer } from './flock-player.ts';
import type { Bird } from './flock-members.ts';
import { type FlockScene, flockScene } from './flock-scene.ts';
import type { Shown } from './flock-shown.ts';
import { eased } from './flock-strokes.ts';
import { flockStyles } from './flock-styles.ts';
import { flockSentence } from './flock-words.ts';

/** The disc of a round has left for the federation's map: its cross-fade may begin. */
export class FlockMergeEvent extends Event {
  /** Name of the event. */
  static readonly eventName = 'flock-merge';
  /** The round whose result it is. */
  readonly round: number;
  constructor(round: number) {
    super(FlockMergeEvent.eventName, { bubbles: true, composed: true });
    this.round = round;
  }
}

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
  /** Its looks. */
  static override styles = flockStyles;

  /** What the session shows. */
  @property({ attribute: false }) view: SessionView | undefined;
  /** Numbers in the vector: so many dots and specks, at most `MAX_SHOWN_NUMBERS`. */
  @property({ type: Number }) numbers = 33;
  /** The newest aggregate, as numbers, for the sizes of the dots; all alike without it. */
  @property({ attribute: false }) sums: Float64Array | undefined;

  @state() private plan: Plan | undefined;
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
  #box: Box | undefined;
  #birdsKey = '';
  #announced = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes = new ResizeObserver(([entry]) => {
      const box = entry?.contentRect;
      if (box === undefined || box.width === 0 || box.height === 0) return;
      this.#box = { width: box.width, height: box.height };
      this.plan = undefined;
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
    const { plan, scene } = this;
    return html`<div class="box ${still}" role="img" aria-label=${this.sentence}>
        <canvas></canvas>
        ${plan === undefined || scene === undefined ? nothing : this.#renderBirds(plan, scene)}
      </div>
      ${
        plan?.grid === undefined || scene === undefined
          ? nothing
          : html`<flock-lines
              .members=${scene}
              .layout=${plan.grid}
              .places=${plan.perches}
              .own=${this.view?.grid?.ownLine ?? -1}
            ></flock-lines>`
      }`;
  }

  #renderBirds({ layout, perches: places }: Plan, { birds }: FlockScene): unknown {
    const standings = birds.map((bird, at) => ({
      bird,
      perch: standing(layout, places[at]!, bird),
    }));
    return repeat(
      standings,
      ({ bird }, at) => bird.id ?? at,
      ({ bird, perch }) =>
        html`${renderBird(bird, perch)}${renderLabel(layout, bird, perch, birds.length)}`,
    );
  }

  /** Draws one moment; whether a bird is still on its way to a new place. */
  #draw(shown: Shown, nowMs: number): boolean {
    const { view, canvas } = this;
    if (view === undefined || this.#box === undefined) return false;
    const scene = flockScene(view, shown);
    this.#announce(shown);
    const sentence = flockSentence(view, shown);
    if (sentence !== this.sentence) this.sentence = sentence;
    const plan = this.#planFor(scene, this.#box, view.grid !== undefined);
    const key = birdsKey(scene.birds) + linesKey(scene);
    if (key !== this.#birdsKey || plan !== this.plan) {
      this.#birdsKey = key;
      this.plan = plan;
      this.scene = scene;
    }
    if (canvas === null) return true;
    const birds = this.#move(scene.birds, plan, nowMs);
    const context = sized(canvas, this.#box);
    if (context === null) return false;
    paintFlock(context, {
      ...this.#box,
      scene,
      layout: plan.layout,
      grid: plan.grid,
      places: [...birds.map(({ at }) => at), ...this.#courierPlaces(scene, plan)],
      palette: this.#colours.palette,
      isStill: this.#colours.isStill,
      numbers: Math.min(MAX_SHOWN_NUMBERS, this.numbers),
      sums: this.sums,
      members: shown.roster.length,
    });
    return birds.some(({ isMoving }) => isMoving);
  }

  /** Measures, made again only when the size or the numbers of birds and lines change. */
  #planFor({ birds, lines, folded }: FlockScene, box: Box, isGrid: boolean): Plan {
    const hasMore = folded.lines > 0;
    const key = `${birds.length} ${isGrid ? lines.length : ''} ${hasMore}`;
    if (this.plan?.key === key) return this.plan;
    const grid = isGrid ? gridLayout(box.width, box.height, lines.length, hasMore) : undefined;
    const layout = grid?.own ?? flockLayout(box.width, box.height);
    return { key, layout, grid, perches: perches(layout, birds.length) };
  }

  /** Stand-ins fly out to where they meet, and back. */
  #courierPlaces({ couriers }: FlockScene, { grid }: Plan): Place[] {
    if (grid === undefined) return [];
    return couriers.map(({ far, share }) => {
      const [from, to] = courierWay(grid, far);
      const way = this.#colours.isStill ? 1 : eased(share);
      return { x: from.x + (to.x - from.x) * way, y: from.y + (to.y - from.y) * way };
    });
  }

  /** Where each bird is on its way to its place. */
  #move(
    birds: readonly Bird[],
    { layout, perches: targets }: Plan,
    nowMs: number,
  ): { at: Place; isMoving: boolean }[] {
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

/** A size, px. */
interface Box {
  readonly width: number;
  readonly height: number;
}

/** Measures of the flock, for one size and one number of birds and lines. */
interface Plan {
  readonly key: string;
  /** Of the birds that this tab sums with. */
  readonly layout: FlockLayout;
  readonly grid: GridLayout | undefined;
  readonly perches: readonly Perch[];
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

/** The canvas at the resolution of the screen, scaled to px. */
function sized(canvas: HTMLCanvasElement, { width, height }: Box): CanvasRenderingContext2D | null {
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
