/**
 * Where a table comes in: dropped, chosen, or made up.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { TEXT_ENCODINGS, type TextEncoding } from '../task/table/csv.ts';
import { controlsStyles } from './controls-styles.ts';
import { tableStyles } from './table-styles.ts';
import { byteSize, percent } from './words.ts';

/** A file was chosen. */
export class TableFileEvent extends Event {
  static readonly type = 'table-file';
  readonly file: File;
  readonly encoding: TextEncoding | undefined;
  constructor(file: File, encoding: TextEncoding | undefined) {
    super(TableFileEvent.type);
    this.file = file;
    this.encoding = encoding;
  }
}

/** The person wants a made-up table. */
export class TableSampleEvent extends Event {
  static readonly type = 'table-sample';
  constructor() {
    super(TableSampleEvent.type);
  }
}

/**
 * A place to drop a CSV file.
 *
 * @fires table-file - A file was dropped or chosen.
 * @fires table-sample - "Try a made-up table" was pressed.
 */
@customElement('table-drop')
export class TableDrop extends LitElement {
  static override styles = [
    controlsStyles,
    tableStyles,
    css`
      .drop {
        display: flex;
        align-items: center;
        flex-wrap: wrap;
        gap: var(--s3);
        padding: var(--s5);
        border: 1.5px dashed var(--hairline-strong);
        border-radius: var(--r-l);
      }
      .drop.over {
        border-style: solid;
        border-color: var(--focus);
        background: var(--ground-sunken);
      }
      .words {
        flex: 1 1 260px;
      }
      b {
        display: block;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      label.encoding {
        display: inline-flex;
        align-items: center;
        gap: 6px;
      }
    `,
  ];

  /** Share of the file that is read, 0 to 1, while it is. */
  @property({ attribute: false }) share: number | undefined;
  /** A file is being read. */
  @property({ type: Boolean }) reading = false;
  /** The file at hand. */
  @property({ attribute: false }) file: File | undefined;
  /** Rows of the file, once it was read. */
  @property({ attribute: false }) rows: number | undefined;

  /** The file is in another encoding than was found: the person may know which. */
  @property({ type: Boolean, attribute: 'asks-encoding' }) asksEncoding = false;

  @state() private isOver = false;
  @state() private encoding: TextEncoding | undefined;
  @query('input[type=file]') private input!: HTMLInputElement;

  override render(): TemplateResult {
    return html`<div
      class="drop ${this.isOver ? 'over' : ''}"
      @dragover=${this.onOver}
      @dragleave=${() => (this.isOver = false)}
      @drop=${this.onDrop}
    >
      <div class="words" role="status">${this.renderWords()}</div>
      ${
        this.asksEncoding || this.encoding
          ? html`<label class="encoding quiet"
              >Encoding
              <select class="field" @change=${this.onEncoding}>
                <option value="">as found</option>
                ${TEXT_ENCODINGS.map((name) => html`<option value=${name}>${name}</option>`)}
              </select></label
            >`
          : nothing
      }
      ${
        this.rows !== undefined
          ? nothing
          : html`<button
              class="button"
              ?disabled=${this.reading}
              @click=${() => this.dispatchEvent(new TableSampleEvent())}
            >
              Try a made-up table
            </button>`
      }
      <button
        class="button ${this.rows === undefined ? 'primary' : ''}"
        ?disabled=${this.reading}
        @click=${() => this.input.click()}
      >
        ${this.rows === undefined ? 'Choose a CSV file' : 'Another file'}
      </button>
      <input
        type="file"
        accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"
        aria-label="CSV file"
        hidden
        @change=${this.onChosen}
      />
    </div>`;
  }

  private renderWords() {
    if (this.reading) {
      return html`<b>Reading ${this.file?.name ?? 'the file'}, ${percent(this.share ?? 0)}</b>
        <progress max="1" .value=${this.share ?? 0} aria-label="Read so far"></progress>`;
    }
    if (this.file && this.rows !== undefined) {
      const { name, size } = this.file;
      return html`<b>${name}</b>
        <span class="quiet"
          >${this.rows.toLocaleString('en')} rows, ${byteSize(size)}. They stay here.</span
        >`;
    }
    return html`<b>Drop a CSV file here.</b>
      <span class="quiet"
        >The first line names the columns. The file is read in this tab and goes nowhere.</span
      >`;
  }

  private take(file: File | undefined): void {
    if (file === undefined || this.reading) return;
    this.dispatchEvent(new TableFileEvent(file, this.encoding));
  }

  private readonly onOver = (event: DragEvent): void => {
    event.preventDefault();
    this.isOver = true;
  };

  private readonly onDrop = (event: DragEvent): void => {
    event.preventDefault();
    this.isOver = false;
    this.take(event.dataTransfer?.files[0]);
  };

  private readonly onChosen = (): void => {
    const file = this.input.files?.[0];
    // The same file may be chosen again, after it was mended.
    this.input.value = '';
    this.take(file);
  };

  /** The file at hand is read again: what was wrong with it may have been this. */
  private readonly onEncoding = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    this.encoding = TEXT_ENCODINGS.find((name) => name === value);
    this.take(this.file);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'table-drop': TableDrop;
  }
  interface HTMLElementEventMap {
    'table-file': TableFileEvent;
    'table-sample': TableSampleEvent;
  }
}
