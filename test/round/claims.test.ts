import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/bytes.ts';
import { gridOf } from '../../src/gossip/index.ts';
import { compareIds, peerIdOf } from '../../src/ids.ts';
import {
  claimOfLine,
  countOfClaim,
  isClaimOf,
  joinClaims,
  peersOfClaim,
} from '../../src/round/claims.ts';
import { simulatedSuite as suite } from '../../src/simulation/simulated-suite.ts';

const members = Array.from({ length: 60 }, (_, i) =>
  peerIdOf(suite.signingKey(suite.hash(utf8(`peer ${i}`)))),
).sort(compareIds);
const grid = gridOf(suite, {
  number: 1,
  since: 1,
  beacon: suite.hash(utf8('beacon')),
  lineSize: 11,
  members,
});
const everyLine = [...grid.lines.keys()];

describe('claims', () => {
  it('of all lines name everybody, in whatever order they are joined', () => {
    const claims = grid.lines.map((line, at) => claimOfLine(grid, at, line));
    const joined = joinClaims(claims.toReversed());
    expect(joined).toEqual(joinClaims(claims));
    expect(peersOfClaim(grid, joined)).toEqual(members);
    expect(countOfClaim(joined)).toBe(60);
    expect(isClaimOf(grid, joined, everyLine)).toBe(true);
  });

  it('name exactly those of a line who are in', () => {
    const some = grid.lines[2]!.filter((_, place) => place % 3 !== 1);
    const claim = claimOfLine(grid, 2, some);
    expect(peersOfClaim(grid, claim)).toEqual(some.toSorted());
    expect(countOfClaim(claim)).toBe(some.length);
    expect(isClaimOf(grid, claim, [2])).toBe(true);
    expect(isClaimOf(grid, claim, [1, 3])).toBe(false);
  });

  it('that name a line twice, a line or member there is not, or nobody are none', () => {
    const claim = claimOfLine(grid, 1, grid.lines[1]!);
    const set = (at: number, value: number): Uint8Array => {
      const changed = claim.slice();
      new DataView(changed.buffer).setUint16(at, value);
      return changed;
    };
    const twice = new Uint8Array(8);
    twice.set(claim);
    twice.set(claim, 4);
    const wrong = [
      twice,
      set(0, 99),
      set(2, 0),
      set(2, 2 ** grid.lines[1]!.length),
      claim.slice(1),
    ];
    for (const other of [...wrong, new Uint8Array()]) {
      expect(isClaimOf(grid, other, everyLine)).toBe(false);
    }
  });
});
