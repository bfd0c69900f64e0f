import { beforeEach, describe, expect, it } from 'vitest';
import { MASK_RANGES_IN_FLIGHT, MASK_RANGE_WORDS, MAX_MASK_JOBS } from '../../src/config.ts';
import type { Masker, StreamTerm } from '../../src/ports.ts';
import { addKeystreamsInPlace, realSuite } from '../../src/secagg/index.ts';
import { directMasker } from '../../src/worker/direct-masker.ts';
import type { MaskReply, MaskRequest } from '../../src/worker/mask-messages.ts';
import { createMaskPool, type MaskPort } from '../../src/worker/mask-pool.ts';
import type { Port } from '../../src/worker/port.ts';
import { serveMasks } from '../../src/worker/serve-masks.ts';

const LENGTH = 5 * MASK_RANGE_WORDS + 33;

/** A worker whose requests wait until the test lets it answer. */
class HandWorker {
  readonly port: MaskPort;
  readonly waiting: MaskRequest[] = [];
  most = 0;
  isClosed = false;
  readonly served: Port<MaskReply, MaskRequest>;

  constructor() {
    this.served = {
      onmessage: null,
      postMessage: (message, transfer) =>
        this.port.onmessage?.({ data: structuredClone(message, { transfer }) }),
    };
    this.port = {
      onmessage: null,
      onbroken: null,
      postMessage: (message, transfer) => {
        this.waiting.push(structuredClone(message, { transfer }));
        this.most = Math.max(this.most, this.waiting.length);
      },
      close: () => {
        this.isClosed = true;
      },
    };
    serveMasks(this.served, addKeystreamsInPlace);
  }

  /** Answers the oldest request. */
  answer(): void {
    const data = this.waiting.shift();
    if (data) this.served.onmessage?.({ data });
  }
}

let workers: HandWorker[];
const pool = (count: number, startable = count, fromWords = 2 * LENGTH): Masker =>
  createMaskPool({
    suite: realSuite,
    workerCount: count,
    fromWords,
    start() {
      if (workers.length === startable) throw new Error('no more workers');
      const worker = new HandWorker();
      workers.push(worker);
      return worker.port;
    },
  });
const answerAll = (): void => {
  while (workers.some(({ waiting }) => waiting.length > 0)) workers.forEach((one) => one.answer());
};

beforeEach(() => {
  workers = [];
});

describe('a mask pool', () => {
  it('gives the words that one thread would give, in the array that it was given', async () => {
    for (const count of [1, 2, 3, 8]) {
      workers = [];
      const given = words();
      const masked = pool(count).apply(given, terms());
      answerAll();
      expect(await masked).toBe(given);
      expect(same(given, expected())).toBe(true);
      expect(workers.length).toBe(Math.min(count, 4));
    }
  });

  it('starts no worker before the first vector that is worth one', async () => {
    const masker = pool(2);
    const small = words().slice(0, MASK_RANGE_WORDS);
    expect(same(await masker.apply(small, terms()), expected().subarray(0, small.length))).toBe(
      true,
    );
    expect(workers.length).toBe(0);
    void masker.apply(words(), terms());
    expect(workers.length).toBe(2);
  });

  it('hands out a few ranges at a time, so that buffers never add up to a second vector', async () => {
    const masker = pool(2);
    const both = [masker.apply(words(), terms()), masker.apply(words(), terms())];
    answerAll();
    await Promise.all(both);
    expect(Math.max(...workers.map(({ most }) => most))).toBe(MASK_RANGES_IN_FLIGHT);
  });

  it('masks several vectors at once, each by its own keys', async () => {
    const masker = pool(2);
    const other = terms().map(({ key, sign }) => ({ key: key.map((byte) => byte ^ 1), sign }));
    const [first, second] = [masker.apply(words(), terms()), masker.apply(words(), other)];
    answerAll();
    expect(same(await first, expected())).toBe(true);
    expect(same(await second, expected(other))).toBe(true);
  });

  it('goes on by the keys it was given, whatever becomes of the arrays', async () => {
    const given = terms();
    const masked = pool(1).apply(words(), given);
    for (const { key } of given) key.fill(0);
    answerAll();
    expect(same(await masked, expected())).toBe(true);
  });

  it('lets the other workers do what a broken one had in hand', async () => {
    const masked = pool(3).apply(words(), terms());
    workers[1]!.answer();
    const broken = workers[1]!;
    broken.port.onbroken?.('out of memory');
    expect(broken.isClosed).toBe(true);
    // An answer that was on its way when the worker broke is not counted twice.
    broken.answer();
    broken.waiting.length = 0;
    answerAll();
    expect(same(await masked, expected())).toBe(true);
  });

  it('does on its own thread what is left when the last worker broke, and all that comes later', async () => {
    const masker = pool(2);
    const both = [masker.apply(words(), terms()), masker.apply(words(), terms())];
    workers[0]!.answer();
    for (const { port } of workers) port.onbroken?.('its script did not load');
    for (const masked of both) expect(same(await masked, expected())).toBe(true);
    expect(same(await masker.apply(words(), terms()), expected())).toBe(true);
    expect(workers.length).toBe(2);
  });

  it('needs no workers where there are none, and makes do with those that start', async () => {
    expect(same(await pool(4, 0).apply(words(), terms()), expected())).toBe(true);
    const masked = pool(4, 1).apply(words(), terms());
    expect(workers.length).toBe(1);
    answerAll();
    expect(same(await masked, expected())).toBe(true);
  });

  it('rejects with the reason of a worker that could not', async () => {
    const bad: StreamTerm[] = [{ key: new Uint8Array(31), sign: 1 }, terms()[0]!];
    const masker = pool(2);
    const [failing, masked] = [masker.apply(words(), bad), masker.apply(words(), terms())];
    answerAll();
    await expect(failing).rejects.toThrow('key is 31 bytes');
    expect(same(await masked, expected())).toBe(true);
  });

  it('rejects what is too much at once', async () => {
    const masker = pool(1, 1, 1);
    const ask = (): Promise<Uint32Array> => masker.apply(new Uint32Array(1), terms());
    const accepted = Array.from({ length: MAX_MASK_JOBS }, ask);
    await expect(ask()).rejects.toThrow('await the earlier');
    answerAll();
    await Promise.all(accepted);
  });

  it('that is closed ends its workers, rejects what is under way and all that follows', async () => {
    const masker = pool(2);
    const masked = masker.apply(words(), terms());
    workers[0]!.answer();
    masker.close();
    await expect(masked).rejects.toThrow('closed');
    expect(workers.every(({ isClosed }) => isClosed)).toBe(true);
    await expect(masker.apply(words(), terms())).rejects.toThrow('closed');
  });
});

describe('a worker that masks', () => {
  it('overwrites the keys it was sent, whether or not it could use them', () => {
    const served: Port<MaskReply, MaskRequest> = { onmessage: null, postMessage: () => undefined };
    serveMasks(served, addKeystreamsInPlace);
    for (const size of [32, 31]) {
      const key = new Uint8Array(size).fill(5);
      const data: MaskRequest = {
        type: 'mask',
        id: 1,
        words: new Uint32Array(4),
        terms: [{ key, sign: 1 }],
        from: 0,
      };
      served.onmessage?.({ data });
      expect(key.every((byte) => byte === 0)).toBe(true);
    }
  });
});

describe('a masker without workers', () => {
  it('gives the same words, and lets others have a turn in between', async () => {
    const masked = directMasker(realSuite).apply(words(), terms());
    let turns = 0;
    const count = (): void => {
      turns += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    expect(same(await masked, expected())).toBe(true);
    clearImmediate(next);
    expect(turns).toBeGreaterThan(0);
  });

  it('that is closed meanwhile rejects', async () => {
    const masker = directMasker(realSuite);
    const masked = masker.apply(words(), terms());
    masker.close();
    await expect(masked).rejects.toThrow('closed');
  });

  it('rejects a key that is none', async () => {
    const bad: StreamTerm[] = [{ key: new Uint8Array(3), sign: 1 }];
    await expect(directMasker(realSuite).apply(words(), bad)).rejects.toThrow('key is 3 bytes');
  });
});

function words(): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: LENGTH }, (_, i) => i * 0x9e3779b1);
}

function terms(): StreamTerm[] {
  return ([1, -1] as const).map((sign, i) => ({ key: new Uint8Array(32).fill(i + 1), sign }));
}

function expected(by = terms()): Uint32Array {
  const all = words();
  addKeystreamsInPlace(all, by);
  return all;
}

/** Not `toEqual`, which takes seconds for so many. */
function same(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((word, i) => word === b[i]);
}
