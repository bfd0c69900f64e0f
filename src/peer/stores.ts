/**
 * Places to keep small values over a reload: IndexedDB in a tab, memory where nothing may be kept.
 * The file of a program is in `file-store.ts`.
 *
 * @module
 */
import {
  createStore,
  del,
  delMany,
  entries,
  get,
  getMany,
  keys,
  set,
  type UseStore,
} from 'idb-keyval';
import { MAX_STORED_PEERS, STORED_PEER_MS } from '../config.ts';
import type { PeerStore } from '../ports.ts';

/** When the values of a peer were last opened: kept beside them, under this name. */
const OPENED_KEY = 'opened';

/**
 * A store in this browser, shared by all pages of the origin.
 *
 * Each tab is a peer with values of its own, and most tabs never come back: opening a store also
 * forgets the values of peers that were not opened for long.
 *
 * @param prefix - Put before each key, such as the id of the peer: peers do not see each other's values.
 */
export async function openBrowserStore(prefix: string): Promise<PeerStore> {
  const database = createStore('murmuration', 'values');
  const name = (key: string): string => `${prefix}/${key}`;
  await set(name(OPENED_KEY), Date.now(), database);
  await forgetOldPeers(database);
  return {
    get: (key) => get<unknown>(name(key), database),
    set: (key, value) => set(name(key), value, database),
    delete: (key) => del(name(key), database),
    async list(start) {
      const wanted = (await keys(database)).filter(
        (key): key is string => typeof key === 'string' && key.startsWith(name(start)),
      );
      const values = await getMany<unknown>(wanted, database);
      return new Map(wanted.map((key, at) => [key.slice(prefix.length + 1), values[at]]));
    },
  };
}

/** Prefixes whose values are to be forgotten: opened too long ago, or more than are kept. */
export function expiredPrefixes(
  opened: ReadonlyMap<string, number>,
  now: number,
): ReadonlySet<string> {
  const newestFirst = [...opened].sort(([, a], [, b]) => b - a);
  const expired = newestFirst.filter(
    ([, at], place) => place >= MAX_STORED_PEERS || now - at > STORED_PEER_MS,
  );
  return new Set(expired.map(([prefix]) => prefix));
}

async function forgetOldPeers(database: UseStore): Promise<void> {
  const suffix = `/${OPENED_KEY}`;
  const opened = new Map<string, number>();
  for (const [key, value] of await entries<IDBValidKey, unknown>(database)) {
    if (typeof key === 'string' && key.endsWith(suffix) && typeof value === 'number') {
      opened.set(key.slice(0, -suffix.length), value);
    }
  }
  const expired = expiredPrefixes(opened, Date.now());
  if (expired.size === 0) return;
  const isExpired = (key: IDBValidKey): boolean =>
    typeof key === 'string' && expired.has(key.slice(0, key.lastIndexOf('/')));
  await delMany((await keys(database)).filter(isExpired), database);
}

/** A store that ends with the program. Values are copied, as a real store does. */
export function createMemoryStore(): PeerStore {
  const values = new Map<string, unknown>();
  return {
    get: (key) => Promise.resolve(structuredClone(values.get(key))),
    set(key, value) {
      values.set(key, structuredClone(value));
      return Promise.resolve();
    },
    delete(key) {
      values.delete(key);
      return Promise.resolve();
    },
    list: (start) =>
      Promise.resolve(
        structuredClone(new Map([...values].filter(([key]) => key.startsWith(start)))),
      ),
  };
}
