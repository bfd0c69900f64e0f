/**
 * Reads a QR code with the camera. The pictures stay in this element and are never kept.
 *
 * @module
 */
import jsQR from 'jsqr';
import { css, html, LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { controlsStyles } from './controls-styles.ts';

/** Side of the picture that is searched, px: enough for an invitation held before a camera. */
const SEARCH_PX = 480;

/** Time between two searches, ms. */
const SEARCH_EVERY_MS = 150;

/** A code was read. */
export class CodeScannedEvent extends Event {
  static readonly type = 'code-scanned';
  readonly text: string;
  constructor(text: string) {
    super(CodeScannedEvent.type, { bubbles: true, composed: true });
    this.text = text;
  }
}

/**
 * A camera picture that is searched for a QR code.
 *
 * @fires code-scanned - A code was read; it may say anything.
 */
@customElement('code-scanner')
export class CodeScanner extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      video {
        width: 100%;
        aspect-ratio: 1;
        object-fit: cover;
        border-radius: var(--r-s);
        background: var(--ground-sunken);
      }
      p {
        font-size: var(--text-s);
        color: var(--ink-2);
      }
    `,
  ];

  @state() private problem: string | undefined;
  @query('video') private video!: HTMLVideoElement;
  private stream: MediaStream | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly canvas = document.createElement('canvas');

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  protected override firstUpdated(): void {
    void this.start();
  }

  override render(): TemplateResult {
    return html`<video
        muted
        playsinline
        aria-label="Picture of the camera"
        ?hidden=${this.problem !== undefined}
      ></video>
      <p role="status">${this.problem ?? 'Hold the code of the invitation before the camera.'}</p>`;
  }

  private async start(): Promise<void> {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: 'environment' },
      });
      if (!this.isConnected) return this.stop();
      this.video.srcObject = this.stream;
      await this.video.play();
      this.timer = setInterval(() => this.search(), SEARCH_EVERY_MS);
    } catch {
      this.stop();
      this.problem = 'There is no camera, or it may not be used here: paste the link instead.';
    }
  }

  private search(): void {
    const { videoWidth, videoHeight } = this.video;
    const context = this.canvas.getContext('2d', { willReadFrequently: true });
    if (!context || videoWidth === 0) return;
    const scale = Math.min(1, SEARCH_PX / Math.min(videoWidth, videoHeight));
    this.canvas.width = Math.round(videoWidth * scale);
    this.canvas.height = Math.round(videoHeight * scale);
    context.drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    const picture = context.getImageData(0, 0, this.canvas.width, this.canvas.height);
    const code = jsQR(picture.data, picture.width, picture.height);
    if (code && code.data !== '') this.dispatchEvent(new CodeScannedEvent(code.data));
  }

  private stop(): void {
    clearInterval(this.timer);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = undefined;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'code-scanner': CodeScanner;
  }
  interface HTMLElementEventMap {
    'code-scanned': CodeScannedEvent;
  }
}
