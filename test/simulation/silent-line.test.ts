import { describe, expect, it } from 'vitest';
import { equalBytes } from '../../src/bytes.ts';
import { SEAT_GRACE_MS } from '../../src/config.ts';
import { decodeMessage } from '../../src/round/messages.ts';
import { includedCount } from '../../src/round/result.ts';
import { GridRoom } from './grid-room.ts';

/** What a round takes in which no seat is waited for, and more, ms of virtual time. */
const ROUND_MS = 2_000;

describe('a line whose members stay linked, but of which nobody takes its seat', () => {
  it('is waited for as long as agreed, and blocks nobody', () => {
    const room = new GridRoom({ seed: 'silent line', peers: 30 });
    expect(room.grid.lines).toHaveLength(3);
    expect(room.play()).toBe(true);
    const silent = new Set(room.grid.lines[2]);
    const others = room.living().filter(({ id }) => !silent.has(id));
    room.tampers.push((copies, from) => {
      if (!silent.has(from.id) || copies[0] === undefined) return copies;
      const message = decodeMessage(copies[0].message);
      const own = from.grid!.line!.scope;
      const isAbove =
        message.type === 'seat' || (message.type === 'scoped' && !equalBytes(message.scope, own));
      return isAbove ? [] : copies;
    });
    const finish = (withinMs: number): boolean => {
      const round = Math.max(...others.map(({ state }) => state.round));
      const isOver = (): boolean => others.every(({ state }) => state.round > round);
      return room.network.run(isOver, room.network.now + withinMs);
    };
    // In the first rounds of an epoch lines still gather.
    expect(finish(60_000)).toBe(true);
    for (let i = 0; i < 2; i++) {
      const begin = room.network.now;
      expect(finish(SEAT_GRACE_MS + ROUND_MS)).toBe(true);
      expect(room.network.now - begin).toBeGreaterThan(SEAT_GRACE_MS);
      expect(others.map(({ state }) => includedCount(state.result!))).toEqual(
        others.map(() => others.length),
      );
    }
    expect([...room.broken]).toEqual([]);
    expect([...silent].every((id) => others[0]!.ends.has(id))).toBe(true);
  });
});
