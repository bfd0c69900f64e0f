/**
 * Control messages as deterministic CBOR (RFC 8949, section 4.2), and the checks of what comes in.
 *
 * A body is a map from short names to values. `Fields` reads one with a type and a bound for each
 * name, and refuses whatever it was not asked for, so a decoded message is a trusted message.
 *
 * @module
 */
import { decode, encodeInto, Token, Tokenizer, Type, type DecodeOptions } from 'cborg';
import { concat } from './bytes.ts';
import { ProtocolViolation } from './errors.ts';
import { isPeerId, peerIdOf, PEER_KEY_BYTES, type PeerId } from './ids.ts';

/** What a body may hold. */
export type CborValue =
  | number
  | boolean
  | string
  | null
  | Uint8Array
  | readonly CborValue[]
  | { readonly [name: string]: CborValue };

/** From so many bytes on, byte strings are worth more care than a copy. */
const LONG_BYTES = 4_096;

/** The canonical bytes of a value, behind others if there are any. */
export function encodeCbor(value: CborValue, ...before: readonly Uint8Array[]): Uint8Array {
  const start = concat(...before);
  const whole = new Uint8Array(start.length + sizeBound(value));
  whole.set(start);
  const { written } = encodeInto(value, whole.subarray(start.length));
  return whole.subarray(0, start.length + written);
}

/**
 * Reads one map, field by field; `end` refuses fields that nobody asked for.
 *
 * @throws ProtocolViolation from every reader, naming the field.
 */
export class Fields {
  readonly #map: ReadonlyMap<unknown, unknown>;
  readonly #what: string;
  #read = 0;

  constructor(what: string, value: unknown) {
    this.#what = what;
    if (!(value instanceof Map)) throw this.#violation('', 'is not a map');
    this.#map = value as ReadonlyMap<unknown, unknown>;
  }

  /** Decodes the bytes of a map; byte strings of `LONG_BYTES` or more are views of them. */
  static decode(what: string, bytes: Uint8Array): Fields {
    let value: unknown;
    try {
      value = decode(bytes, { ...STRICT, tokenizer: new ViewingTokenizer(bytes) });
    } catch {
      throw new ProtocolViolation(`${what} is not deterministic CBOR.`);
    }
    return new Fields(what, value);
  }

  /** A whole number from 0 to `max`. */
  uint(name: string, max: number): number {
    const value = this.#take(name);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) {
      throw this.#violation(name, `is not a whole number from 0 to ${max}`);
    }
    return value;
  }

  /** A finite number from `min` to `max`. */
  number(name: string, min: number, max: number): number {
    const value = this.#take(name);
    if (typeof value !== 'number' || !(value >= min && value <= max)) {
      throw this.#violation(name, `is not a number from ${min} to ${max}`);
    }
    return value;
  }

  boolean(name: string): boolean {
    const value = this.#take(name);
    if (typeof value !== 'boolean') throw this.#violation(name, 'is not true or false');
    return value;
  }

  /** Text of at most `max` UTF-16 units. */
  text(name: string, max: number): string {
    const value = this.#take(name);
    if (typeof value !== 'string' || value.length > max) {
      throw this.#violation(name, `is not a text of at most ${max} characters`);
    }
    return value;
  }

  /** One of the given words. */
  choice<Word extends string>(name: string, words: readonly Word[]): Word {
    const value = this.#take(name);
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw this.#violation(name, `is none of ${words.join(', ')}`);
    return word;
  }

  /** Bytes, of exactly `length`. */
  bytes(name: string, length: number): Uint8Array {
    const value = this.bytesUpTo(name, length);
    if (value.length !== length) throw this.#violation(name, `is not ${length} bytes`);
    return value;
  }

  /** Bytes, at most `max`. */
  bytesUpTo(name: string, max: number): Uint8Array {
    const value = this.#take(name);
    if (!(value instanceof Uint8Array) || value.length > max) {
      throw this.#violation(name, `is not at most ${max} bytes`);
    }
    return value;
  }

  /** A peer, as its 32-byte key. */
  peer(name: string): PeerId {
    const id = peerIdOf(this.bytes(name, PEER_KEY_BYTES));
    if (!isPeerId(id)) throw this.#violation(name, 'is not a peer');
    return id;
  }

  /** Peers in ascending order, none twice, at most `max`. */
  peers(name: string, max: number): readonly PeerId[] {
    const peers = this.list(name, max, (value) => {
      if (!(value instanceof Uint8Array) || value.length !== PEER_KEY_BYTES) {
        throw this.#violation(name, 'holds something that is not a peer');
      }
      return peerIdOf(value);
    });
    if (!areAscending(peers)) throw this.#violation(name, 'is not in ascending order');
    return peers;
  }

  /** Peers in ascending order, none twice, at most `max`, as their keys in one byte string. */
  joinedPeers(name: string, max: number): readonly PeerId[] {
    const bytes = this.bytesUpTo(name, max * PEER_KEY_BYTES);
    if (bytes.length % PEER_KEY_BYTES !== 0) throw this.#violation(name, 'is not whole keys');
    const peers: PeerId[] = [];
    for (let at = 0; at < bytes.length; at += PEER_KEY_BYTES) {
      peers.push(peerIdOf(bytes.subarray(at, at + PEER_KEY_BYTES)));
    }
    if (!areAscending(peers)) throw this.#violation(name, 'is not in ascending order');
    return peers;
  }

  /** At most `max` values, each read by `read`. */
  list<Item>(name: string, max: number, read: (value: unknown) => Item): readonly Item[] {
    const value = this.#take(name);
    if (!Array.isArray(value) || value.length > max) {
      throw this.#violation(name, `is not a list of at most ${max}`);
    }
    return (value as readonly unknown[]).map(read);
  }

  /** A map inside the map. */
  map(name: string): Fields {
    return new Fields(`${this.#what}.${name}`, this.#take(name));
  }

  /** Whether the field is there, and not null. A null counts as read. */
  has(name: string): boolean {
    if (this.#map.get(name) === null) {
      this.#read++;
      return false;
    }
    return this.#map.has(name);
  }

  /** Refuses fields that were not read: each name exactly once. */
  end(): void {
    if (this.#read !== this.#map.size) throw this.#violation('', 'holds fields nobody knows');
  }

  #take(name: string): unknown {
    if (!this.#map.has(name)) throw this.#violation(name, 'is missing');
    this.#read++;
    return this.#map.get(name);
  }

  #violation(name: string, what: string): ProtocolViolation {
    return new ProtocolViolation(`${this.#what}${name === '' ? '' : `.${name}`} ${what}.`);
  }
}

function areAscending(peers: readonly PeerId[]): boolean {
  return peers.every((peer, at) => at === 0 || peers[at - 1]! < peer);
}

const STRICT: DecodeOptions = {
  useMaps: true,
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowNaN: false,
  allowInfinity: false,
  rejectDuplicateMapKeys: true,
};

/** The tokenizer of cborg, but that it copies no long byte string: they come by the megabyte. */
class ViewingTokenizer extends Tokenizer {
  constructor(bytes: Uint8Array) {
    super(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), STRICT);
  }

  override next(): Token {
    const { data } = this;
    const at = this.pos();
    const head = data[at] === TWO_BYTES_LONG ? 3 : 5;
    if ((head === 5 && data[at] !== FOUR_BYTES_LONG) || at + head > data.length)
      return super.next();
    const view = new DataView(data.buffer, data.byteOffset + at + 1);
    const length = head === 3 ? view.getUint16(0) : view.getUint32(0);
    const to = at + head + length;
    // What is cut off, or longer than its length needs, is for cborg to refuse.
    if (length < (head === 3 ? LONG_BYTES : 2 ** 16) || to > data.length) return super.next();
    this._pos = to;
    return new Token(Type.bytes, data.subarray(at + head, to), head + length);
  }
}

/** First bytes of byte strings, by how many bytes say the length (RFC 8949, section 3). */
const TWO_BYTES_LONG = 0x59;
const FOUR_BYTES_LONG = 0x5a;

/** Bytes that a value takes at most: 9 for what is not as long as what it holds. */
function sizeBound(value: CborValue): number {
  if (typeof value === 'string') return 9 + 3 * value.length;
  if (value instanceof Uint8Array) return 9 + value.length;
  if (typeof value !== 'object' || value === null) return 9;
  if (isList(value)) return value.reduce<number>((sum, item) => sum + sizeBound(item), 9);
  return Object.entries(value).reduce(
    (sum, [name, item]) => sum + sizeBound(name) + sizeBound(item),
    9,
  );
}

function isList(value: object): value is readonly CborValue[] {
  return Array.isArray(value);
}
