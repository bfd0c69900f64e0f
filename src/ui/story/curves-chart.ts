/**
 * Accuracy over local steps: any number of lines, rings where models were merged, names at the lines' ends.
 *
 * @module
 */
import { css, svg } from 'lit';
import type { SVGTemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ChartElement } from '../chart-element.ts';
import {
  ACCURACY_GUIDES,
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

/** One line. */
export interface Curve {
  readonly id: number | string;
  /** Local steps, and a share from 0 to 1. */
  readonly points: readonly Point[];
  readonly look: 'quiet' | 'earlier' | 'strong' | 'lit';
  /** At its end; none unless given. */
  readonly label?: string | undefined;
}

/** The pointer came to a line, or left it. */
export class CurvePointedEvent extends Event {
  static readonly type = 'curve-pointed';
  readonly curve: number | string | undefined;
  constructor(curve: number | string | undefined) {
    super(CurvePointedEvent.type);
    this.curve = curve;
  }
}

/**
 * The chart.
 *
 * @fires curve-pointed - The pointer came to a line, or left it.
 */
@customElement('curves-chart')
export class CurvesChart extends ChartElement {
  static override styles = [
    controlsStyles,
    chartStyles,
    chartBoxStyles,
    css`
      .line.quiet {
        stroke: var(--ink-3);
        stroke-width: 1;
        opacity: 0.4;
      }
      .line.earlier {
        stroke: var(--ink-3);
        stroke-width: 1.25;
      }
      .reach {
        fill: none;
        stroke: transparent;
        stroke-width: 9;
      }
    `,
  ];

  @property({ attribute: false }) curves: readonly Curve[] = [];
  /** Where models were merged, the newest run's last. */
  @property({ attribute: false }) rings: readonly Point[] = [];
  /** Steps that the axis shows at least. */
  @property({ type: Number }) reach = 100;
  /** Room for names at the lines' ends, CSS px. */
  @property({ type: Number }) names = 92;

  protected override draw(widthPx: number): SVGTemplateResult {
    const { curves, rings } = this;
    const plot = plotIn(widthPx, this.names);
    const last = Math.max(this.reach, ...curves.map(({ points }) => points.at(-1)?.[0] ?? 0));
    const x = across(plot, 0, last);
    const y = upwards(plot, ACCURACY_GUIDES[0], 1);
    const point = (curve?: Curve) => () => this.dispatchEvent(new CurvePointedEvent(curve?.id));
    const ends = curves.flatMap(({ label, points, look }) => {
      const end = points.at(-1);
      if (label === undefined || !end) return [];
      return { text: label, x: x(end[0]), y: y(end[1]), look: END_LOOKS[look] };
    });
    return svg`<g @pointerleave=${point()}>
      ${guides(plot, y, ACCURACY_GUIDES)} ${figuresBelow(plot, x, ticksTo(last), 'steps')}
      ${curves.map(({ look, points }) => svg`<path class="line ${look}" d=${pathOf(points, x, y)}></path>`)}
      ${curves
        .filter(({ look }) => look !== 'strong')
        .map(
          (curve) =>
            svg`<path class="reach" d=${pathOf(curve.points, x, y)} @pointerenter=${point(curve)}></path>`,
        )}
      ${rings.map(([step, share]) => svg`<circle class="ring" cx=${x(step)} cy=${y(share)} r="4"></circle>`)}
      ${endNames(plot, ends)}
    </g>`;
  }
}

const END_LOOKS: Record<Curve['look'], string> = {
  quiet: 'quiet',
  earlier: 'quiet',
  strong: '',
  lit: 'lit',
};

declare global {
  interface HTMLElementTagNameMap {
    'curves-chart': CurvesChart;
  }
}
