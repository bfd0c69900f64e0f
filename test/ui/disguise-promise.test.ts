/** What a local randomiser would tell, before it is chosen: as much as it then does. */
import { describe, expect, it } from 'vitest';
import { createMemoryNetwork } from '../../src/peer/memory-transport.ts';
import { promiseOfRandomiser, randomiserWords } from '../../src/ui/disguise-promise.ts';
import { HEAT_MAP, join } from '../peer/sessions.ts';

const CHOICE = { type: 'randomise', spread: 0.5, labelEpsilon: 1 } as const;

describe('the promise of a randomiser', () => {
  it('is what the session counts once it is chosen, and once it is chosen again', async () => {
    const session = await join({ network: createMemoryNetwork() }, { task: HEAT_MAP });
    const promised = () => promiseOfRandomiser(session.view.learning!, CHOICE);
    for (const released of [12, 24]) {
      const { all, count } = promised();
      session.setDisguise(CHOICE);
      const told = session.view.learning!.disguise!;
      expect(told.released).toBe(released);
      expect(count).toBe(12);
      expect(all).toBeCloseTo(told.epsilon, 6);
      session.setDisguise({ type: 'none' });
    }
  });

  it('is said for one reading and for all, with what it is worth', () => {
    expect(randomiserWords({ one: 17.74, all: 103, count: 12 })).toBe(
      'epsilon 17.8 for one reading, above 50 for your 12, checks included: too weak to be called private',
    );
    const strong = { type: 'randomise', spread: 64, labelEpsilon: 0.01 } as const;
    const { one, all } = promiseOfRandomiser({ readings: [], disguise: undefined }, strong);
    expect(all).toBeGreaterThan(one);
    expect(randomiserWords({ one, all, count: 4 })).toContain('a strong promise');
  });
});
