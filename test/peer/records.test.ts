import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../../src/bytes.ts';
import { ProtocolViolation } from '../../src/errors.ts';
import { recordOf, RecordReader } from '../../src/peer/records.ts';

describe('records', () => {
  it('come out as they went in, however the stream cuts them', () => {
    const frames = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
    fc.assert(
      fc.property(
        frames,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (sent, cuts) => {
          const bytes = concat(...sent.map(recordOf));
          const reader = new RecordReader(40);
          const received: Uint8Array[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const size = cuts[turn % cuts.length]!;
            reader.take(bytes.subarray(at, at + size), (frame) => received.push(frame));
            at += size;
          }
          expect(received).toEqual(sent);
        },
      ),
    );
  });

  it('that are longer than allowed end the stream before anything is kept', () => {
    const reader = new RecordReader(100);
    const header = Uint8Array.of(101, 0, 0, 0);
    expect(() => reader.take(header, () => undefined)).toThrow(ProtocolViolation);
  });
});
