/**
 * `murmuration`: finds the command and loads only what it needs.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { packageRoot } from './package-root.ts';

/** Exit statuses of every command. */
const FAILED = 1;
const USAGE = 2;

interface Command {
  readonly about: string;
  load(): Promise<{ run(argv: readonly string[]): number | Promise<number> }>;
}

const commands: Readonly<Record<string, Command>> = {
  serve: {
    about: 'Serve the page, and introduce peers to each other.',
    load: () => import('./serve.ts'),
  },
  peer: {
    about: 'Join a room without a page: to sum, or to learn the heat-map.',
    load: () => import('./peer.ts'),
  },
  ask: {
    about: 'Ask a room a private question, or answer one.',
    load: () => import('./ask.ts'),
  },
  train: {
    about: 'Learn from a table together with the tables of others, which nobody sees.',
    load: () => import('./train.ts'),
  },
  simulate: {
    about: 'Run the rounds on a simulated network.',
    load: () => import('./simulate.ts'),
  },
  epsilon: {
    about: 'Say which epsilon noise of a size gives.',
    load: () => import('./epsilon.ts'),
  },
};

/**
 * Runs a command line, without the program's name.
 *
 * @returns The exit status: 0 done, 1 failed, 2 a mistake in the command line.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const [name = '--help', ...rest] = argv;
  try {
    if (name === '--version') {
      console.log(version());
      return 0;
    }
    if (name === '--help') {
      console.log(help());
      return argv.length === 0 ? USAGE : 0;
    }
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) {
      throw new UsageError(
        `"${name}" is not a command: choose ${Object.keys(commands).join(', ')}, or --help.`,
      );
    }
    return await (await command.load()).run(rest);
  } catch (error) {
    console.error(`murmuration: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof UsageError ? USAGE : FAILED;
  }
}

function version(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

function help(): string {
  return [
    'Usage: murmuration <command> [flags]',
    '',
    'Federated learning with no server in the middle.',
    '',
    'Commands:',
    ...Object.entries(commands).map(([name, { about }]) => `  ${name.padEnd(10)}${about}`),
    '',
    'murmuration <command> --help lists the flags of a command. --version shows the version.',
  ].join('\n');
}
