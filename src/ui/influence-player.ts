/**
 * Replays of "with and without me" in a worker, so that no frame of the page waits for one.
 *
 * Every replay has the same draws (common random numbers), so two of them differ by their noise alone. Of two
 * replays the older one is dropped: its worker ends, and what it still says is not heard.
 *
 * @module
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { settingOf } from '../peer/noise-parameters.ts';
import type { NoiseChoice, SessionView } from '../peer/view.ts';
import type { Influence, InfluenceOptions } from '../simulation/influence.ts';
import type { Pattern } from '../task/patterns.ts';
import type { InfluenceRequest } from './influence-worker.ts';
import { ROUNDS_AHEAD } from './noise-promise.ts';

/** Pairs of federations: so many that the observer's success is known to within a tenth. */
export const PAIRS = 24;

/** Local steps between merges, at most: a room that merges rarely is replayed faster than it is. */
const MAX_STEPS = 60;

/** What was replayed, and what came of it so far. */
export interface Replayed {
  readonly influence: Influence;
  readonly noise: NoiseChoice | undefined;
}

/** Plays for its host, and has it drawn anew after each pair. */
export class InfluencePlayer implements ReactiveController {
  /** The newest replay that has a pair; an older one until then. */
  replayed: Replayed | undefined;
  /** The noise that is replayed now, or was last. */
  private noise: NoiseChoice | undefined;
  private worker: Worker | undefined;
  private readonly host: ReactiveControllerHost;

  constructor(host: ReactiveControllerHost) {
    this.host = host;
    host.addController(this);
  }

  get isPlaying(): boolean {
    return this.worker !== undefined;
  }

  hostDisconnected(): void {
    this.stop();
  }

  /** Replays from the first pair on, instead of whatever is being replayed. */
  play(view: SessionView, noise: NoiseChoice | undefined): void {
    this.worker?.terminate();
    const worker = new Worker(new URL('./influence-worker.ts', import.meta.url), {
      type: 'module',
      name: 'with and without',
    });
    worker.addEventListener('message', ({ data }: MessageEvent<Influence>) => {
      if (this.worker !== worker) return;
      this.replayed = { influence: data, noise };
      if (data.pairs === PAIRS) this.stop();
      this.host.requestUpdate();
    });
    const request: InfluenceRequest = { options: optionsOf(view, noise), pairs: PAIRS };
    worker.postMessage(request);
    this.worker = worker;
    this.noise = noise;
    this.host.requestUpdate();
  }

  /** Once something was replayed: replays other noise, as soon as it is looked at. */
  follow(view: SessionView, noise: NoiseChoice | undefined): void {
    if (this.replayed === undefined && !this.isPlaying) return;
    if (!isAlike(noise, this.noise)) this.play(view, noise);
  }

  /** What was replayed of this noise; undefined while there is nothing of it. */
  of(noise: NoiseChoice | undefined): Influence | undefined {
    return this.replayed && isAlike(noise, this.replayed.noise)
      ? this.replayed.influence
      : undefined;
  }

  readonly stop = (): void => {
    this.worker?.terminate();
    this.worker = undefined;
    this.host.requestUpdate();
  };
}

/** Delta changes what is promised, and nothing of what is played. */
function isAlike(one: NoiseChoice | undefined, other: NoiseChoice | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.kind === other.kind && one.clip === other.clip && one.multiplier === other.multiplier;
}

/** What the room does, as far as this tab knows. */
function optionsOf(view: SessionView, noise: NoiseChoice | undefined): InfluenceOptions {
  const [, pattern, hidden] = view.room.task.split(':');
  const others = Math.max(2, view.peers.filter(({ link }) => link === 'linked').length);
  return {
    task: {
      pattern: pattern as Pattern,
      hidden: hidden!.split('-').map(Number),
      modelSeed: view.room.name,
    },
    mine: view.learning!.readings,
    others,
    rounds: ROUNDS_AHEAD,
    stepsBetween: Math.min(MAX_STEPS, view.merging.everySteps),
    noise: noise && settingOf(noise, view.privacy.dimension, others),
  };
}
