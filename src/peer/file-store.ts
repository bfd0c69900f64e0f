/**
 * A store in one file, for programs. Each change writes a new file beside it and renames it, so that
 * a crash leaves the old values or the new ones, never half of them.
 *
 * @module
 */
import { open, readFile, rename } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import { UsageError } from '../errors.ts';
import type { Store } from '../ports.ts';

const OWNER_ONLY = 0o600;

/**
 * Opens the store in a file; the file appears with the first value.
 *
 * @throws UsageError when the file is there and holds something else.
 */
export async function openFileStore(path: string): Promise<Store> {
  const values = await readValues(path);
  let lastWrite: Promise<void> = Promise.resolve();
  /** Changes are written one after the other; a failed one fails for its caller only. */
  const write = (): Promise<void> => {
    const written = lastWrite.then(() => writeValues(path, values));
    lastWrite = written.catch(() => undefined);
    return written;
  };
  return {
    get: (key) => Promise.resolve(structuredClone(values.get(key))),
    set(key, value) {
      values.set(key, structuredClone(value));
      return write();
    },
    delete(key) {
      values.delete(key);
      return write();
    },
  };
}

async function readValues(path: string): Promise<Map<string, unknown>> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return new Map();
    throw error;
  }
  const broken = new UsageError(
    `The file ${path} is no store of this program: name another file, or delete it to start afresh.`,
  );
  let value: unknown;
  try {
    value = deserialize(bytes);
  } catch {
    throw broken;
  }
  if (!(value instanceof Map)) throw broken;
  return value as Map<string, unknown>;
}

async function writeValues(path: string, values: Map<string, unknown>): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  const file = await open(draft, 'w', OWNER_ONLY);
  try {
    await file.writeFile(serialize(values));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
