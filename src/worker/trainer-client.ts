/**
 * The page's side of a trainer: a promise for each request, a callback for progress.
 *
 * Replies come in the order of the requests. A request that failed rejects with the trainer's message, made
 * for a person; a trainer that broke rejects all that wait.
 *
 * @module
 */
import { MAX_PENDING_REQUESTS } from '../config.ts';
import type { NoiseSetting } from '../privacy/noise.ts';
import type {
  Contribution,
  Encoding,
  Merged,
  Reading,
  Snapshot,
  Started,
  TrainerReply,
  TrainerRequest,
} from './messages.ts';
import type { TrainerPort } from './port.ts';

/** What a trainer starts from. */
export type StartOptions = Omit<TrainerRequest & { type: 'start' }, 'type' | 'id'>;

/** A request without its id. */
type Asked = TrainerRequest extends infer R
  ? R extends TrainerRequest
    ? Omit<R, 'id'>
    : never
  : never;

/** The reply of one type. */
type ReplyOf<Type extends TrainerReply['type']> = TrainerReply & { type: Type };

interface Pending {
  readonly resolve: (reply: TrainerReply) => void;
  readonly reject: (error: Error) => void;
}

/** Asks a trainer. */
export class TrainerClient {
  private readonly port: TrainerPort;
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  /** Why nothing can be asked any more. */
  private ended: string | undefined;

  /** @param onProgress - Called about ten times a second while training goes on. */
  constructor(port: TrainerPort, onProgress: (local: Snapshot) => void) {
    this.port = port;
    port.onmessage = ({ data }) => {
      if (data.type === 'progress') onProgress(data.local);
      else this.settle(data);
    };
    port.onbroken = (message) =>
      this.end(`The trainer broke: ${message} Reload the page to go on.`);
  }

  /** Once, first. Training waits for `run`. */
  async start(options: StartOptions): Promise<Started> {
    return this.ask({ type: 'start', ...options }, 'started');
  }

  /** Learns from these readings from now on; the newest `WEIGHT_CAP` are kept. */
  async setReadings(readings: readonly Reading[], checks?: readonly Reading[]): Promise<Snapshot> {
    return this.askForLocal({ type: 'readings', readings, checks });
  }

  /** Trains from now on, or stops. `stepsPerSecond` of 0 is as fast as it goes. */
  async run(isRunning: boolean, stepsPerSecond: number): Promise<Snapshot> {
    return this.askForLocal({ type: 'run', isRunning, stepsPerSecond });
  }

  /** Makes 1 to `MAX_STEPS_PER_REQUEST` steps, running or not. */
  async step(count = 1): Promise<Snapshot> {
    return this.askForLocal({ type: 'step', count });
  }

  /** Draws the noise of the next contribution, before the round that will need it. */
  async prepare(noise: NoiseSetting): Promise<void> {
    await this.ask({ type: 'prepare', noise }, 'prepared');
  }

  /** The update since the newest merged model. Rejects when the model diverged; it is then back at that one. */
  async contribute(encoding: Encoding): Promise<Contribution> {
    return this.ask({ type: 'contribute', encoding }, 'contribution');
  }

  /** A result with the contribution in it. */
  async apply(
    global: Float32Array,
    bucketMeans?: readonly (Float64Array | undefined)[],
  ): Promise<Merged> {
    return this.ask({ type: 'apply', global, bucketMeans }, 'merged');
  }

  /** A result without this peer in it. */
  async copy(global: Float32Array): Promise<Merged> {
    return this.ask({ type: 'copy', global }, 'merged');
  }

  /** The contribution is spent; without one, nothing changes. */
  async forget(): Promise<Snapshot> {
    return this.askForLocal({ type: 'forget' });
  }

  /** Back to the newest merged model, or to the first. */
  async reset(): Promise<Snapshot> {
    return this.askForLocal({ type: 'reset' });
  }

  /** The merged model after so many steps on the own readings; nothing else changes. */
  async personalise(count: number): Promise<Snapshot> {
    return this.askForLocal({ type: 'personalise', count });
  }

  /** Stops the trainer and ends the line. Requests that wait are answered first; later ones reject. */
  async close(): Promise<void> {
    if (this.ended !== undefined) return;
    const stopped = this.ask({ type: 'stop' }, 'stopped');
    this.ended = 'The trainer is closed: start another one.';
    await stopped.catch(() => undefined);
    this.port.close();
  }

  private async askForLocal(asked: Asked): Promise<Snapshot> {
    return (await this.ask(asked, 'done')).local;
  }

  private ask<Type extends TrainerReply['type']>(asked: Asked, type: Type): Promise<ReplyOf<Type>> {
    if (this.ended !== undefined) return Promise.reject(new Error(this.ended));
    if (this.pending.size >= MAX_PENDING_REQUESTS) {
      return Promise.reject(
        new Error(`${MAX_PENDING_REQUESTS} requests wait for the trainer: await its replies.`),
      );
    }
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, {
        reject,
        resolve: (reply) => {
          if (reply.type === type) resolve(reply as ReplyOf<Type>);
          else
            reject(
              new Error(reply.type === 'failed' ? reply.message : `Unexpected ${reply.type}.`),
            );
        },
      });
      this.port.postMessage({ ...asked, id } as TrainerRequest, []);
    });
  }

  private settle(reply: Exclude<TrainerReply, { type: 'progress' }>): void {
    const waiting = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    waiting?.resolve(reply);
  }

  private end(reason: string): void {
    this.ended ??= reason;
    for (const { reject } of this.pending.values()) reject(new Error(reason));
    this.pending.clear();
    this.port.close();
  }
}
