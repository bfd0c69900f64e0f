/**
 * Places to keep small values over a reload: IndexedDB in a tab, memory where nothing may be kept.
 * The file of a program is in `file-store.ts`.
 *
 * @module
 */
import { createStore, del, get, set } from 'idb-keyval';
import type { Store } from '../ports.ts';

/**
 * A store in this browser, shared by all pages of the origin.
 *
 * @param prefix - Put before each key, such as the id of the peer: peers do not see each other's values.
 */
export function createBrowserStore(prefix: string): Store {
  const database = createStore('murmuration', 'values');
  const name = (key: string): string => `${prefix}/${key}`;
  return {
    get: (key) => get<unknown>(name(key), database),
    set: (key, value) => set(name(key), value, database),
    delete: (key) => del(name(key), database),
  };
}

/** A store that ends with the program. Values are copied, as a real store does. */
export function createMemoryStore(): Store {
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
  };
}
