/**
 * What the project asks of the world: cryptography, links to other peers, a place to keep things.
 *
 * @module
 */
import type { PeerId } from './ids.ts';

/**
 * The cryptography of the protocol, synchronous, so that a machine can call it inside a step.
 *
 * `real` is X25519 (RFC 7748), Ed25519 (RFC 8032), SHA-256, HKDF-SHA256 (RFC 5869), ChaCha20 and
 * ChaCha20-Poly1305 (RFC 8439). `simulated` has the same equations and no secrecy, for runs of
 * thousands of peers.
 */
export interface Suite {
  readonly name: 'real' | 'simulated';
  /** X25519 public key of a 32-byte secret. */
  agreementKey(secret: Uint8Array): Uint8Array;
  /** X25519 shared secret, 32 bytes. Throws when the public key is of small order. */
  agree(secret: Uint8Array, publicKey: Uint8Array): Uint8Array;
  /** Ed25519 public key of a 32-byte seed. */
  signingKey(secret: Uint8Array): Uint8Array;
  /** Ed25519 signature, 64 bytes. */
  sign(secret: Uint8Array, message: Uint8Array): Uint8Array;
  /** Whether the signature is right; small-order and non-canonical public keys never verify. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** SHA-256, 32 bytes. */
  hash(message: Uint8Array): Uint8Array;
  /** HKDF-SHA256, 32 bytes. */
  derive(secret: Uint8Array, salt: Uint8Array, info: Uint8Array): Uint8Array;
  /** The first words of the ChaCha20 keystream of a key used once (nonce 0, counter from 0), little-endian. */
  stream(key: Uint8Array, wordCount: number): Uint32Array;
  /**
   * Adds words of such keystreams to others modulo 2^32, in place.
   *
   * @param words - Shape [n]; changed in place.
   * @param from - Place in every keystream of the first word: a multiple of 16, one ChaCha20 block.
   */
  addStreamsInPlace(words: Uint32Array, terms: readonly StreamTerm[], from?: number): void;
  /** ChaCha20-Poly1305 with a key used once (nonce 0): ciphertext and tag. */
  seal(key: Uint8Array, plaintext: Uint8Array, associated: Uint8Array): Uint8Array;
  /** The plaintext, or undefined when the tag does not fit. */
  open(key: Uint8Array, sealed: Uint8Array, associated: Uint8Array): Uint8Array | undefined;
}

/** One keystream as it enters a vector: added (1) or subtracted (-1). */
export interface StreamTerm {
  /** 32 bytes, used for one vector and never again. */
  readonly key: Uint8Array;
  readonly sign: 1 | -1;
}

/** Puts masks on large vectors away from the page's thread, or takes them off. */
export interface Masker {
  /**
   * Adds all terms to the words.
   *
   * @param words - Shape [n]; handed over: changed in place, and nobody else's until the promise settles.
   * @returns The words with all terms added modulo 2^32, shape [n]; rejects with a reason.
   */
  apply(
    words: Uint32Array<ArrayBuffer>,
    terms: readonly StreamTerm[],
  ): Promise<Uint32Array<ArrayBuffer>>;
  /** Ends the workers, if there are any; what is under way rejects. */
  close(): void;
}

/** What a transport tells the session. */
export type TransportEvent =
  /** Introduced to a peer; keys and candidates are being exchanged. */
  | { readonly type: 'linking'; readonly peer: PeerId }
  /**
   * A channel to this peer is open and bound to its identity. Told again when another channel took the place
   * of the one before, which may have lost something. `via`: the neighbour that passes its messages on,
   * where there is no direct one.
   */
  | { readonly type: 'linked'; readonly peer: PeerId; readonly via?: PeerId }
  /** Messages of a linked peer go another way now: through `via`, or directly. Nothing was lost. */
  | { readonly type: 'rerouted'; readonly peer: PeerId; readonly via?: PeerId }
  /** A whole message; the array is the receiver's to keep. */
  | { readonly type: 'received'; readonly peer: PeerId; readonly message: Uint8Array }
  /** A message of a topic that this peer subscribed to; `from` signed it, and need not be linked. */
  | {
      readonly type: 'heard';
      readonly topic: string;
      readonly from: PeerId;
      readonly message: Uint8Array;
    }
  /** The channel is gone, or never opened. */
  | { readonly type: 'unlinked'; readonly peer: PeerId; readonly reason: UnlinkReason }
  /** The server that introduces peers. `away` keeps all links. */
  | { readonly type: 'server'; readonly state: 'connecting' | 'connected' | 'away' }
  /** The server or a peer refused something; `code` is one of `signaling/messages.ts` or of the transport. */
  | { readonly type: 'refused'; readonly code: string; readonly message: string };

/** How the peers of a room are linked; all of a room say the same. */
export type TransportName = 'simple-peer' | 'libp2p';

/** Why a link ended: by the other side, silence, a full queue, or bytes nobody honest would send. */
export type UnlinkReason = 'closed' | 'silent' | 'overflow' | 'violation' | 'failed';

/** Messages of the control lane may overtake those of the bulk lane, and never wait behind megabytes of them. */
export type Lane = 'control' | 'bulk';

/**
 * Links to the other peers of one room. Implementations: `simple-peer` and `memory`; one contract
 * suite (`test/contract`) holds both to it.
 */
export interface Transport {
  readonly self: PeerId;
  /** Starts meeting peers. Called once; events come asynchronously, never inside a call. */
  start(onEvent: (event: TransportEvent) => void): void;
  /**
   * Sends a whole message, at most `MAX_MESSAGE_BYTES`, in the order of its lane; the array may be sent to others
   * too, and nobody changes it afterwards. To a peer without a link it is dropped: `unlinked` has said or
   * will say so. A queue over its bound closes the link.
   *
   * @param lane - `control` unless given.
   */
  send(peer: PeerId, message: Uint8Array, lane?: Lane): void;
  /** Closes the link to a peer that broke the protocol; it is not let in again. */
  disconnect(peer: PeerId, reason: UnlinkReason): void;
  /**
   * Asks for a direct link to a peer of the room, where links are not made to everybody; `linked` or
   * `unlinked` follows. Without effect when the link is there or being made. A transport without this
   * links to everybody by itself.
   */
  dial?(peer: PeerId): void;
  /**
   * Says something to everybody who subscribed to a topic, in any order and at most once: at most
   * `MAX_TOPIC_BYTES`, and not to this peer itself. A transport without this has no topics.
   *
   * @throws RangeError when the message is larger: bytes of that size go on links.
   */
  publish?(topic: string, message: Uint8Array): void;
  /** Hears a topic from now on, or no longer; hearing it twice is hearing it once. */
  subscribe?(topic: string, isHeard: boolean): void;
  /** Flushes what was sent, 2 s at most, then closes every link and says goodbye to the server. */
  close(): Promise<void>;
}

/** Keeps small values over a reload: IndexedDB in a tab, a file or memory in Node. */
export interface Store {
  /** The value kept under a key, or undefined. */
  get(key: string): Promise<unknown>;
  /** Resolves when the value is durably kept. Structured-clonable values only. */
  set(key: string, value: unknown): Promise<void>;
  /** Forgets a key. */
  delete(key: string): Promise<void>;
}

/** The store of one identity. */
export interface PeerStore extends Store {
  /**
   * Every value whose key begins so, by key: those that this identity keeps for other rooms included, wherever
   * they are kept.
   */
  list(prefix: string): Promise<ReadonlyMap<string, unknown>>;
}

/** The part of it that belongs to one room and task. */
export interface RoomStore extends Store {
  /** What other rooms and tasks of the same identity keep under this key, each with the name of its part. */
  elsewhere(key: string): Promise<ReadonlyMap<string, unknown>>;
}
