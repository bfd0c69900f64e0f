/**
 * Where a number was measured, and how busy that place was.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { setTimeout } from 'node:timers/promises';

/** How busy the machine was just before a measurement, when nothing of it ran yet. */
export interface Load {
  /** The system's average over the last minute, which still remembers the measurement before. */
  readonly minute: number;
  /** Share of all cores that other programs used, 0 to 1, over `LOOK_MS`. */
  readonly busy: number;
}

/** What a reader needs to repeat a run. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly commit: string;
  readonly at: string;
}

/** How long the machine is looked at before a measurement, ms. */
const LOOK_MS = 1_000;

/** This machine, and the commit that is checked out. */
export function machine(): Machine {
  const [first] = cpus();
  return {
    processor: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    commit: commit(),
    at: new Date().toISOString().slice(0, 16),
  };
}

/** Looks at the machine for a second. */
export async function lookAtLoad(): Promise<Load> {
  const before = cpuTimes();
  await setTimeout(LOOK_MS);
  const after = cpuTimes();
  const all = after.all - before.all;
  return {
    minute: loadavg()[0] ?? 0,
    busy: all > 0 ? 1 - (after.idle - before.idle) / all : 0,
  };
}

function cpuTimes(): { readonly idle: number; readonly all: number } {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, all };
}

function commit(): string {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const isChanged = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? ' with changes' : ''}`;
  } catch {
    return 'not a checkout';
  }
}
