import { describe, expect, it } from 'vitest';
import { readingsOf } from '../../src/simulation/experiment.ts';
import { MaskedModels } from '../../src/simulation/masked-models.ts';
import { MaskingPhones } from '../../src/simulation/masking-phones.ts';
import { SeededRandom } from '../../src/seeded-random.ts';

const PEOPLE = [0, 1, 2, 3];

function models(): MaskedModels {
  const random = new SeededRandom('masked models');
  const secrets = PEOPLE.map(() => Uint8Array.from({ length: 32 }, () => random.word() & 255));
  return new MaskedModels(
    { pattern: 'diagonal', hidden: [8], modelSeed: 'masked' },
    PEOPLE.map((user) => readingsOf('diagonal', 'masked', user, 4, 1)),
    80,
    MaskingPhones.agreed(secrets),
    () => random.word(),
  );
}

function farthest(one: Float64Array, other: Float64Array): number {
  return Math.max(...one.map((value, i) => Math.abs(value - other[i]!)));
}

describe('whole models under masks', () => {
  it('sum to the mean model once all are in, and to nothing like it before', () => {
    const masked = models();
    const whole = masked.sumOf(PEOPLE)!;
    expect(farthest(whole.update, masked.mean.update)).toBeLessThan(1e-6);
    expect(whole.accuracy).toBe(masked.mean.accuracy);
    expect(farthest(masked.sumOf([0, 1, 2])!.update, masked.mean.update)).toBeGreaterThan(1);
    expect(masked.sumOf([])).toBeUndefined();
  });

  it('leave as other words with other masks, and sum to the same ones', () => {
    const masked = models();
    const [leaving, sum] = [masked.leaving, masked.sumOf(PEOPLE)!.words];
    masked.maskAnew();
    const same = masked.leaving.flatMap((words, place) =>
      [...words].filter((word, i) => word === leaving[place]![i]),
    );
    expect(same).toEqual([]);
    expect(masked.sumOf(PEOPLE)!.words).toEqual(sum);
  });
});
