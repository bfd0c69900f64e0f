import { describe, expect, it } from 'vitest';
import {
  HEARTBEAT_LATE_MS,
  HEARTBEAT_MS,
  LINK_IDLE_MS,
  LINK_SILENT_MS,
  PING_TIMEOUT_MS,
} from '../../src/config.ts';
import { aliveAt, beat, heard, suspect, type Liveness } from '../../src/peer/liveness.ts';

/** Beats until the advice is not `nothing`, or the time is over. */
function run(state: Liveness, from: number, until: number) {
  let now = from;
  while (now < until) {
    now += HEARTBEAT_MS;
    const [next, advice] = beat(state, now, now - HEARTBEAT_MS);
    state = next;
    if (advice !== 'nothing') return { state, advice, now };
  }
  return { state, advice: 'nothing' as const, now };
}

describe('liveness', () => {
  it('an idle link is pinged, and closed when it stays silent', () => {
    const pinged = run(aliveAt(0), 0, 60_000);
    expect([pinged.advice, pinged.now]).toEqual(['ping', LINK_IDLE_MS]);
    const closed = run(pinged.state, pinged.now, 60_000);
    expect([closed.advice, closed.now]).toEqual(['close', LINK_IDLE_MS + LINK_SILENT_MS]);
  });

  it('an answer starts the wait anew', () => {
    const pinged = run(aliveAt(0), 0, 60_000);
    const answered = heard(pinged.state, pinged.now + 1_000);
    expect(run(answered, pinged.now + 1_000, 60_000)).toMatchObject({
      advice: 'ping',
      now: pinged.now + 1_000 + LINK_IDLE_MS,
    });
  });

  it('a suspected link is closed after the ping’s time, a second suspicion does not lengthen it', () => {
    const suspected = suspect(aliveAt(0), 100);
    expect(suspect(suspected, 900)).toEqual(suspected);
    const late = 100 + PING_TIMEOUT_MS;
    expect(beat(suspected, late - 1, late - 500)[1]).toBe('nothing');
    expect(beat(suspected, late, late - 500)[1]).toBe('close');
  });

  it('suspicion shortens the wait of a link that was pinged as idle', () => {
    const pinged = run(aliveAt(0), 0, 60_000);
    const suspected = suspect(pinged.state, pinged.now + 500);
    expect(run(suspected, pinged.now + 500, 60_000)).toMatchObject({ advice: 'close' });
  });

  it('any bytes clear a suspicion', () => {
    const cleared = heard(suspect(aliveAt(0), 100), 200);
    expect(beat(cleared, 200 + PING_TIMEOUT_MS, 200)[1]).toBe('nothing');
  });

  it('a page that was stopped blames nobody: everybody gets a new chance', () => {
    const suspected = suspect(aliveAt(0), 100);
    const now = 100 + HEARTBEAT_LATE_MS + 60_000;
    const [state, advice] = beat(suspected, now, 100);
    expect(advice).toBe('ping');
    expect(beat(state, now + HEARTBEAT_MS, now)[1]).toBe('nothing');
    expect(run(state, now, now + 60_000)).toMatchObject({
      advice: 'close',
      now: now + LINK_SILENT_MS,
    });
  });
});
