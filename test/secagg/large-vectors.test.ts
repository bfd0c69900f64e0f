/**
 * What a large vector costs a member: bytes sent, and memory while it is summed.
 */
import { describe, expect, it } from 'vitest';
import { TILE_WORDS } from '../../src/config.ts';
import { MESSAGE_TYPES } from '../../src/secagg/index.ts';
import { AttemptNetwork, type Member } from './attempt-network.ts';

const evenly = (count: number) => ({
  tileWords: TILE_WORDS,
  shares: Array.from({ length: count }, () => 1),
});

/** Bytes of all arrays that can be reached from some values; an array seen from many places counts once. */
function reachableBytes(...roots: readonly unknown[]): number {
  const seen = new Set<unknown>();
  const waiting = [...roots];
  let bytes = 0;
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (value instanceof ArrayBuffer) bytes += value.byteLength;
    else if (ArrayBuffer.isView(value)) waiting.push(value.buffer);
    else if (value instanceof Map || value instanceof Set) waiting.push(...value.values());
    else waiting.push(...Object.values(value));
  }
  return bytes;
}

describe('one sum of 1,000,000 words among 8', () => {
  it('sends at most 7.2 MB a member, and is exact', { timeout: 120_000 }, () => {
    const sent = new Map<Member, number>();
    let control = 0;
    const network = new AttemptNetwork(8, {
      dimension: 1_000_000,
      split: evenly(8),
      keepsLog: false,
      tamper: (from, _to, bytes) => {
        sent.set(from, (sent.get(from) ?? 0) + bytes.length);
        const isLarge = bytes[0] === MESSAGE_TYPES.chunk || bytes[0] === MESSAGE_TYPES.sum;
        if (!isLarge) control += bytes.length;
        return undefined;
      },
    });
    network.run();
    for (const { outcome } of network.members) {
      expect(outcome?.type).toBe('result');
      if (outcome?.type !== 'result') continue;
      const sum = network.sumOf(outcome.included);
      expect(outcome.included).toHaveLength(8);
      expect(outcome.words.every((word, at) => word === sum[at])).toBe(true);
    }
    for (const bytes of sent.values()) expect(bytes).toBeLessThan(7.2e6);
    expect(Math.max(...sent.values())).toBeGreaterThan(6.9e6);
    expect(control / 8).toBeLessThan(50_000);
  });
});

describe('one sum of 10,000,000 words', () => {
  it.each([4])(
    'among %i holds three vectors in a member, its update and the sum among them',
    { timeout: 300_000 },
    (count) => {
      const words = 10_000_000;
      const network = new AttemptNetwork(count, {
        dimension: words,
        split: evenly(count),
        keepsLog: false,
        givesUpdate: true,
        // Few different numbers, so that the sum is known without keeping the updates.
        updateOf: (place) =>
          Uint32Array.from({ length: words }, (_, at) => (at % 251) * (place + 1)),
      });
      const watched = network.members[0]!;
      const queued = () =>
        network.members.map((other) => network.queue(watched.signer.id, other.signer.id));
      let peak = 0;
      for (let turns = 0; turns < 3_000 && network.deliver(); turns++) {
        // Every message of a chunk changes little: it is enough to look now and then.
        if (turns % 4 > 0) continue;
        const { state, outcome } = watched;
        peak = Math.max(peak, reachableBytes({ ...state, setting: undefined }, outcome, queued()));
      }
      // The update itself, words held for others, and words on their way or the sum.
      expect(peak / (4 * words)).toBeLessThan(3.5);
      expect(peak / (4 * words)).toBeGreaterThan(1.5);
      for (const { outcome } of network.members) {
        expect(outcome?.type).toBe('result');
        if (outcome?.type !== 'result') continue;
        const factor = (count * (count + 1)) / 2;
        expect(outcome.words.every((word, at) => word === (at % 251) * factor)).toBe(true);
      }
    },
  );
});
