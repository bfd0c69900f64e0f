import { describe, expect, it } from 'vitest';
import { AttemptNetwork } from './attempt-network.ts';

describe('an attempt', () => {
  it.each([2, 3, 5, 8, 15])('of %i members gives everyone the sum over all', (count) => {
    const network = new AttemptNetwork(count, { minimum: Math.min(count, 3) });
    network.run();
    for (const member of network.members) {
      expect(member.outcome).toMatchObject({ type: 'result' });
      if (member.outcome?.type !== 'result') continue;
      expect(member.outcome.included).toHaveLength(count);
      expect(member.outcome.words).toEqual(network.sumOf(member.outcome.included));
    }
    expect(network.violations).toEqual([]);
  });

  it.each(['active', 'honest'] as const)(
    'in %s mode ends rightly for whoever stays, wherever one member vanishes',
    (mode) => {
      for (let when = 0; when < 14; when++) {
        for (const loses of ['nothing', 'queued'] as const) {
          const network = new AttemptNetwork(5, { mode });
          for (let i = 0; i < when; i++) network.deliver();
          network.vanish(network.members[when % 5]!, loses);
          network.run();
          const rest = network.members.filter((member) => member.isAlive);
          const outcomes = new Set(rest.map((member) => member.outcome?.type));
          expect([...outcomes], `${mode} ${when} ${loses}`).toHaveLength(1);
          for (const { outcome } of rest) {
            if (outcome?.type === 'result')
              expect(outcome.words).toEqual(network.sumOf(outcome.included));
            else expect(outcome).toMatchObject({ type: 'failed', isSpent: false });
          }
        }
      }
    },
  );

  it('of three that loses one before LOCK fails with a name, and may be tried again', () => {
    const network = new AttemptNetwork(3);
    network.deliver();
    network.deliver();
    network.vanish(network.members[1]!, 'queued');
    network.run();
    for (const member of network.members.filter(({ isAlive }) => isAlive)) {
      expect(member.outcome).toMatchObject({
        type: 'failed',
        reason: 'too-few-peers',
        isSpent: false,
      });
    }
  });
});
