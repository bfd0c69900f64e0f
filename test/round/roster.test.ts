import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SETTLED_LINK_MS } from '../../src/config.ts';
import type { PeerId } from '../../src/ids.ts';
import { withFailures } from '../../src/round/blame.ts';
import type { Ready } from '../../src/round/messages.ts';
import {
  attemptOf,
  chooseRoster,
  isEverybodyReady,
  objectionTo,
  type Link,
  type Situation,
} from '../../src/round/roster.ts';
import { PARAMETERS } from './room.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';

const ids = Array.from({ length: 16 }, (_, i) => String.fromCharCode(97 + i)) as PeerId[];

type Readies = Readonly<Record<string, Partial<Ready>>>;

/** What the first of so many peers sees, all linked to all but for `cuts`. */
function situationOf(count: number, over: Readies = {}, cuts: readonly string[] = []): Situation {
  const peers = ids.slice(0, count);
  const areLinked = (x: PeerId, y: PeerId): boolean =>
    x !== y && !cuts.includes(x + y) && !cuts.includes(y + x);
  const readyOf = (peer: PeerId): Ready => ({
    round: 3,
    attempt: 1,
    base: new Uint8Array(32),
    included: 4,
    parameters: PARAMETERS,
    call: 'calling',
    isBusy: false,
    minPeers: 3,
    trusts: '',
    uplink: 1,
    links: peers.filter((other) => areLinked(peer, other)),
    ...over[peer],
  });
  const [self, ...others] = peers as [PeerId, ...PeerId[]];
  const links = others
    .filter((peer) => areLinked(self, peer))
    .map((peer) => {
      const ready = readyOf(peer);
      return [peer, { since: 0, ready, neighbours: new Set(ready.links), waits: 0 }] as const;
    });
  return {
    self,
    own: readyOf(self),
    links: new Map(links),
    blame: new Map(),
    attemptSerial: 1,
    leftOut: [],
    suite: simulatedSuite,
    cohort: undefined,
    founding: undefined,
  };
}

const roster = (text: string): PeerId[] => [...text] as PeerId[];
const later = SETTLED_LINK_MS;

describe('chooseRoster', () => {
  it('takes everybody who is ready for the same round', () => {
    expect(chooseRoster(situationOf(5))).toEqual(roster('abcde'));
    const over: Readies = {
      b: { call: 'off' },
      c: { isBusy: true },
      d: { round: 4 },
      e: { base: new Uint8Array(32).fill(1) },
      f: { parameters: { ...PARAMETERS, clip: 2 } },
    };
    expect(chooseRoster(situationOf(9, over))).toEqual(roster('aghi'));
  });

  it('is of three at least, and of every member’s own minimum', () => {
    expect(chooseRoster(situationOf(2))).toBeUndefined();
    expect(chooseRoster(situationOf(4, { c: { minPeers: 5 } }))).toBeUndefined();
    expect(chooseRoster(situationOf(5, { c: { minPeers: 5 } }))).toEqual(roster('abcde'));
  });

  it('is none of a peer that the room left out: it proposes nothing', () => {
    expect(chooseRoster({ ...situationOf(5), leftOut: roster('a') })).toBeUndefined();
    expect(chooseRoster({ ...situationOf(5), leftOut: roster('e') })).toEqual(roster('abcd'));
  });

  it('is of two only when each trusts the other', () => {
    const trust = (a: string, b: string): Readies => ({ a: { trusts: a }, b: { trusts: b } });
    expect(chooseRoster(situationOf(2, trust('b', 'a')))).toEqual(roster('ab'));
    expect(chooseRoster(situationOf(2, trust('*', '*')))).toEqual(roster('ab'));
    expect(chooseRoster(situationOf(2, trust('*', '')))).toBeUndefined();
    expect(chooseRoster(situationOf(2, trust('b', 'c')))).toBeUndefined();
  });

  it('holds only peers that are all linked to each other, whoever is missing links', () => {
    const pairs = ids.slice(0, 8).flatMap((x, i) => ids.slice(i + 1, 8).map((y) => x + y));
    fc.assert(
      fc.property(fc.subarray(pairs), (cuts) => {
        const chosen = chooseRoster(situationOf(8, {}, cuts)) ?? [];
        for (const x of chosen)
          for (const y of chosen) {
            expect(cuts.includes(x + y)).toBe(false);
          }
        expect(chosen.length === 0 || chosen.length >= 3).toBe(true);
      }),
    );
  });

  it('leaves out who sits out, unless the others are too few without', () => {
    const blame = [1, 2].reduce(
      (known, serial) => withFailures(known, roster('b'), 3, serial),
      new Map() as Situation['blame'],
    );
    expect(chooseRoster({ ...situationOf(5), blame })).toEqual(roster('acde'));
    expect(chooseRoster({ ...situationOf(3), blame })).toEqual(roster('abc'));
  });

  it('holds fifteen at most', () => {
    expect(chooseRoster(situationOf(16))).toHaveLength(15);
  });
});

describe('objectionTo', () => {
  it('accepts what it would propose itself', () => {
    expect(objectionTo(situationOf(5), roster('abcde'), later)).toBeUndefined();
  });

  it('refuses a roster without a settled peer, and only then', () => {
    const situation = situationOf(5);
    expect(objectionTo(situation, roster('abcd'), later)).toMatch(/leaves out/);
    expect(objectionTo(situation, roster('abcd'), later - 1)).toBeUndefined();
  });

  it.each([
    ['is busy', situationOf(5, { e: { isBusy: true } })],
    ['waits for another round', situationOf(5, { e: { round: 2 } })],
    ['takes no part', situationOf(5, { e: { call: 'off' } })],
    ['lacks a link to a member', situationOf(5, {}, ['be'])],
    ['failed lately', { ...situationOf(5), blame: withFailures(new Map(), roster('e'), 3, 1) }],
    ['was left out by the room', { ...situationOf(5), leftOut: roster('e') }],
  ])('lets a peer be missing that %s', (_, situation) => {
    expect(objectionTo(situation, roster('abcd'), later)).toBeUndefined();
  });

  it('refuses strangers, those left out, and rosters that are too small', () => {
    expect(objectionTo(situationOf(4), roster('abcz'), later)).toMatch(/without a link/);
    expect(objectionTo({ ...situationOf(4), leftOut: roster('d') }, roster('abcd'), later)).toMatch(
      /left out/,
    );
    expect(objectionTo(situationOf(2), roster('ab'), later)).toMatch(/too small/);
    expect(objectionTo(situationOf(4), roster('bcd'), later)).toMatch(/does not include/);
  });
});

describe('isEverybodyReady', () => {
  const isReady = (situation: Situation, members: string, now = 0): boolean =>
    isEverybodyReady(situation, roster(members), now);
  /** The same, with something about the link to one peer changed. */
  const withLink = (situation: Situation, peer: string, over: Partial<Link>): Situation => {
    const link = { ...situation.links.get(peer as PeerId)!, ...over };
    return { ...situation, links: new Map(situation.links).set(peer as PeerId, link) };
  };

  it('waits for peers that will call soon, unless somebody pressed the button', () => {
    const soon: Readies = { c: { call: 'soon' } };
    expect(isReady(situationOf(4, soon), 'abcd')).toBe(false);
    const hurried: Readies = { ...soon, b: { call: 'now' } };
    expect(isReady(situationOf(4, hurried), 'abcd')).toBe(true);
  });

  it('waits for a peer that is behind and copies', () => {
    expect(isReady(situationOf(4, { d: { round: 2 } }), 'abc')).toBe(false);
  });

  it('waits for a peer that says nothing only while its link is young', () => {
    const silent = withLink(situationOf(4), 'd', { ready: undefined });
    expect(isReady(silent, 'abc', later - 1)).toBe(false);
    expect(isReady(silent, 'abc', later)).toBe(true);
  });

  it.each([{ call: 'soon' }, { round: 2 }] as const)(
    'waits no more for a peer that kept three rounds waiting: %o',
    (over) => {
      const members = 'round' in over ? 'abc' : 'abcd';
      const late = (waits: number): Situation =>
        withLink(situationOf(4, { d: over }), 'd', { waits });
      expect(isReady(late(2), members)).toBe(false);
      expect(isReady(late(3), members)).toBe(true);
    },
  );
});

describe('attemptOf', () => {
  it('is the highest that any of the roster expects', () => {
    const situation = situationOf(4, { c: { attempt: 5 }, d: { attempt: 9 } });
    expect(attemptOf(situation, roster('abc'))).toBe(5);
  });
});
