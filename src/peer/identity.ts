/**
 * Who a peer is: an Ed25519 key pair that only signs. The id is the public key.
 *
 * A tab keeps its identity over a reload and nobody else has it meanwhile: on load it is taken out of
 * sessionStorage, on `pagehide` it is put back. A duplicated tab copies a storage without it and
 * becomes a new peer. Where Web Locks exist (secure contexts), a lock named after the id makes sure of
 * one holder at a time; without them two holders are told apart by their incarnations (`handshake.ts`).
 *
 * @module
 */
import { fromBase64url, toBase64url } from '../bytes.ts';
import { IDENTITY_WAIT_MS } from '../config.ts';
import { peerIdOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';

/** A peer's key pair. */
export interface Identity {
  readonly id: PeerId;
  /** Ed25519 seed, 32 bytes. Never leaves this program but for the place where it is kept. */
  readonly secretKey: Uint8Array;
}

/** Bytes of an Ed25519 seed. */
export const SECRET_KEY_BYTES = 32;

/** What a tab gives to `loadTabIdentity`; tests play the tab. */
export interface TabWorld {
  /** Undefined where the browser forbids storage: the identity then ends with the page. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined;
  /** Undefined in insecure contexts. */
  readonly locks: Pick<LockManager, 'request'> | undefined;
  /** Fires `pagehide` and `pageshow`. */
  readonly page: EventTarget;
  /** Ends the wait for another page that holds the identity. */
  giveUp(): AbortSignal;
  /** Loads the page anew: one that comes back from the browser's cache has lost identity and links. */
  reload(): void;
}

const STORAGE_KEY = 'murmuration:identity';

/** A fresh identity. */
export function createIdentity(suite: Suite): Identity {
  return identityOf(suite, crypto.getRandomValues(new Uint8Array(SECRET_KEY_BYTES)));
}

/** The identity of a seed of 32 bytes. */
export function identityOf(suite: Suite, secretKey: Uint8Array): Identity {
  return { id: peerIdOf(suite.signingKey(secretKey)), secretKey };
}

/**
 * The identity of this tab: the one it had before a reload, or a fresh one. Call once a page.
 *
 * Resolves within `IDENTITY_WAIT_MS`, which passes only when another page holds the identity.
 */
export async function loadTabIdentity(
  suite: Suite,
  world: TabWorld = tabWorld(),
): Promise<Identity> {
  const taken = take(suite, world.storage);
  const isOurs = taken !== undefined && (await hold(taken.id, world));
  const identity = isOurs ? taken : createIdentity(suite);
  if (!isOurs) await hold(identity.id, world);
  world.page.addEventListener('pagehide', () => {
    try {
      world.storage?.setItem(STORAGE_KEY, toBase64url(identity.secretKey));
    } catch {
      // The storage is full or forbidden: the tab is a new peer after its reload.
    }
  });
  world.page.addEventListener('pageshow', (event) => {
    if ((event as PageTransitionEvent).persisted) world.reload();
  });
  return identity;
}

function tabWorld(): TabWorld {
  return {
    storage: storageIfAllowed(),
    // Typed as always there, missing on plain http.
    locks: (navigator as Partial<Navigator>).locks,
    page: globalThis,
    giveUp: () => AbortSignal.timeout(IDENTITY_WAIT_MS),
    reload: () => location.reload(),
  };
}

function storageIfAllowed(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined; // Reading the property throws where a person has forbidden storage.
  }
}

/** Takes the identity out of the storage, so that a copy of the tab finds none. */
function take(suite: Suite, storage: TabWorld['storage']): Identity | undefined {
  try {
    const text = storage?.getItem(STORAGE_KEY);
    storage?.removeItem(STORAGE_KEY);
    if (!text) return undefined;
    const secretKey = fromBase64url(text);
    return secretKey.length === SECRET_KEY_BYTES ? identityOf(suite, secretKey) : undefined;
  } catch {
    return undefined; // Not ours, or forbidden: a fresh identity takes its place.
  }
}

/** Whether this page now is the one holder, until it ends. The page before it may still be ending. */
function hold(id: PeerId, world: TabWorld): Promise<boolean> {
  const { locks } = world;
  if (!locks) return Promise.resolve(true);
  const untilPageEnds = new Promise<never>(() => undefined);
  return new Promise((resolve) => {
    const signal = world.giveUp();
    locks
      .request(`murmuration identity ${id}`, { signal }, () => {
        resolve(true);
        return untilPageEnds;
      })
      .catch(() => resolve(false));
  });
}
