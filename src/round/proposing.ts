/**
 * From readiness to an attempt: proposing a roster, or judging a proposed one.
 *
 * Everybody computes the same roster from what all said, so everybody knows who leads. Where views
 * differ for a moment, proposals race: a better one replaces another until the first share is dealt.
 *
 * @module
 */
import { equalBytes } from '../bytes.ts';
import {
  CALL_GRACE_MS,
  MAX_COHORT,
  MAX_MEMBERS,
  PROPOSE_TIMEOUT_MS,
  SEAT_GRACE_MS,
} from '../config.ts';
import type { FailureReason } from '../errors.ts';
import { levelsOfGrid, nextEpoch } from '../gossip/index.ts';
import type { PeerId } from '../ids.ts';
import {
  attemptBody,
  contextOfProposal,
  encodeSigned,
  isSignedBy,
  leadersOf,
  MAX_REQUESTS,
  openEnvelope,
  TAG_BYTES,
  type AttemptState,
  type EpochChange,
  type Proposal,
} from '../secagg/index.ts';
import { DEFAULT_SHARE, isPlaneOf, splitFor } from './data-plane.ts';
import { evidenceOf, withEvidence } from './leave-out.ts';
import { encodeProposal, type Message } from './messages.ts';
import {
  attemptOf,
  awaitedPeers,
  chooseRoster,
  differingField,
  isCalled,
  isEverybodyReady,
  objectionTo,
  type Situation,
} from './roster.ts';
import {
  send,
  violate,
  ENTROPY_BYTES,
  MAX_ATTEMPTS_AHEAD,
  MAX_CLOSED,
  MAX_CLOSED_OF_LEADER,
  type RoundState,
  type Effects,
} from './state.ts';
import { situationOf, agreedNow } from './readiness.ts';
import { admissionOf } from './requesting.ts';
import { abandon, begin, closeAttempt } from './attempting.ts';

/** Proposes a roster when this peer is the one to do it; waits, with bounds, for whoever is. */
export function lead(state: RoundState, now: number, effects: Effects): void {
  state.wakeAt = Infinity;
  if (state.current !== undefined || state.missed !== undefined) return;
  const situation = situationOf(state);
  const roster = chooseRoster(situation);
  if (roster === undefined || !isCalled(situation, roster)) {
    state.calledAt = Infinity;
    state.due = undefined;
    return;
  }
  if (state.calledAt === Infinity) state.calledAt = now;
  const { cohort } = state.setting;
  const isAbove = (cohort?.level ?? 0) > 0;
  const waitEnds = state.calledAt + (isAbove ? SEAT_GRACE_MS : CALL_GRACE_MS);
  const graceEnds = Math.max(waitEnds, cohort?.gatherUntil ?? -Infinity);
  if (now < state.notBefore) {
    state.wakeAt = state.notBefore;
  } else if (now < graceEnds && !isEverybodyReady(situation, roster, now)) {
    state.wakeAt = graceEnds;
  } else {
    if (!isAbove) {
      if (state.calledAt > -Infinity) countWaits(state, situation, roster, now);
      // From here on nobody is waited for; above the lines, whoever is busy for a moment still is.
      state.calledAt = -Infinity;
    }
    const attempt = attemptOf(situation, roster);
    const { suite, room, signer } = state.setting;
    const [leader] = leadersOf(suite, { room, round: state.round, attempt, roster });
    if (leader === signer.id) propose(state, situation, roster, attempt, now, effects);
    else awaitLeader(state, attempt, now);
  }
}

/** Judges a proposal: joins it, or says at once that this peer will not. */
export function consider(
  state: RoundState,
  from: PeerId,
  { proposal, envelope }: Message & { type: 'propose' },
  now: number,
  effects: Effects,
): void {
  const { suite, signer } = state.setting;
  const { roster } = proposal;
  if (!isSignedBy(suite, from, envelope)) {
    return violate(effects, from, 'propose is not signed by its sender');
  }
  if (!roster.includes(signer.id) || leadersOf(suite, proposal)[0] !== from) {
    return violate(effects, from, 'proposed a roster that it does not lead');
  }
  const tag = contextOfProposal(suite, envelope.body).slice(0, TAG_BYTES);
  if (isAnswered(state, proposal, tag)) return;
  const reason = reasonAgainst(state, proposal) ?? objectionAgainst(state, proposal, now);
  if (reason !== undefined) {
    // Without a promise there is none to break.
    const isFull = state.closed.length === MAX_CLOSED;
    const ofLeader = state.closed.filter(({ leader }) => leader === from).length;
    const isFar = proposal.round > state.round + 1;
    if (isFull || isFar || ofLeader >= MAX_CLOSED_OF_LEADER) return;
    closeAttempt(state, proposal, roster.indexOf(from), tag);
    const body = attemptBody(tag, { type: 'abort', reason });
    const refusal = encodeSigned(suite, signer, 'abort', body);
    return send(
      effects,
      roster.filter((peer) => peer !== signer.id),
      refusal,
    );
  }
  if (state.current !== undefined) abandon(state, now, effects);
  begin(state, proposal, envelope.body, now, effects);
}

/** Notes who was waited for in vain, and who was there in time. */
function countWaits(
  state: RoundState,
  situation: Situation,
  roster: readonly PeerId[],
  now: number,
): void {
  const awaited = awaitedPeers(situation, roster, now);
  const links = [...state.links].map(([peer, link]) => {
    const isLate = awaited.includes(peer);
    const isThere = roster.includes(peer) && link.ready?.call !== 'soon';
    return [peer, { ...link, waits: isLate ? link.waits + 1 : isThere ? 0 : link.waits }] as const;
  });
  state.links = new Map(links);
}

function awaitLeader(state: RoundState, attempt: number, now: number): void {
  if (state.due?.attempt !== attempt) state.due = { attempt, since: now };
  if (now >= state.due.since + PROPOSE_TIMEOUT_MS) {
    state.attempt = attempt + 1;
    state.due = { attempt: state.attempt, since: now };
  }
  state.wakeAt = state.due.since + PROPOSE_TIMEOUT_MS;
}

function propose(
  state: RoundState,
  situation: Situation,
  roster: readonly PeerId[],
  attempt: number,
  now: number,
  effects: Effects,
): void {
  if (state.entropy.length < ENTROPY_BYTES) return; // Fresh bytes are on their way.
  const { suite, signer, room, parameters } = state.setting;
  const agreed = agreedNow(state).filter(({ request }) =>
    situation.leftOut.includes(request.target),
  );
  const proposal: Proposal = {
    room,
    round: state.round,
    attempt,
    nonce: state.entropy.slice(0, 16),
    base: state.base,
    parameters,
    roster,
    requests: evidenceOf(agreed).slice(0, MAX_REQUESTS),
    change: state.change,
    split: splitFor(
      state.setting,
      roster.map((peer) => uplinkOf(situation, peer)),
    ),
  };
  const message = encodeProposal(suite, signer, proposal);
  send(
    effects,
    roster.filter((peer) => peer !== signer.id),
    message,
  );
  begin(state, proposal, openEnvelope(message).body, now, effects);
}

function uplinkOf({ self, own, links }: Situation, peer: PeerId): number {
  return peer === self ? own.uplink : (links.get(peer)?.ready?.uplink ?? DEFAULT_SHARE);
}

/** Whether this peer may have signed something in an attempt: then a copy of its proposal is no news. */
function isAnswered(state: RoundState, proposal: Proposal, tag: Uint8Array): boolean {
  const { round, attempt } = proposal;
  const { inherited, current, closed } = state;
  const isOfEarlierLife =
    round < inherited.round || (round === inherited.round && attempt <= inherited.attempt);
  return (
    isOfEarlierLife ||
    round < state.round - 1 ||
    (current !== undefined && equalBytes(current.setting.tag, tag)) ||
    closed.some((known) => equalBytes(known.tag, tag))
  );
}

/** Why this peer will not join a proposal. */
function reasonAgainst(state: RoundState, proposal: Proposal): FailureReason | undefined {
  const { setting, joined } = state;
  const field = differingField(setting.parameters, proposal.parameters);
  if (field !== undefined || !equalBytes(proposal.room, setting.room)) return 'parameters-differ';
  if (proposal.round !== state.round || !equalBytes(proposal.base, state.base))
    return 'base-differs';
  if (!isPlaneOf(setting, proposal)) return 'parameters-differ';
  if (state.call === 'off' || state.isHeld || state.missed !== undefined) return 'aborted';
  if (state.entropy.length < ENTROPY_BYTES) return 'aborted';
  const isOld =
    proposal.attempt < state.attempt - 1 ||
    proposal.attempt > state.attempt + MAX_ATTEMPTS_AHEAD ||
    (joined.round === proposal.round && proposal.attempt <= joined.attempt) ||
    joined.round > proposal.round;
  if (isOld) return 'aborted';
  if (state.current !== undefined && !isBetter(proposal, state.current)) return 'aborted';
  return undefined;
}

/** Whether the roster of a proposal that is fine otherwise is not; its evidence costs signature checks. */
function objectionAgainst(
  state: RoundState,
  { roster, requests, change }: Proposal,
  now: number,
): FailureReason | undefined {
  const { suite } = state.setting;
  state.requests = withEvidence(suite, state.requests, requests, admissionOf(state, roster));
  const objection =
    objectionTo(situationOf(state, false, change), roster, now) ??
    objectionToChange(state, change, roster);
  return objection === undefined ? undefined : 'left-out';
}

/** Why a proposed division is not acceptable: it is not the next one, or leaves out who proposes it. */
function objectionToChange(
  { epoch, setting: { cohort } }: RoundState,
  change: EpochChange | undefined,
  roster: readonly PeerId[],
): string | undefined {
  if (change === undefined) return undefined;
  const isTop = cohort === undefined || cohort.level === levelsOfGrid(cohort.grid);
  if (!isTop) return 'only the sum of the whole room divides it';
  if (change.number !== (epoch?.number ?? 0) + 1) return 'it is not the next epoch';
  const members = new Set(nextEpoch(epoch, change, 0, new Uint8Array()).members);
  if (members.size > MAX_MEMBERS) return 'it has more members than a record holds';
  if (cohort === undefined && members.size <= MAX_COHORT) return 'one cohort holds its members';
  return roster.every((peer) => members.has(peer)) ? undefined : 'it leaves out its own members';
}

/** Of two proposals before any share was dealt, everybody follows the same one. */
function isBetter(proposal: Proposal, current: AttemptState): boolean {
  if (current.phase !== 'advertise') return false;
  const { setting } = current;
  const [known, leader] = [setting.proposal, setting.proposal.roster[setting.leaders[0]!]!];
  if (proposal.attempt !== known.attempt) return proposal.attempt > known.attempt;
  if (proposal.roster.length !== known.roster.length) {
    return proposal.roster.length > known.roster.length;
  }
  return leadersOf(setting.suite, proposal)[0]! < leader;
}
