/**
 * Comparing views with one neighbour at a time, which repairs what news missed: a newcomer's empty
 * view, two halves of a room that meet again, a lost message.
 *
 * 1. One sends a sum for each group of members. Equal sums end it: eight bytes for sixteen members.
 * 2. The other lists some groups whose sums differ.
 * 3. The first sends what the list lacks and asks for what it lacks itself.
 * 4. The other sends that. When there was more, and this brought something, they begin again.
 *
 * Demers et al.: Epidemic Algorithms for Replicated Database Maintenance, PODC 1987, section 1.3.
 *
 * @module
 */
import { ANSWERS_PER_PERIOD, MAX_COMPARING_BYTES, MEMBERSHIP_PERIOD_MS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import { takeInPlace } from './allowance.ts';
import { checkOf, markOf, tagOf, type Tag } from './hello.ts';
import {
  countOf,
  groupOf,
  send,
  type Member,
  type MembershipState,
  type Turn,
} from './membership-state.ts';
import {
  encodeRumours,
  MAX_ENTRIES,
  MAX_GROUPS,
  MAX_STATEMENTS,
  type Entry,
  type Listing,
} from './messages.ts';

/** Members that a group holds on average. */
const GROUP_SIZE = 16;

/** Entries after which no further group is listed. */
const LIST_ENTRIES = 128;

/** Hellos asked for at once. */
const WANTS_AT_ONCE = 64;

/** Whoever was asked for hellos is the only one asked for so long, ms. */
const SOURCE_MS = MEMBERSHIP_PERIOD_MS / 2;

/** Begins to compare with a linked peer, unless much is coming from another one. */
export function compare(turn: Turn, peer: PeerId): void {
  const { state } = turn;
  if (isBusyWithOther(turn, peer)) return;
  send(turn, [peer], encodeRumours({ sums: sumsOf(state, groupCountOf(state)) }));
}

/** Answers sums with a list, when they differ. */
export function answerSums(turn: Turn, from: PeerId, sums: Uint32Array): void {
  const { state } = turn;
  if (isBusyWithOther(turn, from)) return;
  const theirCount = sums.length / 2;
  const ours = sumsOf(state, theirCount);
  const differing = new Set<number>();
  for (let group = 0; group < theirCount; group++) {
    const isSame =
      ours[2 * group] === sums[2 * group] && ours[2 * group + 1] === sums[2 * group + 1];
    if (!isSame) differing.add(group);
  }
  if (differing.size === 0 || !mayAnswer(turn, from)) return;
  const groupCount = Math.max(theirCount, groupCountOf(state));
  const finer = groupCount / theirCount;
  const isListed = (group: number): boolean => differing.has(Math.floor(group / finer));
  const listing = listingOf(state, groupCount, isListed);
  const hasMore = listing.groups.length < differing.size * finer;
  send(turn, [from], encodeRumours({ listing, hasMore }));
}

/** Answers a list with what it lacks, and asks for what it has that is newer. */
export function answerListing(
  turn: Turn,
  from: PeerId,
  { groupCount, groups, entries }: Listing,
  isCut: boolean,
): void {
  const { state, now } = turn;
  if (!mayAnswer(turn, from)) return;
  const listed = new Map(entries.map((entry) => [entry.tag, entry]));
  const inGroups = new Set(groups);
  const parcel = new Parcel();
  for (const member of state.members.values()) {
    const { peer } = member.hello;
    if (peer === from || !inGroups.has(groupIn(member.group, groupCount))) continue;
    if (lacks(listed.get(tagOf(peer)), member)) parcel.add(member);
  }
  const isBusy = isBusyWithOther(turn, from);
  const wanted = isBusy ? [] : entries.filter((entry) => isWanted(state, entry));
  const wants = wanted.slice(0, WANTS_AT_ONCE).map(({ tag }) => tag);
  if (wants.length > 0) state.source = { peer: from, until: now + SOURCE_MS };
  const { hellos, suspicions } = parcel;
  if (wants.length + hellos.length + suspicions.length === 0) return;
  const hasMore = isCut || parcel.isFull || wants.length < wanted.length;
  send(turn, [from], encodeRumours({ hellos, suspicions, wants, hasMore }));
}

/** Sends the hellos that were asked for, with the doubts about them. */
export function answerWants(
  turn: Turn,
  from: PeerId,
  wants: readonly Tag[],
  hasMore: boolean,
): void {
  const { state } = turn;
  if (!mayAnswer(turn, from)) return;
  const parcel = new Parcel();
  for (const tag of wants) {
    const member = state.members.get(state.byTag.get(tag)!);
    if (member !== undefined) parcel.add(member);
    else if (tag === tagOf(state.own.peer)) parcel.addHello(state.own.bytes);
  }
  const { hellos, suspicions } = parcel;
  if (hellos.length === 0) return;
  send(turn, [from], encodeRumours({ hellos, suspicions, hasMore: hasMore || parcel.isFull }));
}

/** Goes on comparing with whoever sent the last part and has more, or ends it. */
export function continueComparing(turn: Turn, from: PeerId, hasMore: boolean): void {
  const { state } = turn;
  if (state.source?.peer === from) state.source = undefined;
  if (hasMore && mayAnswer(turn, from)) compare(turn, from);
}

/** Whether a linked peer may have another answer now. */
export function mayAnswer({ state, now }: Turn, peer: PeerId): boolean {
  const link = state.links.get(peer);
  if (link === undefined) return false;
  return takeInPlace(link.answersLeft, 1, now, ANSWERS_PER_PERIOD, MEMBERSHIP_PERIOD_MS);
}

/** A newcomer with many links takes the view of the room from one of them, not from all at once. */
function isBusyWithOther({ state, now }: Turn, peer: PeerId): boolean {
  const { source } = state;
  return source !== undefined && source.peer !== peer && source.until > now;
}

/** Statements for one message, up to its size. */
class Parcel {
  readonly hellos: Uint8Array[] = [];
  readonly suspicions: Uint8Array[] = [];
  isFull = false;
  #bytes = 0;

  add({ hello, suspicions }: Member): void {
    if (!this.addHello(hello.bytes)) return;
    for (const { bytes } of suspicions.values()) {
      if (this.#hasRoom(bytes, this.suspicions)) this.suspicions.push(bytes);
    }
  }

  addHello(bytes: Uint8Array): boolean {
    if (!this.#hasRoom(bytes, this.hellos)) return false;
    this.hellos.push(bytes);
    return true;
  }

  #hasRoom(bytes: Uint8Array, list: readonly Uint8Array[]): boolean {
    if (this.#bytes + bytes.length > MAX_COMPARING_BYTES || list.length >= MAX_STATEMENTS) {
      this.isFull = true;
      return false;
    }
    this.#bytes += bytes.length;
    return true;
  }
}

/** The same view gives the same number, and a larger one more: a power of two. */
function groupCountOf(state: MembershipState): number {
  const count = 2 ** Math.ceil(Math.log2(countOf(state) / GROUP_SIZE));
  return Math.min(Math.max(count, 1), MAX_GROUPS);
}

/** The sums of this peer's view, itself included, shape [2 x groupCount]. */
function sumsOf(state: MembershipState, groupCount: number): Uint32Array {
  const folded = new Uint32Array(2 * groupCount);
  for (let group = 0; group < MAX_GROUPS; group++) {
    const at = 2 * groupIn(group, groupCount);
    folded[at]! ^= state.sums[2 * group]!;
    folded[at + 1]! ^= state.sums[2 * group + 1]!;
  }
  const [high, low] = markOf(state.own);
  const at = 2 * groupIn(groupOf(state.own.peer), groupCount);
  folded[at]! ^= high;
  folded[at + 1]! ^= low;
  return folded;
}

function listingOf(
  state: MembershipState,
  groupCount: number,
  isListed: (group: number) => boolean,
): Listing {
  const byGroup = new Map<number, Entry[]>();
  const add = (entry: Entry, group: number): void => {
    const entries = byGroup.get(group);
    if (entries === undefined) byGroup.set(group, [entry]);
    else entries.push(entry);
  };
  for (const [peer, member] of state.members) {
    const group = groupIn(member.group, groupCount);
    if (!state.gone.has(peer) && isListed(group)) add(entryOf(member), group);
  }
  add(
    entryOf({ hello: state.own, suspicions: new Map() }),
    groupIn(groupOf(state.own.peer), groupCount),
  );
  const groups: number[] = [];
  const entries: Entry[] = [];
  const start = state.listed++;
  for (let i = 0; i < groupCount; i++) {
    const group = (start + i) % groupCount;
    if (!isListed(group)) continue;
    const more = byGroup.get(group) ?? [];
    if (groups.length > 0 && entries.length + more.length > LIST_ENTRIES) break;
    groups.push(group);
    entries.push(...more);
  }
  const sorted = groups.sort((a, b) => a - b);
  return { groupCount, groups: sorted, entries: entries.slice(0, MAX_ENTRIES) };
}

function entryOf({ hello, suspicions }: Pick<Member, 'hello' | 'suspicions'>): Entry {
  return {
    tag: tagOf(hello.peer),
    incarnation: hello.incarnation,
    check: checkOf(hello),
    isSuspected: suspicions.size > 0,
  };
}

/** The group that one of `MAX_GROUPS` is part of when the view is cut into fewer. */
function groupIn(group: number, groupCount: number): number {
  return Math.floor((group * groupCount) / MAX_GROUPS);
}

/** Whether whoever listed this, or nothing, lacks what is known of a member. */
function lacks(entry: Entry | undefined, { hello, state, suspicions }: Member): boolean {
  const isGone = state === 'dead' || state === 'left';
  if (entry === undefined) return !isGone;
  if (entry.incarnation !== hello.incarnation) return entry.incarnation < hello.incarnation;
  if (entry.check !== checkOf(hello)) return entry.check < checkOf(hello);
  return suspicions.size > 0 && !entry.isSuspected;
}

/** Whether a list has more about a member than is known here. */
function isWanted(state: MembershipState, entry: Entry): boolean {
  if (entry.tag === tagOf(state.own.peer)) {
    return entry.incarnation > state.own.incarnation || entry.isSuspected;
  }
  const peer = state.byTag.get(entry.tag);
  if (peer === undefined) return true;
  const { hello, suspicions, state: is } = state.members.get(peer)!;
  if (entry.incarnation !== hello.incarnation) return entry.incarnation > hello.incarnation;
  if (entry.check !== checkOf(hello)) return entry.check > checkOf(hello);
  return entry.isSuspected && suspicions.size === 0 && is !== 'left';
}
