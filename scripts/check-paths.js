/**
 * Checks that no tracked file names a path or a registry of the machine it was written on.
 *
 * Lists every place on stderr; exit status 1 when there is one.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** In pieces, so that this file does not name what it looks for. */
const local = [
  new RegExp(`(?<![\\w.*-])/(?:work|root)${'/'}`),
  new RegExp(`(?<![\\w.*-])/(?:home|Users)${'/'}[A-Za-z0-9_-]+`),
];

/** The public registry is the only one that a lock file may name, beside folders of the project itself. */
const registry = /"resolved":\s*"(?!https:\/\/registry\.npmjs\.org\/|scripts\/)/;

const binary = /\.(?:png|jpe?g|webp|woff2?|ico|gif)$/;

const places = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '' && !binary.test(file) && existsSync(join(root, file)))
  .flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, at) =>
        [...local, registry].some((pattern) => pattern.test(line)) ? [`${file}:${at + 1}`] : [],
      ),
  );
for (const place of places) console.error(`${place} names a path or a registry of one machine.`);
process.exitCode = places.length > 0 ? 1 : 0;
