/**
 * Runs the measurements, one after the other.
 *
 * @module
 */
import { parseArgs } from 'node:util';
import { computeBench } from './rounds/compute-bench.ts';
import { lookAtLoad, machine } from './machine.ts';
import { membershipBench } from './gossip/membership-bench.ts';
import { labBench } from './lab/lab-bench.ts';
import { figuresBench } from './page/figures-bench.ts';
import { flockBench } from './page/flock-bench.ts';
import { mainThreadBench } from './page/main-thread-bench.ts';
import { masksBench } from './masks/masks-bench.ts';
import { meshBench } from './page/mesh-bench.ts';
import { startUpBench } from './page/start-up-bench.ts';
import { Report, type Reading } from './report.ts';
import { outliersBench } from './outliers/outliers-bench.ts';
import { noiseBench } from './privacy/noise-bench.ts';
import { rivalsBench } from './rivals/rivals-bench.ts';
import { roundsBench } from './rounds/rounds-bench.ts';
import { scalingBench } from './scaling/scaling-bench.ts';
import { signalingBench } from './signaling/signaling-bench.ts';
import { trainingBench } from './training/training-bench.ts';
import { wireBench } from './wire/wire-bench.ts';

/** How much to measure. */
export interface Effort {
  /** Few repetitions and small rooms: to see that a measurement works, not to quote. */
  readonly isQuick: boolean;
}

/** A measurement: yields numbers as it gets them. */
export interface Bench {
  readonly name: string;
  run(effort: Effort): AsyncIterable<Reading>;
}

const benches: readonly Bench[] = [
  computeBench,
  masksBench,
  roundsBench,
  meshBench,
  trainingBench,
  labBench,
  outliersBench,
  noiseBench,
  mainThreadBench,
  flockBench,
  figuresBench,
  startUpBench,
  signalingBench,
  wireBench,
  rivalsBench,
  membershipBench,
  scalingBench,
];

/**
 * Runs what the arguments ask for.
 *
 * @returns The exit status: 0 when everything could be measured, whether or not it met what is expected.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const names = benches.map(({ name }) => name);
  let flags;
  try {
    flags = parseArgs({
      args: [...argv],
      options: {
        json: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
      },
    }).values;
  } catch (error) {
    return misused(error instanceof Error ? error.message : String(error), names);
  }
  const unknown = flags.only.find((name) => !names.includes(name));
  if (unknown !== undefined) return misused(`There is no measurement "${unknown}".`, names);
  const report = new Report(flags.json);
  report.begin(machine());
  let failed = 0;
  for (const bench of benches) {
    if (flags.only.length > 0 && !flags.only.includes(bench.name)) continue;
    const load = await lookAtLoad();
    report.section(bench.name, load);
    try {
      for await (const reading of bench.run({ isQuick: flags.quick })) {
        report.add(bench.name, reading, load);
      }
    } catch (error) {
      failed += 1;
      report.fail(bench.name, error);
    }
  }
  report.end();
  return failed === 0 ? 0 : 1;
}

function misused(message: string, names: readonly string[]): number {
  console.error(`${message}\nUsage: npm run bench -- [--json] [--quick] [--only NAME]...`);
  console.error(`Measurements: ${names.join(', ')}`);
  return 2;
}
