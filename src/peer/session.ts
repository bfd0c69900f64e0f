/**
 * One peer in one room: the driver of its rounds, what it learns or sums, and the view of it all.
 *
 * Everything that happens goes through the round machine; a session only translates between people
 * (or programs), the trainer and the machine. It is the same in a tab, in a further peer of a tab and in Node.
 *
 * @module
 */
import type { SignalingErrorCode } from '../../signaling/messages.ts';
import { RoundFailed } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import type { Store, TransportEvent } from '../ports.ts';
import { attemptOf, createGrid, type GridEffect } from '../round/grid.ts';
import type { NoiseSetting } from '../privacy/noise.ts';
import { ANYBODY, areOfOnePlan } from '../round/roster.ts';
import { encodeNote, encodeProfile, type Message, type Note } from '../round/messages.ts';
import { companyOf, messageOf } from '../round/result.ts';
import { ENTROPY_BYTES, type RoundReport } from '../round/round.ts';
import type { Encoding, RoundParameters } from '../secagg/index.ts';
import type { CustomModel } from '../task/custom-model.ts';
import { directMasker } from '../worker/direct-masker.ts';
import { Company } from './company.ts';
import { Driver } from './driver.ts';
import { inspectionOf } from './inspecting.ts';
import { Keeper } from './keeper.ts';
import type { Kept, KeptLearning } from './keeping.ts';
import type { KeptSpam } from './kept-spam.ts';
import { Learner } from './learner.ts';
import { untilOthersHaveResult } from './leaving.ts';
import type { LearningSide } from './learning-side.ts';
import { broughtModel, checkTraining } from './model-parameters.ts';
import { ModelLearner } from './model-learner.ts';
import { withNoise } from './noise-parameters.ts';
import { cleanName } from './peer-book.ts';
import { Privacy } from './privacy.ts';
import { PrivateSums } from './private-sums.ts';
import { judgedMeans } from './searching.ts';
import type { SessionEvent, SessionOptions } from './session-options.ts';
import {
  apartByNoise,
  attemptView,
  evaluationOf,
  gridView,
  peerView,
  requestViews,
  resultView,
  trustView,
} from './session-view.ts';
import type { SpamLearner } from './spam-learner.ts';
import { SumTurns } from './sum-turns.ts';
import { Telling } from './telling.ts';
import type { TrainOptions, Training } from './training.ts';
import type { AggregateOptions, AggregateResult, Announcement } from './summing.ts';
import { Wishes } from './wishes.ts';
import type {
  DisguiseChoice,
  FailureView,
  Inspection,
  MergingView,
  NoiseChoice,
  Reading,
  ResultView,
  SessionControls,
  SessionView,
  SpamControls,
} from './view.ts';

export type { SessionEvent, SessionOptions } from './session-options.ts';

const NO_ROUNDS = { call: 'off', callAfter: 'off' } as const;

/** Refusals of the server that are over once it lets this peer in. */
const PASSING: ReadonlySet<string> = new Set<SignalingErrorCode | 'bad-server-message'>([
  'room-full',
  'too-many-rooms',
  'too-many-connections',
  'too-many-messages',
  'too-slow',
  'idle',
  'bad-server-message',
]);

/** A peer in a room. */
export class Session implements SessionControls {
  readonly #options: SessionOptions;
  readonly #driver: Driver;
  readonly #company: Company;
  readonly #sums: PrivateSums;
  /** For those who sum by plans: one sum at a time. */
  readonly turns = new SumTurns();
  readonly #telling = new Telling(() => this.#buildView());
  /** What learns: the heat-map, or a model that was brought. */
  #learner: LearningSide | undefined;
  /** The same, where it is the heat-map. */
  #map: Learner | undefined;
  /** The same, where it is spam. */
  #spam: SpamLearner | undefined;
  /** The same, where it is a model that was brought. */
  #training: ModelLearner | undefined;
  /** A model is being brought. */
  #isTaken = false;
  #parameters: RoundParameters;
  #result: ResultView | undefined;
  #failure: FailureView | undefined;
  #inspection: Inspection | undefined;
  readonly #wishes: Wishes;
  #keeper: Keeper;
  #privacy: Privacy;
  #said = '';
  /** With whom this person would sum two by two. */
  #trusts = '';
  #wasWithinBudget = true;
  #leaving: Promise<void> | undefined;

  private constructor(options: SessionOptions) {
    this.#options = options;
    this.#company = new Company(options.name, options.kind);
    this.#wishes = new Wishes(options.agreesWith);
    this.#keeper = this.#keeperOf(options.store);
    const { suite, signer, room, minPeers, kept } = options;
    this.#parameters = options.parameters;
    this.#privacy = this.#privacyOf(kept, options.noise, options.parameters.dimension);
    const parameters = withNoise(options.parameters, this.#privacy.agreement);
    const entropy = crypto.getRandomValues(new Uint8Array(ENTROPY_BYTES));
    const masker = options.masker ?? directMasker(suite);
    const { uplink } = options;
    // A transport that opens links on demand leaves the others to gossip.
    const isMesh = options.transport.dial === undefined;
    const incarnation = isMesh ? undefined : Date.now();
    const own = { suite, signer, room: room.hash, parameters, minPeers, uplink };
    const setting = { ...own, isMesh, incarnation };
    const state = createGrid(setting, options.model, entropy, kept);
    this.#driver = new Driver(state, {
      transport: options.transport,
      contribute: (encoding, serial) => this.#contribute(encoding, serial),
      mask: (words, terms) => masker.apply(words, terms),
      keep: async (joined, isNothing) => {
        // What is about to be spent first: a mark without it could be spent twice.
        if (!isNothing) await this.#privacy.charge(joined, this.#attemptParameters());
        await this.#keeper.joined(joined);
      },
      onEffect: (effect) => {
        this.#onEffect(effect);
      },
      onMessage: (from, message, bytes) => {
        this.#onMessage(from, message, bytes);
      },
      onTransport: (event) => {
        this.#onTransport(event);
      },
      onSent: (to, bytes) => {
        this.#company.sent(to, bytes);
      },
      onChange: () => {
        this.#telling.changed();
      },
    });
    this.#sums = new PrivateSums({
      driver: this.#driver,
      suite,
      self: signer.id,
      plain: options.parameters,
      minPeers,
      trusts: () => this.#trusts,
      onCall: () => {
        this.#call();
      },
    });
  }

  /** Starts learning, then meeting peers. @internal */
  static async start(options: SessionOptions): Promise<Session> {
    const session = new Session(options);
    const learner = await options.learner?.(
      session.#driver.room,
      () => {
        session.#onLearned();
      },
      (code, message) => {
        session.#telling.addProblem(code, message);
      },
    );
    session.#learner = learner;
    if (learner instanceof Learner) session.#map = learner;
    else session.#spam = learner;
    session.#prepareNoise();
    if (options.trustsAnybody) session.#trust(ANYBODY);
    session.#call();
    session.#driver.start();
    return session;
  }

  get spam(): SpamControls | undefined {
    return this.#spam?.controls(() => {
      this.#keepEdit();
    });
  }

  get view(): SessionView {
    return this.#telling.view;
  }

  subscribe(listener: (view: SessionView) => void): () => void {
    return this.#telling.subscribe(listener);
  }

  /** Calls `listener` at everything that happens, in order. */
  subscribeEvents(listener: (event: SessionEvent) => void): () => void {
    return this.#telling.subscribeEvents(listener);
  }

  /**
   * A private sum of a vector over everybody who asks for one with equal settings.
   *
   * Waits until `minPeers` peers of the room wait for it too. Each call is one release: two sums over nearly
   * the same people tell their difference.
   *
   * @param values - Shape [n], 1 to 16,777,216; each |value| at most `clip`.
   * @throws RangeError when a value is too large or not finite, or an option is out of range.
   * @throws RoundFailed with the reason `spent` when the values may have been learnt without a result:
   *   asking again with the same values is a second release.
   */
  async aggregate(
    values: ArrayLike<number>,
    options: AggregateOptions = {},
  ): Promise<AggregateResult> {
    if (this.#map !== undefined || this.#spam !== undefined) {
      throw new TypeError('This session learns by itself: open one with task "sum" for sums.');
    }
    if (this.#learner !== undefined || this.#isTaken) {
      throw new TypeError('This session trains a model: join another room for sums.');
    }
    if (this.#leaving !== undefined)
      throw new RoundFailed('aborted', 'This peer has left the room.');
    return this.#sums.aggregate(values, options);
  }

  /**
   * Says which sum of a plan this peer will ask for once it has the values, so that the others wait a moment.
   * Of several plans the one that spoke last counts; of one plan there is one announcement, until it is summed.
   *
   * @returns Takes it back.
   */
  announce(announced: Announcement): () => void {
    return this.#sums.announce(announced);
  }

  #trust(trusts: string): void {
    this.#trusts = trusts;
    this.#driver.dispatch({ type: 'trust', trusts });
  }

  /**
   * Tells linked peers something beside rounds: a `note` event at their side.
   *
   * @throws RangeError when the topic has more than 32 characters, or the body more than 24,576 bytes.
   */
  tell(note: Note, to: readonly PeerId[] = [...this.#driver.state.links.keys()]): void {
    this.#driver.send(to, encodeNote(note));
  }

  /**
   * Trains a model with everybody in the room who trains the same one: local steps, and every so many of them a
   * masked mean of what each has learned. Large models are summed in chunks by themselves.
   *
   * The session must be of the default task, and new: rounds of sums and of models do not mix. Who comes later
   * copies the room's model. Peers whose models differ in name, shapes or first weights share no rounds, and
   * `view.problems` says so.
   *
   * @param model - `init`, `loss` and `predict` over tensors of tfjs-core, or a compiled `LayersModel`. A model of
   *   layers starts from its weights as they are: seed its initialisers, or load the same file everywhere.
   * @throws RangeError when an option is out of range, or the model has more than 16,777,215 weights.
   * @throws TypeError when the session sums, learns or trains already.
   */
  async train<Batch = unknown>(
    model: CustomModel,
    options: TrainOptions<Batch>,
  ): Promise<Training> {
    if (this.#learner !== undefined || this.#isTaken || this.#sums.hasBeenAsked) {
      throw new TypeError('This session is in use: join again, in a room of its own, to train.');
    }
    if (this.#leaving !== undefined)
      throw new RoundFailed('aborted', 'This peer has left the room.');
    options.signal?.throwIfAborted();
    checkTraining(options);
    this.#isTaken = true;
    try {
      return await this.#train(model, options);
    } catch (error) {
      this.#isTaken = this.#learner !== undefined;
      throw error;
    }
  }

  async #train(model: CustomModel, options: TrainOptions): Promise<Training> {
    const { vector, first, parameters, store, kept, noise } = await broughtModel(
      model,
      options,
      this.#options,
    );
    options.signal?.throwIfAborted();
    this.#keeper = this.#keeperOf(store);
    this.#privacy = this.#privacyOf(kept, noise, vector.size);
    this.#parameters = parameters;
    this.#driver.dispatch({
      type: 'parameters',
      parameters: withNoise(parameters, this.#privacy.agreement),
      start: { model: first, restored: kept },
    });
    const restored = this.#driver.room;
    const training = new ModelLearner({
      model: vector,
      options,
      global: restored.model,
      round: restored.round - 1,
      onChange: () => {
        this.#call();
        this.#telling.changed();
      },
      onProblem: (code, message) => {
        this.#telling.addProblem(code, message);
      },
    });
    this.#training = training;
    this.#learner = training;
    options.signal?.addEventListener('abort', () => {
      training.stop();
    });
    training.start();
    this.#prepareNoise();
    this.#call();
    return training;
  }

  setRunning(isRunning: boolean): void {
    this.#learner?.setRunning(isRunning);
  }

  stepOnce(): void {
    this.#learner?.stepOnce();
  }

  reset(): void {
    this.#learner?.reset();
  }

  mergeNow(): void {
    this.#learner?.mergeNow();
  }

  setMerging(mode: MergingView['mode'], everySteps?: number): void {
    this.#learner?.setMerging(mode, everySteps);
  }

  personalise(): void {
    this.#map?.personalise();
  }

  setOutlier(isOutlier: boolean): void {
    this.#map?.setOutlier(isOutlier);
    this.#keepEdit();
  }

  setDisguise(choice: DisguiseChoice): void {
    this.#map?.setDisguise(choice);
    this.#keepEdit();
  }

  addReading(reading: Reading): void {
    this.#map?.addReading(reading);
    this.#keepEdit();
  }

  moveReading(index: number, x: number, y: number): void {
    this.#map?.moveReading(index, x, y);
    this.#keepEdit();
  }

  removeReading(index: number): void {
    this.#map?.removeReading(index);
    this.#keepEdit();
  }

  leaveOut(peer: PeerId, isLeftOut: boolean): void {
    if (isLeftOut) {
      this.#wishes.unwanted.add(peer);
      this.#driver.dispatch({ type: 'leave-out', target: peer });
    } else {
      this.#wishes.unwanted.delete(peer);
      this.#telling.changed();
    }
  }

  answerRequest(name: string, agrees: boolean): void {
    this.#wishes.note(this.#driver.summing, name, agrees);
    this.#driver.dispatch({ type: 'vote', request: name, agrees });
  }

  setNoise(choice: NoiseChoice | undefined): void {
    const others = this.#driver.state.links.size;
    this.#privacy.choose(choice, this.#parameters.dimension, others);
    this.#agreeOnNoise();
  }

  insistOnNoise(least: NoiseChoice | undefined): void {
    const others = this.#driver.state.links.size;
    this.#privacy.insist(least, this.#parameters.dimension, others);
    this.#agreeOnNoise();
  }

  followNoise(peer: PeerId): void {
    this.#privacy.follow(peer);
    this.#agreeOnNoise();
  }

  setBudget(epsilon: number | undefined): void {
    this.#privacy.setBudget(epsilon);
    this.#call();
    this.#telling.changed();
  }

  setTrust(isTrusted: boolean): void {
    const [peer, ...more] = [...this.#driver.state.links.keys()];
    const trusted = isTrusted && peer !== undefined && more.length === 0 ? peer : '';
    this.#trust(trusted);
  }

  rename(name: string): void {
    this.#company.rename(name);
    this.#tellProfile([...this.#driver.state.links.keys()]);
    this.#telling.changed();
  }

  /** Tells the others that this page is hidden, or seen again. */
  setHidden(isHidden: boolean): void {
    this.#company.setHidden(isHidden);
    this.#tellProfile([...this.#driver.state.links.keys()]);
    // The last that a page hears before it is closed, often.
    if (isHidden) void this.#keeper.learningNow(this.#kept);
  }

  inspect(): Inspection | undefined {
    if (!this.#driver.state.isInspected) {
      this.#driver.dispatch({ type: 'inspect', isInspected: true });
    }
    return this.#inspection;
  }

  stopInspecting(): void {
    this.#inspection = undefined;
    this.#driver.dispatch({ type: 'inspect', isInspected: false });
  }

  leave(): Promise<void> {
    this.#leaving ??= this.#leave();
    return this.#leaving;
  }

  async #leave(): Promise<void> {
    this.#sums.callOff();
    this.#driver.dispatch({ type: 'call', call: 'off', after: 'off' });
    await untilOthersHaveResult(
      () => this.#driver.summing,
      (listener) => this.subscribe(listener),
    );
    this.#telling.quieten();
    this.#sums.end('aborted', 'This peer has left the room.');
    await this.#keeper.learningNow(this.#kept);
    await this.#driver.end();
    await this.#learner?.close();
    this.#telling.end();
  }

  #keeperOf(store: Store | undefined): Keeper {
    return new Keeper(store, () => {
      this.#telling.addProblem(
        'store',
        'Nothing can be kept here any more, so this peer takes no part in rounds: free some space, then reload or restart.',
      );
      this.#call();
    });
  }

  #privacyOf(kept: Kept, noise: NoiseSetting | undefined, dimension: number): Privacy {
    const { budget, minPeers, agreesWith } = this.#options;
    return new Privacy({
      kept: kept.spending,
      keep: (spending) => this.#keeper.spending(spending),
      noise,
      dimension,
      budget,
      minPeers,
      follows: agreesWith,
    });
  }

  // ---- From the machine ------------------------------------------------------------------------

  async #contribute(encoding: Encoding, serial: number): Promise<Uint32Array> {
    return this.#learner === undefined
      ? this.#sums.encode(encoding, serial)
      : await this.#learner.contribute(encoding);
  }

  #onEffect(effect: GridEffect): void {
    switch (effect.type) {
      case 'result':
        this.#onResult(effect.report);
        break;
      case 'failed': {
        const { round, attempt, reason, message, isSpent } = effect;
        if (isSpent) {
          this.#privacy.lose();
          this.#learner?.forget();
          this.#sums.end('spent', sentence(message));
        } else {
          this.#privacy.release({ round, attempt });
          this.#sums.release();
        }
        this.#prepareNoise();
        this.#callUnlessAskedAgain();
        this.#failure = { round, attempt, reason, message: sentence(message) };
        this.#telling.emit({ type: 'round-failed', failure: this.#failure });
        break;
      }
      case 'differs': {
        if (this.#hearsOfNoise(effect) || this.#isStillIdle(effect)) break;
        if (effect.field === 'task' && areOfOnePlan(effect.own, effect.theirs)) break;
        const name = this.#company.nameOf(effect.peer);
        const theirs = cleanName(effect.theirs);
        const message = `${name} sums with another ${effect.field}: ${theirs}, here it is ${effect.own}. Only peers with equal settings share rounds.`;
        this.#failDiffering(message);
        break;
      }
      case 'violation':
        this.#telling.addProblem(
          'violation',
          `A peer broke the protocol and was cut off: ${effect.evidence}.`,
        );
        break;
      default:
        break;
    }
  }

  /** One of the two has not said yet what it is here for: the difference is none of settings. */
  #isStillIdle({ field, theirs }: GridEffect & { type: 'differs' }): boolean {
    if (this.#learner === undefined && !this.#sums.hasBeenAsked) return true;
    return (field === 'dimension' && theirs === '0') || (field === 'task' && theirs === 'sum');
  }

  /**
   * Another peer adds other noise: one of the two will follow the other, or its person is asked.
   *
   * @returns Whether there is nothing more to say of the difference.
   */
  #hearsOfNoise({ peer, field, theirs }: GridEffect & { type: 'differs' }): boolean {
    if (field !== 'noise' || this.#learner === undefined) return false;
    const heard = this.#privacy.hear(peer, theirs, this.#result === undefined);
    // The machine is in the middle of a step.
    if (heard === 'followed')
      queueMicrotask(() => {
        this.#agreeOnNoise();
      });
    this.#telling.changed();
    return heard !== 'unfit' && (heard !== 'asked' || this.#options.kind === 'tab');
  }

  /**
   * Draws the noise of the next contribution before anybody waits for it: when this peer comes, when the room's
   * noise changes, and after each attempt.
   */
  #prepareNoise(): void {
    // Once everything is said that this turn has to say: nobody waits for the drawing.
    queueMicrotask(() => {
      if (this.#leaving !== undefined) return;
      const { setting } = this.#privacy.agreement;
      if (this.#learner === undefined) this.#sums.prepare();
      else if (setting !== undefined) this.#learner.prepare(setting);
    });
  }

  /** From the next attempt on, rounds are under the agreement as it is now. */
  #agreeOnNoise(): void {
    const parameters = withNoise(this.#parameters, this.#privacy.agreement);
    if (parameters.noise !== this.#driver.room.setting.parameters.noise) {
      this.#driver.dispatch({ type: 'parameters', parameters });
    }
    this.#prepareNoise();
    this.#call();
    this.#telling.changed();
  }

  /** The parameters of the attempt that this peer's own update is in. */
  #attemptParameters(): RoundParameters {
    const { current, setting } = this.#driver.summing;
    return current?.setting.proposal.parameters ?? setting.parameters;
  }

  /** A peer that can share no round with this one: said once. */
  #failDiffering(message: string): void {
    if (this.#telling.problems.some((known) => known.message === message)) return;
    this.#telling.addProblem('parameters-differ', message);
    const { round } = this.#driver.room;
    this.#failure = { round, attempt: 0, reason: 'parameters-differ', message };
    this.#telling.emit({ type: 'round-failed', failure: this.#failure });
  }

  #onResult(report: RoundReport): void {
    const { round, isCopied } = report;
    this.#failure = undefined;
    this.#prepareNoise();
    const result = resultView(report, this.#company.takeRoundBytes());
    this.#result = result;
    const { result: newest } = this.#driver.room;
    if (newest !== undefined) {
      this.#keeper.result(messageOf(newest));
      const company = companyOf(this.#options, newest);
      if (company.includes(this.#options.signer.id)) this.#privacy.settle(round, company.length);
      else this.#privacy.lose();
    }
    if (report.inspection !== undefined) {
      this.#inspection = inspectionOf(
        report,
        report.inspection,
        this.#driver.room.setting.parameters,
        this.#learner?.sent ?? this.#sums.sent ?? new Float64Array(),
        this.#learner?.layers ?? [{ name: 'values', length: report.words.length }],
        this.#options.signer.id,
      );
    }
    for (const target of this.#wishes.expired(this.#driver.summing)) {
      this.#driver.dispatch({ type: 'leave-out', target });
    }
    const { epsilon } = this.#privacy;
    if (this.#learner === undefined) {
      const aggregate = this.#sums.onResult(report);
      this.#callUnlessAskedAgain();
      this.#telling.emit({ type: 'round', result, aggregate, accuracy: undefined, epsilon });
      return;
    }
    const { parameters } = this.#driver.room.setting;
    if (this.#map !== undefined)
      this.#map.evaluated(evaluationOf(report, parameters, this.#map.modelSize));
    const { searching, signer } = this.#options;
    searching?.note(report);
    const judged = searching ? judgedMeans(report, signer.id, this.#map?.sent) : [];
    this.#learner.onResult(report.model, round, isCopied, judged).then(
      (accuracy) => {
        this.#telling.emit({ type: 'round', result, aggregate: undefined, accuracy, epsilon });
      },
      (error: unknown) => {
        this.#telling.addProblem('trainer', error instanceof Error ? error.message : String(error));
      },
    );
    this.#call();
  }

  // ---- From peers and the server ---------------------------------------------------------------

  #onMessage(from: PeerId, message: Message, bytes: number): void {
    this.#company.received(from, bytes);
    if (message.type === 'profile') {
      this.#company.introduce(from, message.profile);
      this.#telling.changed();
    } else if (message.type === 'note') {
      this.#telling.emit({ type: 'note', from, note: message.note });
    } else if (message.type === 'leave-out' || message.type === 'vote') {
      // The machine notes it first.
      queueMicrotask(() => {
        for (const name of this.#wishes.settled(this.#driver.summing))
          this.answerRequest(name, true);
      });
    }
  }

  #onTransport(event: TransportEvent): void {
    const happened = this.#company.take(event, this.#roundToShowUntil());
    if (event.type === 'linked') this.#tellProfile([event.peer]);
    else if (event.type === 'unlinked') this.#privacy.forget(event.peer);
    else if (event.type === 'refused') this.#onRefused(event);
    else if (event.type === 'server' && event.state === 'connected') {
      this.#telling.forgetProblems(PASSING);
    }
    if (happened !== undefined) this.#telling.emit(happened);
    this.#telling.changed();
  }

  #onRefused({ code, message }: TransportEvent & { type: 'refused' }): void {
    if (code === 'transport-differs') this.#failDiffering(message);
    // A room is full for its own member while the server still holds that one's old connection.
    else if (code !== 'room-full' || this.#driver.state.links.size === 0) {
      this.#telling.addProblem(code, message);
    }
  }

  /** Who leaves in the middle of a round may end it by leaving: it is shown through the next one. */
  #roundToShowUntil(): number {
    const { current } = this.#driver.summing;
    const { round } = this.#driver.room;
    return current === undefined ? round : round + 1;
  }

  // ---- To the machine, and to people -----------------------------------------------------------

  #onLearned(): void {
    this.#call();
    this.#keeper.learningSoon(() => this.#kept);
    this.#telling.changed();
  }

  /** What a reload needs of the learning side. */
  get #kept(): KeptLearning | KeptSpam | undefined {
    return this.#map?.kept ?? this.#spam?.kept;
  }

  #keepEdit(): void {
    this.#keeper.editSoon(() => this.#kept);
  }

  /** Whoever sums again and again asks in this very turn: only after it do the others hear of no question. */
  #callUnlessAskedAgain(): void {
    setTimeout(() => {
      this.#call();
    }, 0);
  }

  /** Says how much a round is wanted, when that has changed. */
  #call(): void {
    const { call, callAfter } = this.#mayContribute() ? (this.#learner ?? this.#sums) : NO_ROUNDS;
    const saying = `${call} ${callAfter}`;
    if (saying === this.#said && this.#driver.state.call === call) return;
    this.#said = saying;
    this.#driver.dispatch({ type: 'call', call, after: callAfter });
  }

  /** Whether another contribution can be kept, and is within the budget. */
  #mayContribute(): boolean {
    if (!this.#keeper.isReliable) return false;
    const isWithin = this.#privacy.maySpend(this.#driver.room.setting.parameters);
    if (!isWithin && this.#wasWithinBudget) {
      const { round } = this.#driver.room;
      const message = this.#privacy.exhausted;
      this.#failure = { round, attempt: 0, reason: 'budget', message };
      this.#telling.emit({ type: 'round-failed', failure: this.#failure });
      this.#telling.addProblem('budget', message);
      this.#sums.end('budget', message);
    }
    this.#wasWithinBudget = isWithin;
    return isWithin;
  }

  #tellProfile(to: readonly PeerId[]): void {
    this.#driver.send(to, encodeProfile(this.#company.profile));
  }

  #buildView(): SessionView {
    const { room: whole, summing: state } = this.#driver;
    const attempt = attemptOf(this.#driver.state);
    const { room, signer, minPeers } = this.#options;
    const now = performance.now();
    const requests = requestViews(state);
    return {
      room: {
        name: room.name,
        isOpen: room.isOpen,
        task: whole.setting.parameters.task,
        combining: whole.setting.parameters.combining,
        transport: whole.setting.parameters.transport === 'libp2p' ? 'libp2p' : 'simple-peer',
      },
      self: {
        id: signer.id,
        name: this.#company.profile.name,
        colour: 0,
        isLeftOut: requests.some(({ target, isAgreed }) => isAgreed && target === signer.id),
      },
      peers: this.#company.shown(whole.round).map((entry) => peerView(entry, state, now)),
      server: this.#company.server,
      attempt: attempt && attemptView(attempt),
      result: this.#result,
      failure: this.#failure,
      nextRound: whole.round,
      merging: {
        ...(this.#learner?.merging ?? {
          mode: 'by-hand',
          everySteps: 0,
          stepsLeft: 0,
          isCalling: this.#sums.call !== 'off',
        }),
        minPeers,
      },
      trust: trustView(whole),
      privacy: {
        ...this.#privacy.view,
        isSpent: !this.#wasWithinBudget,
        apart: apartByNoise(state),
        dimension: whole.setting.parameters.dimension,
      },
      learning: this.#map?.view,
      spam: this.#spam?.view,
      training: this.#training?.view,
      search: this.#options.searching?.view,
      requests,
      problems: this.#telling.problems,
      grid: gridView(this.#driver.state),
    };
  }
}

/** A message of the machine as a sentence. */
function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}
