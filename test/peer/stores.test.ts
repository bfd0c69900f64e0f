import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { openFileStore } from '../../src/peer/file-store.ts';
import { MAX_STORED_PEERS, STORED_PEER_MS } from '../../src/config.ts';
import { inRoom } from '../../src/peer/keeping.ts';
import { createMemoryStore, expiredPrefixes } from '../../src/peer/stores.ts';
import type { Store } from '../../src/ports.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'murmuration-'));
  path = join(folder, 'store');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe.each<[string, () => Promise<Store>]>([
  ['memory', () => Promise.resolve(createMemoryStore())],
  ['file', () => openFileStore(path)],
])('the %s store', (_, open) => {
  it('keeps values as they were when they were set', async () => {
    const store = await open();
    const value = { parameters: new Float32Array([1, -0.5]), round: 7, list: ['a'] };
    await store.set('a', value);
    value.round = 8;
    expect(await store.get('a')).toEqual({ ...value, round: 7 });
    (await store.get('a') as typeof value).list.push('b'); // prettier-ignore
    expect(await store.get('a')).toEqual({ ...value, round: 7 });
    expect(await store.get('b')).toBeUndefined();
    await store.delete('a');
    expect(await store.get('a')).toBeUndefined();
  });
});

describe('the file store', () => {
  it('is there again after a restart, as the last change left it', async () => {
    const store = await openFileStore(path);
    await Promise.all(Array.from({ length: 20 }, (_, i) => store.set(`key ${i % 3}`, i)));
    await store.delete('key 0');
    const again = await openFileStore(path);
    expect([await again.get('key 0'), await again.get('key 1'), await again.get('key 2')]).toEqual([
      undefined,
      19,
      17,
    ]);
    expect(readdirSync(folder)).toEqual(['store']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('a file that is no store is refused and kept', async () => {
    writeFileSync(path, 'hello');
    await expect(openFileStore(path)).rejects.toThrow(UsageError);
    expect(readFileSync(path, 'utf8')).toBe('hello');
  });

  it('a change that cannot be written fails for its caller, and later ones go on', async () => {
    const store = await openFileStore(join(folder, 'gone', 'store'));
    await expect(store.set('a', 1)).rejects.toThrow();
    await expect(store.set('b', 2)).rejects.toThrow();
  });
});

describe('the peers of a browser that are remembered', () => {
  it('are forgotten when they were not opened for long', () => {
    const now = 10 * STORED_PEER_MS;
    const opened = new Map([
      ['old', now - STORED_PEER_MS - 1],
      ['young', now - STORED_PEER_MS + 1],
    ]);
    expect([...expiredPrefixes(opened, now)]).toEqual(['old']);
  });

  it('are the newest ones when there are too many', () => {
    const opened = new Map(
      Array.from({ length: MAX_STORED_PEERS + 2 }, (_, i) => [`peer ${i}`, i]),
    );
    expect([...expiredPrefixes(opened, MAX_STORED_PEERS)].sort()).toEqual(['peer 0', 'peer 1']);
  });
});

it('two rooms of one store do not see each other', async () => {
  const store = createMemoryStore();
  await inRoom(store, 'a').set('joined', 1);
  expect(await inRoom(store, 'b').get('joined')).toBeUndefined();
  expect(await inRoom(store, 'a').get('joined')).toBe(1);
  await inRoom(store, 'a').delete('joined');
  expect(await inRoom(store, 'a').get('joined')).toBeUndefined();
});
