/**
 * Scenarios by seed: which faults strike whom, and how a broken run is told.
 *
 * A run that fails prints its seed; `MURMURATION_SEED` with the name of the run
 * plays it alone, with the same outcome.
 *
 * @module
 */
import type { Suite } from '../../src/ports.ts';
import { SeededRandom } from '../../src/seeded-random.ts';
import { ACCIDENTS, FAULTS, type Fault } from '../../src/simulation/faults.ts';
import { SCATTER_LIES } from '../../src/simulation/scatter-faults.ts';
import {
  runScenario,
  type Outcome,
  type Role,
  type Scenario,
  type Strike,
} from '../../src/simulation/scenario.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';

/** How much of the long runs is played: `MURMURATION_THOROUGH` is 1 in the complete tests, `all` to spare nothing. */
const THOROUGH = process.env['MURMURATION_THOROUGH'];
export const IS_THOROUGH = THOROUGH === '1' || THOROUGH === 'all';

/** A scenario, by the seed that tells all of it. */
export interface Named {
  readonly name: string;
  readonly scenario: Scenario;
}

/** Every fault alone, on the leader and on a member. */
export function singles(peers: number): readonly Named[] {
  return FAULTS.flatMap((fault) =>
    (['leader', 'member'] as const).map((role) => named('single', peers, [{ fault, role }])),
  );
}

/** Every pair of faults, on every pair of roles that differs. */
export function pairs(peers: number): readonly Named[] {
  return FAULTS.flatMap((first, i) =>
    FAULTS.slice(i).flatMap((second) =>
      rolesOf(first, second, peers).map(([a, b]) =>
        named('pair', peers, [
          { fault: first, role: a },
          { fault: second, role: b },
        ]),
      ),
    ),
  );
}

/** Every lie about scattered words, alone and beside every fault; with owners that leave. */
export function scattered(peers: number): readonly Named[] {
  const lies = SCATTER_LIES.flatMap((fault) =>
    (['leader', 'member'] as const).map((role) => named('lie', peers, [{ fault, role }])),
  );
  const mixed = SCATTER_LIES.flatMap((lie) =>
    FAULTS.flatMap((fault) =>
      rolesOf(lie, fault, peers).map(([a, b]) =>
        named('mixed', peers, [
          { fault: lie, role: a },
          { fault, role: b },
        ]),
      ),
    ),
  );
  return [...lies, ...singles(peers), ...mixed, ...pairs(peers)].map(({ name, scenario }) => ({
    name: `scattered ${name}`,
    scenario: { ...scenario, isScattered: true },
  }));
}

/** So many random choices of faults. */
export function randoms(
  kind: string,
  count: number,
  choose: (random: SeededRandom) => { readonly peers: number; readonly faults: number },
): readonly Named[] {
  return Array.from({ length: count }, (_, i) => {
    const random = new SeededRandom(`${kind} ${i}`);
    const { peers, faults } = choose(random);
    const strikes: Strike[] = [];
    while (strikes.length < faults) {
      const pool = peers < 4 ? ACCIDENTS : FAULTS;
      const fault = pool[Math.floor(random.uniform() * pool.length)]!;
      const liar = strikes.find((strike) => strike.fault.isLie);
      const role = ROLES[Math.floor(random.uniform() * ROLES.length)]!;
      // The protocol bears fewer than a third of liars.
      const isShared = fault.isLie && liar !== undefined && peers < 7;
      strikes.push({ fault, role: isShared ? liar.role : role });
    }
    return named(`${kind} ${i}`, peers, strikes);
  });
}

/** Plays scenarios; the broken ones as lines that say how to play them again. */
export function play(
  runs: readonly Named[],
  suite: Suite = simulatedSuite,
): { readonly broken: readonly string[]; readonly states: number; readonly runs: number } {
  const only = process.env['MURMURATION_SEED'];
  const broken: string[] = [];
  let states = 0;
  let count = 0;
  for (const { name, scenario } of runs) {
    if (only !== undefined && only !== name) continue;
    const outcome = outcomeOf({ ...scenario, suite });
    states += outcome.states;
    count++;
    if (outcome.broken.length > 0) {
      broken.push(`MURMURATION_SEED="${name}": ${[...new Set(outcome.broken)].join('; ')}`);
    }
  }
  return { broken, states, runs: count };
}

/** All runs, or every so manieth: of the quick tests, and of the complete ones. */
export function slice(runs: readonly Named[], quick: number, complete = 1): readonly Named[] {
  const isOne = process.env['MURMURATION_SEED'] !== undefined;
  const every = isOne || THOROUGH === 'all' ? 1 : IS_THOROUGH ? complete : quick;
  return runs.filter((_, i) => i % every === 0);
}

function outcomeOf(scenario: Scenario): Pick<Outcome, 'broken' | 'states'> {
  try {
    return runScenario(scenario);
  } catch (error) {
    return { broken: [`threw ${error instanceof Error ? error.message : 'something'}`], states: 0 };
  }
}

/** A round of so many is dear: their faults strike the first round, and last less. */
const LARGE = 10;
const BRIEF_MS = 3_000;

const ROLES: readonly Role[] = ['leader', 'member', 'other'];

/** Pairs of roles up to symmetry; two liars are one peer where there may be only one. */
function rolesOf(first: Fault, second: Fault, peers: number): readonly (readonly [Role, Role])[] {
  const same: readonly (readonly [Role, Role])[] =
    first === second
      ? []
      : [
          ['leader', 'leader'],
          ['member', 'member'],
        ];
  if (first.isLie && second.isLie && peers < 7) return same;
  const mixed: readonly (readonly [Role, Role])[] = [
    ['leader', 'member'],
    ['member', 'other'],
  ];
  return [...same, ...mixed, ...(first === second ? [] : ([['member', 'leader']] as const))];
}

function named(kind: string, peers: number, strikes: readonly Strike[]): Named {
  const told = strikes.map(({ fault, role }) => `${fault.name} of ${role}`).join(', ');
  const name = `${kind}, ${peers} peers: ${told}`;
  const scenario: Scenario = { seed: name, peers, strikes, suite: simulatedSuite };
  return { name, scenario: peers < LARGE ? scenario : { ...scenario, briefMs: BRIEF_MS } };
}
