/**
 * A model's decision surface as a heat-map, with the readings it learns from and a probe.
 *
 * The field and the boundary are one canvas, repainted only when the surface, the size or the theme
 * changes. Readings and probe are SVG on top: they follow the pointer without a repaint. Logits are
 * kept on a coarse grid and interpolated for each device pixel.
 *
 * @module
 */
import { css, html, LitElement, nothing, svg } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { styleMap } from 'lit/directives/style-map.js';
import type { Reading } from '../peer/view.ts';
import { controlsStyles } from './controls-styles.ts';
import { CanvasSizeController } from './canvas-size.ts';
import {
  blendedSurface,
  boundarySegments,
  logitAt,
  nearestReading,
  paintFieldInPlace,
} from './heat-field.ts';
import { HEAT_STOPS, heatColours, probabilityOf } from './heat-scale.ts';
import { inTurn } from './slices.ts';
import { ThemeWatchController } from './theme.ts';

/** What a click on a map does. */
export type Brush = 'hot' | 'cold' | 'remove';

/** A place of the unit square, y upwards. */
export interface Place {
  /** From the left, 0 to 1. */
  readonly x: number;
  /** From the bottom, 0 to 1. */
  readonly y: number;
}

/** The probe moved, or left the map. */
export class HeatMapProbeEvent extends Event {
  /** Name of the event. */
  static readonly type = 'heat-map-probe';
  /** Where it is; undefined when it left. */
  readonly place: Place | undefined;
  constructor(place: Place | undefined) {
    super(HeatMapProbeEvent.type, { bubbles: true, composed: true });
    this.place = place;
  }
}

/** A reading is to be added at a place. */
export class HeatMapAddEvent extends Event {
  /** Name of the event. */
  static readonly type = 'heat-map-add';
  /** The reading. */
  readonly reading: Reading;
  constructor(reading: Reading) {
    super(HeatMapAddEvent.type, { bubbles: true, composed: true });
    this.reading = reading;
  }
}

/** A reading was dragged to another place. */
export class HeatMapMoveEvent extends Event {
  /** Name of the event. */
  static readonly type = 'heat-map-move';
  /** Which reading, in `readings`. */
  readonly index: number;
  /** Where to. */
  readonly place: Place;
  constructor(index: number, place: Place) {
    super(HeatMapMoveEvent.type, { bubbles: true, composed: true });
    this.index = index;
    this.place = place;
  }
}

/** A reading is to be removed. */
export class HeatMapRemoveEvent extends Event {
  /** Name of the event. */
  static readonly type = 'heat-map-remove';
  /** Which reading, in `readings`. */
  readonly index: number;
  constructor(index: number) {
    super(HeatMapRemoveEvent.type, { bubbles: true, composed: true });
    this.index = index;
  }
}

/** Largest side of the painted field, device pixels; beyond it the browser scales the picture. */
const MAX_FIELD_PIXELS = 1_280;

/** A pointer this near to a reading means that reading, CSS px. */
const GRAB_PX = 13;

/** A press that moves less than this is a click, CSS px. */
const DRAG_PX = 4;

/** A press of an arrow key moves the probe by this share of the map; with Shift by the second. */
const PROBE_STEP = 0.02;
const PROBE_LEAP = 0.1;

/**
 * A model's decision surface as a heat-map.
 *
 * @fires heat-map-probe - The probe moved or left.
 * @fires heat-map-add - A click or Enter with the hot or cold brush.
 * @fires heat-map-move - A reading was dragged.
 * @fires heat-map-remove - A click with the brush "remove", or Delete.
 * @cssproperty [--murmuration-heat-0] - Coldest colour; up to `--murmuration-heat-8`, the hottest.
 * @cssproperty [--murmuration-heat-line] - Colour of the boundary and of the probe.
 * @cssproperty [--murmuration-merge=600ms] - How long a map fades into the next one.
 */
@customElement('heat-map')
export class HeatMap extends LitElement {
  /** Its looks. */
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: block;
        position: relative;
        aspect-ratio: 1;
        width: 100%;
        touch-action: pan-y;
        user-select: none;
        -webkit-user-select: none;
      }
      canvas,
      .marks,
      .plane {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        border-radius: var(--r-s);
      }
      canvas {
        background: var(--ground-sunken);
      }
      .marks {
        overflow: visible;
        pointer-events: none;
      }
      .plane {
        cursor: crosshair;
        box-shadow: inset 0 0 0 1px rgb(128 128 128 / 0.18);
      }
      .plane.near {
        cursor: grab;
      }
      .plane.dragging {
        cursor: grabbing;
      }
      .plane:focus-visible {
        border-radius: var(--r-s);
        box-shadow: inset 0 0 0 2px var(--ground);
      }
      .hot {
        fill: var(--heat-8);
      }
      .cold {
        fill: var(--heat-0);
      }
      .ring {
        stroke: var(--reading-ring);
        stroke-width: 1.75;
        stroke-linecap: round;
      }
      .hollow {
        fill: none;
        stroke: var(--heat-line);
        stroke-width: 1.25;
        opacity: 0.7;
      }
      .probe {
        position: absolute;
        width: 17px;
        height: 17px;
        margin: -8.5px 0 0 -8.5px;
        border: 1.5px solid var(--heat-line);
        border-radius: 50%;
        box-shadow:
          0 0 0 1.5px var(--reading-ring),
          inset 0 0 0 1.5px var(--reading-ring);
        pointer-events: none;
      }
      .probe span {
        position: absolute;
        left: 24px;
        top: 50%;
        transform: translateY(-50%);
        padding: 2px 8px;
        border-radius: var(--r-s);
        background: var(--ground-raised);
        color: var(--ink);
        font-size: var(--text-xs);
        line-height: 18px;
        font-weight: 550;
        white-space: nowrap;
        box-shadow: var(--shadow-pop);
      }
      .probe.left span {
        left: auto;
        right: 24px;
      }
      @media (forced-colors: active) {
        canvas {
          forced-color-adjust: none;
        }
        .probe span {
          border: 1px solid CanvasText;
        }
      }
    `,
  ];

  /** Logits, shape [SURFACE_SIDE, SURFACE_SIDE], row by row from the top. Never changed. */
  @property({ attribute: false }) surface: Float32Array | undefined;
  /** When it changes, the map fades from what it shows to the new surface; otherwise it jumps. */
  @property({ attribute: false }) fadeKey: number | undefined;
  /** Readings on top. */
  @property({ attribute: false }) readings: readonly Reading[] = [];
  /** The finding, such as "Federation heat-map after round 12, 94.3 % of the map right". */
  @property() label = '';
  /** What the keyboard does here; with it the map can be focused. */
  @property() hint = '';
  /** Place of the probe, shared by the maps of a page. */
  @property({ attribute: false }) probe: Place | undefined;
  /** What a click does; undefined: nothing can be added here. */
  @property() brush: Brush | undefined;
  /** Readings as hollow dots: they are elsewhere, and only yours. */
  @property({ type: Boolean }) quiet = false;

  @state() private sidePx = 0;
  @state() private pointer: { near: boolean; dragging: number | undefined } = {
    near: false,
    dragging: undefined,
  };

  @query('canvas') private canvas!: HTMLCanvasElement;
  @query('.plane') private plane!: HTMLElement;

  private readonly theme = new ThemeWatchController(this, () => {
    this.colours = undefined;
    this.boundaryColour = '';
    this.requestUpdate();
  });
  private colours: Uint32Array | undefined;
  private boundaryColour = '';
  private picture: ImageData | undefined;
  private painted: { surface: Float32Array; side: number; colours: Uint32Array } | undefined;
  private shown: Float32Array | undefined;
  private fade: { from: Float32Array; startMs: number; durationMs: number } | undefined;
  private frame = 0;
  private isPaintDue = false;
  private press: { id: number; x: number; y: number; index: number | undefined } | undefined;

  constructor() {
    super();
    new CanvasSizeController(this, (sidePx) => {
      this.sidePx = sidePx;
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('touchstart', this.onTouchStart, { passive: false });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    cancelAnimationFrame(this.frame);
    this.removeEventListener('touchstart', this.onTouchStart);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('fadeKey') || changed.get('fadeKey') === undefined || !this.shown) return;
    const durationMs = this.theme.durationMs('--merge');
    if (durationMs > 0) this.fade = { from: this.shown, startMs: performance.now(), durationMs };
  }

  protected override updated(): void {
    this.paintInTurn();
  }

  override render(): TemplateResult {
    const { near, dragging } = this.pointer;
    const classes = `plane${near ? ' near' : ''}${dragging === undefined ? '' : ' dragging'}`;
    return html`
      <canvas role="img" aria-label=${this.label}></canvas>
      <svg class="marks" viewBox="0 0 ${this.sidePx || 1} ${this.sidePx || 1}" aria-hidden="true">
        ${this.readings.map((reading) => this.renderReading(reading))}
      </svg>
      ${
        this.hint
          ? html`<div
              class=${classes}
              role="application"
              tabindex="0"
              aria-label=${this.hint}
              @pointermove=${this.onPointerMove}
              @pointerdown=${this.onPointerDown}
              @pointerup=${this.onPointerUp}
              @pointercancel=${this.onPointerCancel}
              @pointerleave=${this.onPointerLeave}
              @keydown=${this.onKeyDown}
              @blur=${this.onBlur}
            ></div>`
          : html`<div
              class=${classes}
              @pointermove=${this.onPointerMove}
              @pointerleave=${this.onPointerLeave}
            ></div>`
      }
      ${this.renderProbe()}
    `;
  }

  private renderReading(reading: Reading) {
    const x = reading.x * this.sidePx;
    const y = (1 - reading.y) * this.sidePx;
    if (this.quiet) return svg`<circle class="hollow" cx=${x} cy=${y} r="3"></circle>`;
    const radius = this.sidePx < 240 ? 5.5 : 8;
    const arm = radius * 0.45;
    const sign = `M${x - arm} ${y}h${2 * arm}${reading.isHot ? `M${x} ${y - arm}v${2 * arm}` : ''}`;
    return svg`<circle
        class="ring ${reading.isHot ? 'hot' : 'cold'}"
        cx=${x}
        cy=${y}
        r=${radius + 0.9}
      ></circle
      ><path class="ring" d=${sign}></path>`;
  }

  private renderProbe() {
    if (!this.probe || !this.surface) return nothing;
    const { x, y } = this.probe;
    const words = probeWords(logitAt(this.surface, x, y));
    const place = { left: `${x * 100}%`, top: `${(1 - y) * 100}%` };
    return html`<div class="probe ${x > 0.6 ? 'left' : ''}" style=${styleMap(place)}>
      <span aria-live=${this.hint ? 'polite' : 'off'}>${words}</span>
    </div>`;
  }

  /** Many maps at once would hold up the page. */
  private readonly paintInTurn = (): void => {
    if (this.isPaintDue) return;
    this.isPaintDue = true;
    inTurn(() => {
      this.isPaintDue = false;
      this.paint();
    });
  };

  /** Paints what is due, and asks for another frame while a fade runs. */
  private paint(): void {
    if (!this.surface || this.sidePx === 0) return;
    let surface = this.surface;
    if (this.fade) {
      const share = (performance.now() - this.fade.startMs) / this.fade.durationMs;
      if (share < 1) {
        surface = blendedSurface(this.fade.from, surface, eased(share));
        cancelAnimationFrame(this.frame);
        this.frame = requestAnimationFrame(this.paintInTurn);
      } else this.fade = undefined;
    }
    const side = Math.min(
      MAX_FIELD_PIXELS,
      Math.max(2, Math.round(this.sidePx * Math.max(1, devicePixelRatio))),
    );
    const colours = (this.colours ??= heatColours(
      Array.from({ length: HEAT_STOPS }, (_, stop) => this.theme.value(`--heat-${stop}`)),
    ));
    const last = this.painted;
    if (last?.surface === surface && last.side === side && last.colours === colours) return;
    this.painted = { surface, side, colours };
    this.shown = surface;
    this.paintField(surface, side, colours);
  }

  private paintField(surface: Float32Array, side: number, colours: Uint32Array): void {
    const context = this.canvas.getContext('2d', { alpha: false });
    if (!context) return;
    if (this.canvas.width !== side || this.canvas.height !== side) {
      this.canvas.width = side;
      this.canvas.height = side;
      this.picture = undefined;
    }
    const picture = (this.picture ??= context.createImageData(side, side));
    paintFieldInPlace(new Uint32Array(picture.data.buffer), side, surface, colours);
    context.putImageData(picture, 0, 0);
    const segments = boundarySegments(surface);
    context.strokeStyle = this.boundaryColour ||= this.theme.value('--heat-line');
    context.globalAlpha = 0.82;
    context.lineWidth = (1.5 * side) / this.sidePx;
    context.lineCap = 'round';
    context.beginPath();
    for (let i = 0; i < segments.length; i += 4) {
      context.moveTo(segments[i]! * side, segments[i + 1]! * side);
      context.lineTo(segments[i + 2]! * side, segments[i + 3]! * side);
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  private placeOf(event: { clientX: number; clientY: number }): Place {
    const box = this.plane.getBoundingClientRect();
    const clamp = (value: number) => Math.min(1, Math.max(0, value));
    return {
      x: clamp((event.clientX - box.left) / box.width),
      y: clamp(1 - (event.clientY - box.top) / box.height),
    };
  }

  private indexAt(place: Place): number | undefined {
    if (this.brush === undefined || this.sidePx === 0) return undefined;
    return nearestReading(this.readings, place.x, place.y, GRAB_PX / this.sidePx);
  }

  private onPointerMove(event: PointerEvent): void {
    const place = this.placeOf(event);
    this.dispatchEvent(new HeatMapProbeEvent(place));
    const press = this.press;
    if (!press) {
      const near = this.indexAt(place) !== undefined;
      if (near !== this.pointer.near) this.pointer = { ...this.pointer, near };
      return;
    }
    const far = Math.hypot(event.clientX - press.x, event.clientY - press.y) >= DRAG_PX;
    if (press.index === undefined) return;
    if (this.pointer.dragging === undefined && far)
      this.pointer = { near: true, dragging: press.index };
    if (this.pointer.dragging !== undefined)
      this.dispatchEvent(new HeatMapMoveEvent(press.index, place));
  }

  private onPointerDown(event: PointerEvent): void {
    if (event.button !== 0 || this.brush === undefined) return;
    const index = this.brush === 'remove' ? undefined : this.indexAt(this.placeOf(event));
    this.press = { id: event.pointerId, x: event.clientX, y: event.clientY, index };
    if (index !== undefined) this.plane.setPointerCapture(event.pointerId);
  }

  private onPointerUp(event: PointerEvent): void {
    const press = this.press;
    const dragged = this.pointer.dragging !== undefined;
    this.onPointerCancel();
    if (!press || dragged || press.id !== event.pointerId) return;
    if (Math.hypot(event.clientX - press.x, event.clientY - press.y) >= DRAG_PX * 2) return;
    const place = this.placeOf(event);
    if (this.brush === 'remove') {
      const index = this.indexAt(place);
      if (index !== undefined) this.dispatchEvent(new HeatMapRemoveEvent(index));
    } else if (press.index === undefined) this.add(place);
  }

  private onPointerCancel(): void {
    this.press = undefined;
    this.pointer = { ...this.pointer, dragging: undefined };
  }

  private onPointerLeave(event: PointerEvent): void {
    if (!this.press && event.pointerType !== 'touch')
      this.dispatchEvent(new HeatMapProbeEvent(undefined));
  }

  private onBlur(): void {
    this.dispatchEvent(new HeatMapProbeEvent(undefined));
  }

  /** A finger on a reading drags it; anywhere else it scrolls the page. */
  private readonly onTouchStart = (event: TouchEvent): void => {
    const touch = event.touches[0];
    if (touch && event.cancelable && this.indexAt(this.placeOf(touch)) !== undefined)
      event.preventDefault();
  };

  private onKeyDown(event: KeyboardEvent): void {
    const at = this.probe ?? { x: 0.5, y: 0.5 };
    const step = event.shiftKey ? PROBE_LEAP : PROBE_STEP;
    const clamp = (value: number) => Math.min(1, Math.max(0, value));
    const moves: Record<string, readonly [number, number]> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, step],
      ArrowDown: [0, -step],
    };
    const move = moves[event.key];
    if (move) {
      this.dispatchEvent(
        new HeatMapProbeEvent({ x: clamp(at.x + move[0]), y: clamp(at.y + move[1]) }),
      );
    } else if (event.key === 'Enter' && this.brush) {
      if (this.brush === 'remove') this.removeNearest(at);
      else this.add(at);
    } else if ((event.key === 'Delete' || event.key === 'Backspace') && this.brush) {
      this.removeNearest(at);
    } else if (event.key === 'Escape') {
      this.dispatchEvent(new HeatMapProbeEvent(undefined));
    } else return;
    event.preventDefault();
  }

  private add(place: Place): void {
    this.dispatchEvent(new HeatMapAddEvent({ ...place, isHot: this.brush === 'hot' }));
  }

  private removeNearest(place: Place): void {
    const index = nearestReading(this.readings, place.x, place.y);
    if (index !== undefined) this.dispatchEvent(new HeatMapRemoveEvent(index));
  }
}

/** "83 % hot": never 100 %, for a model is not sure. */
function probeWords(logit: number): string {
  const hot = probabilityOf(logit);
  const share = Math.min(99, Math.round(Math.max(hot, 1 - hot) * 100));
  return `${share}\u202f% ${hot > 0.5 ? 'hot' : 'cold'}`;
}

/** Slow start and end. */
function eased(share: number): number {
  return share * share * (3 - 2 * share);
}

declare global {
  interface HTMLElementTagNameMap {
    'heat-map': HeatMap;
  }
  interface HTMLElementEventMap {
    'heat-map-probe': HeatMapProbeEvent;
    'heat-map-add': HeatMapAddEvent;
    'heat-map-move': HeatMapMoveEvent;
    'heat-map-remove': HeatMapRemoveEvent;
  }
}
