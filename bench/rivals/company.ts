/**
 * A room of peers that make sums in one way, one process each.
 *
 * @module
 */
import { newRoomKey } from '../../src/peer/room-key.ts';
import { program, startServer, stop } from '../processes.ts';
import type { RivalAnswer, RivalOrder, Way } from './rival-orders.ts';

/** A sum, and whatever comes before it, may take this long, ms. */
const LIMIT_MS = 120_000;

/** Options of Node as docs/library.md advises them for large vectors. */
export const FOR_LARGE_VECTORS = ['--initial-old-space-size=128'];

/** What one sum cost. */
export interface Cost {
  readonly ms: number;
  /** Of one peer. */
  readonly cpuMs: number;
  readonly bytesSent: number;
}

/** Peers that are linked to each other. */
export class Company {
  readonly #peers: readonly ReturnType<typeof program>[];
  readonly #end: () => Promise<void>;
  #number = 0;
  #listen: (peer: number, answer: RivalAnswer) => void = () => undefined;

  private constructor(peers: readonly ReturnType<typeof program>[], end: () => Promise<void>) {
    this.#peers = peers;
    this.#end = end;
    for (const [i, peer] of peers.entries()) {
      peer.on('message', (answer) => this.#listen(i, answer as RivalAnswer));
    }
  }

  /**
   * Starts a server and so many peers, runs with them, and ends them whatever happens.
   *
   * @param needed - Peers that a sum needs; all of them unless given.
   * @param nodeOptions - Of the peers' processes.
   */
  static async with<Result>(
    way: Way,
    size: number,
    use: (company: Company) => Promise<Result>,
    { needed = size, nodeOptions = [] }: { needed?: number; nodeOptions?: readonly string[] } = {},
  ): Promise<Result> {
    const server = await startServer();
    const key = newRoomKey();
    const peers = Array.from({ length: size }, () =>
      program('rival-peer', [server.url, key, String(size), way, String(needed)], nodeOptions),
    );
    const company = new Company(peers, async () => {
      await Promise.all(peers.map(stop));
      await server.stop();
    });
    try {
      await company.#all('ready', size);
      return await use(company);
    } finally {
      await company.#end();
    }
  }

  /** One sum of everybody. */
  async sum(values: number): Promise<Cost> {
    const before = await this.#report();
    const done = this.#all('summed', this.#peers.length);
    this.#tell({ ...this.#order(values), isLeaving: false });
    const answers = (await done) as Extract<RivalAnswer, { type: 'summed' }>[];
    const after = await this.#report();
    return {
      ms:
        Math.max(...answers.map(({ ended }) => ended)) -
        Math.min(...answers.map(({ began }) => began)),
      cpuMs: after.cpuMs - before.cpuMs,
      bytesSent: after.bytesSent - before.bytesSent,
    };
  }

  /**
   * A sum in whose middle the first peer leaves.
   *
   * @returns How many of the others end with a sum. A loop that has not ended when it knows of the loss never
   *   will: it waits for a vector that nobody sends.
   */
  async sumWithLoss(values: number, way: Way): Promise<number> {
    const order = this.#order(values);
    // A sum that needs one fewer than all would not wait for the last to ask for it.
    const announced = this.#all('announced', this.#peers.length);
    this.#tell({ ...order, type: 'announce' });
    await announced;
    const survivors = this.#peers.length - 1;
    const summed = new Set<number>();
    const lost = new Set<number>();
    const over = this.#until((peer, answer) => {
      if (peer === 0) return false;
      if (answer.type === 'summed') summed.add(peer);
      if (answer.type === 'lost') lost.add(peer);
      return way === 'ours' ? summed.size === survivors : lost.size === survivors;
    });
    for (const [i, peer] of this.#peers.entries()) peer.send({ ...order, isLeaving: i === 0 });
    await over;
    if (this.#peers[0]!.exitCode === null) throw new Error('The peer that was to leave is there.');
    return summed.size;
  }

  #order(values: number): Omit<Extract<RivalOrder, { type: 'sum' }>, 'isLeaving'> {
    this.#number += 1;
    return { type: 'sum', number: this.#number, values };
  }

  #tell(order: RivalOrder): void {
    for (const peer of this.#peers) peer.send(order);
  }

  /** Mean over the peers. */
  async #report(): Promise<{ readonly cpuMs: number; readonly bytesSent: number }> {
    const count = this.#peers.length;
    const told = this.#all('report', count);
    this.#tell({ type: 'report' });
    const reports = (await told) as Extract<RivalAnswer, { type: 'report' }>[];
    const mean = (of: 'cpuMs' | 'bytesSent'): number =>
      reports.reduce((sum, report) => sum + report[of], 0) / count;
    return { cpuMs: mean('cpuMs'), bytesSent: mean('bytesSent') };
  }

  async #all(type: RivalAnswer['type'], count: number): Promise<readonly RivalAnswer[]> {
    const answers: RivalAnswer[] = [];
    await this.#until((_, answer) => {
      if (answer.type === 'failed') throw new Error(answer.message);
      if (answer.type === type) answers.push(answer);
      return answers.length === count;
    });
    return answers;
  }

  #until(isOver: (peer: number, answer: RivalAnswer) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error('A sum does not end.')), LIMIT_MS);
      this.#listen = (peer, answer) => {
        try {
          if (!isOver(peer, answer)) return;
          resolve();
        } catch (error) {
          reject(error as Error);
        }
        clearTimeout(limit);
        this.#listen = () => undefined;
      };
    });
  }
}
