/**
 * Noise in real rounds: as much as was agreed, charged to whoever it protects, and agreed by all.
 */
import { describe, expect, it } from 'vitest';
import { Agreeing } from '../../src/peer/agreeing.ts';
import { createIdentity } from '../../src/peer/identity.ts';
import { createMemoryNetwork } from '../../src/peer/memory-transport.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { settingOf } from '../../src/peer/noise-parameters.ts';
import { Privacy } from '../../src/peer/privacy.ts';
import { createMemoryStore } from '../../src/peer/stores.ts';
import type { NoiseChoice } from '../../src/peer/view.ts';
import { agreementText } from '../../src/privacy/agreement.ts';
import { scaleOf } from '../../src/privacy/noise.ts';
import { epsilonOf, rhoOfRound } from '../../src/privacy/zcdp.ts';
import type { Transport } from '../../src/ports.ts';
import { decodeMessage } from '../../src/round/messages.ts';
import { PARAMETERS } from '../round/room.ts';
import { HEAT_MAP, join, until, untilEvent } from './sessions.ts';

const NOISE: NoiseChoice = { kind: 'distributed', multiplier: 1.7, clip: 0.5 };
const VALUES = 4000;

/** Six standard errors of a variance over so many samples: a right one is outside once in 10^9 runs. */
const VARIANCE_ERROR = 6 * Math.sqrt(2 / VALUES);

describe('a private sum with noise', () => {
  it.each([
    ['everybody in it', 0],
    ['everybody in it, and none for who dropped out', 1],
  ])('has the noise of %s', async (_, quitters) => {
    const network = createMemoryNetwork();
    const minPeers = 6 - quitters;
    const leaving = { network, wrap: quittingAfterItsShares };
    const sessions = await Promise.all(
      [0, 1, 2, 3, 4, 5].map((i) => join(i < quitters ? leaving : { network }, { minPeers })),
    );
    const { share } = settingOf(NOISE, VALUES, minPeers - 1);
    const scale = scaleOf(settingOf(NOISE, VALUES, minPeers - 1));
    const zeros = new Float64Array(VALUES);
    const asked = sessions.map((one) => one.aggregate(zeros, { noise: NOISE }));
    const gone = asked.slice(0, quitters).map((lost) => expect(lost).rejects.toThrow());
    const results = await Promise.all(asked.slice(quitters));
    const { sum, count } = results[0]!;
    const { result } = sessions.at(-1)!.view;
    expect(result!.dropped).toEqual(sessions.slice(0, quitters).map(({ view }) => view.self.id));
    expect(count).toBe(6 - quitters);
    const steps = sum.map((value) => value * scale);
    expect(steps.every((value) => Math.abs(value - Math.round(value)) < 1e-6)).toBe(true);
    const variance = steps.reduce((total, value) => total + value * value, 0) / VALUES;
    expect(Math.abs(variance / (count * share ** 2) - 1)).toBeLessThan(VARIANCE_ERROR);
    // Neighbouring values have nothing to do with each other.
    const lagged = steps.reduce((total, value, i) => total + value * (steps[i + 1] ?? 0), 0);
    expect(Math.abs(lagged / VALUES / variance)).toBeLessThan(6 / Math.sqrt(VALUES));
    await Promise.all(sessions.map((one) => one.leave()));
    await Promise.all(gone);
  });

  it('costs what the peers that were in it hide, and stops at the budget with nothing half sent', async () => {
    const network = createMemoryNetwork();
    const dimension = 3;
    const setting = settingOf(NOISE, dimension, 2);
    const one = epsilonOf(rhoOfRound(setting, dimension, 3), setting.delta);
    // Four peers: three hide each of them. The budget is for two such rounds, and not for a worst third.
    const budget = epsilonOf(2.2 * rhoOfRound(setting, dimension, 3), setting.delta);
    const careful = await join({ network }, { budget });
    const others = await Promise.all([1, 2, 3].map(() => join({ network })));
    const values = [0.1, 0.2, 0.3];
    const ask = async (): Promise<void> => {
      const all = [careful, ...others].map((each) => each.aggregate(values, { noise: NOISE }));
      await Promise.all(all);
    };
    await ask();
    expect(careful.view.privacy.spent.othersHonest).toBeCloseTo(one, 9);
    expect(careful.view.privacy.spent.rounds).toBe(1);
    const { allColluding, halfColluding } = careful.view.privacy.spent;
    expect(allColluding).toBeGreaterThan(halfColluding);
    const failed = untilEvent(careful, 'round-failed');
    // A second round may have three peers only, for all anybody knows: then two would hide each.
    await expect(careful.aggregate(values, { noise: NOISE })).rejects.toMatchObject({
      reason: 'budget',
    });
    expect(await failed).toMatchObject({ failure: { reason: 'budget' } });
    const rest = await Promise.all(others.map((o) => o.aggregate(values, { noise: NOISE })));
    expect(rest[0]!.included).not.toContain(careful.view.self.id);
    careful.setBudget(100);
    await ask();
    expect(careful.view.privacy.spent.rounds).toBe(2);
  });

  it('refuses noise that is none, before anything is sent', async () => {
    const session = await join({ network: createMemoryNetwork() });
    const ask = (noise: Partial<NoiseChoice>): Promise<unknown> =>
      session.aggregate([1], { noise: { ...NOISE, ...noise } });
    await expect(ask({ multiplier: 0 })).rejects.toThrow('noise multiplier is 0');
    await expect(ask({ clip: -1 })).rejects.toThrow('clip norm is -1');
    await expect(ask({ delta: 1 })).rejects.toThrow('Delta is 1');
    await expect(ask({ multiplier: 0.00001 })).rejects.toThrow('raise the noise multiplier');
    await expect(session.aggregate([1], { noise: NOISE, weight: 2 })).rejects.toThrow('weight');
  });
});

describe('a round without noise', () => {
  it('counts as told when its contribution may have been opened, and not when it never will be', async () => {
    const privacy = new Privacy({
      kept: undefined,
      keep: () => Promise.resolve(),
      noise: undefined,
      dimension: 35,
      budget: undefined,
      minPeers: 3,
      follows: undefined,
    });
    const parameters = { ...PARAMETERS, dimension: 35 };
    await privacy.charge({ round: 1, attempt: 1 }, parameters);
    privacy.release({ round: 1, attempt: 1 });
    expect(privacy.view.spent.bareRounds).toBe(0);
    await privacy.charge({ round: 1, attempt: 2 }, parameters);
    privacy.lose();
    expect(privacy.view.spent.bareRounds).toBe(1);
    privacy.lose();
    expect(privacy.view.spent.bareRounds).toBe(1);
  });
});

describe('a room that learns with noise', () => {
  const options = { task: HEAT_MAP, stepsPerSecond: 200 };

  it('follows whoever asks for more, and charges each round to everybody in it', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all([0, 1, 2, 3].map(() => join({ network }, options)));
    await Promise.all(sessions.map((one) => until(one, (view) => (view.result?.round ?? 0) >= 1)));
    sessions[0]!.setNoise(NOISE);
    const views = await Promise.all(
      sessions.map((one) => until(one, (view) => view.privacy.spent.rounds >= 2)),
    );
    for (const { privacy } of views) {
      expect(privacy.noise).toMatchObject({ ...NOISE, honest: 3 });
      expect(privacy.revision).toBe(1);
      expect(privacy.spent.bareRounds).toBeGreaterThanOrEqual(1);
      expect(privacy.spent.othersHonest).toBeGreaterThan(0);
    }
    const event = await untilEvent(sessions[1]!, 'round');
    expect(event.type === 'round' && event.epsilon).toBeGreaterThan(0);
  });

  it('asks a person before it hides less, and never goes below what one insists on', async () => {
    const network = createMemoryNetwork();
    const tab = { network, kind: 'tab' } as const;
    const [ada, bo, cy] = await Promise.all([1, 2, 3].map(() => join(tab, options)));
    ada!.setNoise(NOISE);
    await Promise.all([bo!, cy!].map((one) => until(one, (view) => view.privacy.revision === 1)));
    const weaker = { ...NOISE, multiplier: 0.4 };
    cy!.insistOnNoise(NOISE);
    bo!.setNoise(weaker);
    const asked = await until(ada!, (view) => view.privacy.asked.length > 0);
    expect(asked.privacy.asked[0]).toMatchObject({ peers: [bo!.view.self.id], isTooWeak: false });
    expect(asked.privacy.noise).toMatchObject(NOISE);
    const refused = await until(cy!, (view) => view.privacy.asked.length > 0);
    expect(refused.privacy.asked[0]).toMatchObject({ isTooWeak: true });
    ada!.followNoise(bo!.view.self.id);
    const followed = await until(ada!, (view) => view.privacy.noise?.multiplier === 0.4);
    expect(followed.privacy.apart).toEqual([cy!.view.self.id]);
    // Whoever stays behind can ask all of them back.
    cy!.setNoise(NOISE);
    await until(bo!, (view) => view.privacy.noise?.multiplier === NOISE.multiplier);
    await until(ada!, (view) => view.privacy.noise?.multiplier === NOISE.multiplier);
  });

  it('still takes part with no less than it insisted on after a reload', async () => {
    const network = createMemoryNetwork();
    const tab = {
      network,
      kind: 'tab',
      identity: createIdentity(nodeSuite),
      store: createMemoryStore(),
    } as const;
    const before = await join(tab, options);
    before.insistOnNoise(NOISE);
    await before.leave();
    const after = await join(tab, options);
    expect(after.view.privacy.least).toMatchObject(NOISE);
    expect(after.view.privacy.noise).toMatchObject(NOISE);
    const others = await Promise.all(
      [1, 2].map(() =>
        join({ ...tab, identity: createIdentity(nodeSuite), store: createMemoryStore() }, options),
      ),
    );
    await Promise.all(
      others.map((one) => until(one, ({ privacy }) => privacy.noise !== undefined)),
    );
    after.insistOnNoise(undefined);
    await after.leave();
    expect((await join(tab, options)).view.privacy.least).toBeUndefined();
  });

  it(
    'is charged for what hides it in its line, in a room of lines',
    { timeout: 120_000 },
    async () => {
      const network = createMemoryNetwork();
      const noisy = { task: HEAT_MAP, stepsPerSecond: 40, noise: NOISE };
      const sessions = await Promise.all(
        Array.from({ length: 18 }, () => join({ network }, noisy)),
      );
      const [view] = await Promise.all(
        sessions.map((one) =>
          until(one, ({ result, grid }) => grid !== undefined && result?.included.length === 18),
        ),
      );
      const { privacy, grid, self } = view!;
      const line = grid!.lines.find((members) => members.includes(self.id))!;
      expect(line.length).toBeLessThan(18);
      const before = privacy.spent.othersHonest;
      const [next] = await Promise.all(
        sessions.map((one) =>
          until(
            one,
            ({ result }) => result!.round > view!.result!.round && result!.included.length === 18,
          ),
        ),
      );
      const told = next!.privacy.spent;
      expect(told.rounds).toBeGreaterThan(privacy.spent.rounds);
      expect(told.othersHonest).toBeGreaterThan(before);
      // All rounds at the price of a line: more than if all eighteen had hidden it in each.
      const rounds = told.rounds;
      const cheapest = rhoOfRound(privacy.noise!, 35, 17);
      expect(told.othersHonest).toBeGreaterThan(epsilonOf(rounds * cheapest, told.delta));
    },
  );

  it(
    'is charged nothing for the attempt that divides a room, which sums nothing',
    { timeout: 120_000 },
    async () => {
      const network = createMemoryNetwork();
      const sessions = await Promise.all(Array.from({ length: 18 }, () => join({ network })));
      await Promise.all(
        sessions.map((one) =>
          until(one, ({ peers }) => peers.filter(({ link }) => link === 'linked').length === 17),
        ),
      );
      const sums = await Promise.all(
        sessions.map((one) => one.aggregate([0.5], { noise: NOISE, minPeers: 5 })),
      );
      expect(sums.map(({ count, round }) => [count, round])).toEqual(sums.map(() => [18, 2]));
      expect(sessions.map(({ view }) => view.privacy.spent.rounds)).toEqual(sums.map(() => 1));
    },
  );

  it('follows no trick: neither a delta that promises nothing, nor steps so coarse that rounding tells', async () => {
    const network = createMemoryNetwork();
    const careful = await join({ network, kind: 'tab' }, { ...options, noise: NOISE });
    const setting = careful.view.privacy.noise!;
    for (const [trick, part] of [
      ['a delta of 0.99', { delta: 0.99 }],
      ['a share of 4', { share: 4 }],
    ] as const) {
      const liar = new Agreeing({ setting: { ...setting, ...part }, revision: 1 }, 35, undefined);
      const told = agreementText(liar.own);
      const agreeing = new Agreeing({ setting, revision: 0 }, 35, undefined);
      let heard: string;
      try {
        heard = agreeing.hear(careful.view.self.id, told);
      } catch (error) {
        heard = (error as Error).message;
      }
      expect(heard, trick).toMatch(/^asked$|takes 1024/);
      expect(agreeing.own.setting, trick).toEqual(setting);
    }
  });

  it('remembers what was spent over a reload', async () => {
    const network = createMemoryNetwork();
    const identity = createIdentity(nodeSuite);
    const store = createMemoryStore();
    const noisy = { ...options, noise: NOISE };
    await Promise.all([1, 2, 3].map(() => join({ network }, noisy)));
    const first = await join({ network, identity, store }, noisy);
    await until(first, (view) => view.privacy.spent.rounds >= 2);
    first.setBudget(1000);
    await first.leave();
    // By now every charge is settled that ever will be.
    const before = first.view;
    const second = await join({ network, identity, store }, noisy);
    const { spent, budget } = second.view.privacy;
    expect(spent.rounds).toBeGreaterThanOrEqual(before.privacy.spent.rounds);
    expect(spent.othersHonest).toBeGreaterThanOrEqual(before.privacy.spent.othersHonest);
    expect(budget).toBe(1000);
  });
});

describe('readings that are changed before anything learns from them', () => {
  const options = { task: HEAT_MAP, stepsPerSecond: 200 };

  it('are randomised once each, over a reload too, and cost what each of them tells', async () => {
    const network = createMemoryNetwork();
    const [identity, store] = [createIdentity(nodeSuite), createMemoryStore()];
    const first = await join({ network, identity, store }, options);
    const truly = first.view.learning!.readings;
    first.setDisguise({ type: 'randomise', spread: 0.5, labelEpsilon: 1 });
    const { readings, disguise } = first.view.learning!;
    expect(readings).toHaveLength(truly.length);
    expect(readings).not.toEqual(truly);
    // Eight to learn from, and four to check with.
    expect(disguise!.released).toBe(12);
    expect(disguise!.epsilon).toBeCloseTo(epsilonOf(12 * 4.5, 1e-5), 9);
    first.addReading({ x: 0.1, y: 0.1, isHot: true });
    expect(first.view.learning!.disguise!.released).toBe(13);
    const shown = first.view.learning!.readings;
    expect(shown.slice(0, 8)).toEqual(readings);
    await first.leave();
    const second = await join({ network, identity, store }, options);
    expect(second.view.learning!.readings).toEqual(shown);
    expect(second.view.learning!.disguise!.released).toBe(13);
    second.setDisguise({ type: 'none' });
    expect(second.view.learning!.readings.slice(0, 8)).toEqual(truly);
    expect(second.view.learning!.disguise!.released).toBe(13);
  });

  it('are blurred without a promise: places move, labels stay', async () => {
    const session = await join({ network: createMemoryNetwork() }, options);
    const truly = session.view.learning!.readings;
    session.setDisguise({ type: 'blur', level: 0.4 });
    const { readings, disguise } = session.view.learning!;
    expect(readings.map(({ isHot }) => isHot)).toEqual(truly.map(({ isHot }) => isHot));
    readings.forEach(({ x }, at) => {
      // Within the support that the true place leaves: that is why nothing is hidden.
      expect(x).toBeGreaterThanOrEqual(0.6 * truly[at]!.x);
      expect(x).toBeLessThanOrEqual(0.6 * truly[at]!.x + 0.4);
    });
    expect(disguise).toMatchObject({ released: 0, epsilon: 0 });
  });
});

/** A transport that ends once its peer has dealt its shares, and masked nothing yet. */
function quittingAfterItsShares(transport: Transport): Transport {
  let dealt = 0;
  return {
    self: transport.self,
    start: (onEvent) => {
      transport.start(onEvent);
    },
    send(peer, message, lane) {
      // What it would say while it closes is not said.
      if (dealt >= 5) return;
      transport.send(peer, message, lane);
      try {
        const decoded = decodeMessage(message);
        if (decoded.type !== 'attempt' || decoded.message.content.type !== 'shares') return;
      } catch {
        return; // Of the links between peers, not of rounds.
      }
      if (++dealt === 5) void transport.close();
    },
    disconnect: (peer, reason) => {
      transport.disconnect(peer, reason);
    },
    close: () => transport.close(),
  };
}
