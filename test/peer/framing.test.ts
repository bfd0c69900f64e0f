import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FRAME_BYTES,
  HIGH_WATER_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_QUEUE_BYTES,
} from '../../src/config.ts';
import { ProtocolViolation } from '../../src/errors.ts';
import {
  arrivedFrame,
  Assembler,
  byeFrame,
  FrameSender,
  helloFrame,
  pingFrame,
  pongFrame,
  type Incoming,
} from '../../src/peer/framing.ts';

/** A channel that keeps everything until it is drained. */
class FakeChannel {
  bufferedAmount = 0;
  readonly frames: Uint8Array[] = [];
  largestBuffer = 0;

  send(frame: Uint8Array): void {
    this.frames.push(frame.slice());
    this.bufferedAmount += frame.length;
    this.largestBuffer = Math.max(this.largestBuffer, this.bufferedAmount);
  }
}

/** All messages through a sender and an assembler, draining whenever the sender waits. */
function carry(messages: readonly Uint8Array[]): { received: Uint8Array[]; channel: FakeChannel } {
  const channel = new FakeChannel();
  const sender = new FrameSender(channel);
  for (const message of messages) expect(sender.send(message)).toBe(true);
  while (!sender.isDrained) {
    channel.bufferedAmount = 0;
    sender.pump();
  }
  const assembler = new Assembler();
  const received: Uint8Array[] = [];
  for (const frame of channel.frames) {
    const incoming = assembler.take(frame);
    if (incoming.type === 'message') received.push(incoming.message);
  }
  return { received, channel };
}

const start = (length: number, part = 0): Uint8Array => {
  const frame = new Uint8Array(5 + part);
  new DataView(frame.buffer).setUint32(1, length, true);
  return frame;
};
const more = (part: number): Uint8Array => {
  const frame = new Uint8Array(1 + part);
  frame[0] = 1;
  return frame;
};

describe('framing', () => {
  it('messages of any sizes come out as they went in', () => {
    const size = fc.oneof(
      fc.nat(10),
      fc.integer({ min: FRAME_BYTES - 2, max: FRAME_BYTES + 2 }),
      fc.nat(5 * FRAME_BYTES),
    );
    fc.assert(
      fc.property(fc.array(size, { maxLength: 6 }), fc.nat(255), (sizes, fill) => {
        const messages = sizes.map((length, i) =>
          Uint8Array.from({ length }, (_, at) => at * 7 + i + fill),
        );
        const { received } = carry(messages);
        expect(received.length).toBe(messages.length);
        // Element by element, toEqual takes minutes for megabytes.
        expect(received.every((message, i) => Buffer.compare(message, messages[i]!) === 0)).toBe(
          true,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('the channel never holds more than the high-water mark and one frame', () => {
    const { channel } = carry([new Uint8Array(3_000_000)]);
    expect(channel.largestBuffer).toBeGreaterThanOrEqual(HIGH_WATER_BYTES);
    expect(channel.largestBuffer).toBeLessThanOrEqual(HIGH_WATER_BYTES + FRAME_BYTES + 5);
    expect(Math.max(...channel.frames.map(({ length }) => length))).toBe(FRAME_BYTES + 5);
  });

  it('control messages go before what is left of a bulk one, and each lane keeps its order', () => {
    const channel = new FakeChannel();
    channel.bufferedAmount = HIGH_WATER_BYTES;
    const sender = new FrameSender(channel);
    const bulk = [new Uint8Array(3 * FRAME_BYTES).fill(1), new Uint8Array(10).fill(2)];
    const control = [new Uint8Array(FRAME_BYTES + 1).fill(3), new Uint8Array(0)];
    sender.send(bulk[0]!, 'bulk');
    sender.send(bulk[1]!, 'bulk');
    // Room for one frame.
    channel.bufferedAmount = HIGH_WATER_BYTES - 1;
    sender.pump();
    for (const message of control) sender.send(message);
    channel.bufferedAmount = -Infinity;
    sender.pump();
    expect(channel.frames.map((frame) => frame[0])).toEqual([6, 0, 1, 0, 7, 7, 6]);
    const assembler = new Assembler();
    const received = channel.frames
      .map((frame) => assembler.take(frame))
      .flatMap((incoming) => (incoming.type === 'message' ? [incoming.message] : []));
    expect(received.map(({ length }) => length)).toEqual(
      [...control, ...bulk].map(({ length }) => length),
    );
    expect(received.map((message) => message[0])).toEqual([3, undefined, 1, 2]);
  });

  it('a message of one frame stays where it is if the frame has its memory to itself, and is copied if not', () => {
    const frame = start(4, 4).fill(8, 5);
    const alone = new Assembler().take(frame);
    const among = new Uint8Array(20);
    among.set(frame, 3);
    const copied = new Assembler().take(among.subarray(3, 12));
    // As WebRTC for Node gives it: what is cut from a Buffer would share its memory for good.
    const ofNode = new Assembler().take(Buffer.from(frame.slice().buffer));
    for (const incoming of [alone, copied, ofNode]) {
      if (incoming.type !== 'message') throw new Error('The message is not whole.');
      expect(incoming.message).toEqual(Uint8Array.of(8, 8, 8, 8));
      expect(incoming.message.constructor).toBe(Uint8Array);
    }
    frame.fill(9, 5);
    among.fill(9);
    expect(alone).toMatchObject({ message: Uint8Array.of(9, 9, 9, 9) });
    expect(copied).toMatchObject({ message: Uint8Array.of(8, 8, 8, 8) });
  });

  it('a message that goes to many links is queued once, not copied', () => {
    const message = new Uint8Array(3 * FRAME_BYTES).fill(1);
    const channels = [new FakeChannel(), new FakeChannel()];
    const senders = channels.map((channel) => {
      channel.bufferedAmount = HIGH_WATER_BYTES;
      return new FrameSender(channel);
    });
    for (const sender of senders) sender.send(message, 'bulk');
    // Against the promise of its owner: whoever had copied would not see it.
    message.fill(2);
    for (const [i, sender] of senders.entries()) {
      channels[i]!.bufferedAmount = 0;
      sender.pump();
      expect(channels[i]!.frames.map((frame) => frame.at(-1))).toEqual([2, 2, 2]);
    }
  });

  it.each(['control', 'bulk'] as const)(
    'the queue of the %s lane takes what it is bound to and no more, nor endless empty messages',
    (lane) => {
      const channel = new FakeChannel();
      channel.bufferedAmount = HIGH_WATER_BYTES;
      const sender = new FrameSender(channel);
      const largest = new Uint8Array(MAX_MESSAGE_BYTES);
      const fitting = Math.floor(MAX_QUEUE_BYTES / MAX_MESSAGE_BYTES);
      for (let i = 0; i < fitting; i++) expect(sender.send(largest, lane)).toBe(true);
      expect(sender.send(largest, lane)).toBe(false);
      // The other lane has a bound of its own.
      expect(sender.send(largest, lane === 'bulk' ? 'control' : 'bulk')).toBe(true);
      const other = new FrameSender(channel);
      let taken = 0;
      while (other.send(new Uint8Array(0), lane)) taken++;
      expect(taken).toBe(Math.floor(MAX_QUEUE_BYTES / 64));
      expect(() => other.send(new Uint8Array(MAX_MESSAGE_BYTES + 1), lane)).toThrow(RangeError);
    },
  );

  it('control frames may stand inside a message and keep their meaning', () => {
    const assembler = new Assembler();
    const types = [
      start(FRAME_BYTES + 3, FRAME_BYTES),
      pingFrame(),
      pongFrame(),
      helloFrame(new Uint8Array(64).fill(9)),
      arrivedFrame(70_000),
      more(3),
      byeFrame('replaced'),
    ].map((frame) => assembler.take(frame));
    expect(types.map(({ type }) => type)).toEqual([
      'part',
      'ping',
      'pong',
      'hello',
      'arrived',
      'message',
      'bye',
    ]);
    expect(types[3]).toEqual({ type: 'hello', signature: new Uint8Array(64).fill(9) });
    expect(types[4]).toEqual({ type: 'arrived', bytes: 70_000 });
    expect(types[6]).toEqual({ type: 'bye', why: 'replaced' });
  });

  it.each([
    ['an empty frame', [new Uint8Array(0)]],
    ['an unknown type', [Uint8Array.of(9)]],
    ['a start without its length', [Uint8Array.of(0, 1, 2)]],
    ['a message over the bound', [start(MAX_MESSAGE_BYTES + 1, FRAME_BYTES)]],
    ['a short first part', [start(100, 99)]],
    ['a long first part', [start(100, 101)]],
    ['a first part that is not full', [start(FRAME_BYTES * 2, FRAME_BYTES - 1)]],
    ['a first part longer than a frame', [start(FRAME_BYTES + 1, FRAME_BYTES + 1)]],
    ['more of nothing', [more(3)]],
    ['an empty part', [start(FRAME_BYTES + 1, FRAME_BYTES), more(0)]],
    ['a part too many', [start(3, 3), more(1)]],
    ['a message inside another', [start(FRAME_BYTES * 2, FRAME_BYTES), start(1, 1)]],
    ['more of the other lane', [start(FRAME_BYTES + 1, FRAME_BYTES), Uint8Array.of(7, 0)]],
    ['a short receipt', [Uint8Array.of(8, 1, 0, 0)]],
    ['a long ping', [Uint8Array.of(2, 0)]],
    ['a long pong', [Uint8Array.of(3, 0)]],
    ['a short hello', [new Uint8Array(64).fill(4)]],
    ['a bye for no reason', [Uint8Array.of(5, 9)]],
  ])('%s is a violation', (_, frames) => {
    const assembler = new Assembler();
    expect(() => frames.forEach((frame) => assembler.take(frame))).toThrow(ProtocolViolation);
  });

  it('random bytes are a violation or a frame, never another error', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }), (frames) => {
        const assembler = new Assembler();
        for (const frame of frames) {
          let incoming: Incoming;
          try {
            incoming = assembler.take(frame);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolViolation);
            return;
          }
          if (incoming.type === 'message') expect(incoming.message.length).toBeLessThan(40);
        }
      }),
    );
  });
});
