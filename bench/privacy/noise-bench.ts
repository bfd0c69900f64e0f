/**
 * What noise costs a small room: the merged model's accuracy for a promise of epsilon over the whole run, beside that of
 * whoever learns alone.
 *
 * @module
 */
import { DEFAULT_DELTA, shareFor } from '../../src/privacy/noise.ts';
import { epsilonOf, rhoOfRound } from '../../src/privacy/zcdp.ts';
import { Federation } from '../../src/simulation/federation.ts';
import { parameterCountOf } from '../../src/task/heat-map.ts';
import { PlainModel } from '../../src/task/plain-training.ts';
import { localReadings } from '../../src/task/readings.ts';
import type { Bench } from '../main.ts';
import type { Reading } from '../report.ts';

const ROUNDS = 30;
const STEPS_BETWEEN = 20;
const PEERS = [3, 8, 20, 60];
const EPSILONS = [20, 8, 3, 1];

/** Norms that an update is shortened to; the best is told, as somebody who tried them all would choose. */
const CLIPS = [0.25, 1, 2];

const task = { pattern: 'circle', hidden: [8], modelSeed: 'noise' } as const;
const dimension = parameterCountOf(task.hidden);

/** `noise`. */
export const noiseBench: Bench = {
  name: 'noise',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    const seeds = isQuick ? 2 : 8;
    yield row('alone', seeds, (seed) => accuracyOf(seed, 1, undefined));
    for (const peers of PEERS) {
      yield row(`${peers} peers, masks only`, seeds, (seed) => accuracyOf(seed, peers, undefined));
      for (const epsilon of EPSILONS) {
        const multiplier = multiplierFor(epsilon, peers);
        const rows = CLIPS.map((clip) =>
          row(`${peers} peers, epsilon ${epsilon}`, seeds, (seed) =>
            accuracyOf(seed, peers, { clip, multiplier }),
          ),
        );
        const best = rows.reduce((one, other) => (other.value > one.value ? other : one));
        const clip = CLIPS[rows.indexOf(best)]!;
        // Signal over noise of the whole run, as the page works it out.
        const signal = (peers * Math.sqrt(ROUNDS)) / (multiplier * Math.sqrt(dimension));
        yield {
          ...best,
          details: {
            ...best.details,
            'noise multiplier': multiplier,
            clip,
            'signal to noise': signal,
          },
        };
      }
    }
  },
};

function row(what: string, seeds: number, play: (seed: number) => number): Reading {
  const runs = Array.from({ length: seeds }, (_, seed) => play(seed));
  const mean = runs.reduce((sum, accuracy) => sum + accuracy, 0) / seeds;
  const squares = runs.reduce((sum, accuracy) => sum + (accuracy - mean) ** 2, 0);
  const deviation = 100 * Math.sqrt(squares / (seeds - 1));
  return {
    what,
    value: 100 * mean,
    unit: '%',
    details: { 'standard deviation': deviation, seeds },
  };
}

function settingOf(peers: number, clip: number, multiplier: number) {
  return {
    kind: 'distributed',
    clip,
    multiplier,
    honest: peers - 1,
    colluding: 1,
    share: shareFor(dimension),
    delta: DEFAULT_DELTA,
  } as const;
}

/** The smallest noise that keeps a run within epsilon against an observer who is one of the peers. */
function multiplierFor(epsilon: number, peers: number): number {
  let [low, high] = [0.01, 1000];
  for (let i = 0; i < 60; i++) {
    const middle = Math.sqrt(low * high);
    const rho = ROUNDS * rhoOfRound(settingOf(peers, 1, middle), dimension, peers - 1);
    if (epsilonOf(rho, DEFAULT_DELTA) <= epsilon) high = middle;
    else low = middle;
  }
  return high;
}

function accuracyOf(
  seed: number,
  peers: number,
  noise: { readonly clip: number; readonly multiplier: number } | undefined,
): number {
  const federation = new Federation({
    task,
    users: Array.from({ length: peers }, (_, at) => ({
      readings: localReadings(task.pattern, `${seed} ${at}`, at),
    })),
    stepsBetween: STEPS_BETWEEN,
    noise: noise && settingOf(peers, noise.clip, noise.multiplier),
    seed: String(seed),
  });
  for (let round = 0; round < ROUNDS; round++) federation.advance();
  return new PlainModel(task.hidden).accuracyOn(task.pattern, federation.global);
}
