/**
 * A peer vanishes after each message that it sends, in the middle of telling the others included.
 */
import { describe, expect, it } from 'vitest';
import { MESSAGE_TYPES } from '../../src/secagg/index.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';
import { recorderOf, Room, type RoomOptions } from '../round/room.ts';
import { IS_THOROUGH } from './scenarios.ts';

interface Sweep {
  /** Message that was lost first, how the others ended, and whether anybody sent LOCK. */
  readonly lost: string;
  readonly isLocked: boolean;
  readonly ends: readonly string[];
}

/** What becomes of the first round when peer `who` vanishes after `boundary` messages. */
function play(
  count: number,
  who: number,
  boundary: number,
  over: Partial<RoomOptions>,
): Sweep | undefined {
  let hasBegun = false;
  let left = boundary;
  let lost: string | undefined;
  let isLocked = false;
  const room: Room = new Room(count, {
    suite: simulatedSuite,
    seed: `vanish ${who}`,
    call: 'willing',
    ...over,
    delivery: (random) => (message, from) => {
      if (message[0] === MESSAGE_TYPES.lock) isLocked = true;
      const isVictim = hasBegun && from === room.peers[who];
      if (isVictim && left-- <= 0) {
        lost ??= nameOf(message);
        room.network.vanish(from);
        return [];
      }
      return [{ message, delayMs: random.between(1, 20) }];
    },
  });
  room.network.run(() => false, 200);
  hasBegun = true;
  room.call('calling', 'willing');
  room.network.run(() => false, room.network.now + 120_000);
  if (lost === undefined) return undefined;
  const rest = room.living();
  expect(rest.map(({ state }) => state.current)).toEqual(rest.map(() => undefined));
  const hashes = new Set(rest.flatMap((p) => recorderOf(p).results.map((r) => r.resultHash)));
  expect(hashes.size).toBeLessThanOrEqual(1);
  const ends = rest.map((peer) => {
    const { results, failures } = recorderOf(peer);
    if (results.length > 0) return 'result';
    const first = failures[0];
    return first === undefined ? 'nothing' : `${first.reason}${first.isSpent ? ', spent' : ''}`;
  });
  return { lost, isLocked, ends };
}

function nameOf(message: Uint8Array): string {
  return Object.entries(MESSAGE_TYPES).find(([, code]) => code === message[0])![0];
}

/** Every boundary of every peer. */
function sweep(count: number, step = 3, over: Partial<RoomOptions> = {}): readonly Sweep[] {
  const runs: Sweep[] = [];
  for (let who = 0; who < count; who++) {
    for (let boundary = 0; ; boundary += IS_THOROUGH ? 1 : step) {
      const run = play(count, who, boundary, over);
      if (run === undefined) break;
      runs.push(run);
    }
  }
  return runs;
}

describe('a peer that vanishes at any message', () => {
  it('of three, before LOCK, leaves a named failure that costs nothing', () => {
    const before = sweep(3).filter(({ isLocked, lost }) => !isLocked && lost !== 'ready');
    expect(before.length).toBeGreaterThan(5);
    const ends = new Set(before.flatMap((run) => run.ends));
    for (const end of ends) expect(end).toMatch(/^(too-few-peers|timeout|aborted|nothing)$/);
  });

  it('of three, after LOCK, leaves a result or a contribution spent', () => {
    const after = sweep(3).filter(({ isLocked }) => isLocked);
    expect(after.length).toBeGreaterThan(3);
    const ends = new Set(after.flatMap((run) => run.ends));
    expect(ends).toContain('result');
    for (const end of ends) expect(end).toMatch(/^(result|spent, spent|too-few-peers)$/);
  });

  it(
    'of five that scatter their words, never keeps the others from a result',
    { timeout: 300_000 },
    () => {
      const scattered = {
        parameters: { dimension: 400 },
        scatter: { fromWords: 1, tileWords: 16 },
      } as const;
      const lost = new Set<string>();
      for (const run of sweep(5, 7, scattered)) {
        expect(new Set(run.ends)).toEqual(new Set(['result']));
        lost.add(run.lost);
      }
      for (const type of ['digests', 'chunk', 'sum', 'lock']) expect(lost).toContain(type);
    },
  );

  it('of five, never keeps the others from a result', { timeout: 120_000 }, () => {
    for (const { ends } of sweep(5)) expect(new Set(ends)).toEqual(new Set(['result']));
  });
});
