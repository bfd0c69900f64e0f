import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toBase64url } from '../../src/bytes.ts';
import { UsageError } from '../../src/errors.ts';
import { isPeerId } from '../../src/ids.ts';
import { loadIdentityFile } from '../../src/peer/identity-file.ts';
import { createIdentity, loadTabIdentity, type TabWorld } from '../../src/peer/identity.ts';
import { realSuite } from '../../src/secagg/index.ts';

/** sessionStorage of one tab. */
class FakeStorage {
  readonly values = new Map<string, string>();
  getItem(key: string): string | null {
    return this.values.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.values.set(key, value);
  }
  removeItem(key: string): void {
    this.values.delete(key);
  }
}

/** Locks of one browser: the holder keeps its lock until `free`. */
class FakeLocks {
  readonly held = new Set<string>();
  request = ((name: string, options: LockOptions, act: (lock: Lock | null) => unknown) => {
    if (!this.held.has(name)) {
      this.held.add(name);
      return Promise.resolve(act({ name, mode: 'exclusive' }));
    }
    if (options.signal?.aborted) return Promise.reject(new DOMException('', 'AbortError'));
    throw new Error('The wait has no end.');
  }) as LockManager['request'];
}

function tab(storage = new FakeStorage(), locks?: FakeLocks): TabWorld & { reloads: number } {
  const world = {
    storage,
    locks,
    page: new EventTarget(),
    reloads: 0,
    giveUp: () => AbortSignal.abort(),
    reload: () => void world.reloads++,
  };
  return world;
}

const hide = (world: TabWorld): boolean => world.page.dispatchEvent(new Event('pagehide'));

describe('the identity of a tab', () => {
  it('outlives a reload, and only that', async () => {
    const storage = new FakeStorage();
    const before = tab(storage);
    const identity = await loadTabIdentity(realSuite, before);
    expect(isPeerId(identity.id)).toBe(true);
    expect(storage.values.size).toBe(0);
    hide(before);
    expect((await loadTabIdentity(realSuite, tab(storage))).id).toBe(identity.id);
    expect((await loadTabIdentity(realSuite, tab())).id).not.toBe(identity.id);
  });

  it('a duplicated tab copies a storage without it and becomes a new peer', async () => {
    const storage = new FakeStorage();
    const identity = await loadTabIdentity(realSuite, tab(storage));
    const copy = new FakeStorage();
    for (const [key, value] of storage.values) copy.setItem(key, value);
    expect((await loadTabIdentity(realSuite, tab(copy))).id).not.toBe(identity.id);
  });

  it('is not taken while another page holds its lock', async () => {
    const locks = new FakeLocks();
    const storage = new FakeStorage();
    const first = tab(storage, locks);
    const identity = await loadTabIdentity(realSuite, first);
    hide(first);
    const second = await loadTabIdentity(realSuite, tab(storage, locks));
    expect(second.id).not.toBe(identity.id);
    expect(locks.held).toEqual(
      new Set([`murmuration identity ${identity.id}`, `murmuration identity ${second.id}`]),
    );
  });

  it.each(['', 'garbage!', 'AAAA', toBase64url(new Uint8Array(33))])(
    'storage that holds %j gives a fresh identity',
    async (text) => {
      const storage = new FakeStorage();
      await loadTabIdentity(realSuite, tab(storage)).then(() => undefined);
      storage.setItem('murmuration:identity', text);
      expect(isPeerId((await loadTabIdentity(realSuite, tab(storage))).id)).toBe(true);
      expect(storage.values.size).toBe(0);
    },
  );

  it('works where storage is forbidden', async () => {
    const forbidden = (): never => {
      throw new DOMException('', 'SecurityError');
    };
    const storage = { getItem: forbidden, setItem: forbidden, removeItem: forbidden };
    const world = { ...tab(), storage };
    expect(isPeerId((await loadTabIdentity(realSuite, world)).id)).toBe(true);
    hide(world);
    expect(isPeerId((await loadTabIdentity(realSuite, { ...tab(), storage: undefined })).id)).toBe(
      true,
    );
  });

  it('a page that comes back from the browser’s cache is loaded anew', async () => {
    const world = tab();
    await loadTabIdentity(realSuite, world);
    world.page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }));
    expect(world.reloads).toBe(0);
    world.page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
    expect(world.reloads).toBe(1);
  });
});

describe('the identity in a file', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'murmuration-'));
    path = join(folder, 'identity');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('is created for its owner only, and read back', () => {
    const first = loadIdentityFile(realSuite, path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    first.release();
    const second = loadIdentityFile(realSuite, path);
    expect(second.identity.id).toBe(first.identity.id);
    second.release();
  });

  it('has one holder at a time; the lock of a program that is gone does not count', () => {
    const held = loadIdentityFile(realSuite, path);
    expect(() => loadIdentityFile(realSuite, path)).toThrow(`Process ${process.pid} uses`);
    held.release();
    // Above every process id of every system.
    writeFileSync(`${path}.lock`, '4194999\n');
    loadIdentityFile(realSuite, path).release();
  });

  it.each(['', 'hello', toBase64url(new Uint8Array(31)), `${'A'.repeat(42)}B`])(
    'a file that holds %j is refused, kept, and not locked',
    (text) => {
      writeFileSync(path, text, { mode: 0o600 });
      expect(() => loadIdentityFile(realSuite, path)).toThrow(UsageError);
      expect(() => loadIdentityFile(realSuite, path)).toThrow('holds no identity');
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  it('a file that others may read is refused with the command that mends it', () => {
    loadIdentityFile(realSuite, path).release();
    chmodSync(path, 0o644);
    expect(() => loadIdentityFile(realSuite, path)).toThrow('chmod 600');
  });

  it('a folder that is not there is a usage error', () => {
    expect(() => loadIdentityFile(realSuite, join(folder, 'no', 'identity'))).toThrow(UsageError);
  });
});

describe('createIdentity', () => {
  it('gives keys that sign for their id, never the same twice', () => {
    const [a, b] = [createIdentity(realSuite), createIdentity(realSuite)];
    expect(a.id).not.toBe(b.id);
    expect(a.secretKey).toHaveLength(32);
  });
});
