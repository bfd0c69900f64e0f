/**
 * Masks in the open: a few people, a hidden number each, and the masks between them, to be turned by hand.
 *
 * Keys are agreed, masks made and pieces of a secret put together by the code of a room. Two things differ.
 * A mask is one word, so that it can be read; and what is shared in case somebody leaves is the masks
 * themselves, since a mask that was turned by hand comes from no key any more.
 *
 * @module
 */
import { concat, utf8 } from '../bytes.ts';
import { peerIdOf, type PeerId } from '../ids.ts';
import {
  combine,
  entropyBytesOf,
  pairSeed,
  realSuite,
  signOf,
  split,
  thresholdOf,
  type Share,
} from '../secagg/index.ts';

/** Small whole numbers, which hide badly, or words modulo 2^32, which hide perfectly. */
export type Numbers = 'small' | 'words';

/** Small masks lie between this and its negative. */
export const SMALL_MASK = 99;

/** Hidden numbers lie between 0 and this, and everybody knows it. */
export const LARGEST_HIDDEN = 99;

/** Words are counted modulo this. */
export const MODULUS = 2 ** 32;

/** Fewest people whose sum hides anything, and most that fit a figure. */
export const FEWEST_PEOPLE = 3;
export const MOST_PEOPLE = 8;

/** Bytes of the key that somebody makes for one sum. */
export const KEY_BYTES = 32;

/** Somebody with a number. */
export interface Person {
  readonly id: PeerId;
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
  /** 0 to `LARGEST_HIDDEN`. */
  readonly hidden: number;
}

/** What two people share: one adds it, the other subtracts it. */
export interface HeldMask {
  /** Places of the two among the people. */
  readonly adds: number;
  readonly subtracts: number;
  /** 0 to 2^32 - 1. */
  readonly word: number;
}

/** Somebody who left after the others had put on their masks, before the own word was out. */
export interface Leaver {
  readonly person: number;
  /** Pieces of the leaver's masks, one for each of the people, by place. */
  readonly pieces: readonly Share[];
  /** Places of those who have handed theirs over. */
  readonly handedOver: readonly number[];
}

/** Everything that the figure shows; never changed. */
export interface HeldMasks {
  readonly numbers: Numbers;
  readonly people: readonly Person[];
  readonly masks: readonly HeldMask[];
  readonly leaver: Leaver | undefined;
}

/** Nobody yet. */
export function nobody(numbers: Numbers): HeldMasks {
  return { numbers, people: [], masks: [], leaver: undefined };
}

/**
 * Lets somebody in, who agrees a mask with everybody there.
 *
 * @param secret - `KEY_BYTES` random bytes, used for nothing else.
 */
export function withPerson(before: HeldMasks, secret: Uint8Array, hidden: number): HeldMasks {
  const publicKey = realSuite.agreementKey(secret);
  const person = { id: peerIdOf(publicKey), secret, publicKey, hidden };
  const place = before.people.length;
  const agreed = before.people.map((other, at): HeldMask => {
    const seed = pairSeed(realSuite, CONTEXT, secret, other.publicKey, person.id, other.id);
    const isAdding = signOf(person.id, other.id) === 1;
    return {
      adds: isAdding ? place : at,
      subtracts: isAdding ? at : place,
      word: realSuite.stream(seed, 1)[0]!,
    };
  });
  return {
    ...before,
    people: [...before.people, person],
    masks: [...before.masks, ...agreed],
    leaver: undefined,
  };
}

const CONTEXT = utf8('murmuration/figure/masks');

/** The same without whoever came last. */
export function withoutLast(before: HeldMasks): HeldMasks {
  const last = before.people.length - 1;
  const isOf = ({ adds, subtracts }: HeldMask): boolean => adds === last || subtracts === last;
  return {
    ...before,
    people: before.people.slice(0, last),
    masks: before.masks.filter((mask) => !isOf(mask)),
    leaver: undefined,
  };
}

/** The same with another hidden number, held between 0 and `LARGEST_HIDDEN`. */
export function withHidden(before: HeldMasks, place: number, hidden: number): HeldMasks {
  const held = Math.min(LARGEST_HIDDEN, Math.max(0, Math.round(hidden)));
  const people = before.people.map((person, at) =>
    at === place ? { ...person, hidden: held } : person,
  );
  return { ...before, people };
}

/** The value of a mask in the numbers of the figure: -99 to 99, or a word. */
export function valueOf(mask: HeldMask, numbers: Numbers): number {
  return numbers === 'words' ? mask.word : (mask.word % (2 * SMALL_MASK + 1)) - SMALL_MASK;
}

/**
 * The same with one mask set to a value; words wrap, small numbers stop at their ends. While somebody has left,
 * nothing changes: those masks are in words that are out.
 */
export function turned(before: HeldMasks, index: number, value: number): HeldMasks {
  if (before.leaver) return before;
  const whole = Math.round(value);
  const word =
    before.numbers === 'words'
      ? wrapped(whole)
      : Math.min(SMALL_MASK, Math.max(-SMALL_MASK, whole)) + SMALL_MASK;
  const masks = before.masks.map((mask, at) => (at === index ? { ...mask, word } : mask));
  return { ...before, masks };
}

/** +1 when somebody adds a mask, -1 when subtracting it, 0 when it is of two others. */
export function signIn(mask: HeldMask, place: number): -1 | 0 | 1 {
  return mask.adds === place ? 1 : mask.subtracts === place ? -1 : 0;
}

/** What leaves somebody's phone: the hidden number under all of the own masks. */
export function leavingOf({ numbers, people, masks }: HeldMasks, place: number): number {
  const sum = masks.reduce(
    (total, mask) => total + signIn(mask, place) * valueOf(mask, numbers),
    people[place]!.hidden,
  );
  return numbers === 'words' ? wrapped(sum) : sum;
}

/** What everybody who is still there gave, added up as it came. */
export function gatheredOf(held: HeldMasks): number {
  const sum = held.people.reduce(
    (total, _, at) => (at === held.leaver?.person ? total : total + leavingOf(held, at)),
    0,
  );
  return held.numbers === 'words' ? wrapped(sum) : sum;
}

/** Pieces that it takes to rebuild the masks of whoever left: more than half of the people. */
export function piecesNeeded(people: number): number {
  return thresholdOf(people, 'honest');
}

/**
 * Somebody leaves in the middle: masks that the others put on hang loose.
 *
 * @param entropy - `leavingEntropyBytes(people)` random bytes.
 */
export function withLeaver(before: HeldMasks, person: number, entropy: Uint8Array): HeldMasks {
  const count = before.people.length;
  const words = before.masks.filter((mask) => signIn(mask, person) !== 0).map(({ word }) => word);
  const secret = concat(...words.map(bytesOf));
  const pieces = split(secret, piecesNeeded(count), count, entropy);
  return { ...before, leaver: { person, pieces, handedOver: [] } };
}

/** Random bytes that a leaver's pieces take. */
export function leavingEntropyBytes(people: number): number {
  return entropyBytesOf(WORD_BYTES * (people - 1), piecesNeeded(people));
}

/** The one who left is back. */
export function withoutLeaver(before: HeldMasks): HeldMasks {
  return { ...before, leaver: undefined };
}

/** Somebody who stayed hands over a piece; a second time changes nothing. */
export function withPiece(before: HeldMasks, place: number): HeldMasks {
  const { leaver } = before;
  if (!leaver || place === leaver.person || leaver.handedOver.includes(place)) return before;
  return { ...before, leaver: { ...leaver, handedOver: [...leaver.handedOver, place] } };
}

/**
 * The masks of whoever left, put together from the pieces that are in, in the order of `masks`; undefined while
 * there are too few.
 */
export function rebuiltMasks({
  people,
  masks,
  leaver,
}: HeldMasks): readonly HeldMask[] | undefined {
  if (!leaver || leaver.handedOver.length < piecesNeeded(people.length)) return undefined;
  const secret = combine(leaver.handedOver.map((place) => leaver.pieces[place]!));
  return masks
    .filter((mask) => signIn(mask, leaver.person) !== 0)
    .map((mask, at) => ({ ...mask, word: wordAt(secret, at * WORD_BYTES) }));
}

/** The sum that everybody ends with; undefined while masks hang loose. */
export function totalOf(held: HeldMasks): number | undefined {
  const { leaver, numbers } = held;
  if (!leaver) return gatheredOf(held);
  const loose = rebuiltMasks(held)?.reduce(
    (sum, mask) => sum - signIn(mask, leaver.person) * valueOf(mask, numbers),
    0,
  );
  if (loose === undefined) return undefined;
  const total = gatheredOf(held) - loose;
  return numbers === 'words' ? wrapped(total) : total;
}

/** What some people can work out of one whom they are not. */
export interface Inference {
  readonly place: number;
  /** The hidden number lies between these, both included. */
  readonly least: number;
  readonly most: number;
}

/**
 * What can be worked out of each of the others by some who put together all that they know; nobody: by a listener.
 *
 * They have every word that left a phone, the total once it is out, their own numbers and masks.
 */
export function inferencesOf(held: HeldMasks, observers: readonly number[]): readonly Inference[] {
  const { people, masks, numbers, leaver } = held;
  const total = totalOf(held);
  const others = people.flatMap((_, at) =>
    observers.includes(at) || at === leaver?.person ? [] : [at],
  );
  const ranges = others.map((place): Inference => {
    if (numbers === 'words') return { place, least: 0, most: LARGEST_HIDDEN };
    let middle = leavingOf(held, place);
    let reach = 0;
    for (const mask of masks) {
      const sign = signIn(mask, place);
      const partner = sign === 1 ? mask.subtracts : mask.adds;
      if (sign === 0) continue;
      // Masks of whoever left are open once they are rebuilt.
      const isOpen = partner === leaver?.person && total !== undefined;
      if (observers.includes(partner) || isOpen) middle -= sign * valueOf(mask, numbers);
      else reach += SMALL_MASK;
    }
    return {
      place,
      least: Math.max(0, middle - reach),
      most: Math.min(LARGEST_HIDDEN, middle + reach),
    };
  });
  if (total === undefined) return ranges;
  const rest = observers.reduce(
    (left, at) => (at === leaver?.person ? left : left - people[at]!.hidden),
    total,
  );
  // A number is at most what the others leave over, and at least what they cannot make up for.
  return ranges.map(({ place, least, most }) => {
    const further = ranges.filter((range) => range.place !== place);
    return {
      place,
      least: Math.max(least, rest - further.reduce((sum, range) => sum + range.most, 0)),
      most: Math.min(most, rest - further.reduce((sum, range) => sum + range.least, 0)),
    };
  });
}

const WORD_BYTES = 4;

function bytesOf(word: number): Uint8Array {
  const bytes = new Uint8Array(WORD_BYTES);
  new DataView(bytes.buffer).setUint32(0, word, true);
  return bytes;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

function wrapped(value: number): number {
  return ((value % MODULUS) + MODULUS) % MODULUS;
}
