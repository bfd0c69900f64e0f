/**
 * Whole messages over a channel that takes small ones: how they are cut, put together and bounded.
 *
 * A frame is one data-channel message. The first byte says what it is; a message is one `start`
 * frame, which names the length, and full `more` frames until the length is reached. There are two lanes:
 * frames of one message follow each other in its lane, and a message of the control lane may stand
 * between the frames of a bulk one. So may the frames without a message (ping, pong, hello, bye, arrived). Anything
 * else is a violation: an honest sender has exactly one way to cut a message.
 *
 * The sender keeps at most `HIGH_WATER_BYTES` in the channel and the rest in a queue for each lane, so that a
 * slow link costs memory up to a bound, and neither a ping nor a control message waits behind megabytes.
 * Queued messages are the caller's arrays: one that goes to ten links is in memory once.
 *
 * @module
 */
import { FRAME_BYTES, HIGH_WATER_BYTES, MAX_MESSAGE_BYTES, MAX_QUEUE_BYTES } from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import type { Lane } from '../ports.ts';

/** Why a peer says goodbye. */
export type Goodbye = 'leaving' | 'replaced' | 'refused';

/** What one frame meant to its receiver. */
export type Incoming =
  | { readonly type: 'message'; readonly message: Uint8Array; readonly lane: Lane }
  /** Part of a message that is not whole yet. */
  | { readonly type: 'part' }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  /** Signature over the introductions, 64 bytes. */
  | { readonly type: 'hello'; readonly signature: Uint8Array }
  | { readonly type: 'bye'; readonly why: Goodbye }
  /** So many further bytes of message frames arrived at the other side. */
  | { readonly type: 'arrived'; readonly bytes: number };

const START = 0;
const MORE = 1;
const PING = 2;
const PONG = 3;
const HELLO = 4;
const BYE = 5;
const BULK_START = 6;
const BULK_MORE = 7;
const ARRIVED = 8;
const START_HEADER_BYTES = 5;
const SIGNATURE_BYTES = 64;
const MIN_MESSAGE_COST = 64;
const GOODBYES: readonly Goodbye[] = ['leaving', 'replaced', 'refused'];

/** The frame that asks for a pong. */
export function pingFrame(): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(PING);
}

/** The answer to a ping. */
export function pongFrame(): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(PONG);
}

/** The first frame of each side: its signature over the introductions. */
export function helloFrame(signature: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(1 + SIGNATURE_BYTES);
  frame[0] = HELLO;
  frame.set(signature, 1);
  return frame;
}

/** The last frame: whatever was sent before it has arrived when the other side reads it. */
export function byeFrame(why: Goodbye): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(BYE, GOODBYES.indexOf(why));
}

/** Says how many bytes of message frames have arrived since the last time. */
export function arrivedFrame(bytes: number): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(5);
  frame[0] = ARRIVED;
  new DataView(frame.buffer).setUint32(1, bytes, true);
  return frame;
}

/** A message that is not whole yet. */
interface Partial {
  readonly lane: Lane;
  message: Uint8Array | undefined;
  filled: number;
}

/** Puts messages together from the frames of one link. */
export class Assembler {
  readonly #control: Partial = { lane: 'control', message: undefined, filled: 0 };
  readonly #bulk: Partial = { lane: 'bulk', message: undefined, filled: 0 };

  /**
   * Takes the next frame, which is handed over where it has an array buffer to itself; a message that comes out is
   * the caller's to keep.
   *
   * @throws ProtocolViolation when no honest sender would have sent the frame here.
   */
  take(frame: Uint8Array): Incoming {
    switch (frame[0]) {
      case START:
        return start(this.#control, frame);
      case MORE:
        return more(this.#control, frame);
      case BULK_START:
        return start(this.#bulk, frame);
      case BULK_MORE:
        return more(this.#bulk, frame);
      case PING:
        expectLength(frame, 1, 'ping');
        return { type: 'ping' };
      case PONG:
        expectLength(frame, 1, 'pong');
        return { type: 'pong' };
      case HELLO:
        expectLength(frame, 1 + SIGNATURE_BYTES, 'hello');
        return { type: 'hello', signature: frame.slice(1) };
      case BYE: {
        expectLength(frame, 2, 'bye');
        const why = GOODBYES[frame[1]!];
        if (why === undefined) throw new ProtocolViolation('A bye gives no known reason.');
        return { type: 'bye', why };
      }
      case ARRIVED:
        expectLength(frame, 5, 'receipt');
        return { type: 'arrived', bytes: uint32At(frame, 1) };
      default:
        throw new ProtocolViolation(
          frame.length === 0 ? 'A frame is empty.' : `A frame has the unknown type ${frame[0]}.`,
        );
    }
  }
}

/** What a sender needs of a channel. */
export interface FrameChannel {
  /** Bytes taken by `send` and not yet handed to the network. */
  readonly bufferedAmount: number;
  /** Copies the frame, whose memory serves for the next one. May throw when the channel is closing. */
  send(frame: Uint8Array<ArrayBuffer>): void;
}

/** Where every frame of a message is put together: channels copy it, and a fresh array each would be garbage. */
const frameAtWork = new Uint8Array(START_HEADER_BYTES + FRAME_BYTES);

/** Messages of one lane that wait, the first of them perhaps partly sent. */
class Queue {
  readonly start: number;
  readonly more: number;
  readonly #messages: Uint8Array[] = [];
  #offset = 0;
  #bytes = 0;

  constructor(start: number, more: number) {
    this.start = start;
    this.more = more;
  }

  /** Bytes of messages that are not sent to the end. */
  get bytes(): number {
    return this.#bytes;
  }

  add(message: Uint8Array): boolean {
    if (this.#bytes + costOf(message) > MAX_QUEUE_BYTES) return false;
    this.#messages.push(message);
    this.#bytes += costOf(message);
    return true;
  }

  /** The next frame, to be sent before any queue gives another one; undefined when nothing waits. */
  take(): Uint8Array<ArrayBuffer> | undefined {
    const message = this.#messages[0];
    if (message === undefined) return undefined;
    const isStart = this.#offset === 0;
    const header = isStart ? START_HEADER_BYTES : 1;
    const part = message.subarray(this.#offset, this.#offset + FRAME_BYTES);
    const frame = frameAtWork.subarray(0, header + part.length);
    frame[0] = isStart ? this.start : this.more;
    if (isStart) new DataView(frame.buffer).setUint32(1, message.length, true);
    frame.set(part, header);
    this.#offset += part.length;
    if (this.#offset === message.length) {
      this.#messages.shift();
      this.#offset = 0;
      this.#bytes -= costOf(message);
    }
    return frame;
  }
}

/** Cuts messages into frames, as fast as the channel drains. Call `pump` when it has. */
export class FrameSender {
  readonly #channel: FrameChannel;
  readonly #control = new Queue(START, MORE);
  readonly #bulk = new Queue(BULK_START, BULK_MORE);

  constructor(channel: FrameChannel) {
    this.#channel = channel;
  }

  /** Bytes of messages not handed to the channel yet. */
  get queuedBytes(): number {
    return this.#control.bytes + this.#bulk.bytes;
  }

  /** Everything was handed to the channel, and by it to the network. */
  get isDrained(): boolean {
    return this.queuedBytes === 0 && this.#channel.bufferedAmount === 0;
  }

  /**
   * Queues a message, which nobody may change until it is sent; false when the queue of its lane would exceed
   * `MAX_QUEUE_BYTES`, and nothing was queued.
   *
   * @throws RangeError when the message is over `MAX_MESSAGE_BYTES`.
   */
  send(message: Uint8Array, lane: Lane = 'control'): boolean {
    if (message.length > MAX_MESSAGE_BYTES) {
      throw new RangeError(
        `The message has ${message.length} bytes: send at most ${MAX_MESSAGE_BYTES} at once.`,
      );
    }
    const queue = lane === 'bulk' ? this.#bulk : this.#control;
    if (!queue.add(message)) return false;
    this.pump();
    return true;
  }

  /** Hands frames to the channel until it holds `HIGH_WATER_BYTES`, control before bulk. */
  pump(): void {
    while (this.#channel.bufferedAmount < HIGH_WATER_BYTES) {
      const frame = this.#control.take() ?? this.#bulk.take();
      if (frame === undefined) return;
      this.#channel.send(frame);
    }
  }
}

/** What a queued message counts: an empty one costs its entry, or endless ones would be free. */
export function costOf(message: Uint8Array): number {
  return Math.max(message.length, MIN_MESSAGE_COST);
}

function expectLength(frame: Uint8Array, length: number, name: string): void {
  if (frame.length !== length) {
    throw new ProtocolViolation(`A ${name} has ${frame.length} bytes instead of ${length}.`);
  }
}

function start(partial: Partial, frame: Uint8Array): Incoming {
  if (partial.message) throw new ProtocolViolation('A message starts inside another one.');
  if (frame.length < START_HEADER_BYTES) throw new ProtocolViolation('A frame is cut off.');
  const length = uint32At(frame, 1);
  if (length > MAX_MESSAGE_BYTES) {
    throw new ProtocolViolation(`A message of ${length} bytes is over ${MAX_MESSAGE_BYTES}.`);
  }
  const isWhole = length <= FRAME_BYTES && frame.length === START_HEADER_BYTES + length;
  if (isWhole && frame.length === frame.buffer.byteLength) {
    // Most of a large vector comes in messages of one frame: a copy of each would be garbage by the megabyte.
    const message = new Uint8Array(frame.buffer, START_HEADER_BYTES);
    return { type: 'message', message, lane: partial.lane };
  }
  partial.message = new Uint8Array(length);
  partial.filled = 0;
  return fill(partial, frame.subarray(START_HEADER_BYTES));
}

function more(partial: Partial, frame: Uint8Array): Incoming {
  if (!partial.message) throw new ProtocolViolation('A message goes on that never started.');
  return fill(partial, frame.subarray(1));
}

function fill(partial: Partial, part: Uint8Array): Incoming {
  const message = partial.message!;
  if (part.length !== Math.min(FRAME_BYTES, message.length - partial.filled)) {
    throw new ProtocolViolation('A frame does not fit its message.');
  }
  message.set(part, partial.filled);
  partial.filled += part.length;
  if (partial.filled < message.length) return { type: 'part' };
  partial.message = undefined;
  return { type: 'message', message, lane: partial.lane };
}

function uint32At(frame: Uint8Array, at: number): number {
  return new DataView(frame.buffer, frame.byteOffset).getUint32(at, true);
}
