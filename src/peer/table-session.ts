/**
 * Learning from one table in a room, as a page or a program sees it: from the file to the tested model.
 *
 * @module
 */
import { RoundFailed } from '../errors.ts';
import type { ColumnChoice, Schema, TableSettings } from '../task/table/schema.ts';
import { describe } from '../task/table/schema.ts';
import type { ByteSource, CsvOptions } from '../task/table/csv.ts';
import type { Loaded, Started, TableEngine } from '../task/table/engine.ts';
import type { Evaluation } from '../task/table/evaluation.ts';
import type { RoundLosses } from '../task/table/learner.ts';
import { TableMistake } from '../task/table/mistakes.ts';
import type { TableProfile } from '../task/table/columns.ts';
import type { TableModel } from '../task/table/prediction.ts';
import { TableMeeting, type MeetingView, type TableRoom } from './table-meeting.ts';
import { learnTogether, PlansChanged, type TableEvent } from './table-run.ts';

/** How far it is. */
export type TablePhase = 'empty' | 'reading' | 'choosing' | 'meeting' | 'learning' | 'done';

/** An immutable snapshot. */
export interface TableView {
  readonly phase: TablePhase;
  /** Share of the file that is read, 0 to 1, while it is. */
  readonly readShare: number | undefined;
  readonly profile: TableProfile | undefined;
  /** What the person chose; undefined until then. */
  readonly settings: TableSettings | undefined;
  readonly choices: Readonly<Record<string, ColumnChoice>>;
  readonly meeting: MeetingView;
  /** What all agreed on, once learning has begun. */
  readonly schema: Schema | undefined;
  readonly loaded: Loaded | undefined;
  readonly started: Started | undefined;
  /** Mean losses of each round so far. */
  readonly losses: readonly RoundLosses[];
  /** Peers in the newest sum. */
  readonly peers: number;
  readonly evaluation: Evaluation | undefined;
  /** The finished model; of learning that ended early, none. */
  readonly model: TableModel | undefined;
  /** What went wrong last: one sentence for a person. */
  readonly problem: { readonly code: string; readonly message: string } | undefined;
}

/** One peer's table in one room. */
export class TableSession {
  readonly #room: TableRoom;
  readonly #engine: TableEngine;
  readonly #meeting: TableMeeting;
  readonly #onChange: (view: TableView) => void;
  readonly #onEvent: (event: TableEvent) => void;
  #view: TableView;
  #stop: AbortController | undefined;
  #isRunning = false;

  /**
   * @param wanted - Tables that are waited for; as many as a sum needs unless given.
   * @param onEvent - Sees each step once.
   */
  constructor(
    room: TableRoom,
    engine: TableEngine,
    onChange: (view: TableView) => void,
    onEvent: (event: TableEvent) => void = () => undefined,
    wanted?: number,
  ) {
    this.#room = room;
    this.#engine = engine;
    this.#onChange = onChange;
    this.#onEvent = onEvent;
    this.#meeting = new TableMeeting(
      room,
      () => {
        this.#met();
      },
      wanted,
    );
    this.#view = emptyView(this.#meeting.view);
  }

  get view(): TableView {
    return this.#view;
  }

  /** Reads a file. What is wrong with it is in `view.problem`. */
  async open(source: ByteSource, options: CsvOptions = {}): Promise<void> {
    this.cancel();
    this.#meeting.offer(undefined);
    this.#view = { ...emptyView(this.#meeting.view), phase: 'reading' };
    this.#tell();
    const onProgress = (readShare: number | undefined): void => {
      this.#change({ readShare });
    };
    try {
      const profile = await this.#engine.profile(source, { ...options, onProgress });
      this.#change({ phase: 'choosing', profile });
    } catch (error) {
      this.#change({ phase: 'empty', problem: problemOf(error) });
    }
  }

  /** Takes a table that the engine has read already. */
  take(profile: TableProfile): void {
    this.#change({ phase: 'choosing', profile });
  }

  /** Says what is to be learned, and tells the others what the table holds. */
  settle(settings: TableSettings, choices: Readonly<Record<string, ColumnChoice>> = {}): void {
    const { profile } = this.#view;
    if (profile === undefined) return;
    this.cancel();
    try {
      const description = describe(profile, settings, choices);
      const fresh = { ...emptyView(this.#meeting.view), profile, settings, choices };
      this.#view = { ...fresh, phase: 'meeting' };
      this.#meeting.offer(description);
    } catch (error) {
      this.#meeting.offer(undefined);
      this.#change({ phase: 'choosing', settings, choices, problem: problemOf(error) });
    }
  }

  /** Says that this peer would begin as things are, or no longer. */
  setReady(isReady: boolean): void {
    if (this.#view.phase !== 'meeting' && this.#view.phase !== 'done') return;
    this.#change({ phase: 'meeting', problem: undefined });
    this.#meeting.setReady(isReady);
  }

  /** Stops learning; the room is told. */
  cancel(): void {
    this.#stop?.abort(new RoundFailed('aborted', 'Learning was stopped.'));
  }

  /** Leaves the table side of the room. */
  close(): void {
    this.cancel();
    this.#meeting.close();
  }

  #met(): void {
    this.#change({ meeting: this.#meeting.view });
    if (this.#view.meeting.mayBegin && !this.#isRunning && this.#view.phase === 'meeting') {
      void this.#run();
    }
  }

  async #run(): Promise<void> {
    const { agreement } = this.#meeting.view;
    if (agreement?.type !== 'agreed') return;
    const { schema, hash } = agreement;
    this.#isRunning = true;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#change({
      phase: 'learning',
      schema,
      losses: [],
      evaluation: undefined,
      model: undefined,
    });
    const onEvent = (event: TableEvent): void => {
      this.#take(event);
    };
    const { ending, ...news } = await learnTogether({
      room: this.#room,
      meeting: this.#meeting,
      engine: this.#engine,
      schema,
      hash,
      onEvent,
      signal,
    }).then(
      ({ model }) => ({ ending: 'done' as const, model }),
      (error: unknown) =>
        error instanceof PlansChanged
          ? { ending: 'again' as const }
          : { ending: 'failed' as const, problem: problemOf(error) },
    );
    this.#isRunning = false;
    // Another file or other settings have taken its place.
    if (this.#view.phase !== 'learning') return;
    this.#change({ phase: ending === 'done' ? 'done' : 'meeting', ...news });
    this.#meeting.stop(ending === 'again');
  }

  #take(event: TableEvent): void {
    switch (event.type) {
      case 'loaded':
        this.#change({ loaded: event.loaded });
        break;
      case 'started':
        this.#change({ started: event.started, peers: event.peers });
        break;
      case 'round':
        this.#change({ losses: [...this.#view.losses, event.losses], peers: event.peers });
        break;
      case 'evaluated':
        this.#change({ evaluation: event.evaluation, peers: event.peers });
        break;
    }
    this.#onEvent(event);
  }

  #change(news: Partial<TableView>): void {
    this.#view = { ...this.#view, ...news };
    this.#tell();
  }

  #tell(): void {
    this.#onChange(this.#view);
  }
}

function emptyView(meeting: MeetingView): TableView {
  return {
    phase: 'empty',
    readShare: undefined,
    profile: undefined,
    settings: undefined,
    choices: {},
    meeting,
    schema: undefined,
    loaded: undefined,
    started: undefined,
    losses: [],
    peers: 0,
    evaluation: undefined,
    model: undefined,
    problem: undefined,
  };
}

function problemOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof TableMistake) return { code: error.code, message: error.message };
  if (error instanceof RoundFailed) return { code: error.reason, message: error.message };
  return { code: 'failed', message: error instanceof Error ? error.message : String(error) };
}
