/**
 * Who failed attempts, and how long they sit out.
 *
 * One failure excuses leaving a peer out of the next proposals; from the second in a row on it sits out 1, 2,
 * 4 ... 64 rounds, so that a frozen tab does not cost everybody a timeout each time. A
 * round that includes the peer clears its record.
 *
 * @module
 */
import { MAX_SIT_OUT_ROUNDS } from '../config.ts';
import type { PeerId } from '../ids.ts';

/** Attempts after a failure during which it excuses an omission. */
const EXCUSE_ATTEMPTS = 3;

/** What is remembered of one peer. */
interface Record {
  readonly failures: number;
  /** Serial number of the own attempt in which it failed last. */
  readonly lastAttempt: number;
  /** It sits out rounds below this one. */
  readonly untilRound: number;
}

/** Records of peers that failed lately. */
export type Blame = ReadonlyMap<PeerId, Record>;

/** Peers remembered at most; more than a room of one cohort has. */
const MAX_RECORDS = 256;

/** The records after these peers failed an attempt at a round. */
export function withFailures(
  blame: Blame,
  peers: readonly PeerId[],
  round: number,
  attemptSerial: number,
): Blame {
  const next = new Map(blame);
  for (const peer of peers) {
    const failures = (blame.get(peer)?.failures ?? 0) + 1;
    const rounds = failures < 2 ? 0 : Math.min(2 ** (failures - 2), MAX_SIT_OUT_ROUNDS);
    next.delete(peer);
    next.set(peer, { failures, lastAttempt: attemptSerial, untilRound: round + rounds });
    if (next.size > MAX_RECORDS) next.delete(next.keys().next().value!);
  }
  return next;
}

/** The records without these peers: they were in a result. */
export function withoutRecords(blame: Blame, peers: readonly PeerId[]): Blame {
  if (!peers.some((peer) => blame.has(peer))) return blame;
  return new Map([...blame].filter(([peer]) => !peers.includes(peer)));
}

/** Whether a peer sits out this round. */
export function sitsOut(blame: Blame, peer: PeerId, round: number): boolean {
  return round < (blame.get(peer)?.untilRound ?? 0);
}

/** Whether an omission of this peer is excused by its failures. `attemptSerial`: of the newest own attempt, before the next. */
export function isExcused(
  blame: Blame,
  peer: PeerId,
  round: number,
  attemptSerial: number,
): boolean {
  const record = blame.get(peer);
  if (record === undefined) return false;
  return round < record.untilRound || attemptSerial - record.lastAttempt < EXCUSE_ATTEMPTS;
}
