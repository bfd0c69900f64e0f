/**
 * Machines broken on purpose, in a copy of the source: what the checks of a harness say about each.
 *
 * @module
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A machine broken on purpose: texts of the source, each found exactly once, and what replaces them. */
export interface Mutant {
  readonly what: string;
  readonly patches: readonly {
    readonly file: string;
    readonly from: string;
    readonly to: string;
  }[];
  /** What the checks must say. */
  readonly fault: RegExp;
}

/** Where a machine and its harness are, and what they import beside the roots of `src`. */
export interface Place {
  readonly source: string;
  readonly tests: string;
  readonly copies: readonly string[];
}

const SECAGG: Place = {
  source: 'src/secagg',
  tests: 'test/secagg',
  copies: ['src/secagg', 'src/simulation', 'test/secagg'],
};

/**
 * What a harness finds wrong with a mutant.
 *
 * @param harness - File of `place.tests` that exports `findFault`.
 */
export async function faultOf(
  { patches }: Mutant,
  harness: string,
  place: Place = SECAGG,
): Promise<string> {
  const folder = copied(place);
  try {
    for (const { file, from, to } of patches) {
      const path = join(folder, place.source, file);
      const source = readFileSync(path, 'utf8');
      const count = source.split(from).length - 1;
      if (count !== 1) throw new Error(`${file} holds "${from}" ${count} times`);
      writeFileSync(
        path,
        source.replace(from, () => to),
      );
    }
    const url = pathToFileURL(join(folder, place.tests, harness)).href;
    const { findFault } = (await import(/* @vite-ignore */ url)) as {
      findFault: () => string | undefined;
    };
    return findIn(findFault);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is found; a machine that breaks down was found out as well. */
function findIn(find: () => string | undefined): string {
  try {
    return find() ?? 'nothing';
  } catch (error) {
    return `it throws: ${String(error)}`;
  }
}

/** A copy of what the harness imports, in a folder of its own. */
function copied({ copies }: Place): string {
  const folder = mkdtempSync(join(tmpdir(), 'murmuration-mutant-'));
  for (const path of ['src/peer', 'src', 'test'])
    mkdirSync(join(folder, path), { recursive: true });
  for (const name of readdirSync('src')) {
    if (name.endsWith('.ts')) cpSync(join('src', name), join(folder, 'src', name));
  }
  for (const path of ['src/peer/node-suite.ts', ...copies]) {
    cpSync(path, join(folder, path), { recursive: true });
  }
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return folder;
}
