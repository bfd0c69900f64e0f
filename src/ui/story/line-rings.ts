/**
 * A room of lines, seen from above: each line a ring of peers, each peer in the colour of what it holds to be the
 * mean.
 *
 * @module
 */
import { css, html, LitElement, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { WatchedMoment, WatchedRoom } from '../../simulation/watched-grid.ts';
import { CanvasSizeController } from '../canvas-size.ts';
import { controlsStyles } from '../controls-styles.ts';
import { HEAT_STOPS } from '../heat-scale.ts';
import { roundsLayout, type Frame, type Ring } from './rounds-layout.ts';

/** A peer was pointed out, to drop it. */
export class RingDropEvent extends Event {
  static readonly type = 'ring-drop';
  readonly place: number;
  constructor(place: number) {
    super(RingDropEvent.type);
    this.place = place;
  }
}

/** Rings with less room than this, CSS px, have no figure in them. */
const LEAST_NAMED = 20;

/**
 * The drawing.
 *
 * @fires ring-drop - A peer was clicked, or Enter pressed on it.
 */
@customElement('line-rings')
export class LineRings extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: block;
        min-height: 200px;
      }
      svg {
        overflow: visible;
        border-radius: var(--r-s);
      }
      circle {
        transition: fill var(--normal);
      }
      .peer {
        stroke: var(--hairline-strong);
        cursor: pointer;
      }
      .stand-in {
        stroke: var(--ink);
        stroke-width: 2.5;
      }
      .gone {
        fill: none;
        stroke: var(--bad);
        stroke-dasharray: 2 2;
        cursor: default;
      }
      .cursor {
        fill: none;
        stroke: var(--focus);
        stroke-width: 2;
      }
      .frame {
        fill: none;
        stroke: var(--hairline);
      }
      .frame.done {
        stroke: var(--ink-2);
      }
      text {
        font: 400 12px var(--sans);
        font-feature-settings: 'tnum';
        fill: var(--ink-2);
      }
      .mean {
        fill: var(--ink);
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) room: WatchedRoom | undefined;
  @property({ attribute: false }) moment: WatchedMoment | undefined;
  /** The finding. */
  @property() label = '';
  @state() private widthPx = 0;
  /** The peer that the keyboard is at. */
  @state() private cursor: number | undefined;

  constructor() {
    super();
    new CanvasSizeController(this, (widthPx) => {
      this.widthPx = widthPx;
    });
  }

  override render(): TemplateResult | typeof nothing {
    const { room, moment, widthPx } = this;
    if (!room || !moment || widthPx === 0) return nothing;
    const { rings, frames, height } = roundsLayout(room.groups[0]!, widthPx);
    return html`<svg
      width=${widthPx}
      height=${height}
      tabindex="0"
      role="application"
      aria-roledescription="room of peers in lines"
      aria-label="${this.label} Arrow keys choose a peer, Enter lets it vanish.${this.cursorWords()}"
      @keydown=${this.onKey}
      @blur=${() => (this.cursor = undefined)}
    >
      ${frames.map((frame, at) => this.renderFrame(frame, at, moment))}
      ${rings.map((ring, line) => this.renderRing(ring, room.lines[line]!, moment))}
    </svg>`;
  }

  private renderFrame({ x, y, width, height, lines }: Frame, at: number, moment: WatchedMoment) {
    const peers = lines.flatMap((line) => this.room!.lines[line]!);
    const knows = peers.find((place) => moment.known[place]! >= 2);
    const isOnly = this.room!.groups.length === 1;
    const name = isOnly ? `${lines.length} lines` : `group ${at + 1}`;
    return svg`<rect class="frame ${knows === undefined ? '' : 'done'}" x=${x + 0.5} y=${y + 0.5}
        width=${width - 1} height=${height - 1} rx="8"></rect>
      <text x=${x + 10} y=${y + 18}>${name}${
        knows === undefined
          ? nothing
          : svg`<tspan class="mean" dx="7">${shown(moment.estimates[knows]!)}</tspan>`
      }</text>`;
  }

  private renderRing({ x, y, radius, dot }: Ring, line: readonly number[], moment: WatchedMoment) {
    const knows = line.filter((place) => moment.known[place]! > 0);
    const sum = knows.find((place) => moment.known[place] === 1) ?? knows[0];
    return svg`${
      sum !== undefined && radius >= LEAST_NAMED
        ? svg`<text class="mean" x=${x} y=${y + 4} text-anchor="middle">${shown(moment.estimates[sum]!)}</text>`
        : nothing
    }${line.map((place, at) => {
      const angle = (2 * Math.PI * at) / line.length - Math.PI / 2;
      const [cx, cy] = [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
      const isHere = moment.isHere[place]!;
      const isStandIn = moment.known[place]! >= 2 && moment.known[place]! < this.top;
      const kind = isHere ? (isStandIn ? 'stand-in' : '') : 'gone';
      return svg`<circle class="peer ${kind}" cx=${cx.toFixed(1)} cy=${cy.toFixed(1)} r=${isStandIn ? dot + 1 : dot}
          style=${isHere ? `fill: ${heatOf(moment.estimates[place]!)}` : ''}
          @click=${() => this.drop(place)}></circle>${
            this.cursor === place
              ? svg`<circle class="cursor" cx=${cx} cy=${cy} r=${dot + 4}></circle>`
              : nothing
          }`;
    })}`;
  }

  private get top(): number {
    return this.room!.groups.length + 2;
  }

  private cursorWords(): string {
    const { cursor, room, moment } = this;
    if (cursor === undefined || !room || !moment) return '';
    const line = room.lines.findIndex((places) => places.includes(cursor));
    const state = moment.isHere[cursor] ? `holds ${shown(moment.estimates[cursor]!)}` : 'is gone';
    return ` Peer ${cursor + 1}, line ${line + 1}, ${state}.`;
  }

  private drop(place: number): void {
    if (this.moment?.isHere[place]) this.dispatchEvent(new RingDropEvent(place));
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    const { room } = this;
    if (!room) return;
    const { key } = event;
    if (key === 'Enter' && this.cursor !== undefined) this.drop(this.cursor);
    else {
      const count = room.numbers.length;
      const at = this.cursor ?? 0;
      const line = room.lines.findIndex((places) => places.includes(at));
      const first = (to: number): number =>
        room.lines[(to + room.lines.length) % room.lines.length]![0]!;
      const next =
        this.cursor === undefined && key.startsWith('Arrow')
          ? 0
          : {
              ArrowRight: (at + 1) % count,
              ArrowLeft: (at + count - 1) % count,
              ArrowDown: first(line + 1),
              ArrowUp: first(line - 1),
            }[key];
      if (next === undefined) return;
      this.cursor = next;
    }
    event.preventDefault();
  };
}

/** A number of the figure: 0 to 100, whole. */
function shown(share: number): string {
  return (share * 100).toFixed(0);
}

/** Its colour on the heat scale. */
function heatOf(share: number): string {
  const at = Math.min(0.999, Math.max(0, share)) * (HEAT_STOPS - 1);
  const low = Math.floor(at);
  return `color-mix(in oklab, var(--heat-${low + 1}) ${Math.round((at - low) * 100)}%, var(--heat-${low}))`;
}

declare global {
  interface HTMLElementTagNameMap {
    'line-rings': LineRings;
  }
}
