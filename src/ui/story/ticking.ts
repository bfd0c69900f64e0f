/**
 * A beat for figures that play: only while they are in sight, and never while they are paused.
 *
 * @module
 */
import type { ReactiveControllerHost } from 'lit';
import { SightController } from '../sight.ts';

/** Calls its host's figure at a beat. */
export class TickController {
  private readonly host: ReactiveControllerHost;
  private readonly tick: () => void;
  private readonly everyMs: number;
  private timer: ReturnType<typeof setInterval> | undefined;
  private isInSight = false;
  private plays = false;

  /**
   * @param partOf - What has to be in sight.
   * @param everyMs - Of the beat.
   */
  constructor(
    host: ReactiveControllerHost,
    partOf: () => Element | null,
    tick: () => void,
    everyMs: number,
  ) {
    this.host = host;
    this.tick = tick;
    this.everyMs = everyMs;
    new SightController(host, partOf, (isInSight) => {
      this.isInSight = isInSight;
      this.settle();
    });
  }

  /** Whether it plays, in sight or not. */
  get isPlaying(): boolean {
    return this.plays;
  }

  /** Plays, or pauses. */
  play(plays: boolean): void {
    this.plays = plays;
    this.settle();
    this.host.requestUpdate();
  }

  private settle(): void {
    clearInterval(this.timer);
    this.timer = this.isInSight && this.plays ? setInterval(this.tick, this.everyMs) : undefined;
  }
}
