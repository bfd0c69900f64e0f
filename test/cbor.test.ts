import { encode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCbor, Fields, type CborValue } from '../src/cbor.ts';
import { ProtocolViolation } from '../src/errors.ts';

/** Lengths around those from which byte strings are not copied, and from which a length takes more bytes. */
const length = fc.oneof(
  fc.nat(40),
  fc.integer({ min: 4_080, max: 4_100 }),
  fc.integer({ min: 65_530, max: 65_540 }),
);
const bytes = length.map((count) => Uint8Array.from({ length: count }, (_, i) => 31 * i));

const value: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.maxSafeNat(),
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ maxLength: 30, unit: 'binary' }),
    bytes,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 30 }), tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('CBOR', () => {
  it('is the same whether a value is short or long, and stands behind what comes before it', () => {
    fc.assert(
      fc.property(value, fc.uint8Array({ maxLength: 9 }), (value, before) => {
        const whole = encodeCbor(value, before);
        expect(Buffer.compare(whole, Buffer.concat([before, encode(value)]))).toBe(0);
        expect(whole.constructor).toBe(Uint8Array);
      }),
    );
  });

  it('gives back byte strings of any length, and what stands beside them', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 3 }), bytes, (list, last) => {
        const encoded = encodeCbor({ last, list, number: 7 }, Uint8Array.of(1, 2));
        const fields = Fields.decode('message', encoded.subarray(2));
        const read = fields.list('list', 3, (item) => item as Uint8Array);
        expect(read.every((item, i) => Buffer.compare(item, list[i]!) === 0)).toBe(true);
        expect(Buffer.compare(fields.bytesUpTo('last', 2 ** 17), last)).toBe(0);
        expect(fields.uint('number', 9)).toBe(7);
        fields.end();
      }),
    );
  });

  it('copies short byte strings, and only looks at long ones', () => {
    const encoded = encodeCbor({ long: new Uint8Array(4_096), short: new Uint8Array(4_095) });
    const fields = Fields.decode('message', encoded);
    expect(fields.bytes('long', 4_096).buffer).toBe(encoded.buffer);
    expect(fields.bytes('short', 4_095).buffer).not.toBe(encoded.buffer);
  });

  it.each([
    ['is cut off', [0x59, 0x20, 0x00, 1]],
    ['is cut off within its length', [0x5a, 0, 1]],
    ['says its length in more bytes than it takes', [0x5a, 0, 0, 0x20, 0, ...Array(8_192).fill(0)]],
    ['is followed by something', [0x59, 0x10, 0, ...Array(4_096).fill(0), 0]],
  ] as const)('refuses a byte string that %s', (_, ending) => {
    const message = Uint8Array.of(0xa1, 0x61, 0x61, ...ending);
    expect(() => Fields.decode('message', message)).toThrow(ProtocolViolation);
  });

  it('refuses nothing of the sort without the fault', () => {
    const message = Uint8Array.of(0xa1, 0x61, 0x61, 0x59, 0x10, 0, ...new Uint8Array(4_096));
    expect(Fields.decode('message', message).bytes('a', 4_096)).toHaveLength(4_096);
  });
});
