/**
 * What noise would promise and cost in a room as it is, worked out before anybody proposes it.
 *
 * @module
 */
import { settingOf } from '../peer/noise-parameters.ts';
import type { NoiseChoice, SessionView } from '../peer/view.ts';
import { gaussianEpsilon } from '../privacy/analytic-gaussian.ts';
import { signalToNoise } from '../privacy/signal.ts';
import { epsilonOf, rhoOfRound } from '../privacy/zcdp.ts';
import { LEAST_PEERS } from './noise-draft.ts';

/** Rounds that the page looks ahead. */
export const ROUNDS_AHEAD = 30;

/** Each epsilon is against an observer who is one of the peers, the others being honest. */
export interface NoisePromise {
  /** Peers that it is worked out for, from 3. */
  readonly peers: number;
  /** Epsilon of one round. */
  readonly once: number;
  /** Epsilon of `ROUNDS_AHEAD` rounds by themselves. */
  readonly ahead: number;
  /** The same, of a continuous Gaussian: exact, where `ahead` is a bound. */
  readonly gaussian: number;
  /** Epsilon of what was told so far and of these rounds together. */
  readonly inAll: number;
  /** Signal over noise after these rounds. */
  readonly ratio: number;
}

/** Peers of the next sum: those that are linked and this one, or the fewest that a sum has. */
export function peersHere({ peers }: SessionView): number {
  return Math.max(LEAST_PEERS, peers.filter(({ link }) => link === 'linked').length + 1);
}

/** @throws RangeError when the noise does not fit the room. */
export function promiseOf(choice: NoiseChoice, view: SessionView): NoisePromise {
  const peers = peersHere(view);
  const { dimension, spent } = view.privacy;
  const setting = settingOf(choice, dimension, peers - 1);
  const { delta } = setting;
  const rho = rhoOfRound(setting, dimension, setting.kind === 'local' ? 1 : peers - 1);
  const ahead = ROUNDS_AHEAD * rho;
  return {
    peers,
    once: epsilonOf(rho, delta),
    ahead: epsilonOf(ahead, delta),
    gaussian: gaussianEpsilon(1 / Math.sqrt(2 * ahead), delta),
    inAll: epsilonOf(spent.rho + ahead, delta),
    ratio: signalToNoise(setting, dimension, peers, ROUNDS_AHEAD),
  };
}

/** Promises, each worked out once while nothing changes that it rests on: a page is drawn with every frame. */
export class PromiseCache {
  private key = '';
  private known: NoisePromise | undefined;

  of(choice: NoiseChoice, view: SessionView): NoisePromise {
    const { dimension, spent } = view.privacy;
    const key = JSON.stringify([choice, peersHere(view), dimension, spent.rho]);
    if (this.known === undefined || key !== this.key) {
      this.known = promiseOf(choice, view);
      this.key = key;
    }
    return this.known;
  }
}
