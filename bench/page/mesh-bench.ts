/**
 * Time from joining to a whole mesh: everybody linked to everybody, the last one included.
 *
 * @module
 */
import type { BrowserContext, Page } from 'playwright-core';
import { newRoomKey } from '../../src/peer/room-key.ts';
import { untilLinked, withChromium } from '../browser.ts';
import type { Bench } from '../main.ts';
import { murmuration, startServer, type Command } from '../processes.ts';
import { median, type Reading } from '../report.ts';

/** A mesh of 8 tabs, ms. */
const EXPECTED_TABS = 8;
const EXPECTED_MS = 1_500;

/** `mesh`. */
export const meshBench: Bench = {
  name: 'mesh',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    const repetitions = isQuick ? 1 : 5;
    for (const size of isQuick ? [3, 8] : [3, 5, 8]) {
      const times: number[] = [];
      for (let i = 0; i < repetitions; i++)
        times.push(await withChromium((c) => meshOfTabs(c, size)));
      yield {
        what: `${size} tabs, last one opens to whole mesh`,
        value: median(times),
        unit: 'ms',
        expected: size === EXPECTED_TABS ? { atMost: EXPECTED_MS } : undefined,
        details: { fastest: Math.min(...times), slowest: Math.max(...times) },
      };
    }
    for (const size of isQuick ? [3] : [3, 5, 8]) {
      const times: Mesh[] = [];
      for (let i = 0; i < repetitions; i++) times.push(await meshOfPrograms(size));
      yield {
        what: `${size} Node peers, last one starts to whole mesh`,
        value: median(times.map(({ fromStart }) => fromStart)),
        unit: 'ms',
        details: { 'of which after it joined': median(times.map(({ fromJoin }) => fromJoin)) },
      };
    }
  },
};

/** Opens all tabs but one, waits for their mesh, then times the last. */
async function meshOfTabs(context: BrowserContext, size: number): Promise<number> {
  const server = await startServer();
  try {
    const address = `${server.url}/#/room/bench?k=${newRoomKey()}`;
    const open = async (): Promise<Page> => {
      const page = await context.newPage();
      await page.goto(address, { waitUntil: 'commit' });
      return page;
    };
    const early: Page[] = [];
    for (let i = 0; i < size - 1; i++) early.push(await open());
    await Promise.all(early.map((page) => untilLinked(page, size - 2)));
    const last = await context.newPage();
    const linked = early.map((page) => untilLinked(page, size - 1));
    await last.goto(address, { waitUntil: 'commit' });
    const opened = await last.evaluate(() => performance.timeOrigin);
    const times = await Promise.all([...linked, untilLinked(last, size - 1)]);
    return Math.max(...times) - opened;
  } finally {
    await server.stop();
  }
}

interface Mesh {
  /** From the start of the last process, ms. */
  readonly fromStart: number;
  /** From when it says that the server let it in, ms. */
  readonly fromJoin: number;
}

/** The same with one process a peer. */
async function meshOfPrograms(size: number): Promise<Mesh> {
  const server = await startServer();
  const key = newRoomKey();
  const peers: Command[] = [];
  /** Links of all peers together; each counts at both ends. */
  let links = 0;
  let joined = 0;
  let check = (): void => undefined;
  const start = (): void => {
    const peer = murmuration(
      ...['peer', '--server', server.url, '--room', 'bench', `--key=${key}`],
      ...['--seed', String(peers.length)],
    );
    peers.push(peer);
    peer.onLine(({ event }) => {
      if (event === 'joined') joined = performance.now();
      if (event === 'peer-joined') links += 1;
      check();
    });
  };
  const untilMesh = (count: number): Promise<void> =>
    new Promise((resolve) => {
      check = () => {
        if (links === count * (count - 1)) resolve();
      };
      check();
    });
  try {
    for (let i = 0; i < size - 1; i++) start();
    await untilMesh(size - 1);
    const began = performance.now();
    start();
    await untilMesh(size);
    const ended = performance.now();
    return { fromStart: ended - began, fromJoin: ended - joined };
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
    await server.stop();
  }
}
