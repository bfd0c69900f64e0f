/**
 * `murmuration epsilon`: what noise of a size, over so many rounds, promises.
 *
 * @module
 */
import { UsageError } from '../errors.ts';
import { gaussianEpsilon } from '../privacy/analytic-gaussian.ts';
import { DEFAULT_DELTA, MAX_MULTIPLIER, MIN_MULTIPLIER } from '../privacy/noise.ts';
import { epsilonOf } from '../privacy/zcdp.ts';
import { defineCommand, helpOf, parseFlags } from './flags.ts';

const command = defineCommand({
  usage: 'murmuration epsilon',
  about:
    'Say which epsilon a noise multiplier gives after some rounds, for whoever is in all of them. Epsilon is that of the accountant (zero-concentrated differential privacy); gaussian is the exact one of a continuous Gaussian, which the discrete noise of a room comes close to.',
  flags: {
    'noise-multiplier': {
      type: 'number',
      value: 'Z',
      isRequired: true,
      help: 'Standard deviation of the noise in the sum, as a multiple of the clip norm.',
    },
    rounds: { type: 'integer', value: 'T', min: 1, default: 1, help: 'Rounds that one is in.' },
    delta: {
      type: 'number',
      value: 'D',
      default: DEFAULT_DELTA,
      help: 'Probability with which epsilon need not hold.',
    },
    json: { type: 'boolean', help: 'Print one JSON object.' },
  },
});

/** Runs the command. */
export function run(argv: readonly string[]): number {
  const parsed = parseFlags(command, argv);
  if (parsed.isHelp) {
    console.log(helpOf(command));
    return 0;
  }
  const { 'noise-multiplier': multiplier, rounds, delta, json } = parsed.values;
  if (!(multiplier >= MIN_MULTIPLIER && multiplier <= MAX_MULTIPLIER)) {
    throw new UsageError(
      `--noise-multiplier is ${multiplier}: choose one from ${MIN_MULTIPLIER} to ${MAX_MULTIPLIER}, such as 1.`,
    );
  }
  if (!(delta > 0 && delta < 1)) {
    throw new UsageError(
      `--delta is ${delta}: choose one above 0 and below 1, such as ${DEFAULT_DELTA}.`,
    );
  }
  const epsilon = epsilonOf(rounds / (2 * multiplier ** 2), delta);
  const gaussian = gaussianEpsilon(multiplier / Math.sqrt(rounds), delta);
  if (json) console.log(JSON.stringify({ event: 'epsilon', epsilon, gaussian }));
  else {
    console.log(
      `epsilon ${roundedUp(epsilon)} at delta ${delta} (a continuous Gaussian: ${roundedUp(gaussian)})`,
    );
  }
  return 0;
}

/** Three digits, never fewer than there are. */
function roundedUp(value: number): string {
  if (value === 0) return '0';
  const unit = 10 ** (Math.floor(Math.log10(value)) - 2);
  return String(Number((Math.ceil(value / unit) * unit).toPrecision(3)));
}
