/**
 * Learners that train in the session's own thread: their contributions hold the noise that was agreed.
 */
import { sum, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { ModelLearner } from '../../src/peer/model-learner.ts';
import { SpamLearner } from '../../src/peer/spam-learner.ts';
import { noiseText, type NoiseSetting } from '../../src/privacy/noise.ts';
import type { Encoding } from '../../src/secagg/index.ts';
import { vectorModelOf, type FunctionModel } from '../../src/task/custom-model.ts';
import { SPAM_VOCABULARY } from '../../src/task/spam/messages.ts';
import { expectNoise, expectShortened, NOISE, WEAK } from '../privacy/noise-samples.ts';

const encodingOf = (setting: NoiseSetting): Encoding => ({
  members: 5,
  clip: setting.clip,
  weightCap: 0,
  noise: noiseText(setting),
});

describe('a contribution of a model that was brought', () => {
  const weights: FunctionModel<Tensor> = {
    init: () => [zeros([100])],
    loss: ([first]) => sum(first!),
  };

  async function learnerOf(global: Float32Array): Promise<{
    readonly learner: ModelLearner;
    write(local: Float32Array): void;
  }> {
    const model = await vectorModelOf(weights, 1);
    const learner = new ModelLearner({
      model,
      options: { batch: () => undefined },
      global,
      round: 0,
      onChange: () => undefined,
      onProblem: (_, message) => {
        throw new Error(message);
      },
    });
    // A test of contributions: nothing is learned by itself.
    learner.pause();
    return {
      learner,
      write: (local) => {
        model.write(local);
      },
    };
  }

  it('is the noise of one share, fresh each time, where nothing was learned', async () => {
    const { learner } = await learnerOf(new Float32Array(100));
    const contributions: Uint32Array[] = [];
    for (let i = 0; i < 150; i++) {
      // Noise is drawn anew whatever became of the contribution before.
      if (i % 3 === 1) await learner.onResult(new Float32Array(100), i, true);
      if (i % 3 === 2) learner.forget();
      contributions.push(await learner.contribute(encodingOf(NOISE)));
    }
    expectNoise(contributions, NOISE.share);
    await learner.close();
  });

  it('holds the update, shortened to the clip; one that diverged counts as zeros', async () => {
    const { learner, write } = await learnerOf(new Float32Array(100).fill(1));
    write(Float32Array.from({ length: 100 }, (_, i) => 1 + Math.sin(i)));
    const words = await learner.contribute(encodingOf(WEAK));
    expectShortened(words, learner.sent!);
    const contributions: Uint32Array[] = [];
    for (let i = 0; i < 60; i++) {
      write(new Float32Array(100).fill(i % 2 === 0 ? NaN : -Infinity));
      contributions.push(await learner.contribute(encodingOf(NOISE)));
    }
    expectNoise(contributions, NOISE.share);
    await learner.close();
  });
});

describe('a contribution of a spam model', () => {
  const learnerWith = (text: string): SpamLearner => {
    const messages = text === '' ? [] : [{ from: 'Ada', text, isFlagged: true }];
    return new SpamLearner({
      inbox: 0,
      kept: { inbox: 0, messages },
      global: undefined,
      stepsPerSecond: 0,
      onChange: () => undefined,
    });
  };

  it('is the noise of one share, fresh each time, where nothing was learned', async () => {
    const learner = learnerWith('');
    const model = new Float32Array(SPAM_VOCABULARY.size + 1);
    const contributions: Uint32Array[] = [];
    for (let i = 0; i < 60; i++) {
      if (i % 3 === 1) await learner.onResult(model, i, true);
      if (i % 3 === 2) learner.forget();
      contributions.push(await learner.contribute(encodingOf(NOISE)));
    }
    expect(contributions[0]).toHaveLength(model.length);
    expectNoise(contributions, NOISE.share);
  });

  it('holds the update, shortened to the clip', async () => {
    const learner = learnerWith('You have won a prize: click now to claim your money');
    for (let i = 0; i < 200; i++) learner.stepOnce();
    const words = await learner.contribute(encodingOf(WEAK));
    expectShortened(words, learner.sent!);
  });
});
