/**
 * `murmuration simulate`: rounds of a whole room in this process, on a virtual clock.
 *
 * @module
 */
import { LINE_SIZE, MIN_LINE, MAX_COHORT, MAX_VECTOR_WORDS, MIN_COHORT } from '../config.ts';
import { nodeSuite } from '../peer/node-suite.ts';
import { simulateRoom, type RoundEvent } from '../simulation/measured-room.ts';
import { simulateGrid } from '../simulation/measured-grid.ts';
import { simulatedSuite } from '../simulation/simulated-suite.ts';
import { defineCommand, helpOf, parseFlags } from './flags.ts';
import { faultIn, toldRound, toldSummary } from './simulate-words.ts';

const command = defineCommand({
  usage: 'murmuration simulate',
  about:
    'Runs the rounds of a room on a simulated network: the same machines, a virtual clock. Inputs are\n' +
    'uniform in [-1, 1]. Words and messages in the summary are those of one peer in one round, on\n' +
    'average; the same seed gives the same output but for wallMs. The exit status is 1 when a sum was\n' +
    'wrong, or when peers that stayed did not all end a round with the same.',
  flags: {
    peers: {
      type: 'integer',
      value: 'N',
      min: MIN_COHORT,
      isRequired: true,
      help: 'How many peers are in the room.',
    },
    rounds: {
      type: 'integer',
      value: 'R',
      min: 1,
      max: 1_000_000,
      isRequired: true,
      help: 'How many rounds are played, failed ones included.',
    },
    dimension: {
      type: 'integer',
      value: 'D',
      min: 1,
      max: MAX_VECTOR_WORDS,
      default: 33,
      help: 'Values of an input.',
    },
    drop: {
      type: 'number',
      value: 'P',
      min: 0,
      max: 1,
      default: 0,
      help: 'Probability that a peer vanishes in a round, at a random message.',
    },
    'line-size': {
      type: 'integer',
      value: 'G',
      min: MIN_LINE,
      max: MAX_COHORT,
      default: LINE_SIZE,
      help: 'Above 15 peers: how many sum together first, about. Lines have 8 to 15.',
    },
    'latency-ms': {
      type: 'number',
      value: 'L',
      min: 0,
      max: 60_000,
      default: 20,
      help: 'Mean time of a message on its way, virtual ms.',
    },
    seed: { type: 'string', value: 'S', default: '1', help: 'Any text: decides everything.' },
    crypto: {
      type: 'choice',
      choices: ['auto', 'real', 'simulated'],
      default: 'auto',
      help: 'Real, or one with its equations and no secrecy; auto is real up to 256 peers.',
    },
    json: { type: 'boolean', help: 'Print one JSON object a line: the rounds, then a summary.' },
  },
});

/**
 * Simulates.
 *
 * @returns The exit status: 1 when a round broke a promise, which the last line on stderr tells.
 */
export function run(argv: readonly string[]): Promise<number> {
  const parsed = parseFlags(command, argv);
  if (parsed.isHelp) {
    console.log(helpOf(command));
    return Promise.resolve(0);
  }
  const { values } = parsed;
  const { peers, rounds, dimension, drop, seed } = values;
  const isReal = values.crypto === 'real' || (values.crypto === 'auto' && peers <= MAX_REAL_PEERS);
  const crypto = isReal ? 'real' : 'simulated';
  const begin = performance.now();
  const tell = (event: RoundEvent): void => {
    console.log(values.json ? JSON.stringify(event) : toldRound(event));
  };
  const suite = isReal ? nodeSuite : simulatedSuite;
  const latencyMs = values['latency-ms'];
  const options = { suite, peers, rounds, dimension, drop, latencyMs, seed };
  const lineSize = values['line-size'];
  const summary =
    peers <= MAX_COHORT
      ? simulateRoom(options, tell)
      : simulateGrid({ ...options, lineSize }, tell);
  const wallMs = Math.round(performance.now() - begin);
  console.log(
    values.json
      ? JSON.stringify({ event: 'summary', ...summary, wallMs, crypto })
      : toldSummary(summary, wallMs, crypto),
  );
  const fault = faultIn(summary);
  if (fault === undefined) return Promise.resolve(0);
  console.error(fault);
  return Promise.resolve(1);
}

/** Above so many peers the real cryptography would take minutes a round. */
const MAX_REAL_PEERS = 256;
