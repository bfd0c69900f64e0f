/**
 * Mean loss round by round: of the room's model on what it learns from and on what is held out, and of the model
 * that this tab learned alone.
 *
 * @module
 */
import { css, svg } from 'lit';
import type { SVGTemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { RoundLosses } from '../task/table/learner.ts';
import { ChartElement } from './chart-element.ts';
import {
  across,
  endNames,
  figuresBelow,
  guides,
  pathOf,
  plotIn,
  upwards,
  type Point,
} from './chart-frame.ts';
import { chartBoxStyles, chartStyles } from './chart-styles.ts';
import { controlsStyles } from './controls-styles.ts';

/** Room for the names at the lines' ends, CSS px: written out, or short where there is little. */
const NAMES_PX = 134;
const SHORT_NAMES_PX = 74;
const NARROW_PX = 500;

/** Spaces between lines across the chart. */
const GUIDES = 4;

const LINES = [
  { field: 'training', name: 'together', short: 'together', style: 'dashed' },
  { field: 'heldOut', name: 'together, held out', short: 'held out', style: '' },
  { field: 'localHeldOut', name: 'alone, held out', short: 'alone', style: 'alone' },
] as const;

/** Curves of the losses. */
@customElement('table-curves')
export class TableCurves extends ChartElement {
  static override styles = [
    controlsStyles,
    chartStyles,
    chartBoxStyles,
    css`
      .alone {
        stroke: var(--peer-1);
      }
    `,
  ];

  /** Losses of the rounds so far. */
  @property({ attribute: false }) losses: readonly RoundLosses[] = [];
  /** Rounds in all. */
  @property({ attribute: false }) rounds = 1;

  protected override willUpdate(): void {
    this.label = this.losses.length > 0 ? findingOf(this.losses) : '';
  }

  protected override draw(widthPx: number): SVGTemplateResult {
    const { losses, rounds } = this;
    const isNarrow = widthPx < NARROW_PX;
    const plot = plotIn(widthPx, isNarrow ? SHORT_NAMES_PX : NAMES_PX);
    const all = losses.flatMap((round) => LINES.map(({ field }) => round[field]));
    const top = Math.max(...all, 1e-9);
    const bottom = Math.max(0, Math.min(...all) - 0.3 * (top - Math.min(...all)));
    const x = across(plot, 1, Math.max(rounds, 2));
    const y = upwards(plot, bottom, top);
    const lossAt = (at: number): number => bottom + ((top - bottom) * at) / GUIDES;
    const lines = LINES.map(({ field, style, name, short }) => ({
      style,
      points: losses.map((round, at): Point => [at + 1, round[field]]),
      end: {
        text: isNarrow ? short : name,
        x: x(losses.length),
        y: y(losses.at(-1)![field]),
        look: style === 'dashed' ? 'quiet' : '',
      },
    }));
    return svg`${guides(
      plot,
      y,
      Array.from({ length: GUIDES + 1 }, (_, at) => lossAt(at)),
      (loss) => loss.toFixed(2),
    )}
      ${figuresBelow(plot, x, ticksOf(rounds), 'rounds')}
      ${lines.map(({ style, points }) => svg`<path class="line ${style}" d=${pathOf(points, x, y)}></path>`)}
      ${endNames(
        plot,
        lines.map(({ end }) => end),
      )}`;
  }
}

function ticksOf(rounds: number): readonly number[] {
  const step = Math.max(1, Math.ceil(rounds / 6));
  const ticks = Array.from({ length: Math.ceil(rounds / step) }, (_, at) => 1 + at * step);
  return ticks
    .filter((round) => round === rounds || rounds - round >= step / 2)
    .concat(ticks.at(-1) === rounds ? [] : [rounds]);
}

/** What the chart shows, in one sentence. */
function findingOf(losses: readonly RoundLosses[]): string {
  const { training, heldOut, localHeldOut } = losses.at(-1)!;
  const shown = (loss: number): string => loss.toFixed(3);
  return `Mean loss after ${losses.length} rounds: together ${shown(training)}, on held-out rows ${shown(heldOut)}; alone, on held-out rows ${shown(localHeldOut)}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'table-curves': TableCurves;
  }
}
