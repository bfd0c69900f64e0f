/**
 * Runs the machine of one peer: its clock, its timers, its randomness, its transport.
 *
 * The machine decides; this file only carries events to it and effects away from it.
 *
 * @module
 */
import { MAX_CONTROL_BYTES } from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import type { Masker, Transport, TransportEvent } from '../ports.ts';
import { decodeMessage, type Message } from '../round/messages.ts';
import {
  deadlineOfGrid,
  gossipDeadlineOf,
  stepGrid,
  summing,
  TICK_WORDS,
  type GridEffect,
  type GridEvent,
  type GridState,
} from '../round/grid.ts';
import { ENTROPY_BYTES, type RoundState } from '../round/round.ts';
import type { Encoding } from '../secagg/index.ts';

/** An event of the machine, before it is known when it happens. */
type Timeless<Event> = Event extends unknown ? Omit<Event, 'now'> : never;

/** What a session gives to its driver. */
export interface DriverWorld {
  readonly transport: Transport;
  /** The own update as words, for the attempt with this number; rejects when there is none. */
  contribute(encoding: Encoding, serial: number): Promise<Uint32Array>;
  /** Adds keystreams to words, which are handed over; rejects when that is given up. */
  mask: Masker['apply'];
  /**
   * Keeps durably that this attempt may have been contributed to; rejects when it cannot.
   *
   * @param isNothing - What was contributed is nothing.
   */
  keep(
    joined: { readonly round: number; readonly attempt: number },
    isNothing: boolean,
  ): Promise<void>;
  /** Sees every effect, after it was performed. */
  onEffect(effect: GridEffect): void;
  /** Sees every message of a peer, after the machine did. */
  onMessage(from: PeerId, message: Message, bytes: number): void;
  /** Sees every event of the transport, after the machine did. */
  onTransport(event: TransportEvent): void;
  /** Sees bytes that were handed to the transport. */
  onSent(to: PeerId, bytes: number): void;
  /** Something changed. */
  onChange(): void;
}

/** A browser's timer wakes at the latest after this, ms: larger delays overflow and fire at once. */
const MAX_TIMER_MS = 2 ** 30;

/** Drives one machine. */
export class Driver {
  #state: GridState;
  readonly #world: DriverWorld;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #gossipTimer: ReturnType<typeof setTimeout> | undefined;
  #hasEnded = false;
  #isStepping = false;
  readonly #waiting: Timeless<GridEvent>[] = [];

  constructor(state: GridState, world: DriverWorld) {
    this.#state = state;
    this.#world = world;
  }

  /** The machine's state, to look at. */
  get state(): GridState {
    return this.#state;
  }

  /** The machine of the whole room: its model, results and rounds. */
  get room(): RoundState {
    return this.#state.room;
  }

  /** The machine that sums the own update: the room's, or in a larger one that of the own line. */
  get summing(): RoundState {
    return summing(this.#state);
  }

  /** Starts meeting peers. */
  start(): void {
    this.#world.transport.start((event) => {
      this.#onTransport(event);
    });
  }

  /**
   * Gives the machine an event, and performs what it asks for. An event that comes of performing an effect
   * waits for its turn: the others must hear what happened in the order in which it happened.
   */
  dispatch(event: Timeless<GridEvent>): void {
    if (this.#hasEnded) return;
    this.#waiting.push(event);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        this.#step(next);
      }
    } finally {
      this.#isStepping = false;
    }
    this.#arm();
    this.#world.onChange();
  }

  /** Sends a message beside the machine: a profile. */
  send(to: readonly PeerId[], message: Uint8Array): void {
    const lane = message.length > MAX_CONTROL_BYTES ? 'bulk' : 'control';
    for (const peer of to) {
      this.#world.onSent(peer, message.length);
      this.#world.transport.send(peer, message, lane);
    }
  }

  /** Says everything that is still to be said, then closes all links. */
  async end(): Promise<void> {
    this.dispatch({ type: 'leave' });
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#gossipTimer);
    await this.#world.transport.close();
  }

  #step(event: Timeless<GridEvent>): void {
    const timed = { ...event, now: performance.now() } as GridEvent;
    const [state, effects] = stepGrid(this.#state, timed);
    this.#state = state;
    for (const effect of effects) {
      this.#perform(effect);
      this.#world.onEffect(effect);
    }
  }

  #onTransport(event: TransportEvent): void {
    switch (event.type) {
      case 'linked':
      case 'unlinked':
        this.dispatch({ type: event.type, peer: event.peer });
        break;
      case 'received':
        this.#receive(event.peer, event.message);
        break;
      case 'heard':
        this.#hear(event.from, event.message);
        break;
      default:
        break;
    }
    this.#world.onTransport(event);
  }

  #receive(from: PeerId, bytes: Uint8Array): void {
    if (this.#hasEnded) return;
    let message: Message;
    try {
      message = decodeMessage(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.#world.transport.disconnect(from, 'violation');
      return;
    }
    this.#world.onMessage(from, message, bytes.length);
    this.dispatch({ type: 'received', from, message });
  }

  /** What a topic carries is only ever who sits where; anything else is nothing. */
  #hear(from: PeerId, bytes: Uint8Array): void {
    try {
      const message = decodeMessage(bytes);
      if (message.type === 'seat') this.dispatch({ type: 'heard', from, scope: message.scope });
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
    }
  }

  #perform(effect: GridEffect): void {
    switch (effect.type) {
      case 'send':
        this.send(effect.to, effect.message);
        break;
      case 'draw':
        queueMicrotask(() => {
          const bytes = crypto.getRandomValues(new Uint8Array(ENTROPY_BYTES));
          this.dispatch({ type: 'entropy', bytes });
        });
        break;
      case 'contribute': {
        const { serial } = effect;
        this.#world.contribute(effect.encoding, serial).then(
          (words) => {
            this.dispatch({ type: 'contribution', serial, words });
          },
          () => {
            this.dispatch({ type: 'no-contribution', serial, reason: 'aborted' });
          },
        );
        break;
      }
      case 'store': {
        const { serial, round, attempt, isNothing } = effect;
        // Where nothing can be kept, nothing may leave.
        this.#world.keep({ round, attempt }, isNothing).then(
          () => {
            this.dispatch({ type: 'stored', serial });
          },
          () => {
            this.dispatch({ type: 'no-contribution', serial, reason: 'aborted' });
          },
        );
        break;
      }
      case 'mask': {
        const { serial, job, words, terms } = effect;
        const apply = this.#world.mask(words, terms);
        apply.then(
          (masked) => {
            this.dispatch({ type: 'masked', serial, job, words: masked });
          },
          () => {
            this.dispatch({ type: 'masked', serial, job, words: undefined });
          },
        );
        break;
      }
      case 'dial':
        this.#world.transport.dial?.(effect.peer);
        break;
      case 'subscribe':
        this.#world.transport.subscribe?.(effect.topic, effect.isHeard);
        break;
      case 'publish':
        if (this.#world.transport.publish) {
          this.#world.transport.publish(effect.topic, effect.message);
        } else this.send([...this.#state.links.keys()], effect.message);
        break;
      case 'violation':
        this.#world.transport.disconnect(effect.peer, 'violation');
        break;
      default:
        break;
    }
  }

  #arm(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#gossipTimer);
    this.#timer = this.#wake(deadlineOfGrid(this.#state), () => {
      this.dispatch({ type: 'tick' });
    });
    this.#gossipTimer = this.#wake(gossipDeadlineOf(this.#state), () => {
      const random = crypto.getRandomValues(new Uint32Array(TICK_WORDS));
      this.dispatch({ type: 'gossip-tick', random });
    });
  }

  #wake(deadline: number, run: () => void): ReturnType<typeof setTimeout> | undefined {
    if (deadline === Infinity || this.#hasEnded) return undefined;
    const delay = Math.min(Math.max(deadline - performance.now(), 0), MAX_TIMER_MS);
    return setTimeout(run, Math.ceil(delay));
  }
}
