/**
 * The learning side of a session: readings, the local model in its worker, and when to call a round.
 *
 * @module
 */
import {
  CHECK_VALUES,
  MAX_MERGE_EVERY_STEPS,
  MERGE_EVERY_STEPS,
  PERSONAL_STEPS,
  STEPS_PER_SECOND,
  WEIGHT_CAP,
} from '../config.ts';
import type { NoiseSetting } from '../privacy/noise.ts';
import type { Call } from '../round/messages.ts';
import { MAX_BUCKETS, type Encoding } from '../secagg/index.ts';
import { layersOf, parameterCountOf, type Layer, type TaskSettings } from '../task/heat-map.ts';
import { asOutlier, type Reading } from '../task/readings.ts';
import type { Snapshot } from '../worker/messages.ts';
import type { TrainerPort } from '../worker/port.ts';
import { TrainerClient } from '../worker/trainer-client.ts';
import { EMPTY_CURVE, withLocal, withMerge } from './curve.ts';
import { Disguise } from './disguise.ts';
import type { KeptLearning } from './keeping.ts';
import type { LearningSide } from './learning-side.ts';
import { VOTE_VALUES } from './searching.ts';
import type { DisguiseChoice, EvaluationView, LearningView, MapView, MergingView } from './view.ts';

/** What a learner starts from. */
export interface LearnerOptions {
  readonly task: TaskSettings;
  readonly readings: readonly Reading[];
  readonly isOutlier: boolean;
  /** Readings that are never learned from. */
  readonly checks: readonly Reading[];
  readonly port: TrainerPort;
  readonly kept: KeptLearning | undefined;
  /** The newest merged model this peer had, and its round. */
  readonly global: { readonly model: Float32Array; readonly round: number } | undefined;
  /**
   * The kept parameters may hold an update that was sent already: start from the merged model, without
   * them. Readings stay.
   */
  readonly isSpent: boolean;
  /** Contributions judge the buckets of the round before. */
  readonly searches?: boolean | undefined;
  readonly stepsPerSecond?: number | undefined;
  /** Something to show, or how much a round is wanted, changed. */
  onChange(): void;
  /** Something a person must know. */
  onProblem(code: string, message: string): void;
}

/** Contributions in a row that may fail before this peer takes part in no more rounds. */
const MAX_REFUSALS = 3;

/** Trains one local model and merges it when told. */
export class Learner implements LearningSide {
  readonly layers: readonly Layer[];
  readonly #options: LearnerOptions;
  readonly #trainer: TrainerClient;
  readonly #disguise: Disguise;
  #readings: readonly Reading[];
  #isOutlier: boolean;
  #isRunning = true;
  #step = 0;
  #mergedAtStep = 0;
  #local: MapView | undefined;
  #federation: MapView | undefined;
  #parameters: Float32Array | undefined;
  #personal: MapView | undefined;
  #evaluation: EvaluationView | undefined;
  #curve = EMPTY_CURVE;
  #mode: MergingView['mode'] = 'automatic';
  #everySteps = MERGE_EVERY_STEPS;
  #isCalling = false;
  /** The update of the newest contribution, for "what the others saw". */
  #sent: Float64Array | undefined;
  /** Contributions in a row that the trainer could not make. */
  #refusals = 0;

  private constructor(options: LearnerOptions) {
    this.#options = options;
    this.#readings = options.kept?.readings ?? options.readings;
    this.#isOutlier = options.kept?.isOutlier ?? options.isOutlier;
    this.#disguise = new Disguise(options.kept?.disguise, this.#true());
    this.#curve = options.kept?.curve ?? EMPTY_CURVE;
    this.layers = [
      ...layersOf(options.task.hidden),
      { name: 'checks', length: CHECK_VALUES },
      ...(options.searches === true ? [{ name: 'votes', length: VOTE_VALUES }] : []),
      { name: 'weight', length: 1 },
    ];
    this.#trainer = new TrainerClient(options.port, (local) => {
      this.#show(local);
    });
  }

  /** Starts the worker; resolves once the model is there and training. */
  static async start(options: LearnerOptions): Promise<Learner> {
    const learner = new Learner(options);
    const { task, kept, global, isSpent } = options;
    const fits = kept?.parameters.length === global?.model.length || global === undefined;
    const started = await learner.#trainer.start({
      task,
      readings: learner.#effective(),
      checks: learner.#checks(),
      votes: options.searches === true ? MAX_BUCKETS : undefined,
      parameters: isSpent || !fits ? global?.model : kept?.parameters,
      global: global?.model,
      step: kept?.step,
    });
    learner.#mergedAtStep = started.local.step;
    learner.#show(started.local);
    if (started.federation !== undefined && global !== undefined) {
      learner.#federation = mapOf(started.federation, global.round);
    }
    learner.#run();
    return learner;
  }

  /** How much this peer wants a round now. */
  get call(): Call {
    if (this.#mode === 'off') return 'off';
    if (this.#isCalling) return 'now';
    if (this.#mode === 'by-hand' || !this.#isRunning) return 'willing';
    return this.stepsLeft === 0 ? 'calling' : 'soon';
  }

  /** How much it will want one right after a result. */
  get callAfter(): Call {
    if (this.#mode === 'off') return 'off';
    return this.#mode === 'by-hand' || !this.#isRunning ? 'willing' : 'soon';
  }

  /** Steps until this peer calls by itself. */
  get stepsLeft(): number {
    if (this.#mode !== 'automatic') return 0;
    return Math.max(0, this.#mergedAtStep + this.#everySteps - this.#step);
  }

  get merging(): Omit<MergingView, 'minPeers'> {
    return {
      mode: this.#mode,
      everySteps: this.#everySteps,
      stepsLeft: this.stepsLeft,
      isCalling: this.#isCalling,
    };
  }

  get view(): LearningView {
    return {
      isRunning: this.#isRunning,
      step: this.#step,
      readings: this.#effective(),
      isOutlier: this.#isOutlier,
      local: this.#local,
      federation: this.#federation,
      curve: this.#curve,
      evaluation: this.#evaluation,
      disguise: this.#disguise.view,
      personal: this.#personal,
    };
  }

  /** What a reload needs; undefined before the first model. */
  get kept(): KeptLearning | undefined {
    if (this.#parameters === undefined) return undefined;
    return {
      round: this.#federation?.at ?? 0,
      parameters: this.#parameters,
      step: this.#step,
      readings: this.#readings,
      isOutlier: this.#isOutlier,
      disguise: this.#disguise.kept(this.#true()),
      curve: this.#curve,
    };
  }

  /** Values of a model, which are the first of a vector. */
  get modelSize(): number {
    return parameterCountOf(this.#options.task.hidden);
  }

  /** The update of the newest contribution, as numbers. */
  get sent(): Float64Array | undefined {
    return this.#sent;
  }

  setRunning(isRunning: boolean): void {
    this.#isRunning = isRunning;
    this.#run();
    this.#options.onChange();
  }

  stepOnce(): void {
    this.#ask(this.#trainer.step(1));
  }

  reset(): void {
    this.#ask(this.#trainer.reset());
  }

  setMerging(mode: MergingView['mode'], everySteps = this.#everySteps): void {
    this.#mode = mode;
    this.#everySteps = Math.min(Math.max(Math.round(everySteps), 1), MAX_MERGE_EVERY_STEPS);
    this.#options.onChange();
  }

  mergeNow(): void {
    this.#isCalling = true;
    this.#options.onChange();
  }

  setOutlier(isOutlier: boolean): void {
    this.#isOutlier = isOutlier;
    this.#learnFrom(this.#readings);
  }

  /** Changes readings, from now on, before anything learns from them. */
  setDisguise(choice: DisguiseChoice): void {
    this.#disguise.choose(choice);
    this.#learnFrom(this.#readings);
  }

  addReading(reading: Reading): void {
    this.#learnFrom([...this.#readings, clamped(reading)].slice(-WEIGHT_CAP));
  }

  moveReading(index: number, x: number, y: number): void {
    this.#learnFrom(
      this.#readings.map((reading, i) => (i === index ? clamped({ ...reading, x, y }) : reading)),
    );
  }

  removeReading(index: number): void {
    this.#learnFrom(this.#readings.filter((_, i) => i !== index));
  }

  prepare(noise: NoiseSetting): void {
    this.#trainer.prepare(noise).catch((error: unknown) => {
      this.#options.onProblem('trainer', messageOf(error));
    });
  }

  /** The update for an attempt, as words. Without one again and again, this peer stays out of rounds. */
  async contribute(encoding: Encoding): Promise<Uint32Array> {
    try {
      const { words, update } = await this.#trainer.contribute(encoding);
      this.#sent = update;
      this.#refusals = 0;
      return words;
    } catch (error) {
      this.#options.onProblem('no-update', messageOf(error));
      // A model that diverged is back after one refusal; a trainer that broke never is.
      if (++this.#refusals >= MAX_REFUSALS) this.setMerging('off');
      throw error;
    }
  }

  /** A result: with the own update in it, or copied. `bucketMeans`: updates of buckets, to be judged. */
  async onResult(
    model: Float32Array,
    round: number,
    isCopied: boolean,
    bucketMeans: readonly (Float64Array | undefined)[] = [],
  ): Promise<{ readonly local: number; readonly federation: number }> {
    const before = this.#step;
    this.#mergedAtStep = before;
    this.#isCalling = this.#isCalling && isCopied;
    const { local, federation } = isCopied
      ? await this.#trainer.copy(model)
      : await this.#trainer.apply(model, bucketMeans);
    this.#federation = mapOf(federation, round);
    if (this.#personal !== undefined) this.personalise();
    const merge = { step: before, round, accuracy: federation.accuracy, isCopied };
    this.#curve = withMerge(this.#curve, merge);
    const accuracy = { local: this.#local?.accuracy ?? 0, federation: federation.accuracy };
    this.#show(local);
    return accuracy;
  }

  /** What a sum told of the merged model before it. */
  evaluated(evaluation: EvaluationView | undefined): void {
    this.#evaluation = evaluation;
  }

  /** Fits a copy of the merged model to the own readings, and of each that follows. */
  personalise(): void {
    this.#trainer.personalise(PERSONAL_STEPS).then(
      (fitted) => {
        this.#personal = mapOf(fitted, this.#federation?.at ?? 0);
        this.#options.onChange();
      },
      (error: unknown) => {
        this.#options.onProblem('trainer', messageOf(error));
      },
    );
  }

  /** The pending update may have been learnt without a result: it is dropped. */
  forget(): void {
    this.#ask(this.#trainer.forget());
  }

  async close(): Promise<void> {
    await this.#trainer.close();
  }

  #effective(): readonly Reading[] {
    const disguised = this.#disguise.of(this.#readings);
    return this.#isOutlier ? asOutlier(disguised) : disguised;
  }

  /** The owner of a broken thermometer knows nothing better to check with. */
  #checks(): readonly Reading[] {
    const checks = this.#disguise.of(this.#options.checks);
    return this.#isOutlier ? asOutlier(checks) : checks;
  }

  /** Every true reading, those to check with included. */
  #true(): readonly Reading[] {
    return [...this.#readings, ...this.#options.checks];
  }

  #learnFrom(readings: readonly Reading[]): void {
    this.#readings = readings;
    this.#ask(this.#trainer.setReadings(this.#effective(), this.#checks()));
    this.#options.onChange();
  }

  #run(): void {
    this.#ask(this.#trainer.run(this.#isRunning, this.#options.stepsPerSecond ?? STEPS_PER_SECOND));
  }

  #show(local: Snapshot): void {
    const { step, accuracy, parameters } = local;
    this.#step = step;
    this.#parameters = parameters;
    this.#local = mapOf(local, step);
    this.#curve = withLocal(this.#curve, step, accuracy);
    this.#options.onChange();
  }

  #ask(answer: Promise<Snapshot>): void {
    answer.then(
      (local) => {
        this.#show(local);
      },
      (error: unknown) => {
        this.#options.onProblem('trainer', messageOf(error));
      },
    );
  }
}

/** What is shown of a model: never its parameters. */
function mapOf({ accuracy, ownAccuracy, surface }: Snapshot, at: number): MapView {
  return { accuracy, ownAccuracy, surface, at };
}

function clamped(reading: Reading): Reading {
  const inside = (value: number): number => Math.min(Math.max(value, 0), 1);
  return { ...reading, x: inside(reading.x), y: inside(reading.y) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
