/**
 * Whether a link is alive: pure bookkeeping over the times at which something was heard.
 *
 * A link that is idle is pinged; one that stays silent after that is dead. A suspicion (the server
 * says that the peer left) shortens the wait. When the page itself was stopped (a frozen tab, a
 * closed laptop), the silence is its own: every link then gets a new chance.
 *
 * @module
 */
import { HEARTBEAT_LATE_MS, LINK_IDLE_MS, LINK_SILENT_MS, PING_TIMEOUT_MS } from '../config.ts';

/** Times are those of one monotonic clock, ms. */
export interface Liveness {
  /** Anything was heard. */
  readonly heardAt: number;
  /** The ping that nothing followed yet was sent. */
  readonly pingedAt: number | undefined;
  /** That ping was sent on suspicion, and is given `PING_TIMEOUT_MS`. */
  readonly isSuspected: boolean;
}

/** What to do about a link. */
export type LivenessAdvice = 'nothing' | 'ping' | 'close';

/** A link that has just opened. */
export function aliveAt(now: number): Liveness {
  return { heardAt: now, pingedAt: undefined, isSuspected: false };
}

/** Any bytes came: whatever was asked is answered. */
export function heard(state: Liveness, now: number): Liveness {
  if (state.pingedAt === undefined && now - state.heardAt < 1) return state;
  return { heardAt: now, pingedAt: undefined, isSuspected: false };
}

/** Somebody says that the peer is gone: ping it, whatever was heard before. */
export function suspect(state: Liveness, now: number): Liveness {
  return state.isSuspected ? state : { ...state, pingedAt: now, isSuspected: true };
}

/** The heartbeat: `lastBeat` is when it beat before. */
export function beat(
  state: Liveness,
  now: number,
  lastBeat: number,
): readonly [Liveness, LivenessAdvice] {
  if (now - lastBeat > HEARTBEAT_LATE_MS) {
    return [{ heardAt: now, pingedAt: now, isSuspected: false }, 'ping'];
  }
  if (state.pingedAt === undefined) {
    if (now - state.heardAt < LINK_IDLE_MS) return [state, 'nothing'];
    return [{ ...state, pingedAt: now }, 'ping'];
  }
  const limit = state.isSuspected ? PING_TIMEOUT_MS : LINK_SILENT_MS;
  return [state, now - state.pingedAt >= limit ? 'close' : 'nothing'];
}
