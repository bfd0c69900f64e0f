/**
 * The drawn parts of a strip: bars around zero for what means something, tones for the rest.
 *
 * @module
 */
import { type SVGTemplateResult, type TemplateResult, html, nothing, svg } from 'lit';
import { birdIcon } from './bird.ts';
import { peerColour } from './bird-colours.ts';
import { CELL, type StripLayout, type StripRow, tone, valueScale } from './masked-strips-rows.ts';

/** Height of a strip, px. */
const HEIGHTS: Readonly<Record<StripRow['kind'], number>> = {
  update: 34,
  noise: 34,
  pair: 14,
  own: 14,
  sent: 26,
  aggregate: 34,
};

/** The strip itself: bars around zero for what means something, tones for the rest. */
export function strip(row: StripRow, layout: StripLayout): TemplateResult {
  const height = HEIGHTS[row.kind];
  const cells = row.values === undefined ? tones(row, layout) : bars(row.values, layout, height);
  const frame =
    row.kind === 'sent'
      ? svg`<rect
          x="-4" y="-4" width=${layout.width + 8} height=${height + 8} rx="2" fill="none"
          stroke="var(--ink)" stroke-width="1.5" vector-effect="non-scaling-stroke"></rect>`
      : nothing;
  const what = row.values === undefined ? 'words' : 'numbers';
  return html`<svg
    class="cells"
    viewBox="0 0 ${layout.width} ${height}"
    height=${height}
    preserveAspectRatio="none"
    role="img"
    aria-label="${row.name}: ${layout.cells.length} ${what}"
  >
    ${cells}${frame}
  </svg>`;
}

function bars(values: Float64Array, layout: StripLayout, height: number): SVGTemplateResult[] {
  const scale = valueScale(layout, values);
  const half = height / 2;
  return layout.cells.map(({ index, x, isWeight }) => {
    // A weight is no part of the update's scale: it stands as a block of its own.
    const share = isWeight ? 0.72 : (values[index] ?? 0) / scale;
    const length = Math.max(1, Math.abs(share) * (half - 1));
    const y = share > 0 ? half - length : half;
    const colour = isWeight ? 'var(--ink-3)' : 'var(--ink)';
    return svg`<rect x=${x} y="0" width=${CELL} height=${height} fill="var(--ground-sunken)"></rect
      ><rect x=${x} y=${y.toFixed(1)} width=${CELL} height=${length.toFixed(1)} fill=${colour}></rect>`;
  });
}

function tones(row: StripRow, layout: StripLayout): SVGTemplateResult[] {
  const height = HEIGHTS[row.kind];
  const colour = rowColour(row);
  return layout.cells.map(
    ({ index, x }) => svg`<rect
      x=${x} y="0" width=${CELL} height=${height} fill=${colour}
      fill-opacity=${tone(row.words[index] ?? 0).toFixed(3)}></rect>`,
  );
}

function rowColour(row: StripRow): string {
  if (row.kind === 'sent') return 'var(--ink)';
  return row.colour === undefined ? 'var(--ink-3)' : peerColour(row.colour);
}

/** A bird for a pair's mask, a ring for the own one, nothing for the rest. */
export function mark(row: StripRow): TemplateResult | typeof nothing {
  if (row.kind === 'own') {
    return html`<svg class="own" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="5" fill="none" stroke=${rowColour(row)} stroke-width="2"></circle>
    </svg>`;
  }
  return row.kind === 'pair' && row.colour !== undefined ? birdIcon(row.colour) : nothing;
}
