/**
 * A store in one file, for programs. Each change writes a new file beside it and renames it, so that
 * a crash leaves the old values or the new ones, never half of them.
 *
 * An identity has one such file for each room, since it may be in several rooms at once, in programs of their own.
 *
 * @module
 */
import { open, readdir, readFile, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { UsageError } from '../errors.ts';
import type { PeerStore } from '../ports.ts';

const OWNER_ONLY = 0o600;

/** Characters of a room's id in the name of its file. */
const ROOM_CHARACTERS = 16;

/** The file of a room beside that of an identity. */
export function storePath(identityFile: string, roomId: string): string {
  return `${identityFile}.${roomId.slice(0, ROOM_CHARACTERS)}.store`;
}

/**
 * Opens the store in a file; the file appears with the first value.
 *
 * @param identityFile - Files of other rooms beside it are listed too; none unless given.
 * @throws UsageError when a file is there and holds something else.
 */
export async function openFileStore(path: string, identityFile?: string): Promise<PeerStore> {
  const values = await readValues(path);
  const others = new OtherFiles(path, identityFile);
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
    async list(start) {
      const own = [...values].filter(([key]) => key.startsWith(start));
      return structuredClone(new Map([...(await others.list(start)), ...own]));
    },
  };
}

/** What a file held under one start of keys, and in which state of the file. */
interface Found {
  readonly state: string;
  readonly values: readonly [string, unknown][];
}

/** The files of other rooms of one identity, read again only when they have changed: they can be large. */
class OtherFiles {
  readonly #own: string;
  readonly #identityFile: string | undefined;
  /** By path. */
  #found: ReadonlyMap<string, Found> = new Map();

  constructor(own: string, identityFile: string | undefined) {
    this.#own = basename(own);
    this.#identityFile = identityFile;
  }

  async list(start: string): Promise<readonly [string, unknown][]> {
    const file = this.#identityFile;
    if (file === undefined) return [];
    const found = new Map<string, Found>();
    for (const name of await readdir(dirname(file))) {
      if (name === this.#own || !isStoreOf(basename(file), name)) continue;
      const path = join(dirname(file), name);
      const { mtimeMs, size, ino } = await stat(path);
      const state = [start, mtimeMs, size, ino].join();
      const known = this.#found.get(path);
      const values =
        known?.state === state
          ? known.values
          : [...(await readValues(path))].filter(([key]) => key.startsWith(start));
      found.set(path, { state, values });
    }
    this.#found = found;
    return [...found.values()].flatMap(({ values }) => values);
  }
}

function isStoreOf(identityFile: string, name: string): boolean {
  const room = name.slice(identityFile.length + 1, -'.store'.length);
  return name === storePath(identityFile, room) && room.length === ROOM_CHARACTERS;
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
