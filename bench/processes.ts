/**
 * Programs that a measurement starts, and that never outlive it.
 *
 * @module
 */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Where the package is; this file is bundled into `dist/bench/node`. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

const running = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A program of the command line, and what it prints. */
export interface Command {
  readonly child: ChildProcess;
  /** Calls back with each line, parsed. */
  onLine(listener: (line: Readonly<Record<string, unknown>>) => void): void;
  /** Ends it: asked first, then made to. */
  stop(): Promise<void>;
}

/** Starts `murmuration` with these arguments and `--json`. */
export function murmuration(...args: readonly string[]): Command {
  const child = spawn(process.execPath, [join(root, 'bin/murmuration.js'), ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  track(child);
  const lines = createInterface({ input: child.stdout! });
  return {
    child,
    onLine: (listener) =>
      void lines.on('line', (text) => listener(JSON.parse(text) as Record<string, unknown>)),
    stop: () => stop(child),
  };
}

/** Starts a program of `dist/bench/node` with a line of messages to it; `execArgv` are options of Node itself. */
export function program(
  name: string,
  args: readonly string[],
  execArgv: readonly string[] = [],
): ChildProcess {
  const path = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
  return track(fork(path, args, { stdio: [...stdio], execArgv: [...execArgv] }));
}

/** The next message of a program. */
export async function messageOf(child: ChildProcess): Promise<unknown> {
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`${child.spawnfile} ended with ${child.exitCode}.`);
    }),
  ])) as [unknown];
  return message;
}

/** A server on a free port of this computer. */
export async function startServer(): Promise<{
  readonly url: string;
  readonly stop: () => Promise<void>;
}> {
  const command = murmuration('serve', '--port', '0', '--host', '127.0.0.1');
  const port = await new Promise<number>((resolve, reject) => {
    command.onLine((line) => resolve(line['port'] as number));
    command.child.once('exit', () => reject(new Error('The server did not start.')));
  });
  return { url: `http://127.0.0.1:${port}`, stop: () => command.stop() };
}

/** Ends a program; after `PATIENCE_MS`, by force. */
export async function stop(child: ChildProcess): Promise<void> {
  if (!running.has(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  await ended;
  clearTimeout(force);
}

const PATIENCE_MS = 5_000;

function track(child: ChildProcess): ChildProcess {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}
