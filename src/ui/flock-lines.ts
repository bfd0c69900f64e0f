/**
 * The lines of a large room as elements: a small ring of birds for each, its label, and a way through
 * all of them by keyboard.
 *
 * One stop for the tab key. Up and down go from line to line, left and right from peer to peer, Escape
 * back to the line; what has the focus, or is under the pointer, says who it is. Enter opens it in the
 * list of peers.
 *
 * @module
 */
import {
  LitElement,
  type PropertyValues,
  type SVGTemplateResult,
  type TemplateResult,
  css,
  html,
  nothing,
  svg,
} from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { PeerId } from '../ids.ts';
import { BIRD_POSES } from './bird.ts';
import { peerColour } from './bird-colours.ts';
import type { Perch, Place } from './flock-geometry.ts';
import { type GridLayout, type LineRing, ringPerches } from './flock-grid-geometry.ts';
import type { Bird, FarLine, Members } from './flock-members.ts';
import {
  foldedWords,
  lineLabel,
  lineSentence,
  memberSentence,
  ownLineLabel,
} from './flock-lines-words.ts';

/** Somebody wants to see a line or a peer in the list. */
export class FlockPickEvent extends Event {
  static readonly eventName = 'flock-pick';
  /** Place in `grid.lines`; -1: those who wait. */
  readonly line: number;
  readonly peer: PeerId | undefined;
  constructor(line: number, peer: PeerId | undefined) {
    super(FlockPickEvent.eventName, { bubbles: true, composed: true });
    this.line = line;
    this.peer = peer;
  }
}

/** Rings from this radius on show birds, smaller ones dots, px. */
const BIRDS_FROM = 22;

/** Half the height of a bird's own place for the pointer, px. */
const LARGE_HALF = 20;

/** One line as it is drawn. */
interface DrawnLine {
  readonly line: number;
  readonly members: readonly Bird[];
  readonly places: readonly Perch[];
  /** Undefined: the own line. */
  readonly ring: LineRing | undefined;
}

/** The lines of the room, over the flock. */
@customElement('flock-lines')
export class FlockLines extends LitElement {
  static override styles = css`
    :host {
      position: absolute;
      inset: 0;
      font: 400 11px / 14px var(--sans);
      color: var(--ink-2);
      pointer-events: none;
    }
    svg {
      position: absolute;
      inset: 0;
      width: 100%;
      height: 100%;
      overflow: visible;
    }
    .ring {
      fill: none;
      stroke: var(--hairline);
    }
    .is-in .ring {
      stroke: var(--ink-3);
    }
    .is-out .ring {
      stroke: var(--hairline-strong);
      stroke-dasharray: 2 3;
    }
    .mark {
      fill: var(--colour);
    }
    .mark.is-hollow {
      fill: var(--ground);
      stroke: var(--colour);
      stroke-width: 1.2;
    }
    .mark.is-away {
      fill: var(--ground);
      stroke: var(--hairline-strong);
      stroke-width: 1.1;
      stroke-dasharray: 2 1.6;
    }
    button {
      all: unset;
      position: absolute;
      box-sizing: border-box;
      pointer-events: auto;
      cursor: pointer;
      border-radius: var(--r-s);
    }
    button:focus-visible {
      outline: 2px solid var(--focus);
      outline-offset: 1px;
    }
    .line {
      translate: -50% 0;
      width: max-content;
      padding: 0 3px;
      white-space: nowrap;
      font-feature-settings: 'tnum' 1;
    }
    .line.is-own {
      translate: none;
      left: var(--flock-inset, 0px);
      top: 0;
      font-weight: 550;
      font-size: var(--text-xs);
      color: var(--ink);
    }
    .line:hover {
      color: var(--ink);
    }
    .peer {
      translate: -50% -50%;
      border-radius: 50%;
    }
    .tip {
      position: absolute;
      z-index: 2;
      width: max-content;
      max-width: 200px;
      padding: 4px 8px;
      border-radius: var(--r-m);
      background: var(--ground-raised);
      box-shadow: var(--shadow-pop);
      color: var(--ink);
      font-size: var(--text-xs);
      line-height: 16px;
    }
    .folded {
      position: absolute;
      right: var(--flock-inset, 0px);
      bottom: -2px;
      white-space: nowrap;
    }
    @media (forced-colors: active) {
      .mark {
        fill: CanvasText;
      }
      .mark.is-hollow,
      .mark.is-away {
        fill: Canvas;
        stroke: CanvasText;
      }
      .tip {
        border: 1px solid CanvasText;
      }
    }
  `;

  /** Everybody in the flock. */
  @property({ attribute: false }) members: Members | undefined;
  @property({ attribute: false }) layout: GridLayout | undefined;
  /** Places of the own line's birds, this tab first. */
  @property({ attribute: false }) places: readonly Perch[] = [];
  /** Place of the own line in `grid.lines`; -1: this tab waits for the next epoch. */
  @property({ type: Number }) own = -1;

  /** The one stop of the tab key: a line, and in it a peer. */
  @state() private at: { readonly line: number; readonly peer: number | undefined } = {
    line: 0,
    peer: undefined,
  };
  @state() private tip: (Place & { readonly text: string }) | undefined;
  #lines: readonly DrawnLine[] = [];

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { members, layout } = this;
    if (members === undefined || layout === undefined) return;
    if (changed.has('members') || changed.has('layout') || changed.has('places')) {
      this.#lines = drawnLines(members, layout, this.places, this.own);
      const line = Math.min(this.at.line, this.#lines.length - 1);
      if (line !== this.at.line) this.at = { line, peer: undefined };
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    const { members, layout } = this;
    if (members === undefined || layout === undefined) return nothing;
    return html`<svg aria-hidden="true">
        ${members.lines.map((line, far) => renderRing(line, layout.rings[far]))}
      </svg>
      <div
        role="group"
        aria-label="Lines: up and down go from line to line, left and right from peer to peer"
        @keydown=${this.#keyed}
        @focusout=${() => this.#hide()}
        @pointerleave=${() => this.#hide()}
      >
        ${this.#lines.map((drawn, at) => this.#renderLine(drawn, at))}
      </div>
      ${members.folded.lines === 0 ? nothing : html`<div class="folded">${foldedWords(members)}</div>`}
      ${this.#renderTip(layout)}`;
  }

  #renderLine(drawn: DrawnLine, at: number): TemplateResult {
    const { line, members, places, ring } = drawn;
    const isOwn = ring === undefined;
    const style = isOwn
      ? ''
      : `left: ${ring.centre.x.toFixed(1)}px; top: ${(ring.centre.y + ring.radius + 7).toFixed(1)}px`;
    const half = isOwn
      ? LARGE_HALF
      : Math.max(6, Math.min(11, (Math.PI * ring.radius) / members.length));
    const isCurrent = this.at.line === at;
    return html`<button
        class="line ${isOwn ? 'is-own' : ''}"
        style=${style}
        data-at=${at}
        tabindex=${isCurrent && this.at.peer === undefined ? 0 : -1}
        aria-label=${lineSentence(line, members, isOwn, this.members?.lines[at - 1]?.isIncluded)}
        @click=${() => this.#pick(line, undefined)}
        @focus=${() => this.#focused(at, undefined)}
      >
        ${isOwn ? ownLineLabel(line, members) : lineLabel(line, members, this.members?.lines[at - 1]?.isIncluded)}
      </button>
      ${members.map((bird, order) => {
        const place = places[order];
        if (place === undefined) return nothing;
        const words = memberSentence(bird, line, isOwn);
        return html`<button
          class="peer"
          style="left: ${place.x.toFixed(1)}px; top: ${place.y.toFixed(1)}px; width: ${2 * half}px; height: ${2 * half}px"
          data-at=${at}
          data-peer=${order}
          tabindex=${isCurrent && this.at.peer === order ? 0 : -1}
          aria-label=${words}
          @click=${() => this.#pick(line, bird.id)}
          @pointerenter=${() => this.#show(place, words, half)}
          @pointerleave=${() => this.#hide()}
          @focus=${() => {
            this.#focused(at, order);
            this.#show(place, words, half);
          }}
        ></button>`;
      })}`;
  }

  #renderTip(layout: GridLayout): TemplateResult | typeof nothing {
    const { tip } = this;
    if (tip === undefined) return nothing;
    // Right of the middle it stands left of its bird, so that it never leaves the flock.
    const isRight = tip.x > layout.own.width * 0.6;
    const x = isRight ? `right: calc(100% - ${tip.x.toFixed(0)}px)` : `left: ${tip.x.toFixed(0)}px`;
    return html`<div
      class="tip"
      aria-hidden="true"
      style="${x}; top: ${Math.max(0, tip.y).toFixed(0)}px; translate: ${isRight ? '-8px' : '8px'} -50%"
    >
      ${tip.text}
    </div>`;
  }

  #show(place: Place, text: string, half: number): void {
    const isRight = this.layout !== undefined && place.x > this.layout.own.width * 0.6;
    this.tip = { x: place.x + (isRight ? -half : half), y: place.y, text };
  }

  #hide(): void {
    this.tip = undefined;
  }

  #focused(line: number, peer: number | undefined): void {
    if (this.at.line !== line || this.at.peer !== peer) this.at = { line, peer };
  }

  #pick(line: number, peer: PeerId | undefined): void {
    this.dispatchEvent(new FlockPickEvent(line, peer));
  }

  #keyed(event: KeyboardEvent): void {
    const { line, peer } = this.at;
    const peers = this.#lines[line]?.members.length ?? 0;
    const last = this.#lines.length - 1;
    const target = {
      ArrowDown: { line: Math.min(last, line + 1), peer: undefined },
      ArrowUp: { line: Math.max(0, line - 1), peer: undefined },
      ArrowRight: { line, peer: Math.min(peers - 1, (peer ?? -1) + 1) },
      ArrowLeft: { line, peer: peer === undefined || peer === 0 ? undefined : peer - 1 },
      Escape: { line, peer: undefined },
      Home: { line: 0, peer: undefined },
      End: { line: last, peer: undefined },
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.at = target;
    void this.updateComplete.then(() => {
      const place = target.peer === undefined ? '.line' : `.peer[data-peer="${target.peer}"]`;
      this.renderRoot.querySelector<HTMLElement>(`${place}[data-at="${target.line}"]`)?.focus();
    });
  }
}

function drawnLines(
  { birds, lines }: Members,
  layout: GridLayout,
  places: readonly Perch[],
  own: number,
): DrawnLine[] {
  return [
    { line: own, members: birds, places, ring: undefined },
    ...lines.map(({ line, members }, far): DrawnLine => {
      const ring = layout.rings[far]!;
      return { line, members, places: ringPerches(ring, members.length), ring };
    }),
  ];
}

function renderRing(
  { members, isIncluded, line }: FarLine,
  ring: LineRing | undefined,
): SVGTemplateResult | typeof nothing {
  if (ring === undefined) return nothing;
  const standing = line < 0 || isIncluded === undefined ? '' : isIncluded ? 'is-in' : 'is-out';
  const isBirds = ring.radius >= BIRDS_FROM;
  const size = Math.min(4, (0.36 * 2 * Math.PI * ring.radius) / members.length);
  const marks = ringPerches(ring, members.length).map((perch, at) =>
    renderMark(members[at]!, perch, isBirds, size),
  );
  const { centre, radius } = ring;
  return svg`<g class=${standing}>
    <circle class="ring" cx=${centre.x.toFixed(1)} cy=${centre.y.toFixed(1)} r=${radius.toFixed(1)}></circle>
    ${marks}
  </g>`;
}

function renderMark(bird: Bird, perch: Perch, isBird: boolean, size: number): SVGTemplateResult {
  const isAway = bird.state === 'gone' || bird.state === 'unlinked';
  const isHollow = bird.state === 'frozen' || bird.state === 'linking';
  const kind = `mark ${isAway ? 'is-away' : isHollow ? 'is-hollow' : ''}`;
  const place = `${perch.x.toFixed(1)} ${perch.y.toFixed(1)}`;
  const style = `--colour: ${peerColour(bird.colour)}`;
  if (!isBird) {
    return svg`<circle class=${kind} style=${style} transform="translate(${place})" r=${size.toFixed(1)}></circle>`;
  }
  const turn = ((perch.heading * 180) / Math.PI).toFixed(0);
  const pose = bird.state === 'hidden' || bird.state === 'resting' ? 1 : 0;
  return svg`<path
    class=${kind} style=${style} d=${BIRD_POSES[pose]} vector-effect="non-scaling-stroke"
    transform="translate(${place}) rotate(${turn}) scale(0.52)"></path>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'flock-lines': FlockLines;
  }
  interface HTMLElementEventMap {
    'flock-pick': FlockPickEvent;
  }
}
