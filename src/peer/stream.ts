/**
 * Messages for one peer that outlive the way they take: what was sent is kept until the other side has it.
 *
 * When a link through a neighbour gives way to another link, both sides say how many messages of each lane they have
 * received, and each sends again from there on. So nothing is lost, doubled or out of order, as long as
 * both still have the streams that they named to each other before.
 *
 * Invariant: what is kept of a lane are the messages from number `first` on, in order; their cost is at most
 * `MAX_QUEUE_BYTES`.
 *
 * @module
 */
import { equalBytes } from '../bytes.ts';
import { MAX_QUEUE_BYTES } from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import type { Lane } from '../ports.ts';
import { costOf } from './framing.ts';

/** Bytes of a stream's name, random. */
export const STREAM_NAME_BYTES = 8;

/** The lanes, in the order in which they are numbered. */
export const LANES: readonly Lane[] = ['control', 'bulk'];

/** What each side says when a way opens. */
export interface Standing {
  readonly name: Uint8Array;
  /** Name of the other side's stream; zeros while it has not said it. */
  readonly other: Uint8Array;
  /** Whole messages received of each lane. */
  readonly received: Readonly<Record<Lane, number>>;
}

interface LaneState {
  received: number;
  first: number;
  readonly kept: Uint8Array[];
  cost: number;
}

const UNKNOWN = new Uint8Array(STREAM_NAME_BYTES);
const STANDING_BYTES = 2 * STREAM_NAME_BYTES + 8;

/** One side of it. */
export class Stream {
  readonly #name: Uint8Array;
  #other: Uint8Array = UNKNOWN;
  #lanes: Record<Lane, LaneState> = { control: newLane(), bulk: newLane() };

  /** `name`: `STREAM_NAME_BYTES` random bytes. */
  constructor(name: Uint8Array) {
    this.#name = name;
  }

  /** What to say when a way opens. */
  get standing(): Standing {
    const { control, bulk } = this.#lanes;
    const received = { control: control.received, bulk: bulk.received };
    return { name: this.#name, other: this.#other, received };
  }

  /** Messages that the other side does not have yet, as far as is known: each lane in its order. */
  get kept(): readonly { readonly message: Uint8Array; readonly lane: Lane }[] {
    return LANES.flatMap((lane) => this.#lanes[lane].kept.map((message) => ({ message, lane })));
  }

  /** Keeps a message, which nobody may change until it has arrived; false when that would be too much. */
  push(message: Uint8Array, lane: Lane): boolean {
    const state = this.#lanes[lane];
    if (state.cost + costOf(message) > MAX_QUEUE_BYTES) return false;
    state.kept.push(message);
    state.cost += costOf(message);
    return true;
  }

  /** A whole message came; how many of its lane that makes. */
  count(lane: Lane): number {
    return ++this.#lanes[lane].received;
  }

  /**
   * The other side has so many messages of a lane.
   *
   * @throws ProtocolViolation when that is fewer than it had, or more than were sent.
   */
  acknowledge(lane: Lane, received: number): void {
    const state = this.#lanes[lane];
    const count = received - state.first;
    if (count < 0 || count > state.kept.length) {
      throw new ProtocolViolation('A peer has messages that it was not sent.');
    }
    for (const message of state.kept.splice(0, count)) state.cost -= costOf(message);
    state.first = received;
  }

  /**
   * Goes on where both sides were, or begins afresh when one of them has another stream: whether it goes on.
   *
   * @throws ProtocolViolation when the other side cannot be where it says.
   */
  resume(theirs: Standing): boolean {
    const goesOn = equalBytes(theirs.name, this.#other) && equalBytes(theirs.other, this.#name);
    if (goesOn) {
      for (const lane of LANES) this.acknowledge(lane, theirs.received[lane]);
      return true;
    }
    this.#other = theirs.name;
    this.#lanes = { control: newLane(), bulk: newLane() };
    return false;
  }
}

/** The bytes of a standing. */
export function encodeStanding({ name, other, received }: Standing): Uint8Array {
  const bytes = new Uint8Array(STANDING_BYTES);
  bytes.set(name);
  bytes.set(other, STREAM_NAME_BYTES);
  const view = new DataView(bytes.buffer, 2 * STREAM_NAME_BYTES);
  view.setUint32(0, received.control, true);
  view.setUint32(4, received.bulk, true);
  return bytes;
}

/**
 * Reads a standing; a copy.
 *
 * @throws ProtocolViolation when it is none.
 */
export function decodeStanding(bytes: Uint8Array): Standing {
  if (bytes.length !== STANDING_BYTES) throw new ProtocolViolation('A standing is cut off.');
  const view = new DataView(bytes.buffer, bytes.byteOffset + 2 * STREAM_NAME_BYTES);
  return {
    name: bytes.slice(0, STREAM_NAME_BYTES),
    other: bytes.slice(STREAM_NAME_BYTES, 2 * STREAM_NAME_BYTES),
    received: { control: view.getUint32(0, true), bulk: view.getUint32(4, true) },
  };
}

function newLane(): LaneState {
  return { received: 0, first: 0, kept: [], cost: 0 };
}
