import { describe, expect, it } from 'vitest';
import { explore, exploreAround, type ExplorationReport } from '../../src/simulation/explore.ts';
import { fingerprintOf } from '../../src/simulation/explore-fingerprint.ts';

/** `npm test` sets it: more worlds where there are too many for all of them. */
const isThorough = process.env['MURMURATION_THOROUGH'] === '1';
const everyone = [0, 1, 2, 3];

describe.each(['active', 'honest'] as const)('in %s mode', (mode) => {
  it('three members of whom one may vanish keep every invariant in every order there is', () => {
    const report = explore({ memberCount: 3, mode, mayVanish: [0, 1, 2], maxWorlds: 1e6 });
    say(`3 members, ${mode}`, report);
    expect(report.violation).toBeUndefined();
    expect(report.isComplete).toBe(true);
    // The numbers are part of the finding: fewer would mean that something is no longer looked at.
    expect([report.worlds, report.ends]).toEqual(
      mode === 'active' ? [22_851, 2_324] : [52_605, 1_800],
    );
    const names = new Set([...report.outcomes.keys()].flatMap((name) => name.split(' ')));
    expect([...names].sort()).toEqual(['result', 'spent', 'too-few-peers-free', 'vanished']);
  });

  it('leaving out what commutes changes no end', () => {
    const [all, reduced] = [false, true].map((isReduced) =>
      explore({ memberCount: 3, mode, mayVanish: [0, 1, 2], maxWorlds: 1e6, isReduced }),
    ) as [ExplorationReport, ExplorationReport];
    expect(all.isComplete).toBe(true);
    expect(all.violation).toBeUndefined();
    expect(reduced.outcomes).toEqual(all.outcomes);
    expect(reduced.worlds).toBeLessThan(all.worlds);
  });

  it.each(['a', 'b'])(
    'four members keep them around schedule %s, wherever one vanishes',
    (seed) => {
      const maxWorlds = isThorough ? 1500 : 150;
      const report = exploreAround({ memberCount: 4, mode, mayVanish: everyone, maxWorlds }, seed);
      expect(report.violation).toBeUndefined();
      expect(report.ends).toBeGreaterThan(100);
      const names = [...report.outcomes.keys()];
      expect(names.some((name) => /^(result ?|vanished ?)+$/.test(name))).toBe(true);
      expect(names.some((name) => name.includes('-free'))).toBe(true);
    },
  );

  it('four members keep them in the first worlds of all, depth first', () => {
    const maxWorlds = isThorough ? 250_000 : 30_000;
    const report = explore({ memberCount: 4, mode, mayVanish: everyone, maxWorlds });
    say(`4 members, ${mode}, depth first`, report);
    expect(report.violation).toBeUndefined();
    expect(report.worlds).toBeGreaterThanOrEqual(maxWorlds);
  });
});

/** How far it went, for whoever reads the output. */
function say(what: string, { worlds, steps, memberStates, ends, isComplete }: ExplorationReport) {
  const extent = isComplete ? 'all of them' : 'as far as the budget goes';
  process.stdout.write(
    `${what}: ${worlds} worlds (${extent}), ${steps} steps, ${memberStates} member states, ${ends} ends\n`,
  );
}

describe('a fingerprint', () => {
  it('tells values apart that differ in one field, and only those', () => {
    const value = {
      a: [1, undefined, 'x'],
      b: Uint8Array.of(1, 2),
      c: new Uint32Array(1),
      d: true,
    };
    const others = [
      { ...value, a: [1, 'x'] },
      { ...value, a: [1, undefined, 'y'] },
      { ...value, b: Uint8Array.of(1, 3) },
      { ...value, b: Uint8Array.of(1) },
      { ...value, c: Uint32Array.of(1) },
      { ...value, d: false },
      { ...value, e: null },
    ];
    const names = new Set([value, ...others].map(fingerprintOf));
    expect(names.size).toBe(others.length + 1);
    expect(fingerprintOf(structuredClone(value))).toBe(fingerprintOf(value));
  });
});
