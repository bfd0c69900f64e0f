import { afterEach, describe, expect, it, vi } from 'vitest';
import type { NoiseSetting } from '../../src/privacy/noise.ts';
import { NoiseStock } from '../../src/worker/noise-stock.ts';

const SETTING: NoiseSetting = {
  kind: 'distributed',
  clip: 0.5,
  multiplier: 1.7,
  honest: 4,
  colluding: 1,
  share: 700,
  delta: 1e-5,
};
const COUNT = 50;

afterEach(() => {
  vi.restoreAllMocks();
});

/** Whether randomness is drawn while something is done. */
function drawsFor(act: () => void): boolean {
  const drawn = vi.spyOn(crypto, 'getRandomValues');
  act();
  const { length } = drawn.mock.calls;
  drawn.mockRestore();
  return length > 0;
}

describe('a stock of noise', () => {
  it('draws when it prepares, and not when what it prepared is taken', () => {
    const stock = new NoiseStock();
    expect(drawsFor(() => stock.prepare(COUNT, SETTING))).toBe(true);
    let noise: Int32Array = new Int32Array();
    expect(drawsFor(() => (noise = stock.take(COUNT, SETTING)))).toBe(false);
    expect(noise).toHaveLength(COUNT);
    expect(noise.some((value) => value !== 0)).toBe(true);
  });

  it('keeps what it prepared, until that is taken: once', () => {
    const stock = new NoiseStock();
    stock.prepare(COUNT, SETTING);
    expect(drawsFor(() => stock.prepare(COUNT, { ...SETTING }))).toBe(false);
    const first = stock.take(COUNT, SETTING);
    expect(drawsFor(() => stock.prepare(COUNT, SETTING))).toBe(true);
    expect(stock.take(COUNT, SETTING)).not.toEqual(first);
  });

  it.each([
    ['so many values', COUNT + 1, SETTING],
    ['this share', COUNT, { ...SETTING, share: 90 }],
    ['this setting', COUNT, { ...SETTING, clip: 0.25 }],
  ])('draws late rather than give what was not drawn for %s', (_, count, setting) => {
    const stock = new NoiseStock();
    stock.prepare(COUNT, SETTING);
    let noise: Int32Array = new Int32Array();
    expect(drawsFor(() => (noise = stock.take(count, setting)))).toBe(true);
    expect(noise).toHaveLength(count);
    stock.prepare(COUNT, SETTING);
    expect(drawsFor(() => stock.prepare(count, setting))).toBe(true);
    expect(drawsFor(() => stock.take(count, setting))).toBe(false);
  });
});
