/**
 * Plays "with and without me" away from the page's thread: one pair after the other, told after each.
 *
 * @module
 */
import {
  influenceOf,
  playPair,
  type Influence,
  type InfluenceOptions,
  type Pair,
} from '../simulation/influence.ts';

/** What to play; sent once. */
export interface InfluenceRequest {
  readonly options: InfluenceOptions;
  readonly pairs: number;
}

declare const self: {
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  postMessage(influence: Influence): void;
};

self.addEventListener('message', ({ data }) => {
  const { options, pairs } = data as InfluenceRequest;
  const played: Pair[] = [];
  for (let seed = 0; seed < pairs; seed++) {
    played.push(playPair(options, seed));
    self.postMessage(influenceOf(played));
  }
});
