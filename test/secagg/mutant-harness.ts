/**
 * What a broken machine must not pass: explorations of three and four members, and two schedules
 * for rules that honest members alone cannot break.
 *
 * It imports the machine by its place in the tree, so that a copy of both, with a line of the
 * machine changed, is a judgement of that line.
 *
 * @module
 */
import { openEnvelope } from '../../src/secagg/index.ts';
import { explore, exploreAround } from '../../src/simulation/explore.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';
import { AttemptNetwork } from './attempt-network.ts';

/** The first fault that the checks find, in words; undefined for a machine that passes. */
export function findFault(): string | undefined {
  return keyFault() ?? minimumFault() ?? exploredFault();
}

function exploredFault(): string | undefined {
  const three = { memberCount: 3, mayVanish: [0, 1, 2], maxWorlds: 1e5 } as const;
  const four = { memberCount: 4, mayVanish: [0, 1, 2, 3], maxWorlds: 60 } as const;
  for (const mode of ['active', 'honest'] as const) {
    const report = [
      () => explore({ ...three, mode }),
      () => exploreAround({ ...four, mode }, 'mutants'),
    ];
    for (const run of report) {
      const { violation } = run();
      if (violation !== undefined) return violation.text;
    }
  }
  return undefined;
}

/** Two attempts that differ in their number alone have no mask and no sealed share in common. */
function keyFault(): string | undefined {
  const [one, two] = [1, 2].map((attempt) => {
    const network = new AttemptNetwork(3, { suite: simulatedSuite, attempt, entropy: 'the same' });
    network.run();
    const sealed = network.members.flatMap(({ state }) =>
      state.sealed.map((bytes) => bytes?.join()),
    );
    const masks = network.members.flatMap(({ outcome }) =>
      outcome?.type === 'result'
        ? (outcome.inspection?.masks.map(({ words }) => words.join()) ?? [])
        : [],
    );
    return new Set([...sealed, ...masks].filter((text) => text !== undefined));
  }) as [Set<string>, Set<string>];
  if (one.size < 9) return 'an attempt of three has no result';
  return [...one].some((text) => two.has(text)) ? 'two attempts share a key' : undefined;
}

/** A leader content with three cannot make the others, who ask for five, content with four. */
function minimumFault(): string | undefined {
  const network = new AttemptNetwork(5, {
    suite: simulatedSuite,
    mode: 'honest',
    minimumOf: (isLeader) => (isLeader ? 3 : 5),
    // A member that leads no one sends no contribution, and vanishes.
    tamper: (from, _to, bytes) => {
      const { leaders, self } = from.state.setting;
      return self === leaders.at(-1) && openEnvelope(bytes).type === 'masked' ? [] : undefined;
    },
  });
  for (let i = 0; i < 3; i++) network.deliver();
  while (network.members.some(({ state }) => state.masked[state.setting.self] === undefined)) {
    if (!network.deliver()) break;
  }
  const { leaders } = network.members[0]!.state.setting;
  network.vanish(network.members[leaders.at(-1)!]!);
  network.run();
  const isSmall = network.members.some(
    ({ outcome, state }) =>
      outcome?.type === 'result' && outcome.included.length < state.setting.minimum,
  );
  return isSmall ? 'a member takes part in a smaller sum than it asked for' : undefined;
}
