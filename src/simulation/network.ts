/**
 * A network that exists only on a virtual clock: it runs the very machines of a real peer, by the
 * thousand, and the same seed always gives the same run.
 *
 * Links are FIFO unless a fault says otherwise. Everything that happens is an entry of one queue,
 * ordered by time; equal times keep the order in which they were made.
 *
 * @module
 */
import { wordsToBytes } from '../bytes.ts';
import { ProtocolViolation } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import { decodeMessage } from '../round/messages.ts';
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
import type { Encoding } from '../secagg/index.ts';
import type { SeededRandom } from '../seeded-random.ts';

/** What a simulated peer does besides the protocol. */
export interface Participant {
  /** The update of an attempt, as words; undefined when there is none to give. */
  contribute(encoding: Encoding): Uint32Array | undefined;
  /** Sees everything that the machine reports. */
  report(effect: RoundEffect, now: number): void;
}

/** A peer on the simulated network. */
export interface SimulatedPeer {
  readonly id: PeerId;
  readonly setting: RoundSetting;
  readonly participant: Participant;
  state: RoundState;
  isAlive: boolean;
  messagesSent: number;
  bytesSent: number;
  /** What its store holds: survives a crash. */
  stored: { readonly round: number; readonly attempt: number } | undefined;
}

/** What the network does to one message; an empty list loses it. */
export type Delivery = (
  message: Uint8Array,
  from: SimulatedPeer,
  to: SimulatedPeer,
) => readonly { readonly message: Uint8Array; readonly delayMs: number }[];

/** An event before it is known when it happens. */
type Timeless<Event> = Event extends unknown ? Omit<Event, 'now'> : never;

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** The clock, the queue and the peers. */
export class SimulatedNetwork {
  readonly peers = new Map<PeerId, SimulatedPeer>();
  now = 0;
  readonly #queue: Entry[] = [];
  readonly #lastArrival = new Map<string, number>();
  readonly #timers = new Map<PeerId, number>();
  readonly #random: SeededRandom;
  readonly #delivery: Delivery;
  #order = 0;

  /**
   * @param random - Decides entropy and latencies; a simulation is a seed and a scenario.
   * @param delivery - What becomes of each message; by default it arrives after `latencyMs`.
   */
  constructor(random: SeededRandom, delivery: Delivery) {
    this.#random = random;
    this.#delivery = delivery;
  }

  /** Adds a peer; it is linked to nobody yet. */
  add(
    setting: RoundSetting,
    model: Float32Array,
    participant: Participant,
    restored?: Restored,
  ): SimulatedPeer {
    const peer: SimulatedPeer = {
      id: setting.signer.id,
      setting,
      participant,
      state: createRound(setting, model, this.#entropy(), restored),
      isAlive: true,
      messagesSent: 0,
      bytesSent: 0,
      stored: restored?.joined,
    };
    this.peers.set(peer.id, peer);
    return peer;
  }

  /** Opens the link between two peers, now. */
  link(a: SimulatedPeer, b: SimulatedPeer): void {
    this.step(a, { type: 'linked', peer: b.id, now: this.now });
    this.step(b, { type: 'linked', peer: a.id, now: this.now });
  }

  /** Closes the link between two peers: what is under way is lost; each notices after `noticeMs`. */
  unlink(a: SimulatedPeer, b: SimulatedPeer, noticeMs = 0): void {
    for (const [peer, other] of [
      [a, b],
      [b, a],
    ] as const) {
      this.at(this.now + noticeMs, () => {
        this.step(peer, { type: 'unlinked', peer: other.id, now: this.now });
      });
    }
  }

  /** A peer vanishes; the others notice after `noticeMs`. What it sent before still arrives. */
  vanish(peer: SimulatedPeer, noticeMs = 50): void {
    if (!peer.isAlive) return;
    peer.isAlive = false;
    for (const other of this.peers.values()) {
      if (other !== peer && other.state.links.has(peer.id)) {
        this.at(this.now + noticeMs, () => {
          this.step(other, { type: 'unlinked', peer: peer.id, now: this.now });
        });
      }
    }
  }

  /** Lets something happen at a time. */
  at(time: number, run: () => void): void {
    push(this.#queue, { at: time, order: this.#order++, run });
  }

  /** One step of a living peer, with all that follows from it. */
  step(peer: SimulatedPeer, event: RoundEvent): void {
    if (!peer.isAlive) return;
    const [state, effects] = stepRound(peer.state, event);
    peer.state = state;
    for (const effect of effects) this.#perform(peer, effect);
    this.#schedule(peer);
  }

  /**
   * Runs until `isDone`, nothing is left to happen, or the virtual time is up.
   *
   * @returns Whether `isDone` became true.
   */
  run(isDone: () => boolean, untilMs: number): boolean {
    while (!isDone()) {
      const entry = pop(this.#queue);
      if (entry === undefined || entry.at > untilMs) return false;
      this.now = entry.at;
      entry.run();
    }
    return true;
  }

  #perform(peer: SimulatedPeer, effect: RoundEffect): void {
    switch (effect.type) {
      case 'send':
        for (const to of effect.to) this.#send(peer, to, effect.message);
        break;
      case 'draw':
        this.#soon(peer, { type: 'entropy', bytes: this.#entropy() });
        break;
      case 'contribute': {
        const words = peer.participant.contribute(effect.encoding);
        const { serial } = effect;
        if (words === undefined) {
          this.#soon(peer, { type: 'no-contribution', serial, reason: 'aborted' });
        } else this.#soon(peer, { type: 'contribution', serial, words });
        break;
      }
      case 'store':
        peer.stored = { round: effect.round, attempt: effect.attempt };
        this.#soon(peer, { type: 'stored', serial: effect.serial });
        break;
      default:
        break;
    }
    peer.participant.report(effect, this.now);
  }

  #soon(peer: SimulatedPeer, event: Timeless<RoundEvent>): void {
    this.at(this.now, () => {
      this.step(peer, { ...event, now: this.now } as RoundEvent);
    });
  }

  #send(from: SimulatedPeer, to: PeerId, message: Uint8Array): void {
    const receiver = this.peers.get(to);
    if (receiver === undefined || !from.state.links.has(to)) return;
    from.messagesSent++;
    from.bytesSent += message.length;
    const name = `${from.id}>${to}`;
    for (const copy of this.#delivery(message, from, receiver)) {
      const arrival = Math.max(this.now + copy.delayMs, this.#lastArrival.get(name) ?? 0);
      this.#lastArrival.set(name, arrival);
      this.at(arrival, () => {
        this.#deliver(from.id, receiver, copy.message);
      });
    }
  }

  #deliver(from: PeerId, to: SimulatedPeer, bytes: Uint8Array): void {
    if (!to.isAlive || !to.state.links.has(from)) return;
    try {
      const message = decodeMessage(bytes);
      this.step(to, { type: 'received', from, message, now: this.now });
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      const effect = { type: 'violation', peer: from, evidence: error.message } as const;
      to.participant.report(effect, this.now);
    }
  }

  #schedule(peer: SimulatedPeer): void {
    const deadline = deadlineOf(peer.state);
    if (deadline === Infinity || this.#timers.get(peer.id) === deadline) return;
    this.#timers.set(peer.id, deadline);
    this.at(Math.max(deadline, this.now), () => {
      if (this.#timers.get(peer.id) === deadline) this.#timers.delete(peer.id);
      if (deadlineOf(peer.state) <= this.now) {
        this.step(peer, { type: 'tick', now: this.now });
      } else this.#schedule(peer);
    });
  }

  #entropy(): Uint8Array {
    const words = new Uint32Array(ENTROPY_BYTES / 4);
    for (let i = 0; i < words.length; i++) words[i] = this.#random.word();
    return wordsToBytes(words);
  }
}

/** A binary heap, the earliest entry first. */
function push(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (isBefore(heap[parent]!, entry)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
    if (isBefore(last, heap[child]!)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return first;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
