/**
 * One peer's learning: a local model that trains, the newest merged model, and what was sent of it.
 *
 * With `sent` the local model at the moment it was contributed, and everything in float32:
 * - a result with this peer in it:    local = new global + (local - sent)
 * - a result without it:              local = new global
 * - a contribution that is spent:     local = global + (local - sent)
 *
 * So what was learned during a round is never lost, and nothing is contributed twice. Between rounds, no
 * coordinate of the local model strays farther than `HEAT_MAP_MAX_DRIFT` from the merged one: an update is
 * never clipped, because it never grows too large. With noise it is, to a norm that all agreed on, and the
 * noise is in it before it leaves this worker. A request is answered or throws; neither harms the model.
 *
 * @module
 */
import { HEAT_MAP_MAX_DRIFT, MAX_STEPS_PER_REQUEST, MAX_STEPS_PER_SECOND } from '../config.ts';
import { unreachable } from '../machine.ts';
import { readAgreement } from '../privacy/agreement.ts';
import { noisyWords } from '../privacy/contribution.ts';
import type { NoiseSetting } from '../privacy/noise.ts';
import { systemWords } from '../random-words.ts';
import { encodeUpdate } from '../secagg/index.ts';
import { checkTask, firstParameters, type TaskSettings } from '../task/heat-map.ts';
import { voteOf } from '../task/group-testing.ts';
import { accuracyOf } from '../task/patterns.ts';
import { PlainModel } from '../task/plain-training.ts';
import { keptReadings, type Reading } from '../task/readings.ts';
import { Training, surfaceOf } from '../task/training.ts';
import type { Contribution, Encoding, Snapshot, TrainerReply, TrainerRequest } from './messages.ts';
import { NoiseStock } from './noise-stock.ts';

/** The trainer without its line and its clock. */
export class Trainer {
  private learner: Learner | undefined;
  private running = false;
  private pace = 0;

  /** Whether steps are due by themselves. */
  get isRunning(): boolean {
    return this.running;
  }

  /** Steps a second that were asked for; 0 is as fast as it goes. */
  get stepsPerSecond(): number {
    return this.pace;
  }

  /** Steps made so far, those before a reload included. */
  get step(): number {
    return this.learner?.step ?? 0;
  }

  /** Whether a step changes anything. */
  get hasReadings(): boolean {
    return this.learner !== undefined && this.learner.readingCount > 0;
  }

  /**
   * Answers one request.
   *
   * @throws RangeError or Error with a message for a person; the model is then as it was, or, when it had
   *   diverged, back at the newest merged one.
   */
  answer(request: TrainerRequest): TrainerReply {
    const { id } = request;
    switch (request.type) {
      case 'start':
        return this.start(request);
      case 'readings':
        this.started().learnFrom(request.readings, request.checks);
        return this.done(id);
      case 'run':
        this.started();
        this.pace = checkedPace(request.stepsPerSecond);
        this.running = request.isRunning;
        return this.done(id);
      case 'step':
        this.train(checkedCount(request.count));
        return this.done(id);
      case 'prepare':
        this.started().prepare(request.noise);
        return { type: 'prepared', id };
      case 'contribute':
        return { type: 'contribution', id, ...this.started().contribute(request.encoding) };
      case 'apply':
        this.started().apply(request.global, request.bucketMeans);
        return this.merged(id);
      case 'copy':
        this.started().copy(request.global);
        return this.merged(id);
      case 'forget':
        this.started().forget();
        return this.done(id);
      case 'reset':
        this.started().reset();
        return this.done(id);
      case 'personalise':
        return {
          type: 'done',
          id,
          local: this.started().personalised(checkedCount(request.count)),
        };
      case 'stop':
        this.running = false;
        return { type: 'stopped', id };
      default:
        return unreachable(request);
    }
  }

  /** Makes steps. Without readings they change nothing and still count: the peer keeps the room's rhythm. */
  train(count: number): void {
    const learner = this.started();
    for (let i = 0; i < count; i++) learner.train();
  }

  /** The local model as it is now; its arrays are the caller's. */
  snapshot(): Snapshot {
    const learner = this.started();
    return learner.snapshotOf(learner.local);
  }

  private start(request: TrainerRequest & { type: 'start' }): TrainerReply {
    if (this.learner) throw new Error('The trainer has started already: start another one.');
    const learner = new Learner(request);
    this.learner = learner;
    return {
      type: 'started',
      id: request.id,
      initial: learner.initial.slice(),
      local: learner.snapshotOf(learner.local),
      federation: request.global ? learner.snapshotOf(learner.global) : undefined,
    };
  }

  private started(): Learner {
    if (!this.learner) throw new Error('The trainer has not started: send start first.');
    return this.learner;
  }

  private done(id: number): TrainerReply {
    return { type: 'done', id, local: this.snapshot() };
  }

  private merged(id: number): TrainerReply {
    const learner = this.started();
    const federation = learner.snapshotOf(learner.global);
    return { type: 'merged', id, local: learner.snapshotOf(learner.local), federation };
  }
}

/** The models. `global` is the first model until there is a merged one. */
class Learner {
  readonly initial: Float32Array;
  /** Shape [P]; every step writes to it. */
  readonly local: Float32Array;
  global: Float32Array;
  step: number;
  private kept: readonly Reading[] = [];
  private checks: readonly Reading[] | undefined;
  private readonly look: PlainModel;
  private readonly task: TaskSettings;
  private readonly training: Training;
  private readonly noise = new NoiseStock();
  private sent: Float32Array | undefined;
  private readonly voteCount: number;
  /** Votes on the buckets of the newest result, then 1 for each that was cast. */
  private votes: readonly number[];

  constructor(start: TrainerRequest & { type: 'start' }) {
    checkTask(start.task);
    this.task = start.task;
    this.voteCount = start.votes ?? 0;
    this.votes = this.votesOn([]);
    this.initial = firstParameters(start.task);
    this.global = this.checked(start.global ?? this.initial, 'global');
    this.local = this.checked(start.parameters ?? this.global, 'parameters');
    this.step = checkedStep(start.step ?? 0);
    this.look = new PlainModel(start.task.hidden);
    this.training = new Training(start.task.hidden, this.local);
    this.learnFrom(start.readings, start.checks);
    this.keepNear();
  }

  /** From the next step on; checks that are not given stay. */
  learnFrom(readings: readonly Reading[], checks = this.checks): void {
    const kept = keptReadings(readings);
    this.checks = checks && keptReadings(checks);
    this.kept = kept;
    this.training.learnFrom(kept);
  }

  get readingCount(): number {
    return this.kept.length;
  }

  train(): void {
    this.step += 1;
    if (this.readingCount === 0) return;
    this.training.step();
    this.keepNear();
  }

  /** Draws the noise of the next contribution. */
  prepare(setting: NoiseSetting): void {
    this.noise.prepare(this.local.length + this.silent().length, setting);
  }

  contribute(encoding: Encoding): Contribution {
    const { setting } = readAgreement(encoding.noise ?? 'off');
    return setting === undefined ? this.contributeAsItIs(encoding) : this.contributeNoisy(setting);
  }

  private contributeAsItIs(encoding: Encoding): Contribution {
    if (this.restoreIfDiverged()) {
      throw new Error(
        'The local model diverged (NaN or Infinity), so it is back at the newest merged one: take part in the next round.',
      );
    }
    const weight =
      encoding.weightCap > 0 ? Math.min(Math.max(this.readingCount, 1), encoding.weightCap) : 1;
    // The sum weighs all values, but a vote counts the same whoever casts it; as large as it may be, it is exact.
    const votes = this.votes.map((vote) => (vote * encoding.clip) / weight);
    const values = this.update([...(this.tested() ?? []), ...votes]);
    const words = encodeUpdate(values, weight, encoding, systemWords());
    this.sent = this.local.slice();
    const update = new Float64Array(words.length);
    update.set(values);
    if (words.length > values.length) update[values.length] = weight;
    return { words, update, weight };
  }

  /** A model that diverged gives zeros, and noise like any other: staying out would tell of it. */
  private contributeNoisy(setting: NoiseSetting): Contribution {
    this.restoreIfDiverged();
    const update = this.update(this.silent());
    const noise = this.noise.take(update.length, setting);
    const words = noisyWords(update, setting, noise, systemWords());
    this.sent = this.local.slice();
    return { words, update, weight: 1 };
  }

  /** Local model minus merged model, zeros without readings, and what else is told. */
  private update(more: readonly number[] = []): Float64Array {
    const isEmpty = this.readingCount === 0;
    const { length } = this.local;
    const values = new Float64Array(length + more.length);
    if (!isEmpty) for (let i = 0; i < length; i++) values[i] = this.local[i]! - this.global[i]!;
    values.set(more, length);
    return values;
  }

  /** What is told beside an update with noise: no noise hides what checks and votes say, so they say nothing. */
  private silent(): readonly number[] {
    return [...(this.checks ? [0, 0] : []), ...this.votes.map(() => 0)];
  }

  /** Accuracy and loss of the merged model on the own checks; the loss as far as it fits. */
  private tested(): readonly number[] | undefined {
    if (this.checks === undefined) return undefined;
    const loss = this.look.lossOf(this.checks, this.global);
    return [this.look.accuracyOf(this.checks, this.global), Math.min(loss, HEAT_MAP_MAX_DRIFT)];
  }

  /**
   * By how much the loss on the own readings would have fallen under the update of each bucket alone.
   *
   * @param means - By bucket, without what this peer gave, shape [P] or longer; undefined where it cannot judge.
   */
  private votesOn(means: readonly (Float64Array | undefined)[]): readonly number[] {
    const slots = Array.from({ length: this.voteCount }, (_, bucket) =>
      this.readingCount > 0 ? means[bucket] : undefined,
    );
    const before = slots.some(Boolean) ? this.look.lossOf(this.kept, this.global) : 0;
    const votes = slots.map((mean) => {
      if (mean === undefined) return 0;
      const moved = this.global.map((value, i) => value + mean[i]!);
      return voteOf(before, this.look.lossOf(this.kept, moved));
    });
    return [...votes, ...slots.map((mean) => (mean === undefined ? 0 : 1))];
  }

  /** The merged model fitted to the own readings. It is looked at, and goes nowhere. */
  personalised(steps: number): Snapshot {
    const parameters = this.global.slice();
    const training = new Training(this.task.hidden, parameters);
    training.learnFrom(this.kept);
    for (let i = 0; i < steps; i++) training.step();
    return this.snapshotOf(parameters);
  }

  apply(global: Float32Array, bucketMeans: readonly (Float64Array | undefined)[] = []): void {
    if (!this.sent) throw new Error('Nothing was contributed to this result: copy it instead.');
    this.votes = this.votesOn(bucketMeans);
    this.global = this.checked(global, 'global');
    this.goOnFrom(this.sent);
  }

  copy(global: Float32Array): void {
    this.global = this.checked(global, 'global');
    this.votes = this.votesOn([]);
    this.sent = undefined;
    this.replaceLocal();
  }

  forget(): void {
    if (this.sent) this.goOnFrom(this.sent);
  }

  reset(): void {
    this.replaceLocal();
    // What was learned since the contribution is gone, so nothing of it may come back with the result.
    if (this.sent) this.sent = this.local.slice();
  }

  snapshotOf(parameters: Float32Array): Snapshot {
    const surface = surfaceOf(this.task.hidden, parameters);
    const accuracy = accuracyOf(this.task.pattern, surface);
    const ownAccuracy = this.look.accuracyOf(this.kept, parameters);
    return { step: this.step, accuracy, ownAccuracy, surface, parameters: parameters.slice() };
  }

  /** local = global + (local - sent), each operation rounded to float32. */
  private goOnFrom(sent: Float32Array): void {
    const { local, global } = this;
    for (let i = 0; i < local.length; i++)
      local[i] = global[i]! + Math.fround(local[i]! - sent[i]!);
    this.sent = undefined;
    this.keepNear();
  }

  /** local = global, with nothing left of the way that led elsewhere. */
  private replaceLocal(): void {
    this.local.set(this.global);
    this.training.forgetMomentum();
  }

  private keepNear(): void {
    const { local, global } = this;
    for (let i = 0; i < local.length; i++) {
      const middle = global[i]!;
      const drift = local[i]! - middle;
      if (drift > HEAT_MAP_MAX_DRIFT) local[i] = middle + HEAT_MAP_MAX_DRIFT;
      else if (drift < -HEAT_MAP_MAX_DRIFT) local[i] = middle - HEAT_MAP_MAX_DRIFT;
    }
  }

  private restoreIfDiverged(): boolean {
    if (this.local.every(Number.isFinite)) return false;
    this.reset();
    return true;
  }

  /** A copy, once it is known to be a model of this task. */
  private checked(parameters: Float32Array, name: string): Float32Array {
    if (parameters.length !== this.initial.length) {
      throw new RangeError(
        `${name} has ${parameters.length} numbers: this model has ${this.initial.length}, so start from the first one.`,
      );
    }
    if (!parameters.every(Number.isFinite)) {
      throw new RangeError(`${name} holds NaN or Infinity: start from the first model.`);
    }
    return parameters.slice();
  }
}

function checkedPace(stepsPerSecond: number): number {
  if (!(stepsPerSecond >= 0 && stepsPerSecond <= MAX_STEPS_PER_SECOND)) {
    throw new RangeError(
      `stepsPerSecond is ${stepsPerSecond}: choose 0 (as fast as it goes) to ${MAX_STEPS_PER_SECOND}.`,
    );
  }
  return stepsPerSecond;
}

function checkedCount(count: number): number {
  if (!Number.isInteger(count) || count < 1 || count > MAX_STEPS_PER_REQUEST) {
    throw new RangeError(`count is ${count}: choose 1 to ${MAX_STEPS_PER_REQUEST} steps.`);
  }
  return count;
}

function checkedStep(step: number): number {
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new RangeError(`step is ${step}: choose a whole number from 0 on.`);
  }
  return step;
}
