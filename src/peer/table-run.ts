/**
 * Learning from tables together, from the agreed schema to the tested model: a plan of masked sums.
 *
 * Step 0 sums the statistics, each round is a step, and the last step sums the test. Everybody says when it is
 * ready for a step, and asks for the sum when all are: the slowest sets the pace, as long as it is there and
 * not too slow. Whoever misses a sum takes over what it told, and is in the next one.
 *
 * @module
 */
import { TABLE_ALONE_MS, TABLE_PATIENCE_MS } from '../config.ts';
import { RoundFailed } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import type { Loaded, Started, TableEngine } from '../task/table/engine.ts';
import { evaluationKinds, type Evaluation } from '../task/table/evaluation.ts';
import { DIGIT_CLIP, digitCountOf } from '../task/table/exact-sum.ts';
import { ROUND_CLIP, roundLengthOf, type RoundLosses } from '../task/table/learner.ts';
import { TableMistake } from '../task/table/mistakes.ts';
import type { TableModel } from '../task/table/prediction.ts';
import type { Schema } from '../task/table/schema.ts';
import { statisticKinds } from '../task/table/statistics.ts';
import type { AggregateResult } from './summing.ts';
import type { TableMeeting, TableRoom } from './table-meeting.ts';

/** What happens on the way. */
export type TableEvent =
  | { readonly type: 'loaded'; readonly loaded: Loaded }
  | { readonly type: 'started'; readonly started: Started; readonly peers: number }
  | {
      readonly type: 'round';
      /** From 1. */
      readonly round: number;
      readonly losses: RoundLosses;
      /** In the sum. */
      readonly peers: number;
      /** The sum came without this peer's update. */
      readonly isMissed: boolean;
    }
  | { readonly type: 'evaluated'; readonly evaluation: Evaluation; readonly peers: number };

/** Another peer changed its table, or somebody came, before anything was summed: all have to agree anew. */
export class PlansChanged extends Error {
  override readonly name = 'PlansChanged';
}

/** What comes of it. */
export interface TableOutcome {
  readonly model: TableModel;
  readonly evaluation: Evaluation;
}

/** What a run is made of. */
export interface TableRunOptions {
  readonly room: TableRoom;
  readonly meeting: TableMeeting;
  readonly engine: TableEngine;
  readonly schema: Schema;
  readonly hash: string;
  readonly onEvent: (event: TableEvent) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs the plan to its end.
 *
 * @throws TableMistake when nothing can be learned, too few peers are left, or the others went on without this
 *   one. PlansChanged when somebody changed its mind before anything was summed. RoundFailed when a sum is called
 *   off. The engine keeps the newest merged model.
 */
export async function learnTogether(options: TableRunOptions): Promise<TableOutcome> {
  const { engine, schema, hash, onEvent } = options;
  const plan = new Plan(options);
  try {
    onEvent({ type: 'loaded', loaded: await engine.load(schema) });
    const kinds = statisticKinds(schema);
    const statistics = await plan.sum(0, digitCountOf(kinds), DIGIT_CLIP, engine.statistics());
    const started = await engine.start(hash, statistics.sum);
    const length = roundLengthOf(started.layout);
    onEvent({ type: 'started', started, peers: statistics.peers });
    for (let round = 1; round <= schema.rounds; round++) {
      const { sum, peers, isMissed } = await plan.sum(
        round,
        length,
        ROUND_CLIP,
        engine.contribute(),
      );
      onEvent({ type: 'round', round, losses: await engine.apply(sum), peers, isMissed });
    }
    const digits = digitCountOf(evaluationKinds(started.layout));
    const test = await plan.sum(schema.rounds + 1, digits, DIGIT_CLIP, engine.evaluation());
    const evaluation = await engine.readEvaluation(test.sum);
    onEvent({ type: 'evaluated', evaluation, peers: test.peers });
    return { model: await engine.model(), evaluation };
  } finally {
    plan.end();
  }
}

/** A sum of the plan. */
interface Summed {
  readonly sum: Float64Array;
  readonly peers: number;
  readonly isMissed: boolean;
}

/** The sums of one plan, one after the other. */
class Plan {
  readonly #options: TableRunOptions;
  readonly #company: Set<PeerId>;
  readonly #stop = new AbortController();
  readonly #endings: (() => void)[] = [];
  #step = 0;
  #takeBack: (() => void) | undefined;
  #wake: (() => void) | undefined;
  #alone: ReturnType<typeof setTimeout> | undefined;

  constructor(options: TableRunOptions) {
    this.#options = options;
    const { guests } = options.meeting.view;
    this.#company = new Set(guests.filter(({ isAway }) => !isAway).map(({ id }) => id));
    const { signal, room } = options;
    const abort = (): void => {
      this.#stop.abort(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    this.#endings.push(() => signal?.removeEventListener('abort', abort));
    this.#endings.push(
      room.subscribeEvents((event) => {
        if (event.type === 'peer-left') this.#company.delete(event.peer);
        if (event.type === 'peer-left' || event.type === 'note') this.#look();
      }),
    );
  }

  /** The sum of one step over everybody who is in it; the others hear at once that it is wanted. */
  async sum(
    step: number,
    dimension: number,
    clip: number,
    coming: Promise<Float64Array>,
  ): Promise<Summed> {
    const { room, meeting, hash } = this.#options;
    const plan = { name: `table ${hash.slice(0, 32)}`, step };
    this.#takeBack = room.announce({ dimension, clip, plan });
    const values = await coming;
    this.#step = step;
    meeting.setStep(hash, step);
    await this.#untilAllAreReady();
    // Questions to the room may be summed between.
    return room.turns.take(plan.name, (pause) => this.#askFor(values, clip, plan, pause));
  }

  async #askFor(
    values: Float64Array,
    clip: number,
    plan: { readonly name: string; readonly step: number },
    pause: AbortSignal,
  ): Promise<Summed> {
    const { room } = this.#options;
    for (;;) {
      this.#stop.signal.throwIfAborted();
      let missed: AggregateResult | undefined;
      try {
        const signal = AbortSignal.any([this.#stop.signal, pause]);
        const onMissed = (result: AggregateResult): void => void (missed = result);
        const { sum, count } = await room.aggregate(values, { clip, plan, onMissed, signal });
        return { sum, peers: count, isMissed: false };
      } catch (error) {
        this.#stop.signal.throwIfAborted();
        if (missed !== undefined) {
          return { sum: missed.sum, peers: missed.count, isMissed: true };
        }
        // Lost after the values were given: nobody has the sum, so all ask for it again.
        if (!(error instanceof RoundFailed) || error.reason !== 'spent') throw error;
      }
    }
  }

  end(): void {
    this.#takeBack?.();
    for (const end of this.#endings.splice(0)) end();
    clearTimeout(this.#alone);
    this.#wake?.();
  }

  #untilAllAreReady(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#wake?.();
      }, TABLE_PATIENCE_MS);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      this.#look();
    });
  }

  /** Looks who is there, and how far. */
  #look(): void {
    const { room, meeting, hash } = this.#options;
    const steps = [...this.#company].map((peer) => meeting.stepOf(peer, hash));
    if (this.#stop.signal.aborted || steps.every((step) => (step ?? -1) >= this.#step)) {
      this.#wake?.();
    }
    if (this.#step === 0 && [...this.#company].some((peer) => meeting.hasChanged(peer, hash))) {
      this.#fail(new PlansChanged('Another peer changed its table before learning began.'));
    }
    if (steps.length > 0 && steps.every((step) => (step ?? -1) >= this.#step + 2)) {
      const message =
        'The others went on while this peer was away, and are too far ahead: begin again together.';
      this.#fail(new TableMistake('out-of-step', message));
    }
    const { minPeers } = room.view.merging;
    if (this.#company.size + 1 >= minPeers) return;
    const message = `Fewer than ${minPeers} of the peers that began are left: a sum of so few would tell too much, so learning ends here.`;
    this.#alone ??= setTimeout(() => {
      this.#fail(new TableMistake('left-alone', message));
    }, TABLE_ALONE_MS);
  }

  #fail(error: Error): void {
    this.#stop.abort(error);
    this.#wake?.();
  }
}
