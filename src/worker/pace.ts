/**
 * How many steps are due: a pace that holds on average, whatever the timers do.
 *
 * A browser may wake a hidden page's timers once a second. Steps are therefore counted against the clock and
 * made up for, a second's worth at most: after a laptop slept, training goes on, it does not race.
 *
 * @module
 */

/** A schedule of steps. */
export class Pace {
  private readonly perMs: number;
  private paidUntil: number;

  /**
   * @param stepsPerSecond - Above 0.
   * @param now - Ms, of the clock that later calls use.
   */
  constructor(stepsPerSecond: number, now: number) {
    this.perMs = stepsPerSecond / 1000;
    this.paidUntil = now;
  }

  /** Steps that are due now and not yet taken, at most a second's worth; the older ones are let go. */
  due(now: number): number {
    const most = Math.max(1, Math.floor(this.perMs * 1000));
    const owed = Math.floor((now - this.paidUntil) * this.perMs);
    if (owed > most) this.paidUntil = now - most / this.perMs;
    return Math.min(Math.max(owed, 0), most);
  }

  /** A number of due steps was made. */
  take(steps: number): void {
    this.paidUntil += steps / this.perMs;
  }

  /** Ms until the next step is due. */
  wait(now: number): number {
    return Math.max(0, this.paidUntil + 1 / this.perMs - now);
  }
}
