/**
 * What to do with a finished model: save it, bring one back, and let it predict a new file.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { filesOfModel, MODEL_FILES, readModelFiles } from '../task/table/model-file.ts';
import type { PredictedFile } from '../task/table/engine.ts';
import type { TableModel } from '../task/table/prediction.ts';
import { controlsStyles } from './controls-styles.ts';
import { save } from './lab-export.ts';
import { predictionsCsv } from './table-predictions.ts';
import { tableStyles } from './table-styles.ts';

/** Predicts every row of a file, elsewhere than on this thread. */
export type PredictRows = (model: TableModel, file: File) => Promise<PredictedFile>;

/** Save, bring, predict. */
@customElement('table-model')
export class TableModelPanel extends LitElement {
  static override styles = [
    controlsStyles,
    tableStyles,
    css`
      :host {
        display: grid;
        gap: var(--s3);
      }
      p {
        max-width: 78ch;
      }
    `,
  ];

  /** The model that was learned here, if any. */
  @property({ attribute: false }) model: TableModel | undefined;
  @property({ attribute: false }) predict: PredictRows | undefined;

  @state() private brought: TableModel | undefined;
  @state() private mistake: string | undefined;
  @state() private result:
    { readonly file: string; readonly rows: number; readonly csv: string } | undefined;
  @state() private isBusy = false;
  @query('#model') private modelInput!: HTMLInputElement;
  @query('#rows') private rowsInput!: HTMLInputElement;

  override render(): TemplateResult {
    const used = this.model ?? this.brought;
    return html`
      <div class="row">
        ${
          this.model
            ? html`<button class="button" @click=${() => this.saveFiles('topology', 'weights')}>
                  Save for TensorFlow.js
                </button>
                <button class="button" @click=${() => this.saveFiles('code')}>
                  Save as JavaScript
                </button>`
            : html`<button class="button" @click=${() => this.modelInput.click()}>
                Bring a saved model
              </button>`
        }
        <button
          class="button"
          ?disabled=${!used || this.isBusy}
          @click=${() => this.rowsInput.click()}
        >
          Predict a new file
        </button>
        <input
          id="model"
          type="file"
          multiple
          hidden
          accept=".json,.bin"
          aria-label="model.json and weights.bin"
          @change=${() => void this.bring()}
        />
        <input
          id="rows"
          type="file"
          hidden
          accept=".csv,.tsv,.txt"
          aria-label="CSV file to predict"
          @change=${() => void this.run(used)}
        />
      </div>
      <div role="status">
        ${
          this.brought && !this.model
            ? html`<p class="quiet">The model predicts “${this.brought.layout.target}”.</p>`
            : nothing
        }
        ${
          this.result
            ? html`<p>
                ${this.result.rows.toLocaleString('en')} rows of ${this.result.file} are predicted.
                <button class="button bare" @click=${this.saveResult}>Save predictions.csv</button>
              </p>`
            : nothing
        }
      </div>
      ${this.mistake ? html`<p class="mistake" role="alert">${this.mistake}</p>` : nothing}
    `;
  }

  private saveFiles(...parts: readonly (keyof typeof MODEL_FILES)[]): void {
    if (!this.model) return;
    const files = filesOfModel(this.model);
    for (const part of parts) {
      const content = files[part];
      save(MODEL_FILES[part], new Blob([typeof content === 'string' ? content : content.slice()]));
    }
  }

  private async bring(): Promise<void> {
    const files = [...(this.modelInput.files ?? [])];
    this.modelInput.value = '';
    this.mistake = undefined;
    const json = files.find(({ name }) => name.endsWith('.json'));
    const weights = files.find(({ name }) => name.endsWith('.bin'));
    if (!json || !weights) {
      this.mistake = 'Choose both files of the model at once: model.json and weights.bin.';
      return;
    }
    try {
      this.brought = readModelFiles(await json.text(), new Uint8Array(await weights.arrayBuffer()));
    } catch (error) {
      this.mistake = error instanceof Error ? error.message : String(error);
    }
  }

  private async run(model: TableModel | undefined): Promise<void> {
    const file = this.rowsInput.files?.[0];
    this.rowsInput.value = '';
    if (!file || !model || !this.predict) return;
    this.isBusy = true;
    this.mistake = undefined;
    this.result = undefined;
    try {
      const predicted = await this.predict(model, file);
      const csv = predictionsCsv(model.layout, predicted);
      this.result = { file: file.name, rows: predicted.rows, csv };
    } catch (error) {
      this.mistake = error instanceof Error ? error.message : String(error);
    } finally {
      this.isBusy = false;
    }
  }

  private readonly saveResult = (): void => {
    if (this.result) save('predictions.csv', new Blob([this.result.csv], { type: 'text/csv' }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'table-model': TableModelPanel;
  }
}
