/**
 * What a machine broken where words are scattered must not pass: explorations of three and four members,
 * and five of whom one vanishes with some of its messages lost.
 *
 * As `mutant-harness.ts`, it imports the machine by its place in the tree.
 *
 * @module
 */
import { openEnvelope, type Mode } from '../../src/secagg/index.ts';
import { SeededRandom } from '../../src/seeded-random.ts';
import { explore, exploreAround } from '../../src/simulation/explore.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';
import { AttemptNetwork } from './attempt-network.ts';

/** The first fault that the checks find, in words; undefined for a machine that passes. */
export function findFault(): string | undefined {
  return undisturbedFault() ?? storeFault() ?? vanishingFault() ?? exploredFault();
}

function exploredFault(): string | undefined {
  const two = { wordCount: 17, owners: 2 };
  const three = { wordCount: 33, owners: 3 };
  const small = { memberCount: 3, mode: 'active', mayVanish: [0, 1, 2], maxWorlds: 2e4 } as const;
  const large = { memberCount: 4, mode: 'honest', mayVanish: [0, 1, 2, 3], maxWorlds: 60 } as const;
  const reports = [
    () => explore({ ...small, scattered: two }),
    () => exploreAround({ ...large, scattered: three }, 'mutants'),
  ];
  for (const report of reports) {
    const { violation } = report();
    if (violation !== undefined) return violation.text;
  }
  return undefined;
}

/** Nobody vanishes, and each chunk comes in two parts. */
function undisturbedFault(): string | undefined {
  const network = fiveMembers(500, 'active');
  network.run();
  const isSummed = network.members.every(
    ({ outcome }) =>
      outcome?.type === 'result' && outcome.words.join() === network.sumOf(outcome.included).join(),
  );
  return isSummed ? undefined : 'a sum that nobody disturbs fails';
}

/** Where "contributed" cannot be kept, nothing masked leaves. */
function storeFault(): string | undefined {
  const network = fiveMembers(200, 'active', false);
  network.run();
  const types = new Set(network.log.map(({ bytes }) => openEnvelope(bytes).type));
  return types.has('digests') || types.has('chunk') ? 'masked words leave unkept' : undefined;
}

function fiveMembers(dimension: number, mode: Mode, canStore = true): AttemptNetwork {
  const split = { tileWords: 16, shares: [1, 1, 1, 1, 1] };
  return new AttemptNetwork(5, { suite: simulatedSuite, mode, dimension, split, canStore });
}

/** One of five vanishes, and each link loses as much of what it sent as chance says. */
function vanishingFault(): string | undefined {
  for (let seed = 0; seed < 150; seed++) {
    const random = new SeededRandom(`vanish ${seed}`);
    const network = fiveMembers(200, seed % 2 === 0 ? 'honest' : 'active');
    const lost = network.members[seed % 5]!;
    const when = 4 + (random.word() % 24);
    for (let i = 0; i < when; i++) network.deliver();
    for (const { signer } of network.members) {
      const queue = network.queue(lost.signer.id, signer.id);
      queue.length = random.word() % (queue.length + 1);
    }
    network.vanish(lost);
    network.run();
    const results = new Set<string>();
    for (const { outcome, isAlive } of network.members) {
      if (!isAlive || outcome?.type !== 'result') continue;
      results.add(outcome.words.join());
      if (outcome.words.join() !== network.sumOf(outcome.included).join()) return 'a wrong sum';
    }
    if (results.size > 1) return 'two results differ';
    if (network.violations.length > 0) return `accuses: ${network.violations.join()}`;
    if (when < 10 && results.size === 0 && seed % 2 === 0 && isSharing(network)) {
      return 'an owner that leaves costs the others their sum';
    }
  }
  return undefined;
}

/** Whether everybody had masked its words, so that one who leaves could be done without. */
function isSharing(network: AttemptNetwork): boolean {
  return network.members.every(({ state }) => state.digests[state.setting.self] !== undefined);
}
