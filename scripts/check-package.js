/**
 * What would be published: packs the project as npm would, and holds the tarball to publint and to
 * are-the-types-wrong.
 *
 * Usage: node scripts/check-package.js
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { readFileSync } from 'node:fs';
import { build } from './build.js';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));

/**
 * Builds what is stale, and packs it.
 *
 * @param {string} folder - Where the tarball goes.
 * @returns {Promise<{ readonly tarball: string, readonly files: readonly string[] }>} Its path, and the paths
 *   in it.
 */
export async function packInto(folder) {
  if (!(await build({ onlyIfStale: true }))) throw new Error('There is nothing to pack.');
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [packed] = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8' }));
  return { tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
}

/**
 * What publint has to say of a tarball; nothing is good.
 *
 * @param {string} tarball
 * @returns {Promise<readonly string[]>}
 */
export async function publintOf(tarball) {
  const bytes = readFileSync(tarball);
  const pack = {
    tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  };
  const { messages, pkg } = await publint({ pack, strict: true });
  return messages.map((message) => formatMessage(message, pkg, { color: false }));
}

/**
 * What are-the-types-wrong has to say of a tarball; nothing is good. The package has ES modules alone.
 *
 * @param {string} tarball
 * @returns {string}
 */
export function typesWrongWith(tarball) {
  const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const args = [attw, tarball, '--profile', 'esm-only', '--no-color', '--format', 'table-flipped'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = mkdtempSync(join(tmpdir(), 'murmuration-package-'));
  try {
    const { tarball, files } = await packInto(folder);
    const complaints = [...(await publintOf(tarball)), typesWrongWith(tarball)].filter(Boolean);
    for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
    process.stderr.write(`${files.length} files, ${complaints.length} complaints.\n`);
    process.exitCode = complaints.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
