/**
 * A chart that fills the width it is given: what all of them have besides what they draw.
 *
 * @module
 */
import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { CanvasSizeController } from './canvas-size.ts';

/** Draws once it has a width, and again at each change. */
export abstract class ChartElement extends LitElement {
  /** The finding; without one there is nothing to draw. */
  @property() label = '';
  @state() private widthPx = 0;

  constructor() {
    super();
    new CanvasSizeController(this, (widthPx) => {
      this.widthPx = widthPx;
    });
  }

  override render(): TemplateResult | typeof nothing {
    if (this.widthPx === 0 || this.label === '') return nothing;
    return html`<svg role="img" aria-label=${this.label}>${this.draw(this.widthPx)}</svg>`;
  }

  /** What is inside the drawing, which is so many CSS px wide. */
  protected abstract draw(widthPx: number): unknown;
}
