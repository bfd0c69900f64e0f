/**
 * Two knobs crossed: a cell for each pair of values, inkier where the merged model is better, and the two
 * slices through the chosen cell.
 *
 * @module
 */
import { css, html, LitElement, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { CanvasSizeController } from './canvas-size.ts';
import { chartStyles } from './chart-styles.ts';
import { controlsStyles } from './controls-styles.ts';
import {
  knobOf,
  pointText,
  valueWords,
  type KnobName,
  type Plan,
  type Values,
} from './lab-knobs.ts';
import { spreadOf, type PointResult, type Spread } from './lab-runs.ts';
import { percentLabel } from './words.ts';

const LEFT = 92;
const TOP = 14;
const CELL_HEIGHT = 40;
const SLICE = 110;
const GAP = 18;
const AXES = 46;

/** Accuracies of the palest and the darkest cell, and of the ends of slices. */
const LOWEST = 0.4;

/** A cell was chosen. */
export class LabChooseEvent extends Event {
  static readonly type = 'lab-choose';
  readonly values: Values;
  constructor(values: Values) {
    super(LabChooseEvent.type, { bubbles: true, composed: true });
    this.values = values;
  }
}

/** One cell. */
interface Cell {
  readonly values: Values;
  readonly across: number;
  readonly down: number;
  readonly spread: Spread | undefined;
}

/**
 * Two knobs crossed.
 *
 * @fires lab-choose - A cell was chosen.
 */
@customElement('lab-grid')
export class LabGrid extends LitElement {
  static override styles = [
    controlsStyles,
    chartStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      svg {
        overflow: visible;
      }
      .title {
        font-weight: 600;
        fill: var(--ink);
      }
      .figure {
        fill: var(--ink);
        pointer-events: none;
      }
      .figure.dark {
        fill: var(--ground);
      }
      .cell {
        stroke: var(--ground);
        stroke-width: 2;
        cursor: pointer;
      }
      .cell:focus-visible {
        outline: none;
        stroke: var(--focus);
        stroke-width: 3;
      }
      /* Seen on pale cells and on dark ones. */
      .chosen {
        fill: none;
        stroke: var(--ink);
        stroke-width: 2.5;
        outline: 2px solid var(--ground);
        outline-offset: -3.5px;
        pointer-events: none;
      }
      .line {
        stroke: var(--peer-1);
      }
      .dot {
        fill: var(--peer-1);
      }
      .tie {
        stroke: var(--peer-1);
        stroke-opacity: 0.5;
      }
    `,
  ];

  /** The plan; it crosses two knobs. */
  @property({ attribute: false }) plan!: Plan;
  /** What came of its points. */
  @property({ attribute: false }) results: readonly PointResult[] = [];

  @state() private widthPx = 0;

  constructor() {
    super();
    new CanvasSizeController(this, (widthPx) => {
      this.widthPx = widthPx;
    });
  }

  override render(): TemplateResult {
    const [down, across] = this.plan.sweep as [KnobName, KnobName];
    const rows = knobOf(down).values;
    const columns = knobOf(across).values;
    const chosen = this.chosen(down, across);
    const cells = this.cells(down, across);
    const width = Math.max(300, this.widthPx);
    const isNarrow = width < 560;
    const left = isNarrow ? 64 : LEFT;
    const slice = isNarrow ? 64 : SLICE;
    const cellWidth = (width - left - slice - GAP) / columns.length;
    const bottom = TOP + rows.length * CELL_HEIGHT;
    const edge = left + columns.length * cellWidth;
    return html`<svg
      role="group"
      aria-label=${`Accuracy of the merged model by ${knobOf(down).title.toLowerCase()} and ${knobOf(across).title.toLowerCase()}`}
      height=${bottom + GAP + SLICE + AXES}
      width=${width}
      @keydown=${(event: KeyboardEvent) => this.move(event, cells, chosen)}
    >
      ${rows.map(
        (value, row) =>
          svg`<text x=${left - 8} y=${TOP + (row + 0.5) * CELL_HEIGHT + 4} text-anchor="end">${valueWords(down, value)}</text>`,
      )}
      ${columns.map(
        (value, column) =>
          svg`<text x=${left + (column + 0.5) * cellWidth} y=${bottom + GAP + SLICE + 18} text-anchor="middle">${valueWords(across, value)}</text>`,
      )}
      <text class="title" x=${left} y=${bottom + GAP + SLICE + 38}>
        ${knobOf(down).title} down, ${knobOf(across).title.toLowerCase()} across
      </text>
      ${cells.map((cell) => renderCell(cell, chosen, left, cellWidth, this))}
      <rect
        class="chosen"
        x=${left + chosen.across * cellWidth}
        y=${TOP + chosen.down * CELL_HEIGHT}
        width=${cellWidth}
        height=${CELL_HEIGHT}
      ></rect>
      ${renderSlice(
        cells.filter((cell) => cell.down === chosen.down),
        (cell) => left + (cell.across + 0.5) * cellWidth,
        (accuracy) => bottom + GAP + SLICE - shareOf(accuracy) * SLICE,
        false,
      )}
      ${renderSlice(
        cells.filter((cell) => cell.across === chosen.across),
        (cell) => TOP + (cell.down + 0.5) * CELL_HEIGHT,
        (accuracy) => edge + GAP + shareOf(accuracy) * slice,
        true,
      )}
      ${[LOWEST, 1].map(
        (accuracy) =>
          svg`<line class="guide" x1=${left} x2=${edge} y1=${bottom + GAP + SLICE - shareOf(accuracy) * SLICE} y2=${bottom + GAP + SLICE - shareOf(accuracy) * SLICE}></line
            ><line class="guide" y1=${TOP} y2=${bottom} x1=${edge + GAP + shareOf(accuracy) * slice} x2=${edge + GAP + shareOf(accuracy) * slice}></line
            ><text x=${left - 8} y=${bottom + GAP + SLICE - shareOf(accuracy) * SLICE + 4} text-anchor="end">${100 * accuracy}\u202f%</text>`,
      )}
    </svg>`;
  }

  /** Chooses a cell. */
  choose(cell: Cell): void {
    this.dispatchEvent(new LabChooseEvent(cell.values));
  }

  private chosen(
    down: KnobName,
    across: KnobName,
  ): { readonly down: number; readonly across: number } {
    const { values } = this.plan;
    return {
      down: Math.max(0, knobOf(down).values.indexOf(values[down])),
      across: Math.max(0, knobOf(across).values.indexOf(values[across])),
    };
  }

  private cells(down: KnobName, across: KnobName): readonly Cell[] {
    const runs = new Map(this.results.map((result) => [pointText(result.values), result.runs]));
    return knobOf(down).values.flatMap((one, row) =>
      knobOf(across).values.map((other, column) => {
        const values = { ...this.plan.values, [down]: one, [across]: other };
        const played = runs.get(pointText(values)) ?? [];
        const spread = spreadOf(played.map((run) => run.global));
        return { values, down: row, across: column, spread };
      }),
    );
  }

  private move(
    event: KeyboardEvent,
    cells: readonly Cell[],
    chosen: { readonly down: number; readonly across: number },
  ): void {
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const next = cells.find(
      ({ down, across }) => down === chosen.down + move[0] && across === chosen.across + move[1],
    );
    if (!next) return;
    this.choose(next);
    const at = cells.indexOf(next);
    this.renderRoot.querySelectorAll<SVGElement>('.cell')[at]?.focus();
  }
}

function renderCell(
  cell: Cell,
  chosen: { readonly down: number; readonly across: number },
  left: number,
  width: number,
  grid: LabGrid,
): TemplateResult {
  const { spread, down, across } = cell;
  const isChosen = down === chosen.down && across === chosen.across;
  const x = left + across * width;
  const y = TOP + down * CELL_HEIGHT;
  const ink = spread ? Math.round(8 + 84 * shareOf(spread.mean) ** 2) : 0;
  const fill = spread
    ? `color-mix(in oklab, var(--ink) ${ink}%, var(--ground))`
    : 'var(--ground-sunken)';
  const [one, other] = grid.plan.sweep.map(
    (name) => `${knobOf(name).title} ${valueWords(name, cell.values[name])}`,
  );
  const label = `${one}, ${other}: ${spread ? `${percentLabel(spread.mean)}, give or take ${percentLabel(spread.deviation)}` : 'not played yet'}`;
  const isDark = ink > 48;
  return svg`<rect class="cell" role="button" tabindex=${isChosen ? 0 : -1} aria-pressed=${isChosen}
    aria-label=${label} x=${x} y=${y} width=${width} height=${CELL_HEIGHT} style=${`fill:${fill}`}
    @click=${() => grid.choose(cell)}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        grid.choose(cell);
      }
    }}></rect>${
      spread
        ? svg`<text class=${`figure${isDark ? ' dark' : ''}`} aria-hidden="true" text-anchor="middle" x=${x + width / 2} y=${y + CELL_HEIGHT / 2 + 4}>${(100 * spread.mean).toFixed(width > 44 ? 1 : 0)}</text>`
        : nothing
    }`;
}

/** A line through a row or a column of cells, with what each deviates. */
function renderSlice(
  cells: readonly Cell[],
  along: (cell: Cell) => number,
  height: (accuracy: number) => number,
  isUpright: boolean,
): TemplateResult | typeof nothing {
  const known = cells.flatMap((cell) => (cell.spread ? [{ cell, ...cell.spread }] : []));
  if (known.length === 0) return nothing;
  const place = (at: number, value: number): string =>
    isUpright ? `${value.toFixed(1)} ${at.toFixed(1)}` : `${at.toFixed(1)} ${value.toFixed(1)}`;
  return svg`<g aria-hidden="true"><path class="line" d=${`M${known.map(({ cell, mean }) => place(along(cell), height(mean))).join('L')}`}></path>
    ${known.map(({ cell, mean, deviation }) => {
      const [from, to] = [height(mean - deviation), height(mean + deviation)];
      const at = along(cell);
      return svg`<path class="tie" d=${`M${place(at, from)}L${place(at, to)}`}></path><circle class="dot" r="3" cx=${isUpright ? height(mean) : at} cy=${isUpright ? at : height(mean)}></circle>`;
    })}</g>`;
}

function shareOf(accuracy: number): number {
  return (Math.min(1, Math.max(LOWEST, accuracy)) - LOWEST) / (1 - LOWEST);
}

declare global {
  interface HTMLElementTagNameMap {
    'lab-grid': LabGrid;
  }
  interface HTMLElementEventMap {
    'lab-choose': LabChooseEvent;
  }
}
