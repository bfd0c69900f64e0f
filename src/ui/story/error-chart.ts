/**
 * How far off peers are, on a logarithmic scale, over the time of messages: a room of lines beside averaging in pairs.
 *
 * @module
 */
import { svg } from 'lit';
import type { SVGTemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ChartElement } from '../chart-element.ts';
import {
  across,
  endNames,
  figuresBelow,
  guides,
  pathOf,
  plotIn,
  ticksTo,
  upwards,
  type Point,
} from '../chart-frame.ts';
import { chartBoxStyles, chartStyles } from '../chart-styles.ts';
import { controlsStyles } from '../controls-styles.ts';

/** Message times since the start, and the root mean square error, in hundredths of the whole range. */
export type ErrorPoint = Point;

/** Room for the names, CSS px, and message times that the axis shows at least. */
const NAMES_PX = 78;
const LEAST_REACH = 60;

/** Lines across the chart, by power of ten. */
const POWERS: Readonly<Record<number, string>> = {
  [-8]: '10⁻⁸',
  [-6]: '10⁻⁶',
  [-4]: '10⁻⁴',
  [-2]: '0.01',
  0: '1',
  2: '100',
};
const GUIDES = [-8, -6, -4, -2, 0, 2];

/** The chart. */
@customElement('error-chart')
export class ErrorChart extends ChartElement {
  static override styles = [controlsStyles, chartStyles, chartBoxStyles];

  @property({ attribute: false }) lines: readonly ErrorPoint[] = [];
  @property({ attribute: false }) pairs: readonly ErrorPoint[] = [];

  protected override draw(widthPx: number): SVGTemplateResult {
    const { lines, pairs } = this;
    const plot = plotIn(widthPx, NAMES_PX);
    const last = Math.max(LEAST_REACH, lines.at(-1)?.[0] ?? 0);
    const x = across(plot, 0, last);
    const powers = upwards(plot, GUIDES[0]!, GUIDES.at(-1)!);
    const y = (error: number): number => powers(Math.log10(Math.max(error, Number.MIN_VALUE)));
    const seen = pairs.filter(([time]) => time <= last);
    // What is held is held until something better comes.
    const stairs = lines.flatMap(([time, error], at): Point[] =>
      at === 0
        ? [[time, error]]
        : [
            [time, lines[at - 1]![1]],
            [time, error],
          ],
    );
    const endOf = (points: readonly ErrorPoint[], text: string, look = '') =>
      points.slice(-1).map(([time, error]) => ({ text, look, x: x(time), y: y(error) }));
    return svg`${guides(plot, powers, GUIDES, (power) => POWERS[power]!)}
      ${figuresBelow(plot, x, ticksTo(last), 'messages')}
      <path class="line dashed" d=${pathOf(seen, x, y)}></path>
      <path class="line" d=${pathOf(stairs, x, y)}></path>
      ${endOf(lines, '').map((end) => svg`<circle class="ring" cx=${end.x} cy=${end.y} r="4"></circle>`)}
      ${endNames(plot, [...endOf(lines, 'lines'), ...endOf(seen, 'pairs', 'quiet')])}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'error-chart': ErrorChart;
  }
}
