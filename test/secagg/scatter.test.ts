import { describe, expect, it } from 'vitest';
import type { Split } from '../../src/secagg/index.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';
import { AttemptNetwork, type NetworkOptions } from './attempt-network.ts';

/** Tiles of one block, so that some hundred words are many messages. */
const splitFor = (count: number, shares?: readonly number[]): Split => ({
  tileWords: 16,
  shares: shares ?? Array.from({ length: count }, () => 1),
});

function network(count: number, options: NetworkOptions = {}): AttemptNetwork {
  return new AttemptNetwork(count, {
    suite: simulatedSuite,
    dimension: 401,
    split: splitFor(count),
    minimum: Math.min(count, 3),
    ...options,
  });
}

describe('a scattered sum', () => {
  it.each([2, 3, 5, 8, 15])('of %i members gives everyone the sum over all', (count) => {
    const room = network(count);
    room.run();
    for (const member of room.members) {
      expect(member.outcome).toMatchObject({ type: 'result' });
      if (member.outcome?.type !== 'result') continue;
      expect(member.outcome.included).toHaveLength(count);
      expect(member.outcome.words).toEqual(room.sumOf(member.outcome.included));
    }
    expect(room.violations).toEqual([]);
  });

  it.each(['active', 'honest'] as const)(
    'in %s mode ends rightly for whoever stays, wherever one member vanishes',
    { timeout: 60_000 },
    (mode) => {
      const endings = new Map<string, number>();
      for (let who = 0; who < 5; who++) {
        for (let when = 0; when < 40; when++) {
          for (const loses of ['nothing', 'queued'] as const) {
            const room = network(5, { mode, dimension: 200 });
            for (let i = 0; i < when; i++) room.deliver();
            room.vanish(room.members[who]!, loses);
            room.run();
            const rest = room.members.filter((member) => member.isAlive);
            const name = `${mode} ${who} ${when} ${loses}`;
            const outcomes = new Set(rest.map(({ outcome }) => outcome?.type));
            for (const { outcome } of rest) {
              if (outcome?.type === 'result') {
                expect(outcome.words, name).toEqual(room.sumOf(outcome.included));
              } else if (outcome?.type === 'failed') {
                expect(outcome, name).toMatchObject({ type: 'failed', isSpent: false });
              }
            }
            const key = [...outcomes].sort().join();
            endings.set(key, (endings.get(key) ?? 0) + 1);
            expect(room.violations, name).toEqual([]);
          }
        }
      }
      expect(endings.get('result')).toBeGreaterThan(300);
    },
  );
});
