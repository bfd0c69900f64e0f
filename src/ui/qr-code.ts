/**
 * A QR code, drawn once the code that makes it has arrived.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { controlsStyles } from './controls-styles.ts';

/**
 * A QR code, always dark on white so that every camera reads it.
 *
 * @cssproperty [--qr-size=132px] - Width and height.
 */
@customElement('qr-code')
export class QrCode extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: block;
        width: var(--qr-size, 132px);
        height: var(--qr-size, 132px);
        flex: none;
        background: #fff;
        border-radius: var(--r-s);
        forced-color-adjust: none;
      }
      svg {
        width: 100%;
        height: 100%;
        fill: #16181d;
      }
    `,
  ];

  /** What the code says. */
  @property() text = '';
  /** What the code is, for those who cannot see it. */
  @property() label = 'QR code of the invitation';

  @state() private modules: readonly (readonly boolean[])[] = [];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('text')) void this.encode(this.text);
  }

  override render(): TemplateResult | typeof nothing {
    const side = this.modules.length;
    if (side === 0) return nothing;
    let path = '';
    this.modules.forEach((row, y) =>
      row.forEach((isDark, x) => {
        if (isDark) path += `M${x} ${y}h1v1h-1z`;
      }),
    );
    return html`<svg
      viewBox="0 0 ${side} ${side}"
      shape-rendering="crispEdges"
      role="img"
      aria-label=${this.label}
    >
      <path d=${path}></path>
    </svg>`;
  }

  private async encode(text: string): Promise<void> {
    const { encodeQR } = await import('qr');
    if (text === this.text && text !== '')
      this.modules = encodeQR(text, 'raw', { ecc: 'medium', border: 2 });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'qr-code': QrCode;
  }
}
