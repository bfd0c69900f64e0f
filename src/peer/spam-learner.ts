/**
 * The learning side of a peer in a spam room: messages and flags, a model of them, and when to call a round.
 *
 * The model is small enough for this thread. What is sent and what stays follows the trainer of maps
 * (`worker/trainer.ts`): with `sent` the local model when it was contributed, local = global + (local - sent)
 * after a result with it and after one that is spent, local = global after any other.
 *
 * @module
 */
import {
  MAX_MERGE_EVERY_STEPS,
  SPAM_CLIP,
  SPAM_LARGEST_WEIGHT,
  SPAM_MERGE_EVERY_STEPS,
  SPAM_STEPS_PER_SECOND,
  WEIGHT_CAP,
} from '../config.ts';
import { readAgreement } from '../privacy/agreement.ts';
import { noisyWords } from '../privacy/contribution.ts';
import type { NoiseSetting } from '../privacy/noise.ts';
import { systemWords } from '../random-words.ts';
import type { Call } from '../round/messages.ts';
import { encodeUpdate, type Encoding } from '../secagg/index.ts';
import { CHECKS, INBOXES, SPAM_VOCABULARY } from '../task/spam/messages.ts';
import {
  firstSpamModel,
  spamAccuracy,
  trainSpamInPlace,
  type Example,
} from '../task/spam/model.ts';
import { NoiseStock } from '../worker/noise-stock.ts';
import type { FlaggedMessage, KeptSpam } from './kept-spam.ts';
import type { LearningSide } from './learning-side.ts';
import type { MergingView, SpamControls, SpamView } from './view.ts';

/** What a learner starts from. */
export interface SpamLearnerOptions {
  /** Whose messages to start with: a place in `INBOXES`. */
  readonly inbox: number;
  readonly kept: KeptSpam | undefined;
  /** The newest merged model this peer had, and its round. */
  readonly global: { readonly model: Float32Array; readonly round: number } | undefined;
  /** Local steps a second; 0: only those that are asked for. */
  readonly stepsPerSecond?: number | undefined;
  /** Something to show, or how much a round is wanted, changed. */
  onChange(): void;
}

/** Steps of the model that learns alone: it is shown for comparison, and goes nowhere. */
const STEPS_ALONE = 100;

/** Longest text of a message, UTF-16 units. */
const MAX_TEXT = 1_000;

const CHECK_EXAMPLES = CHECKS.map(exampleOf);

/** Trains one model of spam and merges it when told. */
export class SpamLearner implements LearningSide, SpamControls {
  readonly layers = [
    { name: 'words', length: SPAM_VOCABULARY.size },
    { name: 'bias', length: 1 },
    { name: 'weight', length: 1 },
  ];
  readonly #onChange: () => void;
  readonly #local: Float32Array;
  readonly #noise = new NoiseStock();
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #global: Float32Array;
  #contributed: Float32Array | undefined;
  #sent: Float64Array | undefined;
  #inbox: number;
  #messages: readonly FlaggedMessage[];
  #examples: readonly Example[] = [];
  #alone = firstSpamModel(SPAM_VOCABULARY.size);
  #mergedIn: number | undefined;
  #isRunning = true;
  #step = 0;
  #mergedAtStep = 0;
  #mode: MergingView['mode'] = 'automatic';
  #everySteps = SPAM_MERGE_EVERY_STEPS;
  #isCalling = false;

  constructor(options: SpamLearnerOptions) {
    const { kept, global, stepsPerSecond = SPAM_STEPS_PER_SECOND } = options;
    this.#onChange = () => {
      options.onChange();
    };
    const first = firstSpamModel(SPAM_VOCABULARY.size);
    this.#global = global?.model.length === first.length ? global.model.slice() : first;
    this.#mergedIn = global?.round;
    this.#local = this.#global.slice();
    this.#inbox = placed(kept?.inbox ?? options.inbox);
    this.#messages = kept?.messages ?? messagesOf(this.#inbox);
    this.#learnFrom();
    if (stepsPerSecond > 0) {
      this.#timer = setInterval(() => {
        if (this.#isRunning) this.stepOnce();
      }, 1_000 / stepsPerSecond);
    }
  }

  get call(): Call {
    if (this.#mode === 'off') return 'off';
    if (this.#isCalling) return 'now';
    if (this.#mode === 'by-hand' || !this.#isRunning) return 'willing';
    return this.merging.stepsLeft === 0 ? 'calling' : 'soon';
  }

  get callAfter(): Call {
    if (this.#mode === 'off') return 'off';
    return this.#mode === 'by-hand' || !this.#isRunning ? 'willing' : 'soon';
  }

  get merging(): Omit<MergingView, 'minPeers'> {
    const isAutomatic = this.#mode === 'automatic';
    const left = this.#mergedAtStep + this.#everySteps - this.#step;
    return {
      mode: this.#mode,
      everySteps: this.#everySteps,
      stepsLeft: isAutomatic ? Math.max(0, left) : 0,
      isCalling: this.#isCalling,
    };
  }

  get view(): SpamView {
    return {
      inbox: this.#inbox,
      messages: this.#messages,
      isRunning: this.#isRunning,
      step: this.#step,
      alone: this.#alone,
      merged: this.#mergedIn === undefined ? undefined : this.#global,
    };
  }

  get kept(): KeptSpam {
    return { inbox: this.#inbox, messages: this.#messages };
  }

  get sent(): Float64Array | undefined {
    return this.#sent;
  }

  /** The controls of a page; `onEdit` is called after each change. */
  controls(onEdit: () => void): SpamControls {
    const then =
      <Given>(edit: (given: Given) => void) =>
      (given: Given): void => {
        edit(given);
        onEdit();
      };
    return {
      flag: then((index: number) => {
        this.flag(index);
      }),
      add: then((text: string) => {
        this.add(text);
      }),
      take: then((inbox: number) => {
        this.take(inbox);
      }),
    };
  }

  flag(index: number): void {
    this.#messages = this.#messages.map((message, at) =>
      at === index ? { ...message, isFlagged: !message.isFlagged } : message,
    );
    this.#learnFrom();
    this.#onChange();
  }

  add(text: string): void {
    const trimmed = text.trim().slice(0, MAX_TEXT);
    if (trimmed === '') return;
    const added = { from: 'Added by you', text: trimmed, isFlagged: false };
    this.#messages = [...this.#messages, added].slice(-WEIGHT_CAP);
    this.#learnFrom();
    this.#onChange();
  }

  take(inbox: number): void {
    this.#inbox = placed(inbox);
    this.#messages = messagesOf(this.#inbox);
    this.#learnFrom();
    this.reset();
  }

  setRunning(isRunning: boolean): void {
    this.#isRunning = isRunning;
    this.#onChange();
  }

  stepOnce(): void {
    trainSpamInPlace(this.#local, this.#examples, 1);
    this.#step += 1;
    this.#onChange();
  }

  reset(): void {
    this.#local.set(this.#global);
    // What was learned since the contribution is gone, so nothing of it may come back with the result.
    if (this.#contributed) this.#contributed = this.#local.slice();
    this.#onChange();
  }

  mergeNow(): void {
    this.#isCalling = true;
    this.#onChange();
  }

  setMerging(mode: MergingView['mode'], everySteps = this.#everySteps): void {
    this.#mode = mode;
    this.#everySteps = Math.min(Math.max(Math.round(everySteps), 1), MAX_MERGE_EVERY_STEPS);
    this.#onChange();
  }

  prepare(noise: NoiseSetting): void {
    this.#noise.prepare(this.#local.length, noise);
  }

  contribute(encoding: Encoding): Promise<Uint32Array> {
    const update = Float64Array.from(this.#local, (value, i) => {
      // Only noise moves a merged model so far that this matters.
      const change = value - this.#global[i]!;
      return Math.min(Math.max(change, -SPAM_CLIP), SPAM_CLIP);
    });
    const { setting } = readAgreement(encoding.noise ?? 'off');
    this.#contributed = this.#local.slice();
    if (setting !== undefined) {
      this.#sent = update;
      const noise = this.#noise.take(update.length, setting);
      return Promise.resolve(noisyWords(update, setting, noise, systemWords()));
    }
    const weight = Math.min(Math.max(this.#messages.length, 1), Math.max(encoding.weightCap, 1));
    this.#sent = encoding.weightCap > 0 ? Float64Array.of(...update, weight) : update;
    return Promise.resolve(encodeUpdate(update, weight, encoding, systemWords()));
  }

  onResult(
    model: Float32Array,
    round: number,
    isCopied: boolean,
  ): Promise<{ readonly local: number; readonly federation: number }> {
    const local = spamAccuracy(this.#local, CHECK_EXAMPLES);
    this.#global = model.slice();
    this.#mergedIn = round;
    this.#mergedAtStep = this.#step;
    this.#isCalling = this.#isCalling && isCopied;
    if (isCopied) {
      this.#contributed = undefined;
      this.#local.set(this.#global);
    } else this.#goOn();
    this.#onChange();
    return Promise.resolve({ local, federation: spamAccuracy(this.#global, CHECK_EXAMPLES) });
  }

  forget(): void {
    this.#goOn();
    this.#onChange();
  }

  close(): Promise<void> {
    clearInterval(this.#timer);
    return Promise.resolve();
  }

  /** local = global + (local - sent), within the bounds of weights; as it is when nothing was sent. */
  #goOn(): void {
    const sent = this.#contributed;
    if (sent === undefined) return;
    for (let i = 0; i < sent.length; i++) {
      const value = this.#global[i]! + Math.fround(this.#local[i]! - sent[i]!);
      this.#local[i] = Math.min(Math.max(value, -SPAM_LARGEST_WEIGHT), SPAM_LARGEST_WEIGHT);
    }
    this.#contributed = undefined;
  }

  #learnFrom(): void {
    this.#examples = this.#messages.map(({ text, isFlagged }) =>
      exampleOf({ text, isSpam: isFlagged }),
    );
    this.#alone = firstSpamModel(SPAM_VOCABULARY.size);
    trainSpamInPlace(this.#alone, this.#examples, STEPS_ALONE);
  }
}

function exampleOf({ text, isSpam }: { readonly text: string; readonly isSpam: boolean }): Example {
  return { bag: SPAM_VOCABULARY.bagOf(text), isSpam };
}

function messagesOf(inbox: number): readonly FlaggedMessage[] {
  return INBOXES[inbox]!.map(({ from, text, isSpam }) => ({ from, text, isFlagged: isSpam }));
}

function placed(inbox: number): number {
  return ((Math.trunc(inbox) % INBOXES.length) + INBOXES.length) % INBOXES.length;
}
