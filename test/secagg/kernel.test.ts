import { chacha20 } from '@noble/ciphers/chacha.js';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bytesToWords, fromHex, toHex, utf8, wordsToBytes } from '../../src/bytes.ts';
import { TILE_WORDS } from '../../src/config.ts';
import type { StreamTerm } from '../../src/ports.ts';
import {
  chachaModule,
  STREAM_AT,
  type ChachaExports,
  type Nonce,
} from '../../src/secagg/kernel/chacha-program.ts';
import { Kernel, kernelOfThread } from '../../src/secagg/kernel/kernel.ts';
import { addByNobleInPlace, addKeystreamsInPlace } from '../../src/secagg/index.ts';

/** Blocks that a key may give. */
const MAX_BLOCKS = 2 ** 32 - 1;

/** What the kernel is, and what serves where there is none. */
const ways = [
  ['kernel', addKeystreamsInPlace],
  ['fallback', addByNobleInPlace],
] as const;

/** RFC 8439: section, key, nonce, first block, what the keystream hides, and what comes of it. */
const examples: readonly (readonly [string, string, Nonce, number, string, string])[] = [
  [
    '2.3.2',
    '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    [0x09000000, 0x4a000000, 0],
    1,
    '00'.repeat(64),
    '10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4ed2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e',
  ],
  [
    '2.4.2',
    '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    [0, 0x4a000000, 0],
    1,
    toHex(
      utf8(
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
      ),
    ),
    '6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d807ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab77937365af90bbf74a35be6b40b8eedf2785e42874d',
  ],
  [
    'A.1, 1',
    '00'.repeat(32),
    [0, 0, 0],
    0,
    '00'.repeat(64),
    '76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586',
  ],
  [
    'A.1, 2',
    '00'.repeat(32),
    [0, 0, 0],
    1,
    '00'.repeat(64),
    '9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f',
  ],
  [
    'A.1, 3',
    `${'00'.repeat(31)}01`,
    [0, 0, 0],
    1,
    '00'.repeat(64),
    '3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0',
  ],
  [
    'A.1, 4',
    `00ff${'00'.repeat(30)}`,
    [0, 0, 0],
    2,
    '00'.repeat(64),
    '72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096',
  ],
  [
    'A.1, 5',
    '00'.repeat(32),
    [0, 0, 0x02000000],
    0,
    '00'.repeat(64),
    'c2c64d378cd536374ae204b9ef933fcd1a8b2288b3dfa49672ab765b54ee27c78a970e0e955c14f3a88e741b97c286f75f8fc299e8148362fa198a39531bed6d',
  ],
];

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const sign = fc.constantFrom<(1 | -1)[]>(1, -1);
const term: fc.Arbitrary<StreamTerm> = fc.record({ key, sign });

/** Blocks at the start, in the middle, around the sign bit and near the end of a keystream. */
const block = fc.oneof(
  fc.nat(10),
  fc.integer({ min: 0, max: MAX_BLOCKS - 1000 }),
  fc.integer({ min: 2 ** 31 - 10, max: 2 ** 31 + 10 }),
  fc.integer({ min: MAX_BLOCKS - 1000, max: MAX_BLOCKS - 1 }),
);

/** Lengths of a few words, and around the ends of tiles. */
const length = fc.oneof(
  fc.nat(64),
  fc.nat(1_000),
  fc.integer({ min: TILE_WORDS - 65, max: TILE_WORDS + 65 }),
  fc.integer({ min: 2 * TILE_WORDS - 2, max: 2 * TILE_WORDS + 2 }),
);

describe('the kernel', () => {
  it('is a module that engines accept, small enough for a main thread to compile at once', () => {
    const bytes = chachaModule();
    expect(WebAssembly.validate(bytes)).toBe(true);
    expect(bytes.length).toBeLessThan(4_096);
  });

  it('runs here, one a thread', () => {
    expect(kernelOfThread()).toBeInstanceOf(Kernel);
    expect(kernelOfThread()).toBe(kernelOfThread());
  });

  it.each(examples)('gives what RFC 8439 says in %s', (_, hexKey, nonce, first, hidden, given) => {
    const { kernel } = made(nonce);
    const plain = fromHex(hidden);
    const words = new Uint32Array(Math.ceil(plain.length / 4));
    kernel.changeInPlace(words, (_at, count) => {
      kernel.addKeystream(fromHex(hexKey), 1, first, count);
    });
    const stream = wordsToBytes(words);
    expect(toHex(plain.map((byte, i) => byte ^ stream[i]!))).toBe(given);
  });

  it('keeps no key and no keystream in its memory, also when something goes wrong', () => {
    const { kernel, memory } = made();
    const secrets = new Uint8Array(memory.buffer, STREAM_AT);
    const seen: boolean[] = [];
    const use = (isFailing: boolean): void => {
      kernel.changeInPlace(new Uint32Array(16), (_, count) => {
        kernel.addKeystream(new Uint8Array(32).fill(7), 1, 0, count);
        seen.push(secrets.some((byte) => byte !== 0));
        if (isFailing) throw new Error('stopped');
      });
    };
    use(false);
    expect(secrets.every((byte) => byte === 0)).toBe(true);
    expect(() => use(true)).toThrow('stopped');
    expect(secrets.every((byte) => byte === 0)).toBe(true);
    expect(seen).toEqual([true, true]);
  });
});

describe.each(ways)('keystreams added by the %s', (_, addInPlace) => {
  it('are those of @noble/ciphers, for any key, block, length and sign', () => {
    const property = fc.property(key, sign, block, length, (key, sign, block, wanted) => {
      const count = Math.min(wanted, 16 * (MAX_BLOCKS - block));
      const words = Uint32Array.from({ length: count }, (_, i) => i * 0x9e3779b1);
      const stream = reference(key, block, count);
      const expected = words.map((word, i) => word + sign * stream[i]!);
      addInPlace(words, [{ key, sign }], 16 * block);
      expect(sameWords(words, expected)).toBe(true);
    });
    fc.assert(property, { numRuns: 40 });
  });

  it('are right for each of the first 200 lengths', () => {
    const secret = Uint8Array.from({ length: 32 }, (_, i) => 5 * i + 1);
    const whole = reference(secret, 0, 200);
    for (let count = 0; count <= 200; count++) {
      const words = new Uint32Array(count);
      addInPlace(words, [{ key: secret, sign: 1 }], 0);
      expect(sameWords(words, whole.subarray(0, count))).toBe(true);
    }
  });

  it('touch only the words that they are given, wherever these lie in a buffer', () => {
    const property = fc.property(term, fc.nat(70), length, (term, before, count) => {
      const whole = new Uint32Array(before + count + 70).fill(0x5a5a5a5a);
      const expected = whole.slice();
      const alone = whole.slice(before, before + count);
      addInPlace(alone, [term], 32);
      expected.set(alone, before);
      addInPlace(whole.subarray(before, before + count), [term], 32);
      expect(sameWords(whole, expected)).toBe(true);
    });
    fc.assert(property, { numRuns: 60 });
  });

  it('may be added together or one by one, as a whole or in parts', () => {
    const property = fc.property(
      fc.array(term, { maxLength: 5 }),
      length,
      fc.nat(300),
      (terms, count, cut) => {
        const together = new Uint32Array(count);
        addInPlace(together, terms, 16);
        const oneByOne = new Uint32Array(count);
        for (const term of terms) addInPlace(oneByOne, [term], 16);
        const inParts = new Uint32Array(count);
        const middle = Math.min(16 * cut, count);
        addInPlace(inParts.subarray(middle), terms, 16 + 16 * cut);
        addInPlace(inParts.subarray(0, middle), terms, 16);
        expect(sameWords(oneByOne, together)).toBe(true);
        if (16 * cut <= count) expect(sameWords(inParts, together)).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 60 });
  });

  it('end where a block number would need more than 32 bits', () => {
    const secret = new Uint8Array(32).fill(3);
    const from = 16 * (MAX_BLOCKS - 2);
    const words = new Uint32Array(32);
    addInPlace(words, [{ key: secret, sign: 1 }], from);
    expect(sameWords(words, reference(secret, MAX_BLOCKS - 2, 32))).toBe(true);
    for (const place of [from + 16, 2 ** 40, Infinity, NaN, -16, 8]) {
      const untouched = new Uint32Array(32);
      expect(() => addInPlace(untouched, [{ key: secret, sign: 1 }], place)).toThrow(RangeError);
      expect(untouched.every((word) => word === 0)).toBe(true);
    }
  });

  it('want keys of 32 bytes, all of them, before anything is added', () => {
    const words = new Uint32Array(16);
    const good: StreamTerm = { key: new Uint8Array(32), sign: 1 };
    for (const size of [0, 16, 31, 33]) {
      const terms = [good, { key: new Uint8Array(size), sign: 1 as const }];
      expect(() => addInPlace(words, terms, 0)).toThrow(`key is ${size} bytes`);
    }
    expect(words.every((word) => word === 0)).toBe(true);
  });
});

describe('where WebAssembly is missing or forbidden', () => {
  const forbidden = {
    validate: (): boolean => true,
    Module() {
      throw new Error('the policy forbids it');
    },
  };

  it.each([undefined, { validate: (): boolean => false }, forbidden])(
    'the fallback adds the same words',
    async (stub) => {
      vi.resetModules();
      vi.stubGlobal('WebAssembly', stub);
      const fresh = await import('../../src/secagg/index.ts');
      const words = new Uint32Array(100);
      fresh.addKeystreamsInPlace(words, [{ key: new Uint8Array(32).fill(8), sign: 1 }], 16);
      expect(fresh.kernelOfThread()).toBeUndefined();
      expect(sameWords(words, reference(new Uint8Array(32).fill(8), 1, 100))).toBe(true);
    },
  );

  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });
});

/** A kernel of its own, and its memory seen from outside. */
function made(nonce?: Nonce): { readonly kernel: Kernel; readonly memory: WebAssembly.Memory } {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(chachaModule(nonce)));
  const exports = instance.exports as unknown as ChachaExports;
  return { kernel: new Kernel(exports), memory: exports.memory };
}

/** Words of a keystream by the ciphers of noble. */
function reference(key: Uint8Array, block: number, count: number): Uint32Array {
  const nonce = new Uint8Array(12);
  return bytesToWords(chacha20(key, nonce, new Uint8Array(4 * count), undefined, block));
}

/** Not `toEqual`: a failing one `toEqual` takes seconds for thousands of words. */
function sameWords(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((word, i) => word === b[i]);
}
