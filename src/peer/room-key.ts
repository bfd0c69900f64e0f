/**
 * What a room's key and name become: the room id that the server sees, and the key that seals
 * introductions, which it never sees.
 *
 * Both come from one secret by HKDF, so the id tells nothing of the key or the name, and a wrong key
 * leads into another, empty room. An open room has a public constant in the place of the key:
 * everybody who knows its name, the operator of the server included, can then read introductions.
 *
 * @module
 */
import { fromBase64url, toBase64url, utf8 } from '../bytes.ts';
import { MAX_NAME_LENGTH, MAX_ROOM_KEY_BYTES, ROOM_KEY_BYTES } from '../config.ts';
import { UsageError } from '../errors.ts';
import type { Suite } from '../ports.ts';

/** A room as a transport needs it. */
export interface Room {
  /** What the server sees: base64url of 32 bytes. */
  readonly id: string;
  /** Seals introductions, 32 bytes. Secret unless the room is open. */
  readonly introductionKey: Uint8Array;
  /** No room key: the operator of the server could sit in the middle. */
  readonly isOpen: boolean;
}

const SALT = utf8('murmuration room 1');
const OPEN_ROOM = utf8('murmuration open room: no key, no secret');

/**
 * The room of a key and a name.
 *
 * @param key - Bytes of the room key, from `parseRoomKey`; undefined for the open room of that name.
 * @param name - Compared after Unicode normalisation (NFC), so that it may be typed on any keyboard.
 * @throws UsageError when the name is empty, too long or holds control characters.
 */
export function deriveRoom(suite: Suite, key: Uint8Array | undefined, name: string): Room {
  const label = normalName(name);
  const info = (purpose: string): Uint8Array =>
    utf8(`${purpose}\0${key ? 'key' : 'open'}\0${label}`);
  const secret = key ?? OPEN_ROOM;
  return {
    id: toBase64url(suite.derive(secret, SALT, info('id'))),
    introductionKey: suite.derive(secret, SALT, info('introductions')),
    isOpen: key === undefined,
  };
}

/**
 * The bytes of a room key as people pass it on.
 *
 * @throws UsageError that says what to do, and never repeats the key.
 */
export function parseRoomKey(text: string): Uint8Array {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) {
    throw new UsageError(
      'The room key holds characters that are not base64url: copy the whole invitation again, without spaces or "=".',
    );
  }
  if (text.length > Math.ceil((MAX_ROOM_KEY_BYTES * 4) / 3)) {
    throw new UsageError(
      `The room key is too long: use at most ${MAX_ROOM_KEY_BYTES} bytes in base64url.`,
    );
  }
  const key = fromBase64url(text);
  if (toBase64url(key) !== text) {
    throw new UsageError('The room key is cut off or mistyped: copy the whole invitation again.');
  }
  if (key.length < ROOM_KEY_BYTES) {
    throw new UsageError(
      `The room key has ${key.length} bytes and needs ${ROOM_KEY_BYTES} (22 characters of base64url): copy the whole invitation, or make a new room.`,
    );
  }
  return key;
}

/** A fresh room key as people pass it on: base64url of 16 random bytes, 22 characters. */
export function newRoomKey(): string {
  return toBase64url(crypto.getRandomValues(new Uint8Array(ROOM_KEY_BYTES)));
}

function normalName(name: string): string {
  const normal = name.normalize('NFC');
  if (normal.length === 0)
    throw new UsageError('The room has no name: give one, such as "starlings".');
  if (normal.length > MAX_NAME_LENGTH) {
    throw new UsageError(
      `The room's name has ${normal.length} characters: use at most ${MAX_NAME_LENGTH}.`,
    );
  }
  if (/[\p{Cc}\p{Cs}]/u.test(normal)) {
    throw new UsageError(
      "The room's name holds a control character: use letters, digits, spaces and signs.",
    );
  }
  return normal;
}
