/**
 * Web Awesome's switch, with its checkbox over its whole face.
 *
 * The original hides the checkbox from the pointer; here whoever points at the control, a person or a
 * script that looks for it by its role, meets the control itself.
 *
 * @module
 */
import WaSwitch from '@awesome.me/webawesome/dist/components/switch/switch.js';
import { css } from 'lit';
import { customElement } from 'lit/decorators.js';

/** A switch; `checked`, `change` and the default slot are those of `wa-switch`. */
@customElement('page-switch')
export class PageSwitch extends WaSwitch {
  static override css = [
    ...[WaSwitch.css ?? []].flat(),
    css`
      .input {
        inset: 0;
        z-index: 1;
        width: 100%;
        height: 100%;
        cursor: pointer;
        pointer-events: auto;
      }
      @media (pointer: coarse) {
        label {
          min-height: 44px;
        }
      }
      @media (forced-colors: active) {
        .switch,
        .switch .thumb {
          forced-color-adjust: none;
        }
        .switch {
          border-color: CanvasText;
        }
        .switch .thumb {
          background-color: CanvasText;
        }
        .checked .switch {
          background-color: Highlight;
        }
        .checked .switch .thumb {
          background-color: HighlightText;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'page-switch': PageSwitch;
  }
}
