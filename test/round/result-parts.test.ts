import { describe, expect, it } from 'vitest';
import { decodeMessage, encodePart } from '../../src/round/messages.ts';
import { MESSAGE_TYPES } from '../../src/secagg/index.ts';
import type { SimulatedPeer } from '../../src/simulation/network.ts';
import { simulatedSuite as suite } from '../../src/simulation/simulated-suite.ts';
import { recorderOf, Room, type RoomOptions } from './room.ts';

/** Of three or more parts, with a model of as many. */
const DIMENSION = 170_000;

/** Three peers have a result, and then somebody comes. */
function roomWithResult(options: Partial<RoomOptions> = {}): Room {
  const room = new Room(3, {
    suite,
    call: 'calling',
    parameters: { dimension: DIMENSION },
    ...options,
  });
  expect(room.untilResults(1)).toBe(true);
  room.call('off');
  room.network.run(() => false, room.network.now + 1_000);
  return room;
}

function come(room: Room): SimulatedPeer {
  const newcomer = room.add('late');
  room.call('willing', 'willing', [newcomer]);
  return newcomer;
}

function partsOf(room: Room): number {
  return room.sent.filter(({ message }) => message[0] === MESSAGE_TYPES.part).length;
}

describe('a large result', () => {
  it.each([false, true])('is copied in parts (with a model: %s)', (hasModel) => {
    const room = roomWithResult({ hasModel });
    const newcomer = come(room);
    const hasCopy = () => recorderOf(newcomer).results.length === 1;
    expect(room.network.run(hasCopy, room.network.now + 30_000)).toBe(true);
    const [copy] = recorderOf(newcomer).results;
    const [original] = recorderOf(room.peers[0]!).results;
    expect(copy).toMatchObject({ isCopied: true, resultHash: original!.resultHash });
    expect(copy!.words).toEqual(original!.words);
    expect(copy!.model).toEqual(original!.model);
    expect(partsOf(room)).toBe(hasModel ? 3 : 2);
  });

  it('is copied from another peer when the first one leaves in the middle', () => {
    let isGone = false;
    const room: Room = roomWithResult({
      delivery: (random) => (message, from) => {
        if (message[0] === MESSAGE_TYPES.part && !isGone) {
          isGone = true;
          room.network.at(room.network.now, () => room.network.vanish(from));
        }
        return [{ message, delayMs: random.between(1, 20) }];
      },
    });
    const newcomer = come(room);
    const hasCopy = () => recorderOf(newcomer).results.length === 1;
    expect(room.network.run(hasCopy, room.network.now + 30_000)).toBe(true);
    expect(isGone).toBe(true);
  });

  it('with one changed byte is not believed, and its giver is cut off', () => {
    let liar: SimulatedPeer | undefined;
    const room: Room = roomWithResult({
      delivery: (random) => (message, from) => {
        const sent = { message, delayMs: random.between(1, 20) };
        if (message[0] !== MESSAGE_TYPES.part) return [sent];
        liar ??= from;
        if (from !== liar) return [sent];
        const decoded = decodeMessage(message);
        if (decoded.type !== 'part') return [sent];
        const bytes = decoded.part.bytes.map((byte, at) => (at === 5 ? byte ^ 1 : byte));
        return [{ ...sent, message: encodePart({ ...decoded.part, bytes }) }];
      },
    });
    const newcomer = come(room);
    const hasCopy = () => recorderOf(newcomer).results.length === 1;
    expect(room.network.run(hasCopy, room.network.now + 60_000)).toBe(true);
    expect(recorderOf(newcomer).others).toContainEqual({
      type: 'violation',
      peer: liar!.id,
      evidence: 'sent a result, but its words are others',
    });
  });

  it('is given to one peer once in a while, and part by part in order', () => {
    const room = roomWithResult();
    const newcomer = come(room);
    room.network.run(() => recorderOf(newcomer).results.length === 1, room.network.now + 30_000);
    const giver = room.peers[0]!;
    const before = partsOf(room);
    for (const offset of [4, 2 ** 19, 2 ** 19, 2 ** 19 + 4, 2 ** 32]) {
      room.network.step(giver, {
        type: 'received',
        from: newcomer.id,
        message: { type: 'fetch', round: 1, offset },
        now: room.network.now,
      });
    }
    expect(partsOf(room) - before).toBeLessThanOrEqual(1);
  });
});
