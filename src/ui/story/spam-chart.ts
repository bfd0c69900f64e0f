/**
 * What models make of one message, round by round, and from when on they take it for spam.
 *
 * @module
 */
import { css, svg } from 'lit';
import type { SVGTemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ChartElement } from '../chart-element.ts';
import { across, endNames, figuresBelow, guides, pathOf, plotIn, upwards } from '../chart-frame.ts';
import { chartBoxStyles, chartStyles } from '../chart-styles.ts';
import { controlsStyles } from '../controls-styles.ts';

/** A line: probabilities of spam, from before the first round on. */
export interface SpamLine {
  readonly name: string;
  readonly history: readonly number[];
  readonly look: 'dashed' | 'strong' | 'alone';
}

const NAMES_PX = 92;

/** The chart. */
@customElement('spam-chart')
export class SpamChart extends ChartElement {
  static override styles = [
    controlsStyles,
    chartStyles,
    chartBoxStyles,
    css`
      .limit,
      .now {
        stroke: var(--hairline-strong);
      }
      .alone {
        stroke: var(--alone);
      }
      .ring.dashed {
        stroke: var(--ink-3);
      }
    `,
  ];

  @property({ attribute: false }) lines: readonly SpamLine[] = [];
  /** The round that the figure stands at. */
  @property({ type: Number }) round = 0;

  protected override draw(widthPx: number): SVGTemplateResult {
    const { lines, round } = this;
    const plot = plotIn(widthPx, NAMES_PX);
    const x = across(plot, 0, Math.max(1, ...lines.map(({ history }) => history.length - 1)));
    const y = upwards(plot, 0, 1);
    const ends = lines.map(({ name, look, history }) => ({
      text: name,
      y: y(history.at(-1)!),
      look: look === 'dashed' ? 'quiet' : '',
    }));
    return svg`${guides(plot, y, [0, 0.5, 1])}
      <line class="limit" x1=${plot.left} x2=${plot.right} y1=${y(0.5)} y2=${y(0.5)}></line>
      ${figuresBelow(plot, x, [0, 5, 10, 15, 20], 'rounds')}
      <line class="now" x1=${x(round)} x2=${x(round)} y1=${plot.top} y2=${plot.bottom}></line>
      ${lines.map(
        ({ look, history }) =>
          svg`<path class="line ${look}" d=${pathOf([...history.entries()], x, y)}></path>`,
      )}
      ${lines.map(
        ({ look, history }) =>
          svg`<circle class="ring ${look}" cx=${x(round)} cy=${y(history[round] ?? 0.5)} r="4"></circle>`,
      )}
      ${endNames(plot, ends)}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'spam-chart': SpamChart;
  }
}
