import { afterEach, describe, expect, it, vi } from 'vitest';
import { NoiseStock } from '../../src/worker/noise-stock.ts';
import { NOISE } from '../privacy/noise-samples.ts';

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
    expect(drawsFor(() => stock.prepare(COUNT, NOISE))).toBe(true);
    let noise: Int32Array = new Int32Array();
    expect(drawsFor(() => (noise = stock.take(COUNT, NOISE)))).toBe(false);
    expect(noise).toHaveLength(COUNT);
    expect(noise.some((value) => value !== 0)).toBe(true);
  });

  it('keeps what it prepared, until that is taken: once', () => {
    const stock = new NoiseStock();
    stock.prepare(COUNT, NOISE);
    expect(drawsFor(() => stock.prepare(COUNT, { ...NOISE }))).toBe(false);
    const first = stock.take(COUNT, NOISE);
    expect(drawsFor(() => stock.prepare(COUNT, NOISE))).toBe(true);
    expect(stock.take(COUNT, NOISE)).not.toEqual(first);
  });

  it.each([
    ['so many values', COUNT + 1, NOISE],
    ['this share', COUNT, { ...NOISE, share: 90 }],
    ['this setting', COUNT, { ...NOISE, clip: 0.25 }],
  ])('draws late rather than give what was not drawn for %s', (_, count, setting) => {
    const stock = new NoiseStock();
    stock.prepare(COUNT, NOISE);
    let noise: Int32Array = new Int32Array();
    expect(drawsFor(() => (noise = stock.take(count, setting)))).toBe(true);
    expect(noise).toHaveLength(count);
    stock.prepare(COUNT, NOISE);
    expect(drawsFor(() => stock.prepare(count, setting))).toBe(true);
    expect(drawsFor(() => stock.take(count, setting))).toBe(false);
  });
});
