/**
 * Taking the masks off a certified sum: rebuilding what left, checking what was opened, subtracting.
 *
 * A secret rebuilt from shares is checked against what its owner advertised: a self seed against its
 * commitment, a mask key against its public key. A wrong share therefore never makes a wrong sum.
 *
 * @module
 */
import { concat, equalBytes, utf8, viewOfWords } from '../bytes.ts';
import { publicKeyOf } from '../ids.ts';
import type { AttemptState } from './attempt.ts';
import { applyMasksInPlace, pairSeed, selfSeed, signOf, type Mask } from './mask.ts';
import { countOf, everybody, has, placesOf, type Members } from './members.ts';
import { addInPlace } from './ring.ts';
import { combine, type Share } from './shamir.ts';

/**
 * Choices of shares that are tried with each new one: bounds what liars can make others compute. As many
 * as there are for 10 of 14 others, so that of 15 members every third may lie.
 */
const MAX_COMBINATIONS = 1001;

/** The commitment to the self seed of the member at a place. */
export function commitmentOf(state: AttemptState, place: number, seed: Uint8Array): Uint8Array {
  const { suite, context, proposal } = state.setting;
  const member = publicKeyOf(proposal.roster[place]!);
  return suite.hash(concat(utf8('murmuration/1/commitment'), context, member, seed));
}

/** Whether these bytes are the self seed that a member committed to. */
export function isSeedOf(state: AttemptState, place: number, seed: Uint8Array): boolean {
  const advertised = state.advertised[place];
  return (
    advertised !== undefined && equalBytes(commitmentOf(state, place, seed), advertised.commitment)
  );
}

/** Whether these bytes are the mask key that a member advertised. */
export function isMaskKeyOf(state: AttemptState, place: number, secret: Uint8Array): boolean {
  const advertised = state.advertised[place];
  return (
    advertised !== undefined &&
    equalBytes(state.setting.suite.agreementKey(secret), advertised.maskKey)
  );
}

/** Digest of words, by which members compare what they hold. */
export function digestOfWords(state: AttemptState, words: Uint32Array): Uint8Array {
  return state.setting.suite.hash(viewOfWords(words));
}

/** The masked sum over some members, or undefined when not all of their words are here. */
export function totalOf(state: AttemptState, members: Members): Uint32Array | undefined {
  let total: Uint32Array | undefined;
  for (const place of placesOf(members)) {
    const words = state.masked[place];
    if (words === undefined) return undefined;
    if (total === undefined) total = words.slice();
    else addInPlace(total, words);
  }
  return total;
}

/** Adds a share of a survivor's self seed, and rebuilds the seed once there are enough. */
export function takeSeedPiece(
  state: AttemptState,
  member: number,
  holder: number,
  bytes: Uint8Array,
): void {
  const pieces = state.seedPieces[member]!;
  if (pieces[holder] !== undefined) return;
  pieces[holder] = bytes;
  state.seeds[member] ??= rebuild(pieces, holder, state.setting.threshold, (seed) =>
    isSeedOf(state, member, seed),
  );
}

/** Adds a share of the mask key of a member that is no survivor, and rebuilds the key likewise. */
export function takeKeyPiece(
  state: AttemptState,
  member: number,
  holder: number,
  bytes: Uint8Array,
): void {
  const pieces = state.keyPieces[member]!;
  if (pieces[holder] !== undefined) return;
  pieces[holder] = bytes;
  state.keys[member] ??= rebuild(pieces, holder, state.setting.threshold, (secret) =>
    isMaskKeyOf(state, member, secret),
  );
}

/**
 * A secret that passes the check, from the newest share and others at hand; choices without the newest
 * were tried before.
 *
 * @param pieces - By holder; the x of a share is its holder's place + 1.
 * @param newest - Whose share came last.
 * @returns Undefined while there are too few right ones.
 */
export function rebuild(
  pieces: readonly (Uint8Array | undefined)[],
  newest: number,
  threshold: number,
  isRight: (secret: Uint8Array) => boolean,
): Uint8Array | undefined {
  const shares = pieces.flatMap((y, place) => (y === undefined ? [] : [{ x: place + 1, y }]));
  const last = shares.filter(({ x }) => x === newest + 1);
  const earlier = shares.filter(({ x }) => x !== newest + 1);
  let tries = 0;
  for (const chosen of choices(earlier, threshold - 1)) {
    if (tries++ === MAX_COMBINATIONS) return undefined;
    const secret = combine([...chosen, ...last]);
    if (isRight(secret)) return secret;
  }
  return undefined;
}

/** Whether every seed of a survivor and every mask key of the others is known. */
export function canUnmask(state: AttemptState): boolean {
  const { certificate, total } = state;
  if (certificate === undefined || total === undefined) return false;
  return state.setting.proposal.roster.every((_, place) =>
    has(certificate.members, place)
      ? state.seeds[place] !== undefined
      : state.keys[place] !== undefined,
  );
}

/** The aggregate: the certified sum with every mask taken off. `canUnmask` holds. */
export function unmask(state: AttemptState): Uint32Array {
  const words = state.total!.slice();
  applyMasksInPlace(state.setting.suite, words, masksOnSum(state), -1);
  return words;
}

/** The masks that the certified sum still has on. `canUnmask` holds. */
export function masksOnSum(state: AttemptState): readonly Mask[] {
  const { suite, proposal } = state.setting;
  const { roster } = proposal;
  const survivors = state.certificate!.members;
  const masks: Mask[] = [];
  for (const place of placesOf(survivors)) {
    const member = roster[place]!;
    const seed = selfSeed(suite, state.context!, state.seeds[place]!, member);
    masks.push({ peer: undefined, sign: 1, seed });
    for (const lost of placesOf(everybody(roster.length) & ~survivors)) {
      const partner = roster[lost]!;
      const theirs = state.advertised[place]!.maskKey;
      const pair = pairSeed(suite, state.context!, state.keys[lost]!, theirs, member, partner);
      masks.push({ peer: partner, sign: signOf(member, partner), seed: pair });
    }
  }
  return masks;
}

/**
 * A beacon: bytes that all members end with and none could choose. Every survivor committed to its self
 * seed before any was opened, and whoever keeps its own back after the certificate is rebuilt, so
 * nobody can add to the beacon, or spoil it, once it knows what the others gave. `canUnmask` holds.
 */
export function beaconOf(state: AttemptState): Uint8Array {
  const { suite } = state.setting;
  const seeds = placesOf(state.certificate!.members).map((place) => state.seeds[place]!);
  return suite.hash(concat(utf8('murmuration/1/beacon'), state.context!, ...seeds));
}

/** Whether a weight word is one that so many honest weights could add up to. */
export function isPlausible(words: Uint32Array, survivors: Members, weightCap: number): boolean {
  if (weightCap === 0) return true;
  const weight = words[words.length - 1]!;
  return weight >= countOf(survivors) && weight <= countOf(survivors) * weightCap;
}

/** All choices of `size` shares, the first ones first. */
function* choices(shares: readonly Share[], size: number, from = 0): Generator<Share[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let first = from; first <= shares.length - size; first++) {
    for (const rest of choices(shares, size - 1, first + 1)) yield [shares[first]!, ...rest];
  }
}
