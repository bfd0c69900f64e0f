/**
 * Sums in buckets: one a bucket, opened only where each bucket hides whoever is in it.
 */
import { describe, expect, it } from 'vitest';
import { BUCKET_SURVIVORS } from '../../src/config.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import {
  bucketCountOf,
  bucketsOfRoster,
  countOf,
  drawBuckets,
  encodeBare,
  everybody,
  openEnvelope,
  slotsOf,
} from '../../src/secagg/index.ts';
import { attemptBody, decodeAttemptMessage } from '../../src/secagg/messages.ts';
import { PARAMETERS } from '../round/room.ts';
import { AttemptNetwork, fixedBytes } from './attempt-network.ts';

const combining = 'geometric-median';

describe('buckets', () => {
  it('are none below twelve members, and hold four to five from there on', () => {
    expect([1, 3, 8, 11].map((count) => bucketCountOf(count))).toEqual([1, 1, 1, 1]);
    for (const count of [12, 13, 14, 15]) {
      const context = fixedBytes(nodeSuite, `context ${count}`, 32);
      const buckets = drawBuckets(nodeSuite, context, count, bucketCountOf(count));
      expect(buckets.reduce((all, bucket) => all | bucket, 0)).toBe(everybody(count));
      const sizes = buckets.map(countOf);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(count);
      expect(Math.min(...sizes)).toBe(Math.floor(count / 3));
      expect(Math.max(...sizes)).toBe(Math.ceil(count / 3));
    }
  });

  it('are two in a line of eight to eleven, three in a longer one, and none above the lines', () => {
    const line = { ...PARAMETERS, capacity: 40, combining } as const;
    const counts = [3, 7, 8, 11, 12, 15].map((count) => bucketsOfRoster(line, count));
    expect(counts).toEqual([1, 1, 2, 2, 3, 3]);
    expect(bucketsOfRoster({ ...line, combining: undefined }, 15)).toBe(1);
    expect(bucketsOfRoster({ ...line, capacity: 0 }, 11)).toBe(1);
  });

  it('are drawn by the keys of an attempt: every pair meets about as often', () => {
    const draws = 2000;
    let together = 0;
    for (let draw = 0; draw < draws; draw++) {
      const context = fixedBytes(nodeSuite, `draw ${draw}`, 32);
      const buckets = drawBuckets(nodeSuite, context, 12, 3);
      if (buckets.some((bucket) => (bucket & 0b11) === 0b11)) together++;
    }
    // 3 of the 11 others are with a member: five standard errors either way.
    const expected = draws * (3 / 11);
    expect(Math.abs(together - expected)).toBeLessThan(5 * Math.sqrt(expected * (8 / 11)));
  });
});

describe('an attempt in buckets', () => {
  it.each([11, 12, 15])('of %i members opens one sum a bucket, the same for everybody', (count) => {
    const network = new AttemptNetwork(count, { combining });
    network.run();
    expect(network.violations).toEqual([]);
    for (const { outcome } of network.members) {
      if (outcome?.type !== 'result') throw new Error(`ended with ${outcome?.type}`);
      expect(outcome.buckets).toHaveLength(bucketCountOf(count));
      expect(outcome.buckets.flat().sort()).toEqual([...outcome.included].sort());
      const sums = slotsOf(outcome.words, outcome.buckets.length);
      outcome.buckets.forEach((bucket, at) => {
        expect(sums[at]).toEqual(network.sumOf(bucket));
      });
      expect(outcome.words).toEqual(
        network.members[0]!.outcome?.type === 'result' && network.members[0]!.outcome.words,
      );
    }
  });

  it.each([
    [7, 1],
    [8, 2],
    [11, 2],
    [13, 3],
  ])('of a line of %i opens %i sums, each of four or more', (count, expected) => {
    const network = new AttemptNetwork(count, { combining: 'bucket-mean', capacity: 40 });
    network.run();
    expect(network.violations).toEqual([]);
    for (const { outcome } of network.members) {
      if (outcome?.type !== 'result') throw new Error(`ended with ${outcome?.type}`);
      expect(outcome.buckets).toHaveLength(expected);
      const sums = slotsOf(outcome.words, expected);
      outcome.buckets.forEach((bucket, at) => {
        expect(bucket.length).toBeGreaterThanOrEqual(4);
        expect(sums[at]).toEqual(network.sumOf(bucket));
      });
    }
  });

  it('opens nothing when a bucket lost two, and everything when two buckets lost one each', () => {
    const whole = new AttemptNetwork(12, { combining });
    whole.run();
    const { outcome } = whole.members[0]!;
    if (outcome?.type !== 'result') throw new Error('no result');
    const [first, second] = outcome.buckets;
    const ends = { one: new Set<string>(), two: new Set<string>() };
    for (const [name, lost] of [
      ['one', [first![0]!, first![1]!]],
      ['two', [first![0]!, second![0]!]],
    ] as const) {
      for (let when = 0; when < 12; when++) {
        const network = new AttemptNetwork(12, { combining });
        for (let i = 0; i < when; i++) network.deliver();
        for (const member of network.members) {
          if (lost.includes(member.signer.id)) network.vanish(member, 'queued');
        }
        network.run();
        for (const member of network.members) {
          if (!member.isAlive) continue;
          const ended = member.outcome;
          if (ended?.type !== 'result') ends[name].add(ended?.type ?? 'nothing');
          else {
            ends[name].add(ended.included.length === 12 ? 'all' : 'some');
            for (const bucket of ended.buckets) {
              expect(bucket.length).toBeGreaterThanOrEqual(BUCKET_SURVIVORS);
            }
          }
        }
      }
    }
    // Lost after it gave its words, a member is in the sum all the same.
    expect(ends).toEqual({
      one: new Set(['failed', 'all']),
      two: new Set(['failed', 'some', 'all']),
    });
  });

  it('opens no bucket of two, whatever set a member proposes', () => {
    const whole = new AttemptNetwork(12, { combining });
    whole.run();
    const { outcome } = whole.members[0]!;
    if (outcome?.type !== 'result') throw new Error('no result');
    const roster = whole.members.map(({ signer }) => signer.id);
    const lost = outcome.buckets[0]!.slice(0, 2);
    const liar = outcome.buckets[1]![0]!;
    const members = everybody(12) & ~lost.reduce((set, id) => set | (1 << roster.indexOf(id)), 0);
    const ends = new Set<string>();
    let lies = 0;
    for (let when = 0; when < 12; when++) {
      const network = new AttemptNetwork(12, {
        combining,
        tamper: (from, _to, bytes) => {
          if (from.signer.id !== liar) return undefined;
          const read = decodeAttemptMessage(openEnvelope(bytes))!;
          if (!['have', 'abort'].includes(read.message.type)) return undefined;
          lies++;
          const body = attemptBody(read.tag, { type: 'survivors', members });
          return [encodeBare('survivors', body)];
        },
      });
      for (let i = 0; i < when; i++) network.deliver();
      for (const member of network.members) {
        if (lost.includes(member.signer.id)) network.vanish(member, 'queued');
      }
      network.run();
      for (const { outcome: ended, isAlive } of network.members) {
        if (!isAlive) continue;
        ends.add(ended?.type ?? 'nothing');
        if (ended?.type !== 'result') continue;
        for (const bucket of ended.buckets) {
          expect(bucket.length).toBeGreaterThanOrEqual(BUCKET_SURVIVORS);
        }
      }
    }
    expect(lies).toBeGreaterThan(0);
    expect(ends).toContain('failed');
  });
});
