/**
 * From what a session knows to what a page shows. Pure.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import { sumsIn, totalOfBuckets } from '../round/combining.ts';
import { isUnanswered, nameOf, untilRound, type OpenRequest } from '../round/leave-out.ts';
import { levelsOf, type GridState } from '../round/grid.ts';
import { agreedNow, type RoundReport, type RoundState } from '../round/round.ts';
import { ANYBODY } from '../round/roster.ts';
import {
  decodeAggregate,
  encodingFor,
  has,
  placesOf,
  type AttemptState,
  type Phase,
  type RoundParameters,
} from '../secagg/index.ts';
import type { RoundBytes } from './company.ts';
import type { Entry } from './peer-book.ts';
import type {
  AttemptView,
  EvaluationView,
  GridView,
  LeaveOutRequestView,
  PeerView,
  ResultView,
  Stage,
  TrustView,
} from './view.ts';

/** A peer that says nothing in an attempt for this long is shown as silent, ms. */
const SILENT_MS = 2_000;

const STAGES: Readonly<Record<Phase, Stage>> = {
  advertise: 'gather',
  share: 'keys',
  storing: 'keys',
  gather: 'send',
  lock: 'lock',
  aborting: 'lock',
  reveal: 'unmask',
  done: 'unmask',
  over: 'unmask',
};

/** How a large room is divided; undefined while everybody sums with everybody. */
export function gridView({ grid, line, sums, setting }: GridState): GridView | undefined {
  if (grid === undefined) return undefined;
  const isLineBusy = line?.machine.current !== undefined;
  return {
    epoch: grid.epoch.number,
    lines: grid.lines,
    ownLine: grid.lineOf.get(setting.signer.id) ?? -1,
    levels: levelsOf(grid),
    // Whoever does not stand in waits while the levels sum.
    level: sums.length > 0 ? sums.length : isLineBusy ? 0 : undefined,
  };
}

/** The attempt under way. */
export function attemptView(attempt: AttemptState): AttemptView {
  const { setting, certificate } = attempt;
  const { roster, round, attempt: number } = setting.proposal;
  const known = (list: readonly unknown[]): readonly PeerId[] =>
    roster.filter((_, place) => list[place] !== undefined);
  const among = (members: number): readonly PeerId[] =>
    placesOf(members).map((place) => roster[place]!);
  return {
    round,
    attempt: number,
    stage: STAGES[attempt.phase],
    roster,
    leader: roster[setting.leaders[0]!]!,
    threshold: setting.threshold,
    advertised: known(attempt.advertised),
    shared: known(attempt.seedShares),
    masked: known(attempt.digests),
    locked: known(attempt.locks),
    unmasked: known(attempt.seeds),
    aborted: among(attempt.aborted),
    gone: among(attempt.gone),
    survivors: certificate === undefined ? [] : among(certificate.members),
    recovering: recoveringOf(attempt),
  };
}

/** Members whose secret has to be rebuilt, and how many shares of it are here. */
function recoveringOf(attempt: AttemptState): AttemptView['recovering'] {
  const { certificate, setting, seeds, keys, seedPieces, keyPieces } = attempt;
  if (certificate === undefined) return [];
  return setting.proposal.roster.flatMap((peer, place) => {
    const isSurvivor = has(certificate.members, place);
    const pieces = (isSurvivor ? seedPieces : keyPieces)[place]!;
    const shares = pieces.filter((piece) => piece !== undefined).length;
    const isOpen = (isSurvivor ? seeds : keys)[place] !== undefined;
    return isOpen || (isSurvivor && shares === 0) ? [] : [{ peer, shares }];
  });
}

/** One other peer. */
export function peerView(entry: Entry, state: RoundState, now: number): PeerView {
  const agreed = agreedNow(state).find(({ request }) => request.target === entry.id);
  const isInAttempt = state.current?.setting.proposal.roster.includes(entry.id) === true;
  const quietMs = isInAttempt ? now - entry.heardAt : 0;
  return {
    id: entry.id,
    name: entry.name,
    colour: entry.colour,
    kind: entry.kind,
    link: entry.link,
    via: entry.via,
    doing: entry.link === 'gone' ? 'gone' : doingOf(entry.id, state),
    isHidden: entry.isHidden,
    leftOut: agreed && { untilRound: untilRound(agreed.request), by: agreed.request.by },
    silentMs: quietMs < SILENT_MS ? 0 : Math.round(quietMs / 1000) * 1000,
    bytesSent: entry.bytesSent,
    bytesReceived: entry.bytesReceived,
  };
}

function doingOf(peer: PeerId, state: RoundState): PeerView['doing'] {
  const attempt = state.current;
  const place = attempt?.setting.proposal.roster.indexOf(peer) ?? -1;
  if (attempt !== undefined && place >= 0) {
    if (has(attempt.gone, place)) return 'gone';
    if (has(attempt.aborted, place)) return 'aborted';
    if (attempt.seeds[place] !== undefined) return 'unmasked';
    if (attempt.locks[place] !== undefined) return 'locked';
    if (attempt.digests[place] !== undefined) return 'masked';
    if (attempt.seedShares[place] !== undefined) return 'shared';
    if (attempt.advertised[place] !== undefined) return 'advertised';
    return 'ready';
  }
  const ready = state.links.get(peer)?.ready;
  if (ready === undefined) return 'training';
  if (ready.call === 'off') return 'busy';
  if (ready.isBusy) return 'busy';
  if (ready.round < state.round && !hasJustFinished(peer, state)) return 'copying';
  return ready.call === 'calling' || ready.call === 'now' ? 'ready' : 'training';
}

/** In the newest result: it will say so in a moment. */
function hasJustFinished(peer: PeerId, { result }: RoundState): boolean {
  return result?.roster.includes(peer) === true;
}

/** Requests to leave somebody out that are open or hold. */
export function requestViews(state: RoundState): readonly LeaveOutRequestView[] {
  const agreed = new Set(agreedNow(state));
  const { suite, signer } = state.setting;
  return [...state.requests.values()].map((open: OpenRequest) => ({
    name: nameOf(suite, open.request),
    by: open.request.by,
    target: open.request.target,
    untilRound: untilRound(open.request),
    agreeing: votersOf(open, true),
    refusing: votersOf(open, false),
    isAgreed: agreed.has(open),
    isWaitingForMe: isUnanswered(open, signer.id),
  }));
}

function votersOf(open: OpenRequest, agrees: boolean): readonly PeerId[] {
  return [...open.votes].filter(([, vote]) => vote.agrees === agrees).map(([peer]) => peer);
}

/**
 * A result.
 *
 * @param bytes - Sent and received for it.
 */
export function resultView(report: RoundReport, bytes: RoundBytes): ResultView {
  const { round, attempt, roster, included, durationMs, resultHash, isCopied, sums } = report;
  return {
    round,
    attempt,
    roster,
    included,
    dropped: roster.filter((peer) => !included.includes(peer)),
    durationMs,
    bytesSent: bytes.sent,
    bytesReceived: bytes.received,
    resultHash,
    buckets: (sums?.buckets.length ?? 0) > 1 ? sums?.buckets : undefined,
    isCopied,
  };
}

/**
 * What a sum told of the merged model before it; with noise, nothing.
 *
 * @param at - Where the values of the checks begin.
 */
export function evaluationOf(
  { round, words, roster, included }: RoundReport,
  parameters: RoundParameters,
  at: number,
): EvaluationView | undefined {
  if (parameters.step > 0) return undefined;
  const encoding = encodingFor(parameters, roster.length);
  const total = totalOfBuckets(words, sumsIn(words, parameters));
  const { mean } = decodeAggregate(total, included.length, encoding);
  return { round, accuracy: mean[at]!, loss: mean[at + 1]!, peers: included.length };
}

/** Linked peers whose noise is another as yet. */
export function apartByNoise({ links, setting }: RoundState): readonly PeerId[] {
  return [...links].flatMap(([peer, { ready }]) =>
    ready === undefined || ready.parameters.noise === setting.parameters.noise ? [] : [peer],
  );
}

/** Who trusts whom, where two are alone. */
export function trustView(state: RoundState): TrustView {
  const trusts = (trusted: string, peer: PeerId): boolean =>
    trusted === ANYBODY || trusted === peer;
  const [other, ...more] = [...state.links];
  if (other === undefined || more.length > 0) {
    return { own: state.trusts === ANYBODY, other: false };
  }
  const [peer, { ready }] = other;
  return {
    own: trusts(state.trusts, peer),
    other: ready !== undefined && trusts(ready.trusts, state.setting.signer.id),
  };
}
