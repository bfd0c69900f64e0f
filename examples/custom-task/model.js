/**
 * A model of one's own: a small network that learns a curve, over tensors of tfjs-core.
 *
 * `init` must give the same weights to everybody, so it draws them from the seed of the room.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';

const UNITS = 16;

/** Places and heights of the curve, as `TrainOptions.batch` gives them. */
const columnOf = (values) => tf.tensor2d(values, [values.length, 1]);

export const model = {
  init: (seed) => [
    tf.randomNormal([1, UNITS], 0, 1, 'float32', seed),
    tf.randomNormal([UNITS], 0, 1, 'float32', seed + 1),
    tf.randomNormal([UNITS, 1], 0, 0.3, 'float32', seed + 2),
    tf.zeros([1]),
  ],

  loss(weights, { places, heights }) {
    const told = this.predict(weights, columnOf(places));
    return tf.mean(tf.square(tf.sub(told, columnOf(heights))));
  },

  predict([into, bias, out, shift], places) {
    const units = tf.tanh(tf.add(tf.matMul(places, into), bias));
    return tf.add(tf.matMul(units, out), shift);
  },

  optimizer: () => tf.train.adam(0.02),
};

/** The curve to learn, from -3 to 3. */
export const heightOf = (place) => Math.sin(2 * place) + place / 3;

/**
 * The part of the curve that one peer knows.
 *
 * @param {number} part - From 0.
 * @param {number} parts - How many there are.
 */
export function samplesOf(part, parts, count = 20) {
  const width = 6 / parts;
  const places = Array.from({ length: count }, (_, i) => -3 + width * (part + (i + 0.5) / count));
  return { places, heights: places.map(heightOf) };
}

/** Mean squared error over the whole curve. */
export async function errorOf(predict) {
  const { places, heights } = samplesOf(0, 1, 120);
  const inputs = columnOf(places);
  const told = await predict(inputs);
  const values = await told.data();
  inputs.dispose();
  told.dispose();
  return heights.reduce((sum, height, i) => sum + (values[i] - height) ** 2, 0) / heights.length;
}
