/**
 * A peer that knows one third of a curve, and learns all of it together with the others.
 *
 * Usage: node peer.js --part 0 --server URL --key KEY [--rounds 60]
 *
 * Prints one line of JSON: the mean squared error over the whole curve, alone and together, after as many steps.
 */
import * as tf from '@tensorflow/tfjs-core';
import { joinRoom } from 'murmuration';
import { parseArgs } from 'node:util';
import { errorOf, model, samplesOf } from './model.js';

const PARTS = 3;
const EVERY_STEPS = 10;

const { values } = parseArgs({
  options: {
    part: { type: 'string' },
    server: { type: 'string', default: 'http://localhost:8080' },
    key: { type: 'string' },
    rounds: { type: 'string', default: '60' },
  },
});
const rounds = Number(values.rounds);
const samples = samplesOf(Number(values.part), PARTS);

const session = await joinRoom({
  server: values.server,
  room: 'curve',
  key: values.key,
  name: `Part ${values.part}`,
  minPeers: PARTS,
});
const training = await session.train(model, {
  name: 'curve',
  batch: () => samples,
  examples: samples.places.length,
  everySteps: EVERY_STEPS,
});
await training.rounds(rounds, { signal: AbortSignal.timeout(300_000) });
const together = await errorOf((places) => training.predict(places));
console.log(JSON.stringify({ part: values.part, alone: await alone(), together, rounds }));
await session.leave();
// Links of WebRTC keep a process alive.
process.exit();

/** The same model, steps and optimiser, without anybody. */
async function alone() {
  const weights = model.init(1).map((first) => tf.variable(first));
  const optimizer = model.optimizer();
  for (let step = 0; step < rounds * EVERY_STEPS; step++) {
    optimizer.minimize(() => model.loss(weights, samples), false, weights);
  }
  return errorOf((places) => tf.tidy(() => model.predict(weights, places)));
}
