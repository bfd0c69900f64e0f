/**
 * What a peer judges of the buckets of a result, and what it takes from the votes of the next one.
 */
import { describe, expect, it } from 'vitest';
import { peerIdOf, type PeerId } from '../../src/ids.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { judgedMeans, Searching } from '../../src/peer/searching.ts';
import type { BucketSums } from '../../src/round/round.ts';
import { addInPlace, encodeUpdate, encodingFor, MAX_BUCKETS } from '../../src/secagg/index.ts';
import { PARAMETERS } from '../round/room.ts';

/** One value of a model, then the votes. */
const AT = 1;
const parameters = {
  ...PARAMETERS,
  dimension: AT + 2 * MAX_BUCKETS,
  clip: 8,
  weightCap: 500,
  capacity: 16,
  combining: 'bucket-mean',
  search: 'votes',
} as const;
const peers: readonly PeerId[] = Array.from({ length: 8 }, (_, at) =>
  peerIdOf(nodeSuite.signingKey(nodeSuite.hash(Uint8Array.of(at)))),
).sort();
const halves = [peers.slice(0, 4), peers.slice(4)];
const encoding = encodingFor(parameters, peers.length);

/** Sums of buckets in which each peer gives these values, shorter ones with zeros behind. */
function sumsOf(
  cohort: string,
  buckets: readonly (readonly PeerId[])[],
  given: (peer: number) => { readonly values: readonly number[]; readonly weight: number },
): BucketSums {
  const slots = buckets.map((bucket) => {
    const sum = new Uint32Array(parameters.dimension + 1);
    for (const peer of bucket) {
      const { values, weight } = given(peers.indexOf(peer));
      const update = new Float64Array(parameters.dimension);
      update.set(values);
      addInPlace(
        sum,
        encodeUpdate(update, weight, encoding, () => 0),
      );
    }
    return sum;
  });
  const words = new Uint32Array(slots.flatMap((slot) => [...slot]));
  return { cohort, parameters, roster: peers, buckets, words };
}

/** A vote on each of two buckets by a peer of so many readings, as a trainer enters it. */
function votes(fall: readonly number[], weight: number): readonly number[] {
  const entered = (vote: number): number => (vote * parameters.clip) / weight;
  return [0, ...fall.map(entered), 0, ...fall.map(() => entered(1))];
}

describe('what a peer judges', () => {
  const sums = sumsOf('line', halves, (peer) => ({ values: [peer], weight: peer + 1 }));

  it('is the mean of each other bucket, and of its own without itself', () => {
    const sent = new Float64Array(parameters.dimension + 1);
    sent[0] = 2;
    sent[sent.length - 1] = 3;
    const [own, other] = judgedMeans({ sums }, peers[2]!, sent);
    expect(own![0]).toBeCloseTo((0 * 1 + 1 * 2 + 3 * 4) / (1 + 2 + 4), 4);
    expect(other![0]).toBeCloseTo((4 * 5 + 5 * 6 + 6 * 7 + 7 * 8) / (5 + 6 + 7 + 8), 4);
  });

  it('is not its own bucket where it does not know what it gave, and nothing of one sum', () => {
    expect(judgedMeans({ sums }, peers[2]!, undefined)[0]).toBeUndefined();
    const whole = sumsOf('line', [peers], () => ({ values: [1], weight: 1 }));
    expect(judgedMeans({ sums: whole }, peers[2]!, undefined)).toEqual([]);
    expect(judgedMeans({ sums: undefined }, peers[2]!, undefined)).toEqual([]);
  });
});

describe('a search', () => {
  const buckets = sumsOf('line', halves, () => ({ values: [], weight: 1 }));
  /** Everybody says that the first half made it worse; whoever has most readings, the opposite. */
  const judging = (cohort: string): BucketSums =>
    sumsOf(cohort, halves, (peer) => {
      const weight = peer === 0 ? 500 : 8;
      return { values: votes(peer === 0 ? [0.5, -0.5] : [-0.5, 0.5], weight), weight };
    });

  it('counts a vote the same, however many readings its peer has', () => {
    const search = new Searching(AT);
    search.note({ round: 4, sums: buckets });
    expect(search.view).toMatchObject({ rounds: 0, buckets: 2, among: 8, smallest: 4 });
    search.note({ round: 5, sums: judging('line') });
    expect(search.view.rounds).toBe(1);
    const worse = search.view.suspicions.slice(0, 4).map(({ peer }) => peer);
    expect([...worse].sort()).toEqual(halves[0]);
  });

  it('takes no votes on the buckets of another line, of another round, or that nobody cast', () => {
    for (const next of [
      { round: 5, sums: judging('another line') },
      { round: 6, sums: judging('line') },
      { round: 5, sums: undefined },
      { round: 5, sums: sumsOf('line', halves, () => ({ values: [1], weight: 1 })) },
    ]) {
      const search = new Searching(AT);
      search.note({ round: 4, sums: buckets });
      search.note(next);
      expect(search.view.rounds).toBe(0);
    }
  });

  it('goes on with votes in one sum, and has no buckets to judge after it', () => {
    const search = new Searching(AT);
    search.note({ round: 4, sums: buckets });
    const { words } = judging('line');
    const whole = words.slice(0, words.length / 2);
    addInPlace(whole, words.slice(words.length / 2));
    search.note({ round: 5, sums: { ...buckets, buckets: [peers], words: whole } });
    expect(search.view).toMatchObject({ rounds: 1, buckets: 0, among: 0, smallest: 0 });
  });
});
