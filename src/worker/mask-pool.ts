/**
 * Workers that put masks on large vectors, so that neither a page's thread nor a single core has to.
 *
 * The vector stays here. Ranges of it, some tiles each, are copied into buffers that travel to the workers and
 * back, at most `MASK_RANGES_IN_FLIGHT` a worker: beyond the vector itself the pool holds 2 MiB at most, however
 * long the vector is. Workers start with the first vector that is worth it. What a broken worker had in hand
 * is done by the others, and by this thread when none is left.
 *
 * @module
 */
import {
  MASK_POOL_FROM_WORDS,
  MASK_RANGES_IN_FLIGHT,
  MASK_RANGE_WORDS,
  MAX_MASK_JOBS,
  MAX_MASK_WORKERS,
} from '../config.ts';
import type { Masker, StreamTerm, Suite } from '../ports.ts';
import { addInTurns, directMasker, MASKER_CLOSED, rangesOf } from './direct-masker.ts';
import type { MaskReply, MaskRequest } from './mask-messages.ts';
import type { WorkerPort } from './port.ts';

/** The pool's end of a line to a worker. */
export type MaskPort = WorkerPort<MaskRequest, MaskReply>;

/** What a pool is made of. */
export interface MaskPoolOptions {
  /** Does what is too small for workers, and what they leave undone. */
  readonly suite: Suite;
  /** Starts a worker; may throw where there are none. */
  readonly start: () => MaskPort;
  /** Cores of this machine; `MAX_MASK_WORKERS` at most are used. */
  readonly workerCount: number;
  /** Words times masks from which workers are used; `MASK_POOL_FROM_WORDS` unless given. */
  readonly fromWords?: number | undefined;
}

/** A masker with workers, none of which is started yet. */
export function createMaskPool(options: MaskPoolOptions): Masker {
  return new MaskPool(options);
}

/** A vector that is being masked. */
interface Job {
  readonly words: Uint32Array<ArrayBuffer>;
  /** Own copies: whoever asked may overwrite its keys meanwhile. */
  readonly terms: readonly StreamTerm[];
  /** Where the ranges begin that nobody works on yet, last first. */
  readonly waiting: number[];
  /** Ranges that are not done. */
  left: number;
  readonly resolve: (words: Uint32Array<ArrayBuffer>) => void;
  readonly reject: (error: Error) => void;
}

/** A worker, and what it has in hand: a job and where its range begins, by the request's id. */
interface Hand {
  readonly port: MaskPort;
  readonly holds: Map<number, { readonly job: Job; readonly at: number }>;
}

class MaskPool implements Masker {
  readonly #options: MaskPoolOptions;
  readonly #direct: Masker;
  /** Undefined until the first large vector. */
  #hands: Set<Hand> | undefined;
  readonly #jobs = new Set<Job>();
  readonly #spare: ArrayBuffer[] = [];
  #nextId = 1;
  #isClosed = false;

  constructor(options: MaskPoolOptions) {
    this.#options = options;
    this.#direct = directMasker(options.suite);
  }

  apply(
    words: Uint32Array<ArrayBuffer>,
    terms: readonly StreamTerm[],
  ): Promise<Uint32Array<ArrayBuffer>> {
    if (this.#isClosed) return Promise.reject(new Error(MASKER_CLOSED));
    const { fromWords = MASK_POOL_FROM_WORDS } = this.#options;
    if (words.length * terms.length < fromWords) return this.#direct.apply(words, terms);
    this.#hands ??= this.#startedWorkers();
    if (this.#hands.size === 0) return this.#direct.apply(words, terms);
    if (this.#jobs.size >= MAX_MASK_JOBS) {
      return Promise.reject(
        new Error(`${MAX_MASK_JOBS} vectors wait for their masks: await the earlier ones.`),
      );
    }
    return new Promise((resolve, reject) => {
      const waiting = rangesOf(words);
      const copies = terms.map(({ key, sign }) => ({ key: key.slice(), sign }));
      const left = waiting.length;
      this.#jobs.add({ words, terms: copies, waiting, left, resolve, reject });
      this.#handOut();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#direct.close();
    for (const job of this.#jobs) this.#end(job, new Error(MASKER_CLOSED));
    for (const { port } of this.#hands ?? []) port.close();
    this.#hands?.clear();
  }

  #startedWorkers(): Set<Hand> {
    const hands = new Set<Hand>();
    const count = Math.min(Math.max(this.#options.workerCount, 1), MAX_MASK_WORKERS);
    for (let i = 0; i < count; i++) {
      let port: MaskPort;
      try {
        port = this.#options.start();
      } catch {
        break; // No workers here: those that did start serve, or this thread does.
      }
      const hand: Hand = { port, holds: new Map() };
      port.onmessage = ({ data }) => this.#receive(hand, data);
      port.onbroken = () => this.#lose(hand);
      hands.add(hand);
    }
    return hands;
  }

  /** Gives each worker what it may hold, in turns. */
  #handOut(): void {
    for (let round = 1; round <= MASK_RANGES_IN_FLIGHT; round++) {
      for (const hand of this.#hands ?? []) {
        if (hand.holds.size >= round) continue;
        const job = this.#nextJob();
        if (job === undefined) return;
        this.#send(hand, job, job.waiting.pop()!);
      }
    }
  }

  #nextJob(): Job | undefined {
    for (const job of this.#jobs) if (job.waiting.length > 0) return job;
    return undefined;
  }

  #send({ port, holds }: Hand, job: Job, at: number): void {
    const range = job.words.subarray(at, at + MASK_RANGE_WORDS);
    const buffer = this.#spare.pop() ?? new ArrayBuffer(4 * MASK_RANGE_WORDS);
    const words = new Uint32Array(buffer, 0, range.length);
    words.set(range);
    const id = this.#nextId++;
    holds.set(id, { job, at });
    port.postMessage({ type: 'mask', id, words, terms: job.terms, from: at }, [buffer]);
  }

  #receive(hand: Hand, reply: MaskReply): void {
    const held = hand.holds.get(reply.id);
    if (held === undefined) return;
    hand.holds.delete(reply.id);
    const { job, at } = held;
    if (reply.type === 'failed') this.#end(job, new Error(`Masking failed: ${reply.message}`));
    else {
      this.#spare.push(reply.words.buffer);
      if (this.#jobs.has(job)) {
        job.words.set(reply.words, at);
        job.left -= 1;
        if (job.left === 0) this.#end(job);
      }
    }
    if (this.#jobs.size === 0) this.#spare.length = 0;
    else this.#handOut();
  }

  /** A worker broke: its ranges go to the others, or are done here. */
  #lose(hand: Hand): void {
    if (this.#hands?.delete(hand) !== true) return;
    hand.port.close();
    for (const { job, at } of hand.holds.values()) job.waiting.push(at);
    hand.holds.clear();
    if (this.#hands.size > 0) this.#handOut();
    else for (const job of this.#jobs) void this.#finishHere(job);
  }

  async #finishHere(job: Job): Promise<void> {
    const { words, terms, waiting } = job;
    try {
      const isWanted = (): boolean => this.#jobs.has(job);
      if (await addInTurns(this.#options.suite, words, terms, waiting, isWanted)) this.#end(job);
    } catch (error) {
      this.#end(job, error instanceof Error ? error : new Error(String(error)));
    }
  }

  #end(job: Job, error?: Error): void {
    if (!this.#jobs.delete(job)) return;
    for (const { key } of job.terms) key.fill(0);
    if (error) job.reject(error);
    else job.resolve(job.words);
  }
}
