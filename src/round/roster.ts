/**
 * Who sums with whom: choosing a roster from what peers said they are ready for, and judging a proposed one.
 *
 * Peers that wait for the same round, with the same model and parameters, and are all linked to each
 * other can form a roster. A leader may not leave out whom it likes: a member refuses a roster
 * without a peer that it has been linked to for a while, unless there is a reason it can see itself.
 *
 * @module
 */
import { equalBytes } from '../bytes.ts';
import { MAX_COHORT, MIN_COHORT, SETTLED_LINK_MS } from '../config.ts';
import { compareIds, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import type { RoundParameters } from '../secagg/index.ts';
import { isExcused, sitsOut, type Blame } from './blame.ts';
import { haveOwnSeats, seated, seatOf, type Cohort } from './cohort.ts';
import type { Ready } from './messages.ts';

/** A link, and what its peer said last. */
export interface Link {
  /** When it opened, ms. */
  readonly since: number;
  readonly ready: Ready | undefined;
  /** `ready.links`, to look up. */
  readonly neighbours: ReadonlySet<PeerId>;
  /** How many times in a row a round waited for it in vain. */
  readonly waits: number;
}

/** What choosing and judging look at. */
export interface Situation {
  readonly self: PeerId;
  /** What this peer itself says. */
  readonly own: Ready;
  readonly links: ReadonlyMap<PeerId, Link>;
  readonly blame: Blame;
  /** Number of this peer's own attempts so far. */
  readonly attemptSerial: number;
  /** Peers that the room agreed to leave out of this round. */
  readonly leftOut: readonly PeerId[];
  /** Decides who sits where in a cohort of a large room. */
  readonly suite: Suite;
  readonly cohort: Cohort | undefined;
  /** Members of the epoch that the attempt would found; undefined for one that sums. */
  readonly founding: number | undefined;
}

/** Rounds in a row that wait in vain for a peer that is behind, or says `soon`; then none does until it is in time. */
const MAX_WAITS = 3;

/** Trust towards anybody, as READY says it. */
export const ANYBODY = '*';

/** Smallest roster and survivor set for a roster of so many. */
export function minimumFor(rosterSize: number, minPeers: number): number {
  return rosterSize === 2 ? 2 : Math.max(MIN_COHORT, minPeers);
}

/** The roster that this peer would propose now, ascending, or undefined while there is none. */
export function chooseRoster(situation: Situation): readonly PeerId[] | undefined {
  const { self, own, links, blame, leftOut } = situation;
  if (own.call === 'off' || own.isBusy || leftOut.includes(self)) return undefined;
  const ready = [...links.keys()].filter((peer) => isAble(situation, peer)).sort(compareIds);
  const rested = ready.filter((peer) => !sitsOut(blame, peer, own.round));
  // Rounds end a sitting-out, so where nobody could sum without those who sit out, they may come back.
  for (const able of rested.length < ready.length ? [rested, ready] : [ready]) {
    // Whoever sits out leaves its seat to the next of its line.
    const candidates = besideMe(situation, able);
    if (candidates === undefined) continue;
    const roster = clique(situation, candidates).slice(0, MAX_COHORT - 1);
    const whole = [...roster, self].sort(compareIds);
    if (isLargeEnough(situation, whole)) return whole;
  }
  return undefined;
}

/** Why a proposed roster is not acceptable to this peer, or undefined when it is. */
export function objectionTo(
  situation: Situation,
  roster: readonly PeerId[],
  now: number,
): string | undefined {
  const { self, own, links, leftOut } = situation;
  if (!roster.includes(self)) return 'it does not include this peer';
  if (!isLargeEnough(situation, roster)) return 'it is too small';
  const { cohort } = situation;
  if (cohort && !haveOwnSeats(cohort, roster)) return 'two members have one seat, or one has none';
  for (const member of roster) {
    if (member === self) continue;
    if (!links.has(member)) return 'it has a member without a link to this peer';
    if (leftOut.includes(member)) return 'it has a member whom the room left out';
  }
  if (roster.length === MAX_COHORT) return undefined;
  const omitted = [...links].find(
    ([peer, link]) =>
      !roster.includes(peer) &&
      now - link.since >= SETTLED_LINK_MS &&
      !isExcusedFrom(situation, peer, roster),
  );
  if (omitted !== undefined && own.call !== 'off') return 'it leaves out a peer without a reason';
  return undefined;
}

/** Whether everybody who might join soon is ready; else the caller waits a little. */
export function isEverybodyReady(
  situation: Situation,
  roster: readonly PeerId[],
  now: number,
): boolean {
  const isWaiting = situation.own.call === 'soon' && !isUrgent(situation, roster);
  const { cohort } = situation;
  // Above the lines, a seat may be filled by somebody to whom there is no link yet.
  if (cohort !== undefined && cohort.level > 0 && roster.length < cohort.seats) return false;
  const isNew = cohort?.level === 0 && now < (cohort.gatherUntil ?? -Infinity);
  if (isNew && isGathering(situation, roster)) return false;
  return !isWaiting && awaitedPeers(situation, roster, now).length === 0;
}

/** Whether members of a new line are here that it has not heard of yet: links open, and the record spreads. */
function isGathering({ cohort, links }: Situation, roster: readonly PeerId[]): boolean {
  const idle = [...links].filter(
    ([peer, { ready }]) => !roster.includes(peer) && ready?.call === 'off',
  );
  return roster.length + idle.length < cohort!.seats;
}

/** Those of whom each fills another seat; undefined where the own seat is somebody else's. */
function besideMe(
  { suite, self, cohort }: Situation,
  peers: readonly PeerId[],
): readonly PeerId[] | undefined {
  if (cohort === undefined) return peers;
  const all = seated(suite, cohort, [...peers, self]);
  return all.includes(self) ? all.filter((peer) => peer !== self) : undefined;
}

/** Who might join soon, and has not kept a few rounds in a row waiting in vain. */
export function awaitedPeers(
  situation: Situation,
  roster: readonly PeerId[],
  now: number,
): readonly PeerId[] {
  const { own, links, leftOut, blame, cohort } = situation;
  const isHurried = isUrgent(situation, roster);
  const isAwaited = (peer: PeerId, { ready, since, waits }: Link): boolean => {
    if (leftOut.includes(peer) || sitsOut(blame, peer, own.round)) return false;
    if (waits >= MAX_WAITS) return false;
    if (ready === undefined) return now - since < SETTLED_LINK_MS; // It has just come.
    if (roster.includes(peer)) return ready.call === 'soon' && !isHurried;
    // It has its sum of this line's, and will be here when it has the room's.
    const isHeld = cohort?.level === 0 && ready.isBusy && ready.round === own.round;
    const isBehind = ready.round < own.round && ready.call !== 'off';
    const couldJoin =
      isAble(situation, peer) &&
      roster.length < MAX_COHORT &&
      !isSeatTaken(situation, peer, roster);
    return (
      couldJoin ||
      ((isBehind || (isHeld && ready.call !== 'off')) &&
        differingField(own.parameters, ready.parameters) === undefined)
    );
  };
  return [...links].filter(([peer, link]) => isAwaited(peer, link)).map(([peer]) => peer);
}

/** Whether anybody of a roster has called. */
export function isCalled(situation: Situation, roster: readonly PeerId[]): boolean {
  return calls(situation, roster).some((call) => call === 'calling' || call === 'now');
}

/** The attempt that a roster expects: the highest that any of it knows of. */
export function attemptOf(situation: Situation, roster: readonly PeerId[]): number {
  return roster.reduce(
    (attempt, peer) => Math.max(attempt, situation.links.get(peer)?.ready?.attempt ?? 0),
    situation.own.attempt,
  );
}

/** Parameters in the order in which a difference is told: noise before what it fixes. */
const FIELDS: readonly (keyof RoundParameters)[] = [
  'task',
  'search',
  'dimension',
  'mode',
  'transport',
  'noise',
  'clip',
  'step',
  'weightCap',
  'capacity',
  'combining',
];

/** The first parameter that differs, or undefined. */
export function differingField(
  own: RoundParameters,
  theirs: RoundParameters,
): keyof RoundParameters | undefined {
  return FIELDS.find((name) => own[name] !== theirs[name]);
}

/**
 * Whether two tasks are steps of one plan, as in `sum:survey#1` and `sum:survey#2`: their peers share no sum, but
 * one that is a step behind wants the result that the others have, and nothing else.
 */
export function areOfOnePlan(own: string, theirs: string): boolean {
  const planOf = (task: string): string => task.slice(0, task.indexOf('#') + 1);
  return planOf(own) !== '' && planOf(own) === planOf(theirs);
}

/** Whether a linked peer could be in a roster with this one now. */
function isAble({ own, links, leftOut }: Situation, peer: PeerId): boolean {
  const ready = links.get(peer)?.ready;
  return (
    ready !== undefined &&
    ready.call !== 'off' &&
    !ready.isBusy &&
    ready.round === own.round &&
    equalBytes(ready.base, own.base) &&
    differingField(own.parameters, ready.parameters) === undefined &&
    !leftOut.includes(peer)
  );
}

/** Drops, one by one, whoever lacks most links to the rest, until all are linked to all. */
function clique({ links }: Situation, candidates: readonly PeerId[]): readonly PeerId[] {
  let members = candidates.map((peer) => ({ peer, neighbours: links.get(peer)!.neighbours }));
  for (;;) {
    const lacking = members.map(
      (member) =>
        members.filter(
          (other) =>
            other !== member &&
            !(member.neighbours.has(other.peer) && other.neighbours.has(member.peer)),
        ).length,
    );
    const worst = Math.max(0, ...lacking);
    if (worst === 0) return members.map(({ peer }) => peer);
    const out = lacking.lastIndexOf(worst);
    members = members.filter((_, place) => place !== out);
  }
}

/** A link counts when both ends name it. */
function areLinked({ links }: Situation, a: PeerId, b: PeerId): boolean {
  return links.get(a)?.neighbours.has(b) === true && links.get(b)?.neighbours.has(a) === true;
}

/**
 * Every member's own minimum holds; two alone only when each trusts the other. Where nothing is summed, it holds
 * for the lines that follow.
 */
function isLargeEnough(situation: Situation, roster: readonly PeerId[]): boolean {
  const { self, own, links, founding } = situation;
  const others = roster.filter((peer) => peer !== self);
  if (founding !== undefined) {
    const least = others.map((peer) => links.get(peer)?.ready?.minPeers ?? 0);
    return roster.length >= MIN_COHORT && founding >= Math.max(own.minPeers, ...least);
  }
  if (roster.length === 2) {
    const other = others[0]!;
    const theirs = links.get(other)?.ready?.trusts;
    return trusts(own.trusts, other) && theirs !== undefined && trusts(theirs, self);
  }
  return (
    others.every(
      (peer) => roster.length >= minimumFor(roster.length, links.get(peer)?.ready?.minPeers ?? 0),
    ) && roster.length >= minimumFor(roster.length, own.minPeers)
  );
}

function trusts(trusted: string, peer: PeerId): boolean {
  return trusted === ANYBODY || trusted === peer;
}

/** A reason that this peer sees itself why another may be missing from a roster. */
function isExcusedFrom(situation: Situation, peer: PeerId, roster: readonly PeerId[]): boolean {
  const { own, blame, attemptSerial, self } = situation;
  return (
    !isAble(situation, peer) ||
    isSeatTaken(situation, peer, roster) ||
    isExcused(blame, peer, own.round, attemptSerial) ||
    roster.some((member) => member !== self && !areLinked(situation, peer, member))
  );
}

function isSeatTaken({ cohort }: Situation, peer: PeerId, roster: readonly PeerId[]): boolean {
  if (cohort === undefined || cohort.level === 0) return false;
  const seat = seatOf(cohort, peer);
  return roster.some((member) => seatOf(cohort, member) === seat);
}

function isUrgent(situation: Situation, roster: readonly PeerId[]): boolean {
  return calls(situation, roster).includes('now');
}

function calls({ self, own, links }: Situation, roster: readonly PeerId[]): readonly string[] {
  return roster.map((peer) => (peer === self ? own.call : (links.get(peer)?.ready?.call ?? 'off')));
}
