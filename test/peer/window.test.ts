import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAME_BYTES, HIGH_WATER_BYTES, RECEIPT_BYTES } from '../../src/config.ts';
import { ProtocolViolation } from '../../src/errors.ts';
import { Assembler, FrameSender } from '../../src/peer/framing.ts';
import { Receipts, WindowedChannel } from '../../src/peer/window.ts';

describe('a window', () => {
  it('lets everything through in the end, and never more under way than its bound and one frame', () => {
    const sizes = fc.array(fc.nat(10 * FRAME_BYTES), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sizes, (lengths) => {
        const wire: Uint8Array[] = [];
        let [sent, confirmed, largest] = [0, 0, 0];
        const channel = new WindowedChannel((frame) => {
          sent += frame.length;
          largest = Math.max(largest, sent - confirmed);
          wire.push(frame.slice());
        });
        const sender = new FrameSender(channel);
        for (const length of lengths) sender.send(new Uint8Array(length), 'bulk');
        const [assembler, receipts] = [new Assembler(), new Receipts()];
        const received: number[] = [];
        for (let frame = wire.shift(); frame !== undefined; frame = wire.shift()) {
          const incoming = assembler.take(frame);
          if (incoming.type === 'message') received.push(incoming.message.length);
          if (!receipts.add(frame)) continue;
          const told = assembler.take(receipts.take());
          if (told.type !== 'arrived') throw new Error('A receipt is none.');
          confirmed += told.bytes;
          channel.arrived(told.bytes);
          expect(channel.bufferedAmount).toBe(sent - confirmed);
          sender.pump();
        }
        expect(received).toEqual(lengths);
        expect(largest).toBeLessThanOrEqual(HIGH_WATER_BYTES + FRAME_BYTES + 5);
      }),
      { numRuns: 50 },
    );
  });

  it('never stands still: a full one holds enough for a receipt', () => {
    expect(RECEIPT_BYTES).toBeLessThanOrEqual(HIGH_WATER_BYTES / 2);
  });

  it('that is told of bytes nobody sent is a violation', () => {
    const channel = new WindowedChannel(() => undefined);
    channel.send(new Uint8Array(100));
    channel.arrived(60);
    expect(() => channel.arrived(41)).toThrow(ProtocolViolation);
    channel.arrived(40);
    expect(channel.bufferedAmount).toBe(0);
  });

  it('counts a frame only when the channel took it', () => {
    const channel = new WindowedChannel(() => {
      throw new Error('closing');
    });
    expect(() => channel.send(new Uint8Array(100))).toThrow('closing');
    expect(channel.bufferedAmount).toBe(0);
  });
});
