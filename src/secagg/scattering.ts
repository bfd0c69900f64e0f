/**
 * Large vectors, first half: each member's masked words go to the owners of their chunks, and all agree
 * on one survivor set.
 *
 * A contributor signs for the hashes of its chunks before it sends them, so that HAVE compares what
 * it said to each, as with broadcast words. An owner says whose words of its chunk are all here (HELD). The
 * survivors are within what everybody has a signature of and every owner holds: one set for the
 * attempt, since a member in the sum of one chunk and missing from another could be opened in both ways.
 *
 * Whoever takes over from an owner that left asks for its chunk, and gets the very same words. What the
 * owner that left contributed to its own chunk was nowhere else, so it is no survivor.
 *
 * @module
 */
import { concat, equalBytes, viewOfWords } from '../bytes.ts';
import { GATHER_TIMEOUT_MS, MAX_PROPOSED_SETS } from '../config.ts';
import { assemblyOf, partBytesOf, partCountOf, takePart } from './assembly.ts';
import type { Effects } from './attempt-events.ts';
import type { AttemptState } from './attempt.ts';
import { canSum, chosenSet, lockOnSums, pullSums, sendSums } from './chunk-sums.ts';
import { abort } from './ending.ts';
import {
  commonlyHeld,
  heldOf,
  holdersOf,
  idsOf,
  isActive,
  liveOf,
  lockersOf,
  ownerOf,
} from './knowledge.ts';
import { countOf, has, isWithin, NOBODY, only, placesOf } from './members.ts';
import type { AttemptMessage } from './messages.ts';
import { send, sendToAll, violate } from './sending.ts';

/** Signs for the masked words, then sends each owner those of its chunk. */
export function scatter(state: AttemptState, now: number, effects: Effects): void {
  const { suite, self, chunks, transferMs } = state.setting;
  const words = state.scatter!.own!;
  const hashes = chunks!.map(({ from, to }) => suite.hash(viewOfWords(words.subarray(from, to))));
  state.scatter!.hashes[self] = hashes;
  state.digests[self] = suite.hash(concat(...hashes));
  sendToAll(state, { type: 'digests', context: state.context!, hashes }, effects);
  for (const [chunk, { owner }] of chunks!.entries()) {
    if (owner !== self) sendWords(state, chunk, owner, effects);
  }
  state.phase = 'gather';
  state.patience = 0;
  state.deadline = now + GATHER_TIMEOUT_MS + transferMs;
}

/** Says what is held, proposes when it is the turn, sums, and signs; takes over from owners that left. */
export function gatherChunks(state: AttemptState, now: number, effects: Effects): void {
  const { minimum, threshold } = state.setting;
  const live = liveOf(state);
  if (countOf(live | lockersOf(state)) < threshold || countOf(heldOf(state) | live) < minimum) {
    state.failed |= state.gone;
    return abort(state, 'too-few-peers', 'too many peers left', now, effects);
  }
  adopt(state, now, effects);
  giveWords(state, effects);
  report(state, effects);
  propose(state, now, effects);
  if (state.phase !== 'gather') return;
  const members = chosenSet(state);
  if (members === undefined) return;
  if (state.scatter!.awaited !== members) {
    if (state.scatter!.awaited === NOBODY) extend(state, now, GATHER_TIMEOUT_MS / 2);
    state.scatter!.awaited = members;
  }
  sendSums(state, members, effects);
  pullSums(state, members, effects);
  lockOnSums(state, members, now, effects);
}

/** Takes the hashes of a contribution. */
export function recordDigests(
  state: AttemptState,
  place: number,
  { hashes }: AttemptMessage & { type: 'digests' },
  effects: Effects,
): void {
  const { suite, chunks } = state.setting;
  if (hashes.length !== chunks!.length) {
    return violate(state, place, 'signed for another number of chunks', effects);
  }
  const digest = suite.hash(concat(...hashes));
  const known = state.digests[place];
  if (known !== undefined) {
    if (!equalBytes(known, digest)) {
      violate(state, place, 'signed for two different contributions', effects);
    }
    return;
  }
  // After own HAVE a late contribution would change what was said to be held.
  if (state.haves[state.setting.self] !== undefined) return;
  state.scatter!.hashes[place] = hashes;
  state.digests[place] = digest;
}

/** Takes a part of a contribution to a chunk that this member sums. */
export function recordChunk(
  state: AttemptState,
  place: number,
  { chunk, part, bytes }: AttemptMessage & { type: 'chunk' },
  effects: Effects,
): void {
  const { suite, chunks, self, partWords } = state.setting;
  const known = chunks![chunk];
  if (state.context === undefined || known === undefined) {
    return violate(state, place, 'sent words of no chunk that there is', effects);
  }
  const { words, owners, reports } = state.scatter!;
  const length = known.to - known.from;
  if (bytes.length === 0 || bytes.length !== partBytesOf(length, partWords, part)) {
    return violate(state, place, 'sent words of another length', effects);
  }
  // After own HELD nobody sums late words, and after LOCK nobody needs any: they would only take memory.
  const isOwn = owners[chunk] === self;
  const isEarly = ['share', 'storing', 'gather'].includes(state.phase);
  if (!isOwn || !isEarly || reports[chunk]![self] !== undefined) return;
  const held = (words[chunk]![place] ??= {
    assembly: assemblyOf(new Uint32Array(length), partWords),
    hash: undefined,
  });
  takePart(held.assembly, part, bytes);
  if (held.assembly.missing === 0) held.hash ??= suite.hash(viewOfWords(held.assembly.words));
}

/** Where an owner left, waits for the next one, and asks everybody for the chunk if that is this member. */
function adopt(state: AttemptState, now: number, effects: Effects): void {
  const { self } = state.setting;
  const { owners, sums } = state.scatter!;
  for (const [chunk, before] of owners.entries()) {
    const owner = ownerOf(state, chunk);
    if (owner === before) continue;
    owners[chunk] = owner;
    if (sums[chunk]?.assembly.missing === 0) continue;
    state.patience = 0;
    extend(state, now, GATHER_TIMEOUT_MS);
    if (owner !== self) continue;
    const to = idsOf(state, liveOf(state) & ~only(self));
    send(state, to, { type: 'want', chunk, members: NOBODY }, effects);
  }
}

/** Gives the own words of a chunk to whoever asked for them, once this member sees that it is the new owner. */
function giveWords(state: AttemptState, effects: Effects): void {
  const { wanted, given } = state.scatter!;
  for (const [chunk, askers] of wanted.entries()) {
    const owner = ownerOf(state, chunk);
    if (owner < 0 || !has(askers & ~given[chunk]!, owner)) continue;
    given[chunk]! |= only(owner);
    sendWords(state, chunk, owner, effects);
  }
}

/** Says whose signatures are here, and of own chunks, whose words: once all are, or time is up. */
function report(state: AttemptState, effects: Effects): void {
  const { self, chunks } = state.setting;
  const { reports } = state.scatter!;
  const live = liveOf(state);
  const held = heldOf(state);
  const isLate = state.patience > 0;
  if (state.haves[self] === undefined && (isLate || isWithin(live, held))) {
    const digests = isActive(state) ? placesOf(held).map((place) => state.digests[place]!) : [];
    state.haves[self] = { members: held, digests };
    sendToAll(state, { type: 'have', members: held, digests }, effects);
  }
  for (const chunk of chunks!.keys()) {
    if (ownerOf(state, chunk) !== self || reports[chunk]![self] !== undefined) continue;
    const members = holdersOf(state, chunk);
    if (!isLate && !isWithin(live, members)) continue;
    state.failed |= live & ~members;
    reports[chunk]![self] = members;
    sendToAll(state, { type: 'held', chunk, members }, effects);
  }
}

/**
 * Proposes a survivor set when this member is the first that is here, and again when an owner left before
 * the set could be summed. Somebody's LOCK is followed, and nothing else proposed.
 */
function propose(state: AttemptState, now: number, effects: Effects): void {
  const { self, leaders, minimum } = state.setting;
  const { reports, proposals } = state.scatter!;
  const live = liveOf(state);
  const isFirst = leaders.find((place) => has(live, place)) === self;
  if (!isFirst || state.haves[self] === undefined || lockersOf(state) !== NOBODY) return;
  const isHeard = placesOf(live).every((place) => state.haves[place] !== undefined);
  const isReported = reports.every((row, chunk) => row[ownerOf(state, chunk)] !== undefined);
  if (!isReported || !(isHeard || state.patience > 1)) return;
  const known = proposals.flat().filter((members) => canSum(state, members));
  const last = proposals[self]!.at(-1);
  if (last !== undefined && known.includes(last)) return;
  const members = known[0] ?? commonlyHeld(state, live);
  if (countOf(members) < minimum) {
    return abort(state, 'too-few-peers', 'too few contributions arrived', now, effects);
  }
  if (members === last || proposals[self]!.length === MAX_PROPOSED_SETS) return;
  proposals[self] = [...proposals[self]!, members];
  sendToAll(state, { type: 'survivors', members }, effects);
}

/** Sends the own masked words of a chunk, part by part; always the same bytes. */
function sendWords(state: AttemptState, chunk: number, to: number, effects: Effects): void {
  const { chunks, partWords, proposal } = state.setting;
  const { own } = state.scatter!;
  const { from, to: end } = chunks![chunk]!;
  if (own === undefined) return;
  const words = own.subarray(from, end);
  for (let part = 0; part < partCountOf(words.length, partWords); part++) {
    const bytes = viewOfWords(words.subarray(part * partWords, (part + 1) * partWords));
    send(state, [proposal.roster[to]!], { type: 'chunk', chunk, part, bytes }, effects);
  }
}

function extend(state: AttemptState, now: number, byMs: number): void {
  state.deadline = Math.max(state.deadline, now + byMs + state.setting.transferMs);
}
