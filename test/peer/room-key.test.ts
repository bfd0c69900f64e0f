import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROOM_ID_PATTERN } from '../../signaling/messages.ts';
import { toBase64url, toHex } from '../../src/bytes.ts';
import { UsageError } from '../../src/errors.ts';
import { deriveRoom, newRoomKey, parseRoomKey } from '../../src/peer/room-key.ts';
import { realSuite } from '../../src/secagg/index.ts';

const key = (fill: number): Uint8Array => new Uint8Array(16).fill(fill);

describe('deriveRoom', () => {
  it('room and introduction key are those of node:crypto’s HKDF, frozen: peers of all versions must agree', () => {
    const room = deriveRoom(realSuite, key(1), 'starlings');
    expect(room.id).toBe('7mLqaBeLiGqJO2CCo4KUSe0vodQbATmAma0vMkBhkAc');
    expect(toHex(room.introductionKey)).toBe(
      '6a7ddc29abedb5445fa43f5bdbe2433e33e1b0506cbdecd353b628fde5afc08d',
    );
  });

  it('the id is what the server takes, and differs with key, name and openness', () => {
    const rooms = [
      deriveRoom(realSuite, key(1), 'a'),
      deriveRoom(realSuite, key(2), 'a'),
      deriveRoom(realSuite, key(1), 'b'),
      deriveRoom(realSuite, undefined, 'a'),
      deriveRoom(realSuite, undefined, 'b'),
    ];
    for (const room of rooms) expect(room.id).toMatch(ROOM_ID_PATTERN);
    expect(new Set(rooms.map(({ id }) => id)).size).toBe(rooms.length);
    expect(new Set(rooms.map((room) => toHex(room.introductionKey))).size).toBe(rooms.length);
    expect(rooms.map(({ isOpen }) => isOpen)).toEqual([false, false, false, true, true]);
  });

  it('the id tells nothing of the introduction key', () => {
    const room = deriveRoom(realSuite, key(3), 'a');
    expect(toBase64url(room.introductionKey)).not.toBe(room.id);
  });

  it('a name typed with composed or combining signs is the same room', () => {
    const composed = deriveRoom(realSuite, key(1), 'caf\u00e9');
    expect(deriveRoom(realSuite, key(1), 'cafe\u0301').id).toBe(composed.id);
  });

  it.each([
    ['', 'no name'],
    ['x'.repeat(41), '40'],
    ['a\u0000b', 'control'],
    ['\ud800', 'control'],
  ])('the name %j is refused in words', (name, word) => {
    expect(() => deriveRoom(realSuite, undefined, name)).toThrow(UsageError);
    expect(() => deriveRoom(realSuite, undefined, name)).toThrow(word);
  });
});

describe('parseRoomKey', () => {
  it('reads back every key of 16 to 64 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 64 }), (bytes) => {
        expect(parseRoomKey(toBase64url(bytes))).toEqual(bytes);
      }),
    );
  });

  it('new keys are 22 characters, read back, and never the same', () => {
    const keys = Array.from({ length: 50 }, newRoomKey);
    for (const text of keys) expect(parseRoomKey(text)).toHaveLength(16);
    expect(new Set(keys).size).toBe(50);
    expect(keys[0]).toHaveLength(22);
  });

  it.each([
    ['', 'base64url'],
    ['abc=', 'base64url'],
    ['a b', 'base64url'],
    ['AAAAAAAAAAAAAAAAAAAAA', 'cut off'],
    ['AAAAAAAAAAAAAAAAAAAAAB', 'cut off'],
    ['AAAAAAAAAAAAAAAAAAAA', '15 bytes'],
    ['A'.repeat(88), 'too long'],
  ])('%j is refused in words that do not repeat it', (text, word) => {
    expect(() => parseRoomKey(text)).toThrow(UsageError);
    expect(() => parseRoomKey(text)).toThrow(word);
    try {
      parseRoomKey(text);
    } catch (error) {
      if (text.length > 4) expect(String(error)).not.toContain(text);
    }
  });
});
