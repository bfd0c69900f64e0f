/**
 * Noise that a peer follows without asking is said to its person: from whom, and whether it hides more.
 */
import { describe, expect, it } from 'vitest';
import { settingOf } from '../../src/peer/noise-parameters.ts';
import { Privacy } from '../../src/peer/privacy.ts';
import { agreementText } from '../../src/privacy/agreement.ts';
import type { NoiseSetting } from '../../src/privacy/noise.ts';
import { ANYBODY } from '../../src/round/roster.ts';
import { fixtureId } from '../ui/fixture-views.ts';

const DIMENSION = 33;
const [ADA, BO] = [fixtureId(1), fixtureId(2)];

const noiseOf = (multiplier: number): NoiseSetting =>
  settingOf({ kind: 'distributed', clip: 0.5, multiplier }, DIMENSION, 5);

function privacy(noise: NoiseSetting | undefined, follows?: typeof ANYBODY): Privacy {
  return new Privacy({
    kept: undefined,
    keep: () => Promise.resolve(),
    noise,
    dimension: DIMENSION,
    budget: undefined,
    minPeers: 3,
    follows,
  });
}

describe('a peer that hears of other noise', () => {
  it('says who asked for stronger noise that it follows, until its person chooses', () => {
    const mine = privacy(undefined);
    expect(mine.view.followed).toBeUndefined();
    const stronger = { setting: noiseOf(2), revision: 1 };
    expect(mine.hear(ADA, agreementText(stronger))).toBe('followed');
    const followed = { peer: ADA, noise: noiseOf(2), isStronger: true, isArrival: false };
    expect(mine.view.followed).toEqual(followed);
    // Whoever says the same later asked for nothing.
    mine.hear(BO, agreementText(stronger));
    expect(mine.view.followed).toEqual(followed);
    mine.choose({ kind: 'distributed', clip: 0.5, multiplier: 4 }, DIMENSION, 5);
    expect(mine.view.followed).toBeUndefined();
  });

  it('says nothing of weaker noise that its person is asked about, nor once that person agreed', () => {
    const mine = privacy(noiseOf(2));
    const weaker = { setting: noiseOf(1), revision: 1 };
    expect(mine.hear(ADA, agreementText(weaker))).toBe('asked');
    expect(mine.view.followed).toBeUndefined();
    mine.follow(ADA);
    expect(mine.view.noise).toEqual(noiseOf(1));
    expect(mine.view.followed).toBeUndefined();
  });

  it('does not call noise stronger that hides less, where it follows anybody', () => {
    const mine = privacy(noiseOf(2), ANYBODY);
    mine.hear(ADA, agreementText({ setting: noiseOf(3), revision: 1 }));
    expect(mine.view.followed?.isStronger).toBe(true);
    mine.hear(BO, agreementText({ setting: noiseOf(2.5), revision: 2 }));
    expect(mine.view.followed).toMatchObject({ peer: BO, isStronger: false });
  });

  it('tells what a room had before it came from what somebody asks for now', () => {
    const mine = privacy(undefined);
    mine.hear(ADA, agreementText({ setting: noiseOf(2), revision: 3 }), true);
    expect(mine.view.followed?.isArrival).toBe(true);
    mine.hear(BO, agreementText({ setting: noiseOf(4), revision: 4 }), false);
    expect(mine.view.followed).toMatchObject({ peer: BO, isArrival: false });
  });
});
