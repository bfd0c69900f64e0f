/**
 * Writes the pages of the library's API, `docs/api`, from its doc comments.
 *
 * Usage: node scripts/docs.js
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, Logger, LogLevel } from 'typedoc';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));

/** Parts of a type that has no name of its own: the doc comment above it is about them, too. */
const UNNAMED = /\.__type\.\w+ \(/;

/** Keeps what TypeDoc complains about. */
class Complaints extends Logger {
  found = [];
  log(text, level) {
    if (level >= LogLevel.Warn && !UNNAMED.test(text)) this.found.push(text);
  }
}

/**
 * Writes the pages.
 *
 * @param {string} folder - Where they go; what is in it goes away.
 * @returns {Promise<{ readonly complaints: readonly string[], readonly project: import('typedoc').ProjectReflection }>}
 *   What is wrong with the documentation, and what is in it.
 */
export async function buildDocs(folder) {
  const options = { options: join(root, 'typedoc.json'), out: folder };
  const app = await Application.bootstrapWithPlugins(options);
  const logger = new Complaints();
  app.logger = logger;
  const project = await app.convert();
  if (project === undefined) return { complaints: logger.found, project };
  app.validate(project);
  await app.generateOutputs(project);
  return { complaints: logger.found, project };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // First beside the old ones: with a mistake in a comment, those stay.
  const trial = mkdtempSync(join(tmpdir(), 'murmuration-docs-'));
  const { complaints } = await buildDocs(trial);
  rmSync(trial, { recursive: true });
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
  if (complaints.length === 0) await buildDocs(join(root, 'docs/api'));
  process.exitCode = complaints.length === 0 ? 0 : 1;
}
