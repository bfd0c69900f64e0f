/**
 * What one user changes, seen on the merged model: everything without noise, nothing with enough of it.
 */
import { describe, expect, it } from 'vitest';
import { settingOf } from '../../src/peer/noise-parameters.ts';
import type { NoiseSetting } from '../../src/privacy/noise.ts';
import { influenceOf, playPair, type Influence } from '../../src/simulation/influence.ts';
import { asOutlier, localReadings } from '../../src/task/readings.ts';

const OTHERS = 5;
const task = { pattern: 'circle', hidden: [8], modelSeed: 'influence' } as const;
const mine = asOutlier(localReadings('circle', 'me', 2));

function influence(noise: NoiseSetting | undefined): Influence {
  const options = { task, mine, others: OTHERS, rounds: 30, stepsBetween: 20, noise };
  return influenceOf(Array.from({ length: 20 }, (_, seed) => playPair(options, seed)));
}

describe('with and without a broken thermometer', () => {
  it('differs with masks alone, and an observer of the final model sees it', () => {
    const { with: inside, without, success, pairs } = influence(undefined);
    expect(pairs).toBe(20);
    expect(inside).toHaveLength(30);
    expect(without.at(-1)!.mean - inside.at(-1)!.mean).toBeGreaterThan(0.02);
    expect(success).toBeGreaterThan(0.9);
  });

  it('is a guess with strong noise, which leaves little to learn either', () => {
    const noise = settingOf({ kind: 'distributed', multiplier: 8, clip: 2 }, 33, OTHERS);
    const { with: inside, without, success } = influence(noise);
    expect(success).toBeLessThan(0.7);
    expect(Math.abs(without.at(-1)!.mean - inside.at(-1)!.mean)).toBeLessThan(0.06);
    expect(without.at(-1)!.mean).toBeLessThan(0.75);
  });

  it('blurs everybody’s readings alike: all the way leaves nothing to learn, not at all changes nothing', () => {
    const played = (blur: number | undefined) =>
      playPair(
        { task, mine, others: OTHERS, rounds: 8, stepsBetween: 20, noise: undefined, blur },
        3,
      );
    expect(played(0)).toEqual(played(undefined));
    expect(played(1).without.accuracies.at(-1)).toBeLessThan(
      played(0).without.accuracies.at(-1)! - 0.1,
    );
  });

  it('shares every draw but the own: a user without readings and without noise changes nothing but weight', () => {
    const options = { task, mine: [], others: 4, rounds: 1, stepsBetween: 0, noise: undefined };
    const pair = playPair(options, 7);
    const apart = pair.with.model.map((value, i) => Math.abs(value - pair.without.model[i]!));
    // No step was made, so all updates are zero, and rounding them is too.
    expect(Math.max(...apart)).toBe(0);
  });
});
