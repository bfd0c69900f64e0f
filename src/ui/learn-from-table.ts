/**
 * "Learn from a table": from a file to a model that all tables of the room made together.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { TableRoom } from '../peer/table-meeting.ts';
import type { TableSession, TableView } from '../peer/table-session.ts';
import type { TextEncoding } from '../task/table/csv.ts';
import { describe, type Description } from '../task/table/schema.ts';
import { controlsStyles } from './controls-styles.ts';
import { sectionStyles } from './section-styles.ts';
import './table-agreement.ts';
import type { TableWishEvent } from './table-agreement.ts';
import './table-columns.ts';
import './table-curves.ts';
import { firstDraft, isSameDraft, type TableDraft } from './table-draft.ts';
import './table-drop.ts';
import { WorkerEngine, FileSource } from './table-engine.ts';
import './table-metrics.ts';
import './table-model.ts';
import type { PredictRows } from './table-model.ts';
import { sampleTable } from './table-sample.ts';
import { tableStyles } from './table-styles.ts';
import './terms/explained-term.ts';
import { capitalised, counted } from './words.ts';

/** The section; works on any page that gives it a session of the task `sum`. */
@customElement('learn-from-table')
export class LearnFromTable extends LitElement {
  static override styles = [
    controlsStyles,
    sectionStyles,
    tableStyles,
    css`
      .part {
        padding-top: var(--s5);
      }
      .mistake {
        margin-top: var(--s3);
      }
      .now {
        margin-bottom: var(--s3);
        color: var(--ink-2);
      }
    `,
  ];

  /** The session; undefined while the room is opened. */
  @property({ attribute: false }) session: TableRoom | undefined;

  @state() private view: TableView | undefined;
  @state() private draft: TableDraft | undefined;
  @state() private waiting:
    { readonly file: File; readonly encoding: TextEncoding | undefined } | undefined;
  private told: TableDraft | undefined;
  private file: File | undefined;
  private table: TableSession | undefined;
  private engine: WorkerEngine | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.end();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('session')) return;
    this.end();
    if (this.session) void this.begin(this.session);
  }

  override render(): TemplateResult {
    const { view } = this;
    const isReading = view?.phase === 'reading' || this.waiting !== undefined;
    return html`
      <h2>Learn from a table</h2>
      <p class="lead">
        Everybody drops a table with the same columns. Together you learn to predict one of them
        from the others, and nobody shows a row.
      </p>
      <table-drop
        .share=${view?.readShare}
        ?reading=${isReading}
        .file=${this.file}
        .rows=${view?.profile?.rows}
        ?asks-encoding=${view?.problem?.code === 'encoding'}
        @table-file=${(event: HTMLElementEventMap['table-file']) => void this.open(event.file, event.encoding)}
        @table-sample=${this.openSample}
      ></table-drop>
      ${view?.problem ? html`<p class="mistake" role="alert">${view.problem.message}</p>` : nothing}
      ${view?.profile && this.draft ? this.renderChoices(view, this.draft) : nothing}
      ${view && view.losses.length + (view.phase === 'learning' ? 1 : 0) > 0 ? this.renderLearning(view) : nothing}
      <div class="part">
        <h3>${view?.model ? 'The model' : 'A model from before'}</h3>
        <table-model .model=${view?.model} .predict=${this.predict}></table-model>
      </div>
    `;
  }

  private renderChoices(view: TableView, draft: TableDraft) {
    const isLearning = view.phase === 'learning';
    const { description, mistake } = told(view, draft);
    const isTold = isSameDraft(this.told, draft) && view.phase !== 'choosing';
    return html`<div class="part beside">
      <table-columns
        .profile=${view.profile}
        .draft=${draft}
        ?disabled=${isLearning}
        @table-draft=${(event: HTMLElementEventMap['table-draft']) => (this.draft = event.draft)}
      ></table-columns>
      <table-agreement
        .description=${description}
        .mistake=${mistake}
        .meeting=${view.meeting}
        ?told=${isTold}
        ?learning=${isLearning}
        ?again=${view.phase === 'done'}
        @table-wish=${this.onWish}
      ></table-agreement>
    </div>`;
  }

  private renderLearning(view: TableView) {
    return html`<div class="part beside">
      <div>
        <h3>Mean <explained-term of="loss">loss</explained-term>, round by round</h3>
        <p class="now" role="status">${nowWords(view)}</p>
        <progress
          max=${view.schema?.rounds ?? 1}
          .value=${view.losses.length}
          aria-label="Rounds so far"
          ?hidden=${view.phase !== 'learning'}
        ></progress>
        <table-curves .losses=${view.losses} .rounds=${view.schema?.rounds ?? 1}></table-curves>
      </div>
      <div>
        <h3 ?hidden=${!view.evaluation}>How good it is</h3>
        <table-metrics
          .evaluation=${view.evaluation}
          .target=${view.schema?.target ?? ''}
          .peers=${view.peers}
        ></table-metrics>
      </div>
    </div>`;
  }

  private async begin(session: TableRoom): Promise<void> {
    const { TableSession } = await import('../peer/table-session.ts');
    if (this.session !== session) return;
    this.engine ??= new WorkerEngine();
    this.table = new TableSession(session, this.engine, (view) => {
      this.view = view;
    });
    this.view = this.table.view;
    if (this.waiting) void this.open(this.waiting.file, this.waiting.encoding);
  }

  private end(): void {
    this.table?.close();
    this.table = undefined;
    this.engine?.close();
    this.engine = undefined;
    this.view = undefined;
    this.draft = undefined;
    this.told = undefined;
  }

  private async open(file: File, encoding: TextEncoding | undefined): Promise<void> {
    const { table } = this;
    this.file = file;
    // The room may still be opening: the file waits for it.
    this.waiting = table ? undefined : { file, encoding };
    if (!table) return;
    this.draft = undefined;
    this.told = undefined;
    await table.open(new FileSource(file), { encoding });
    const { profile, meeting } = table.view;
    if (profile) {
      const others = meeting.guests.map(({ description }) => description);
      this.draft = firstDraft(profile, others);
    }
  }

  private readonly openSample = (): void => {
    const seed = String(crypto.getRandomValues(new Uint32Array(1))[0]);
    void this.open(sampleTable(seed), undefined);
  };

  private readonly onWish = ({ wish }: TableWishEvent): void => {
    const { table, draft } = this;
    if (!table || !draft) return;
    if (wish === 'stop') table.cancel();
    else if (wish === 'tell') {
      this.told = draft;
      table.settle(draft.settings, draft.choices);
    } else table.setReady(wish === 'begin');
  };

  private readonly predict: PredictRows = (model, file) => {
    this.engine ??= new WorkerEngine();
    return this.engine.predict(model, file);
  };
}

/** What the others would hear, or why they cannot. */
function told(
  { profile }: TableView,
  { settings, choices }: TableDraft,
): { readonly description: Description | undefined; readonly mistake: string } {
  try {
    return { description: describe(profile!, settings, choices), mistake: '' };
  } catch (error) {
    const mistake = error instanceof Error ? error.message : String(error);
    return { description: undefined, mistake };
  }
}

/** Where learning stands, in one line. */
function nowWords({ phase, losses, schema, peers, loaded, started }: TableView): string {
  const rounds = schema?.rounds ?? 0;
  if (phase !== 'learning') {
    return losses.length < rounds
      ? `Ended after ${losses.length} of ${rounds} rounds.`
      : `${capitalised(counted(rounds, 'round'))} with ${counted(peers, 'table')}.`;
  }
  if (!started) {
    return loaded
      ? 'Summing what all have to know: counts, means, spreads.'
      : 'Reading the table by the schema.';
  }
  const { trainingRows, heldOutRows } = started.statistics;
  const rows = `${trainingRows.toLocaleString('en')} rows to learn from, ${heldOutRows.toLocaleString('en')} to test on`;
  return `Round ${losses.length} of ${rounds}, ${peers} tables: ${rows}.`;
}

declare global {
  interface HTMLElementTagNameMap {
    'learn-from-table': LearnFromTable;
  }
}
