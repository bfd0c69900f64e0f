/**
 * Large vectors, second half: each owner sums its chunk over the survivors, still masked, and sends the
 * sum to all; whoever has the sums of all chunks signs LOCK on them.
 *
 * Nothing is opened by a sum, whoever made it: the masks of its survivors are still on, and what they are
 * is told only behind the certificate. An owner that tells different sums to different members makes their
 * digests differ, so that no certificate comes about. A sum that its owner did not tell everybody before
 * it left is passed on by those who signed LOCK on it.
 *
 * @module
 */
import { concat, equalBytes, viewOfWords } from '../bytes.ts';
import { LOCK_TIMEOUT_MS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import { partBytesOf, partCountOf, takePart } from './assembly.ts';
import type { Effects } from './attempt-events.ts';
import type { AttemptState } from './attempt.ts';
import { contributionWords } from './context.ts';
import { encodeSigned } from './envelope.ts';
import {
  commonlyHeld,
  heldOf,
  idsOf,
  liveOf,
  lockersOf,
  others,
  ownerOf,
  rosterSize,
} from './knowledge.ts';
import {
  countOf,
  everybody,
  has,
  isWithin,
  NOBODY,
  only,
  placesOf,
  type Members,
} from './members.ts';
import { attemptBody, type AttemptMessage } from './messages.ts';
import { addInPlace } from './ring.ts';
import { beginSum, freeWords } from './scatter.ts';
import { send, violate } from './sending.ts';

/** Whether the words of these members are all with the owners, or the sums over them here. */
export function canSum(state: AttemptState, members: Members): boolean {
  const { reports } = state.scatter!;
  return reports.every((row, chunk) => {
    const held = row[ownerOf(state, chunk)];
    return (held !== undefined && isWithin(members, held)) || isSummed(state, chunk, members);
  });
}

/**
 * The survivor set that is summed next: one that somebody signed LOCK on, or else the newest of the first
 * member in the order of leading that is here; only one that this member can vouch for.
 */
export function chosenSet(state: AttemptState): Members | undefined {
  const { leaders, minimum } = state.setting;
  const { proposals } = state.scatter!;
  const live = liveOf(state);
  const byRank = [
    ...leaders.filter((place) => has(live, place)),
    ...leaders.filter((place) => !has(live, place)),
  ];
  const candidates = [
    ...state.locks.map((lock) => lock?.members),
    ...byRank.map((place) => proposals[place]!.at(-1)),
  ].filter((members) => members !== undefined);
  if (candidates.length === 0) return undefined;
  const expected = commonlyHeld(state, everybody(rosterSize(state))) & live;
  return candidates.find(
    (members) =>
      countOf(members) >= minimum &&
      isWithin(members, heldOf(state)) &&
      isWithin(expected, members),
  );
}

/** Sums own chunks over a survivor set and tells everybody. */
export function sendSums(state: AttemptState, members: Members, effects: Effects): void {
  const { self } = state.setting;
  const { reports, summed } = state.scatter!;
  for (const [chunk, row] of reports.entries()) {
    const held = row[self];
    const isOwn = ownerOf(state, chunk) === self && held !== undefined;
    if (!isOwn || summed[chunk] === members || !isWithin(members, held)) continue;
    summed[chunk] = members;
    if (!isSummed(state, chunk, members)) sumUp(state, chunk, members);
    sendSum(state, chunk, others(state), effects);
  }
}

/** Asks those who signed LOCK, one after the other, for sums that their owner will not send any more. */
export function pullSums(state: AttemptState, members: Members, effects: Effects): void {
  const { self } = state.setting;
  const { reports, asked } = state.scatter!;
  const live = liveOf(state) & ~only(self);
  for (const [chunk, row] of reports.entries()) {
    if (isSummed(state, chunk, members)) continue;
    const owner = ownerOf(state, chunk);
    const held = row[owner];
    const isComing = has(live, owner) && held !== undefined && isWithin(members, held);
    if (isComing && state.patience === 0) continue;
    const helpers = live & lockersOn(state, members);
    const [helper] = placesOf(helpers & ~asked[chunk]!);
    if ((asked[chunk]! & live) !== NOBODY || helper === undefined) continue;
    asked[chunk]! |= only(helper);
    send(state, idsOf(state, only(helper)), { type: 'want', chunk, members }, effects);
  }
}

/** Signs LOCK once the sums of all chunks over a survivor set are here. */
export function lockOnSums(
  state: AttemptState,
  members: Members,
  now: number,
  effects: Effects,
): void {
  const { suite, self, signer, tag, transferMs } = state.setting;
  const digest = digestOfSums(state, members);
  if (digest === undefined) return;
  const isPassedOn = state.scatter!.asked.some((helpers) => helpers !== NOBODY);
  // What was passed on is worth a signature only if others signed for the same.
  const isKnown = state.locks.some((lock) => lock !== undefined && equalBytes(lock.digest, digest));
  if (isPassedOn && !isKnown) return;
  const content: AttemptMessage = { type: 'lock', context: state.context!, members, digest };
  const message = encodeSigned(suite, signer, 'lock', attemptBody(tag, content));
  state.locks[self] = { members, digest, message };
  state.total = state.scatter!.total;
  freeWords(state.scatter!);
  effects.push({ type: 'send', to: others(state), message });
  state.phase = 'lock';
  state.deadline = now + LOCK_TIMEOUT_MS + transferMs;
}

/** The digest of the whole sum over some members, by the hashes of its chunks; undefined until all is here. */
export function digestOfSums(state: AttemptState, members: Members): Uint8Array | undefined {
  const { suite } = state.setting;
  const { sums } = state.scatter!;
  const isWhole = sums.every((_, chunk) => isSummed(state, chunk, members));
  if (!isWhole) return undefined;
  return suite.hash(concat(...sums.map((sum) => suite.hash(viewOfWords(sum!.assembly.words)))));
}

/** Whether what is missing of the sum over these members may still come. */
export function mayStillCome(state: AttemptState, members: Members): boolean {
  const live = liveOf(state) & ~only(state.setting.self);
  const { chunks } = state.setting;
  return chunks!.every(
    ({ owner }, chunk) =>
      isSummed(state, chunk, members) ||
      has(live, owner) ||
      (live & lockersOn(state, members)) !== NOBODY,
  );
}

/** Takes a part of a sum from the owner of its chunk, or from whoever was asked for it. */
export function recordSum(
  state: AttemptState,
  place: number,
  { members, chunk, part, bytes }: AttemptMessage & { type: 'sum' },
  effects: Effects,
): void {
  const { chunks, self, partWords, proposal } = state.setting;
  const known = chunks![chunk];
  const scatter = state.scatter!;
  if (state.context === undefined || known === undefined) {
    return violate(state, place, 'sent the sum of no chunk that there is', effects);
  }
  if (bytes.length === 0 || bytes.length !== partBytesOf(known.to - known.from, partWords, part)) {
    return violate(state, place, 'sent a sum of another length', effects);
  }
  const isTelling = ownerOf(state, chunk) === place || has(scatter.asked[chunk]!, place);
  // What this member signed for stays as it is.
  const isOpen = ['storing', 'gather', 'aborting'].includes(state.phase);
  const isAwaited = state.phase === 'reveal' && state.certificate?.members === members;
  if (!isTelling || !(isOpen || isAwaited) || scatter.isUnmasking) return;
  if (state.locks[self] !== undefined) return;
  let sum = scatter.sums[chunk];
  if (sum?.members !== members) {
    sum = beginSum(scatter, chunk, known, contributionWords(proposal), partWords, members);
  }
  takePart(sum.assembly, part, bytes);
}

/** Passes a sum on to a member that asks for it, once. */
export function serveSum(
  state: AttemptState,
  place: number,
  chunk: number,
  members: Members,
  effects: Effects,
): void {
  const { served } = state.scatter!;
  if (!isSummed(state, chunk, members) || has(served[chunk]!, place)) return;
  served[chunk]! |= only(place);
  sendSum(state, chunk, idsOf(state, only(place)), effects);
}

function isSummed(state: AttemptState, chunk: number, members: Members): boolean {
  const { sums, isUnmasking } = state.scatter!;
  const sum = sums[chunk];
  return !isUnmasking && sum?.members === members && sum.assembly.missing === 0;
}

/** The own chunk's sum, in its place in the whole sum. */
function sumUp(state: AttemptState, chunk: number, members: Members): void {
  const { chunks, self, partWords, proposal } = state.setting;
  const scatter = state.scatter!;
  const { from, to } = chunks![chunk]!;
  const sum = beginSum(
    scatter,
    chunk,
    chunks![chunk]!,
    contributionWords(proposal),
    partWords,
    members,
  );
  const { words } = sum.assembly;
  words.fill(0);
  for (const place of placesOf(members)) {
    const own = place === self ? scatter.own!.subarray(from, to) : undefined;
    addInPlace(words, own ?? scatter.words[chunk]![place]!.assembly.words);
  }
  sum.assembly.isHere.fill(1);
  sum.assembly.missing = 0;
}

function sendSum(
  state: AttemptState,
  chunk: number,
  to: readonly PeerId[],
  effects: Effects,
): void {
  const { partWords } = state.setting;
  const { members, assembly } = state.scatter!.sums[chunk]!;
  for (let part = 0; part < partCountOf(assembly.words.length, partWords); part++) {
    const words = assembly.words.subarray(part * partWords, (part + 1) * partWords);
    send(state, to, { type: 'sum', members, chunk, part, bytes: viewOfWords(words) }, effects);
  }
}

function lockersOn(state: AttemptState, members: Members): Members {
  return placesOf(lockersOf(state)).reduce<Members>(
    (all, place) => (state.locks[place]!.members === members ? all | only(place) : all),
    NOBODY,
  );
}
