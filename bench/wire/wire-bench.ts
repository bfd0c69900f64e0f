/**
 * Bytes a second among peers that all send at once: on raw data channels in every setting, on fresh connections
 * and on warm ones, then on the project's own links, and at last one large sum.
 *
 * Every number is a ratio to one way on one link of the same peers.
 *
 * @module
 */
import { setTimeout } from 'node:timers/promises';
import { withChromium } from '../browser.ts';
import type { Bench } from '../main.ts';
import { median, type Reading } from '../report.ts';
import { Company, FOR_LARGE_VECTORS, type Cost } from '../rivals/company.ts';
import { best } from '../rivals/rivals-bench.ts';
import { crewOfPrograms, crewOfTabs, type Crew, type Route } from './crew.ts';
import type { LinkKind, Setting } from './orders.ts';
import { packets } from './packets.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** As a channel was used that nobody looked into. */
const PLAIN: Omit<Setting, 'pollMs'> = {
  ...{ frameBytes: 16 * KIB, highWaterBytes: 256 * KIB, channels: 1, isOrdered: true },
  ...{ windowBytes: 0, budgetBytes: 0 },
};

/** What a fresh connection does, by what bounds the bytes on their way. */
const FRESH: readonly (readonly [string, Partial<Setting>])[] = [
  ['no bound', {}],
  ['no bound, 4 channels', { channels: 4 }],
  ['64 KiB under way', { windowBytes: 64 * KIB }],
  ['256 KiB under way', { frameBytes: 32 * KIB, windowBytes: 256 * KIB }],
  ['512 KiB under way', { frameBytes: 32 * KIB, windowBytes: 512 * KIB }],
  ['512 KiB of all links', { frameBytes: 32 * KIB, budgetBytes: 512 * KIB }],
];

/** What makes a difference once connections are warm. */
const WARM: readonly (readonly [string, Partial<Setting>])[] = [
  ...[16, 32, 64, 128, 256].map(
    (kib) => [`frames of ${kib} KiB`, { frameBytes: kib * KIB }] as const,
  ),
  ...[64, 1024, 4096].map(
    (kib) => [`high-water mark ${kib} KiB`, { highWaterBytes: kib * KIB }] as const,
  ),
  ['4 channels', { channels: 4 }],
  ['unordered', { isOrdered: false }],
  ['256 KiB under way', { windowBytes: 256 * KIB }],
];

/** A full channel of a Node peer is looked at again after this, ms. */
const POLL_MS = 5;

/** Between two runs, so that what is left of one does not count for the next, ms. */
const PAUSE_MS = 30;

/** Peers of the large sum; what it may send a peer, bytes; its time to the plain one. */
const SUM_PEERS = 8;
const SUM_VALUES = 1_000_000;
const EXPECTED_BYTES = 7_200_000;
const EXPECTED_SHARE = 0.5;

/** Starts peers that are linked to each other. */
type Assemble = (size: number, kind: LinkKind) => Promise<Crew>;

/** `wire`. */
export const wireBench: Bench = {
  name: 'wire',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    const inNode = { place: 'Node', pollMs: POLL_MS, assemble: crewOfPrograms, isQuick };
    yield* readings(inNode);
    const seen: Reading[] = [];
    await withChromium(async (context) => {
      const assemble: Assemble = (size, kind) => crewOfTabs(context, size, kind);
      const inTabs = { place: 'Chromium', pollMs: 0, assemble, isQuick };
      for await (const reading of readings(inTabs)) seen.push(reading);
    });
    yield* seen;
    // Engines compile code while it runs: the first ten sums take a third more than those after them.
    yield* largeSum(isQuick ? 8 : 16);
  },
};

/** Where the peers are. */
interface Place {
  readonly place: string;
  readonly pollMs: number;
  readonly assemble: Assemble;
  readonly isQuick: boolean;
}

async function* readings(where: Place): AsyncGenerator<Reading> {
  const { place, pollMs, assemble, isQuick } = where;
  const plain: Setting = { ...PLAIN, pollMs };
  const repetitions = isQuick ? 1 : 3;
  const size = isQuick ? 2 : 4;
  for (const [name, part] of isQuick ? FRESH.slice(0, 4) : FRESH) {
    const crew = await assemble(size, 'raw');
    try {
      const setting = { ...plain, ...part };
      const run = await move(crew, setting, everybody(size), 4 * MIB, 1);
      const one = await move(crew, setting, ONE_WAY, 4 * MIB, repetitions);
      yield reading(`${place}, ${size} fresh peers, ${name}`, run, one);
    } finally {
      await crew.end();
    }
  }
  const crew = await assemble(2, 'raw');
  try {
    await move(crew, plain, everybody(2), 4 * MIB, 2);
    for (const [name, part] of isQuick ? WARM.slice(0, 3) : WARM) {
      const setting = { ...plain, ...part };
      const run = await move(crew, setting, everybody(2), 4 * MIB, repetitions);
      const one = await move(crew, setting, ONE_WAY, 4 * MIB, repetitions);
      yield reading(`${place}, 2 warm peers, ${name}`, run, one);
    }
  } finally {
    await crew.end();
  }
  for (const count of isQuick ? [2] : [2, 4, 8]) {
    const own = await assemble(count, 'link');
    try {
      const bytes = count === 8 ? MIB : 4 * MIB;
      // Messages of this size, which the links cut themselves.
      const setting = { ...plain, frameBytes: 64 * KIB };
      const fresh = await move(own, setting, everybody(count), bytes, 1);
      const warm = await move(own, setting, everybody(count), bytes, repetitions);
      const one = await move(own, setting, ONE_WAY, bytes, repetitions);
      yield reading(`${place}, ${count} peers, own links, fresh`, fresh, one);
      yield reading(`${place}, ${count} peers, own links, warm`, warm, one);
    } finally {
      await own.end();
    }
  }
}

/** One sum of a large vector, beside the plain exchange of it: of both the fastest of some, on links that are warm. */
async function* largeSum(repetitions: number): AsyncGenerator<Reading> {
  const cost = async (way: 'ours' | 'plain', nodeOptions: readonly string[]) => {
    const many = async (company: Company): Promise<Cost> => {
      await company.sum(1);
      return best(company, SUM_VALUES, repetitions);
    };
    return Company.with(way, SUM_PEERS, many, { nodeOptions });
  };
  const what = `${SUM_PEERS} Node peers, a sum of ${SUM_VALUES.toLocaleString('en')} values`;
  for (const nodeOptions of [FOR_LARGE_VECTORS, []]) {
    const ours = await cost('ours', nodeOptions);
    const plain = await cost('plain', nodeOptions);
    const isAdvised = nodeOptions === FOR_LARGE_VECTORS;
    if (isAdvised) {
      yield {
        what: `${what}, bytes sent a peer`,
        value: ours.bytesSent,
        unit: 'B',
        expected: { atMost: EXPECTED_BYTES },
        details: { 'plain vectors to everybody': plain.bytesSent },
      };
    }
    yield {
      what: `${what}, to plain${isAdvised ? '' : ', both without options of Node'}`,
      value: ours.ms / plain.ms,
      unit: 'x',
      ...(isAdvised && { expected: { atMost: EXPECTED_SHARE } }),
      details: {
        ms: ours.ms,
        'plain ms': plain.ms,
        'processor ms a peer': ours.cpuMs,
        'plain processor ms a peer': plain.cpuMs,
      },
    };
  }
}

/** The best of some runs. */
interface Run {
  readonly megabytesPerS: number;
  readonly details: Readonly<Record<string, number>>;
}

const ONE_WAY: readonly Route[] = [[0, 1]];

function everybody(size: number): readonly Route[] {
  const peers = Array.from({ length: size }, (_, i) => i);
  return peers.flatMap((from) => peers.filter((to) => to !== from).map((to): Route => [from, to]));
}

async function move(
  crew: Crew,
  setting: Setting,
  routes: readonly Route[],
  bytes: number,
  repetitions: number,
): Promise<Run> {
  let fastest: Run | undefined;
  for (let i = 0; i < repetitions; i++) {
    await setTimeout(PAUSE_MS);
    const before = packets();
    const moved = await crew.move(setting, routes, bytes);
    const after = packets();
    const began = Math.min(...moved.map((one) => one.began));
    const ended = Math.max(...moved.map((one) => one.ended));
    const pings = moved.flatMap(({ pingMs }) => pingMs);
    const cpuMs = moved.reduce((sum, one) => sum + one.cpuMs, 0);
    const megabytesPerS = (routes.length * bytes) / (ended - began) / 1000;
    if (fastest && fastest.megabytesPerS >= megabytesPerS) continue;
    const details = {
      'MB/s': megabytesPerS,
      ...(pings.length > 0 && { 'ping ms': median(pings), 'slowest ping': Math.max(...pings) }),
      ...(before && after && packetDetails(before, after, routes.length * bytes)),
      ...(cpuMs > 0 && { 'processor ms': cpuMs }),
    };
    fastest = { megabytesPerS, details };
  }
  return fastest!;
}

function packetDetails(
  before: NonNullable<ReturnType<typeof packets>>,
  after: NonNullable<ReturnType<typeof packets>>,
  bytes: number,
): Readonly<Record<string, number>> {
  return {
    'packets a MiB': (after.sent - before.sent) / (bytes / MIB),
    dropped: after.dropped - before.dropped,
  };
}

function reading(what: string, run: Run, one: Run): Reading {
  return {
    what: `${what}, to one way`,
    value: run.megabytesPerS / one.megabytesPerS,
    unit: 'x',
    details: { ...run.details, 'one way MB/s': one.megabytesPerS },
  };
}
