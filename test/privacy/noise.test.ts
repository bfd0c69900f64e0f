/**
 * Settings: what is refused, what is exact as text, which of two is newer, and which hides less.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  agreementText,
  changedTo,
  isNewer,
  isWeaker,
  MASKS_ONLY,
  readAgreement,
} from '../../src/privacy/agreement.ts';
import {
  checkNoise,
  noiseText,
  readNoise,
  scaleOf,
  shareFor,
  type NoiseSetting,
} from '../../src/privacy/noise.ts';
import { bandOf, signalToNoise } from '../../src/privacy/signal.ts';

const setting: NoiseSetting = {
  kind: 'distributed',
  clip: 2,
  multiplier: 1.5,
  honest: 4,
  colluding: 1,
  share: 1024,
  delta: 1e-5,
};

const settings = fc.record<NoiseSetting>({
  kind: fc.constant('distributed'),
  clip: fc.double({ min: 1e-30, max: 1e30, noNaN: true }),
  multiplier: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
  honest: fc.integer({ min: 1, max: 2 ** 20 }),
  colluding: fc.integer({ min: 1, max: 2 ** 20 }),
  share: fc.integer({ min: 4, max: 2 ** 20 }),
  delta: fc.double({ min: 1e-300, max: 0.999, noNaN: true }),
});

describe('a setting', () => {
  it('comes back from its text to the last bit', () => {
    fc.assert(
      fc.property(settings, (some) => {
        expect(readNoise(noiseText(some))).toEqual(some);
        expect(noiseText(some).length).toBeLessThanOrEqual(240);
      }),
    );
  });

  it.each([
    '',
    'on',
    'off ',
    noiseText(setting).replace('distributed', 'hidden'),
    noiseText(setting).replace('clip=2', 'clip=2.0'),
    noiseText(setting).replace('clip=2', 'clip=-2'),
    noiseText(setting).replace('delta=0.00001', 'delta=1'),
    noiseText(setting).replace('honest=4', 'honest=0'),
    noiseText(setting).replace('share=1024', 'share=3'),
    `${noiseText(setting)} more=1`,
    noiseText(setting).replace(' share=1024', ''),
  ])('is not read from "%s"', (text) => {
    expect(() => readNoise(text)).toThrow(RangeError);
  });

  it('is never read from what nobody wrote', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(text !== 'off');
        expect(() => readNoise(text)).toThrow(RangeError);
      }),
    );
  });

  it.each([
    [{ clip: -1 }, 'clip norm is -1'],
    [{ clip: NaN }, 'clip norm is NaN'],
    [{ multiplier: 0 }, 'noise multiplier is 0'],
    [{ multiplier: Infinity }, 'noise multiplier is Infinity'],
    [{ honest: 0 }, '0 honest peers'],
    [{ honest: 1.5 }, '1.5 honest peers'],
    [{ kind: 'local' as const }, 'it counts on one'],
    [{ colluding: 0 }, 'count one at least'],
    [{ share: 3 }, 'share has 3 steps'],
    [{ delta: 0 }, 'Delta is 0'],
    [{ delta: 1 }, 'Delta is 1'],
    [{ multiplier: 1e-5 }, 'An update would have'],
    // Each update fits into a word; those of all of the room do not.
    [{ multiplier: 0.003 }, 'The sum of 4096 peers'],
    // The updates of all would fit: 4096 x 2048 / 0.003907 is 0.02 % below 2^31. The tail of their noise does not.
    [{ multiplier: 0.003907 }, 'The sum of 4096 peers'],
  ])('with %j is refused, and it is said why', (part, words) => {
    expect(() => {
      checkNoise({ ...setting, ...part }, 33, 4096);
    }).toThrow(words);
  });

  it('leaves room for the sum of a large room, noise and all', () => {
    for (const multiplier of [setting.multiplier, 0.00392]) {
      expect(() => {
        checkNoise({ ...setting, multiplier }, 33, 4096);
      }).not.toThrow();
    }
    expect(scaleOf(setting)).toBe((1024 * 2) / 3);
  });
});

describe('an agreement', () => {
  it('is read from its text, and from no other', () => {
    for (const revision of [0, 1, 77]) {
      for (const some of [undefined, setting]) {
        const agreement = { setting: some, revision };
        expect(readAgreement(agreementText(agreement))).toEqual(agreement);
      }
    }
    expect(agreementText(MASKS_ONLY)).toBe('off');
    for (const text of ['off #0', 'off #-1', 'off #9999999999', 'off#1', 'off #1 #2']) {
      expect(() => readAgreement(text)).toThrow(RangeError);
    }
  });

  it('is newer after more changes; of equally new ones exactly one is, the stronger first', () => {
    const noisy = { setting, revision: 0 };
    const changed = changedTo(undefined, noisy);
    expect(isNewer(changed, noisy)).toBe(true);
    expect(isNewer(noisy, MASKS_ONLY)).toBe(true);
    expect(isNewer(MASKS_ONLY, noisy)).toBe(false);
    fc.assert(
      fc.property(settings, settings, (one, other) => {
        const [a, b] = [one, other].map((some) => ({ setting: some, revision: 3 }));
        const isEqual = agreementText(a!) === agreementText(b!);
        expect(Number(isNewer(a!, b!)) + Number(isNewer(b!, a!))).toBe(isEqual ? 0 : 1);
      }),
    );
  });

  it.each([
    ['less noise', { multiplier: 1 }],
    ['a larger delta', { delta: 0.9 }],
    ['steps so coarse that rounding shows', { share: 4 }],
    ['more peers to hide among, each adding less', { honest: 9 }],
  ])('with %s hides less', (_, part) => {
    expect(isWeaker({ ...setting, ...part }, setting, 33)).toBe(true);
    expect(isWeaker(setting, setting, 33)).toBe(false);
    expect(isWeaker(undefined, setting, 33)).toBe(true);
    expect(isWeaker(setting, undefined, 33)).toBe(false);
  });
});

describe('signal to noise', () => {
  it('grows with peers and rounds, and falls with noise and the size of a model', () => {
    const ratio = (multiplier: number, dimension: number, included: number, rounds: number) =>
      signalToNoise({ multiplier, honest: included - 1 }, dimension, included, rounds);
    // Eight peers, 33 weights, 30 rounds: sqrt(30 x 8 x 7 / 33) = 7.135 over the multiplier.
    expect(ratio(1, 33, 8, 30)).toBeCloseTo(7.135, 3);
    expect(ratio(2, 33, 8, 30)).toBeCloseTo(7.135 / 2, 3);
    expect([0.5, 1, 3.9, 4].map(bandOf)).toEqual(['buried', 'costly', 'costly', 'clear']);
    expect(shareFor(100_000)).toBe(1024);
    expect(shareFor(100_001)).toBe(4096);
  });
});
