/**
 * A network that exists only on a virtual clock: it runs the very machines of a real peer, by the
 * thousand, and the same seed always gives the same run.
 *
 * Links are FIFO unless a fault says otherwise. Everything that happens is an entry of one queue
 * (`clock.ts`).
 *
 * @module
 */
import { wordsToBytes } from '../bytes.ts';
import { ProtocolViolation } from '../errors.ts';
import { TICK_WORDS } from '../gossip/index.ts';
import type { PeerId } from '../ids.ts';
import { unreachable } from '../machine.ts';
import { decodeMessage, type Message } from '../round/messages.ts';
import { messageOf } from '../round/result.ts';
import {
  createGrid,
  deadlineOfGrid,
  gossipDeadlineOf,
  stepGrid,
  type GridEffect,
  type GridEvent,
  type GridState,
} from '../round/grid.ts';
import {
  createRound,
  deadlineOf,
  ENTROPY_BYTES,
  stepRound,
  type Restored,
  type RoundEffect,
  type RoundEvent,
  type RoundSetting,
  type RoundState,
} from '../round/round.ts';
import { type Encoding } from '../secagg/index.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { VirtualClock } from './clock.ts';

/** What a simulated peer does besides the protocol. */
export interface Participant {
  /** The update of an attempt, as words; undefined when there is none to give. */
  contribute(encoding: Encoding): Uint32Array | undefined;
  /** Sees everything that the machine reports. */
  report(effect: GridEffect, now: number): void;
}

/** A peer on the simulated network: one life of it, since a restarted one is another with the same id. */
export interface SimulatedPeer {
  readonly id: PeerId;
  readonly setting: RoundSetting;
  readonly participant: Participant;
  /** Of the machine of the room as a whole. */
  state: RoundState;
  /** The machine of a room of any size around it, where that is what runs. */
  grid: GridState | undefined;
  isAlive: boolean;
  /** It handles nothing before this time, ms: a tab that the system froze. */
  frozenUntil: number;
  messagesSent: number;
  bytesSent: number;
  /** What its store holds: survives a crash. */
  kept: Restored;
  /** Whom it is linked to, and by which link. */
  readonly ends: Map<PeerId, { readonly peer: SimulatedPeer; readonly link: Link }>;
}

/** A link; what is under way on it is lost once it is closed. */
interface Link {
  isOpen: boolean;
}

/** A message on its way. */
export interface Copy {
  readonly message: Uint8Array;
  readonly delayMs: number;
  /** It may overtake what was sent before it. */
  readonly isUnordered?: boolean;
}

/** What the network does to one message; an empty list loses it. */
export type Delivery = (
  message: Uint8Array,
  from: SimulatedPeer,
  to: SimulatedPeer,
) => readonly Copy[];

/** The machine that runs: the real one, or a broken one that a test must catch. */
export interface Machine {
  readonly create: typeof createRound;
  readonly step: typeof stepRound;
}

/** Sees everything that happens. */
export interface Watcher {
  /** A peer is about to handle an event. */
  before?(peer: SimulatedPeer, event: RoundEvent): void;
  /** A peer handled an event. */
  stepped?(peer: SimulatedPeer, event: RoundEvent, effects: readonly RoundEffect[]): void;
  /** A message was put on the wire, after faults had their way with it. */
  carried?(from: SimulatedPeer, to: SimulatedPeer, message: Uint8Array): void;
}

/** An event before it is known when it happens. */
type Timeless<Event> = Event extends unknown ? Omit<Event, 'now'> : never;

/** How the network can be made otherwise than real. */
export interface NetworkOptions {
  readonly machine?: Machine;
  readonly watcher?: Watcher;
  /** Run the machine of a room of any size. `isMesh`: links are the scenario's to open, never the peers'. `gossips`: peers come and go, and tell each other. */
  readonly grid?: { readonly isMesh: boolean; readonly gossips?: boolean };
  /** How long a link takes that a peer asks for, and a message of a topic, ms. */
  readonly topicMs?: () => number;
  /** Things that may happen at one time, for rooms of thousands. */
  readonly maxAtOnce?: number;
  /** How long random bytes are waited for, ms. */
  readonly drawMs?: (peer: SimulatedPeer) => number;
  /** How long putting masks on or taking them off takes, ms. */
  readonly maskMs?: (peer: SimulatedPeer) => number;
  /** How long keeping something takes, ms; Infinity where it fails. */
  readonly storeMs?: (peer: SimulatedPeer) => number;
}

/** The clock, the queue and the peers. */
export class SimulatedNetwork {
  /** Every life of every peer, in order of birth. */
  readonly peers: SimulatedPeer[] = [];
  /** Steps that machines have taken. */
  steps = 0;
  readonly #clock: VirtualClock;
  readonly #decoded = new WeakMap<Uint8Array, Message>();
  /** Who hears what. */
  readonly #topics = new Map<string, Set<SimulatedPeer>>();
  /** The present life of every peer. */
  readonly #living = new Map<PeerId, SimulatedPeer>();
  readonly #lastArrival = new Map<Link, Map<PeerId, number>>();
  readonly #timers = new Map<SimulatedPeer, number>();
  readonly #gossipTimers = new Map<SimulatedPeer, number>();
  readonly #random: SeededRandom;
  readonly #delivery: Delivery;
  readonly #options: NetworkOptions;

  /**
   * @param random - Decides entropy; a simulation is a seed and a scenario.
   * @param delivery - What becomes of each message.
   */
  constructor(random: SeededRandom, delivery: Delivery, options: NetworkOptions = {}) {
    this.#random = random;
    this.#delivery = delivery;
    this.#options = options;
    this.#clock = new VirtualClock(options.maxAtOnce);
  }

  /** Virtual time, ms. */
  get now(): number {
    return this.#clock.now;
  }

  /** Adds a peer; it is linked to nobody yet. */
  add(
    setting: RoundSetting,
    model: Float32Array,
    participant: Participant,
    kept: Restored = { joined: undefined, result: undefined },
  ): SimulatedPeer {
    const { machine, grid: kind } = this.#options;
    const create = machine?.create ?? createRound;
    // Each life is above the one before, and so are all hellos of it.
    const incarnation = kind?.gossips === true ? INCARNATIONS * (1 + this.peers.length) : undefined;
    const isMesh = kind?.isMesh ?? true;
    const grid =
      kind && createGrid({ ...setting, isMesh, incarnation }, model, this.#entropy(), kept);
    const peer: SimulatedPeer = {
      id: setting.signer.id,
      setting,
      participant,
      state: grid?.room ?? create(setting, model, this.#entropy(), kept),
      grid,
      isAlive: true,
      frozenUntil: 0,
      messagesSent: 0,
      bytesSent: 0,
      kept,
      ends: new Map(),
    };
    this.peers.push(peer);
    this.#living.set(peer.id, peer);
    return peer;
  }

  /** Opens the link between two peers, now; a link that they had is closed. */
  link(a: SimulatedPeer, b: SimulatedPeer): void {
    const link: Link = { isOpen: true };
    for (const [peer, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const old = peer.ends.get(other.id);
      if (old !== undefined) {
        this.#close(peer, other.id);
        this.#noticeLater(old.peer, peer, old.link, 0);
      }
      peer.ends.set(other.id, { peer: other, link });
    }
    this.step(a, { type: 'linked', peer: b.id, now: this.now });
    this.step(b, { type: 'linked', peer: a.id, now: this.now });
  }

  /** Closes the link between two peers: what is under way is lost; each notices after `noticeMs`. */
  unlink(a: SimulatedPeer, b: SimulatedPeer, noticeMs = 0): void {
    const end = a.ends.get(b.id);
    if (end === undefined || end.peer !== b) return;
    end.link.isOpen = false;
    this.#noticeLater(a, b, end.link, noticeMs);
    this.#noticeLater(b, a, end.link, noticeMs);
  }

  /** A peer vanishes; the others notice after `noticeMs`. What it sent before still arrives. */
  vanish(peer: SimulatedPeer, noticeMs = 50): void {
    if (!peer.isAlive) return;
    peer.isAlive = false;
    for (const { peer: other, link } of peer.ends.values()) {
      this.#noticeLater(other, peer, link, noticeMs);
    }
  }

  /** Lets something happen at a time. */
  at(time: number, run: () => void): void {
    this.#clock.at(time, run);
  }

  /** One step of a living peer, with all that follows from it. */
  step(peer: SimulatedPeer, event: RoundEvent): void {
    if (!peer.isAlive) return;
    if (peer.frozenUntil > this.now) {
      this.at(peer.frozenUntil, () => {
        this.step(peer, { ...event, now: this.now });
      });
      return;
    }
    const { watcher, machine } = this.#options;
    watcher?.before?.(peer, event);
    let effects: readonly GridEffect[];
    if (peer.grid !== undefined) {
      [peer.grid, effects] = stepGrid(peer.grid, event);
      peer.state = peer.grid.room;
    } else {
      const [state, asked] = (machine?.step ?? stepRound)(peer.state, event);
      peer.state = state;
      watcher?.stepped?.(peer, event, asked);
      effects = asked;
    }
    this.steps++;
    for (const effect of effects) this.#perform(peer, effect);
    this.#schedule(peer);
  }

  /** A peer hears something of a topic. */
  #hear(peer: SimulatedPeer, from: PeerId, message: Uint8Array): void {
    const decoded = decodeMessage(message);
    if (decoded.type !== 'seat') return;
    this.stepGrid(peer, { type: 'heard', from, scope: decoded.scope, now: this.now });
  }

  /** One step of a living peer of a room of any size, by what concerns no machine of rounds. */
  stepGrid(peer: SimulatedPeer, event: GridEvent): void {
    if (!peer.isAlive || peer.grid === undefined) return;
    const [grid, effects] = stepGrid(peer.grid, event);
    peer.grid = grid;
    peer.state = grid.room;
    for (const effect of effects) this.#perform(peer, effect);
    this.#schedule(peer);
  }

  #publish(peer: SimulatedPeer, topic: string, message: Uint8Array): void {
    const delay = this.#options.topicMs ?? (() => 0);
    if (this.#options.grid?.isMesh === true) {
      for (const to of [...peer.ends.keys()]) this.send(peer, to, message);
      return;
    }
    peer.messagesSent++;
    peer.bytesSent += message.length;
    for (const hearer of this.#topics.get(topic) ?? []) {
      if (hearer === peer) continue;
      this.at(this.now + delay(), () => {
        this.#hear(hearer, peer.id, message);
      });
    }
  }

  #subscribe(peer: SimulatedPeer, topic: string, isHeard: boolean): void {
    const hearers = this.#topics.get(topic) ?? new Set();
    if (isHeard) hearers.add(peer);
    else hearers.delete(peer);
    if (hearers.size > 0) this.#topics.set(topic, hearers);
    else this.#topics.delete(topic);
  }

  /** Opens the link that a peer asks for, if the other one is there. */
  #dial(peer: SimulatedPeer, to: PeerId): void {
    if (this.#options.grid?.isMesh === true) return;
    this.at(this.now + (this.#options.topicMs?.() ?? 0), () => {
      const other = this.#living.get(to);
      if (other?.isAlive !== true || !peer.isAlive || peer.ends.has(to)) return;
      this.link(peer, other);
    });
  }

  /**
   * Runs until `isDone`, nothing is left to happen, or the virtual time is up.
   *
   * @returns Whether `isDone` became true.
   */
  run(isDone: () => boolean, untilMs: number): boolean {
    return this.#clock.run(isDone, untilMs);
  }

  /** Lets time pass up to a moment before which nothing is left to happen. */
  skipTo(time: number): void {
    this.#clock.skipTo(time);
  }

  /** Puts a message on a link, as if the peer had sent it. */
  send(from: SimulatedPeer, to: PeerId, message: Uint8Array): void {
    const end = from.ends.get(to);
    if (end === undefined || !from.isAlive) return;
    from.messagesSent++;
    from.bytesSent += message.length;
    for (const copy of this.#delivery(message, from, end.peer)) {
      this.#options.watcher?.carried?.(from, end.peer, copy.message);
      this.at(this.#arrivalOf(copy, end.link, to), () => {
        this.#deliver(from, end.peer, end.link, copy.message);
      });
    }
  }

  /** Reads bytes once for all who get the very same: no machine changes what it received. */
  decode(bytes: Uint8Array): Message {
    const known = this.#decoded.get(bytes);
    if (known !== undefined) return known;
    const message = decodeMessage(bytes);
    this.#decoded.set(bytes, message);
    return message;
  }

  #perform(peer: SimulatedPeer, effect: GridEffect): void {
    switch (effect.type) {
      case 'send':
        for (const to of effect.to) this.send(peer, to, effect.message);
        break;
      case 'draw':
        this.#soon(peer, this.#options.drawMs?.(peer) ?? 0, {
          type: 'entropy',
          bytes: this.#entropy(),
        });
        break;
      case 'contribute': {
        const words = peer.participant.contribute(effect.encoding);
        const { serial } = effect;
        if (words === undefined) {
          this.#soon(peer, 0, { type: 'no-contribution', serial, reason: 'aborted' });
        } else this.#soon(peer, 0, { type: 'contribution', serial, words });
        break;
      }
      case 'mask': {
        const { serial, job, words, terms } = effect;
        peer.setting.suite.addStreamsInPlace(words, terms);
        this.#soon(peer, this.#options.maskMs?.(peer) ?? 0, { type: 'masked', serial, job, words });
        break;
      }
      case 'store': {
        const { serial, round, attempt } = effect;
        const storeMs = this.#options.storeMs?.(peer) ?? 0;
        if (storeMs === Infinity) break;
        peer.kept = { ...peer.kept, joined: { round, attempt } };
        this.#soon(peer, storeMs, { type: 'stored', serial });
        break;
      }
      case 'result':
        peer.kept = { ...peer.kept, result: messageOf(peer.state.result!) };
        break;
      case 'violation': {
        const end = peer.ends.get(effect.peer);
        if (end !== undefined) this.unlink(peer, end.peer);
        break;
      }
      case 'dial':
        this.#dial(peer, effect.peer);
        break;
      case 'publish':
        this.#publish(peer, effect.topic, effect.message);
        break;
      case 'subscribe':
        this.#subscribe(peer, effect.topic, effect.isHeard);
        break;
      case 'failed':
      case 'differs':
        break;
      default:
        unreachable(effect);
    }
    peer.participant.report(effect, this.now);
  }

  #soon(peer: SimulatedPeer, delayMs: number, event: Timeless<RoundEvent>): void {
    this.at(this.now + delayMs, () => {
      this.step(peer, { ...event, now: this.now } as RoundEvent);
    });
  }

  #arrivalOf({ delayMs, isUnordered }: Copy, link: Link, to: PeerId): number {
    if (isUnordered === true) return this.now + delayMs;
    let last = this.#lastArrival.get(link);
    if (last === undefined) this.#lastArrival.set(link, (last = new Map()));
    const arrival = Math.max(this.now + delayMs, last.get(to) ?? 0);
    last.set(to, arrival);
    return arrival;
  }

  #deliver(from: SimulatedPeer, to: SimulatedPeer, link: Link, bytes: Uint8Array): void {
    if (!to.isAlive || !link.isOpen || to.ends.get(from.id)?.link !== link) return;
    if (to.frozenUntil > this.now) {
      this.at(to.frozenUntil, () => {
        this.#deliver(from, to, link, bytes);
      });
      return;
    }
    let message: Message;
    try {
      message = this.decode(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.#perform(to, { type: 'violation', peer: from.id, evidence: error.message });
      return;
    }
    this.step(to, { type: 'received', from: from.id, message, now: this.now });
  }

  #noticeLater(peer: SimulatedPeer, other: SimulatedPeer, link: Link, noticeMs: number): void {
    this.at(Math.max(this.now + noticeMs, peer.frozenUntil), () => {
      if (peer.ends.get(other.id)?.link === link) this.#close(peer, other.id);
    });
  }

  #close(peer: SimulatedPeer, other: PeerId): void {
    const end = peer.ends.get(other);
    if (end === undefined) return;
    end.link.isOpen = false;
    peer.ends.delete(other);
    this.#lastArrival.delete(end.link);
    this.step(peer, { type: 'unlinked', peer: other, now: this.now });
  }

  #schedule(peer: SimulatedPeer): void {
    this.#scheduleGossip(peer);
    const deadline = Math.max(deadlineOfPeer(peer), peer.frozenUntil);
    if (deadline === Infinity || this.#timers.get(peer) === deadline) return;
    this.#timers.set(peer, deadline);
    this.at(Math.max(deadline, this.now), () => {
      if (this.#timers.get(peer) === deadline) this.#timers.delete(peer);
      if (Math.max(deadlineOfPeer(peer), peer.frozenUntil) <= this.now) {
        this.step(peer, { type: 'tick', now: this.now });
      } else this.#schedule(peer);
    });
  }

  #scheduleGossip(peer: SimulatedPeer): void {
    const dueAt = (): number =>
      Math.max(peer.grid === undefined ? Infinity : gossipDeadlineOf(peer.grid), peer.frozenUntil);
    const due = dueAt();
    if (due === Infinity || this.#gossipTimers.get(peer) === due) return;
    this.#gossipTimers.set(peer, due);
    this.at(Math.max(due, this.now), () => {
      if (this.#gossipTimers.get(peer) === due) this.#gossipTimers.delete(peer);
      if (dueAt() <= this.now) {
        this.stepGrid(peer, {
          type: 'gossip-tick',
          random: this.#words(TICK_WORDS),
          now: this.now,
        });
      } else this.#scheduleGossip(peer);
    });
  }

  #entropy(): Uint8Array {
    return wordsToBytes(this.#words(ENTROPY_BYTES / 4));
  }

  #words(count: number): Uint32Array {
    return new Uint32Array(count).map(() => this.#random.word());
  }
}

/** Hellos that one life can sign. */
const INCARNATIONS = 2 ** 24;

function deadlineOfPeer({ grid, state }: SimulatedPeer): number {
  return grid === undefined ? deadlineOf(state) : deadlineOfGrid(grid);
}
