import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/bytes.ts';
import { encodeCbor, Fields } from '../../src/cbor.ts';
import { MAX_COHORT, MAX_GROUP } from '../../src/config.ts';
import {
  childrenOf,
  epochBody,
  gridOf,
  groupOf,
  hashOfEpoch,
  isSameEpoch,
  levelsOfGrid,
  lineCountOf,
  linesOf,
  nextEpoch,
  readEpoch,
  type Epoch,
} from '../../src/gossip/index.ts';
import { compareIds, peerIdOf, type PeerId } from '../../src/ids.ts';
import { simulatedSuite as suite } from '../../src/simulation/simulated-suite.ts';

const ids = Array.from({ length: 5_000 }, (_, i) =>
  peerIdOf(suite.signingKey(suite.hash(utf8(`peer ${i}`)))),
);

function epochOf(count: number, beacon = 'beacon', lineSize = 11): Epoch {
  const members = ids.slice(0, count).sort(compareIds);
  return { number: 1, since: 1, beacon: suite.hash(utf8(beacon)), lineSize, members };
}

const sizes = fc.integer({ min: 16, max: 5_000 });

describe('the grid of an epoch', () => {
  it('has lines of 8 to 15 for every number of members from 16 to 5,000', () => {
    for (let count = 16; count <= 5_000; count++) {
      const lines = lineCountOf(count, 8 + (count % 8));
      expect(Math.floor(count / lines)).toBeGreaterThanOrEqual(8);
      expect(Math.ceil(count / lines)).toBeLessThanOrEqual(MAX_COHORT);
    }
  });

  it('is one line up to 15 members', () => {
    for (let count = 1; count <= MAX_COHORT; count++) expect(lineCountOf(count)).toBe(1);
  });

  it('puts every member into exactly one line', () => {
    const property = fc.property(sizes, (count) => {
      const { lines, lineOf } = gridOf(suite, epochOf(count));
      expect(lines.flat().sort(compareIds)).toEqual(ids.slice(0, count).sort(compareIds));
      lines.forEach((line, at) => line.forEach((peer) => expect(lineOf.get(peer)).toBe(at)));
    });
    fc.assert(property, { numRuns: 20 });
  });

  it('gathers lines into groups of two to eight, up to one', () => {
    const property = fc.property(sizes, (count) => {
      const grid = gridOf(suite, epochOf(count));
      const top = levelsOfGrid(grid);
      expect(grid.counts[top]).toBe(1);
      for (let level = 1; level <= top; level++) {
        const children = Array.from({ length: grid.counts[level]! }, (_, group) =>
          childrenOf(grid, level, group),
        );
        expect(children.flat()).toEqual([...Array(grid.counts[level - 1]!).keys()]);
        for (const some of children) {
          expect(some.length).toBeGreaterThanOrEqual(2);
          expect(some.length).toBeLessThanOrEqual(MAX_GROUP);
        }
      }
      expect(linesOf(grid, top, 0)).toEqual([...grid.lines.keys()]);
      for (const line of [0, Math.floor(grid.lines.length / 2), grid.lines.length - 1]) {
        for (let level = 0; level <= top; level++) {
          expect(linesOf(grid, level, groupOf(grid, line, level))).toContain(line);
        }
      }
    });
    fc.assert(property, { numRuns: 20 });
  });

  it('follows from the beacon: another one makes other lines', () => {
    const lineOfFirst = (beacon: string): string => {
      const { lines, lineOf } = gridOf(suite, epochOf(200, beacon));
      return lines[lineOf.get(ids[0]!)!]!.join();
    };
    expect(lineOfFirst('one')).toBe(lineOfFirst('one'));
    const seen = Array.from({ length: 20 }, (_, i) => lineOfFirst(`beacon ${i}`));
    expect(new Set(seen).size).toBe(20);
  });
});

describe('an epoch', () => {
  it('is read back from its bytes, with the same hash', () => {
    const epoch = epochOf(100);
    const read = readEpoch(Fields.decode('epoch', encodeCbor(epochBody(epoch))));
    expect(read).toEqual(epoch);
    expect(hashOfEpoch(suite, read)).toEqual(hashOfEpoch(suite, epoch));
    expect(isSameEpoch(suite, read, epoch)).toBe(true);
    expect(isSameEpoch(suite, { ...epoch, since: 2 }, epoch)).toBe(false);
    expect(isSameEpoch(suite, undefined, epoch)).toBe(false);
  });

  it('takes in who joins and drops who leaves, each once, in order', () => {
    const before = epochOf(20);
    const joining = ids.slice(18, 24) as PeerId[];
    const leaving = [ids[0]!, ids[30]!];
    const next = nextEpoch(before, { number: 2, joining, leaving }, 51, new Uint8Array(32));
    expect(next.members).toEqual(ids.slice(1, 24).sort(compareIds));
    expect(next).toMatchObject({ number: 2, since: 51, lineSize: 11 });
  });

  it('refuses members that are not in ascending order, or not whole keys', () => {
    const epoch = epochOf(20);
    const bytes = (members: readonly PeerId[]): Uint8Array =>
      encodeCbor(epochBody({ ...epoch, members }));
    const read = (encoded: Uint8Array): unknown => readEpoch(Fields.decode('epoch', encoded));
    expect(() => read(bytes(epoch.members.toReversed()))).toThrow('ascending');
    const body = epochBody(epoch) as { readonly members: Uint8Array };
    expect(() => read(encodeCbor({ ...body, members: body.members.slice(1) }))).toThrow('whole');
  });
});
