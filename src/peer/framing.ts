/**
 * Whole messages over a channel that takes small ones: how they are cut, put together and bounded.
 *
 * A frame is one data-channel message. The first byte says what it is; a message is one `start`
 * frame, which names the length, and full `more` frames until the length is reached. Frames of one
 * message follow each other; control frames (ping, pong, hello, bye) may stand between them. Anything
 * else is a violation: an honest sender has exactly one way to cut a message.
 *
 * The sender keeps at most `HIGH_WATER_BYTES` in the channel and the rest in a queue, so that a slow
 * link costs memory up to a bound and a ping never waits behind megabytes.
 *
 * @module
 */
import { FRAME_BYTES, HIGH_WATER_BYTES, MAX_MESSAGE_BYTES, MAX_QUEUE_BYTES } from '../config.ts';
import { ProtocolViolation } from '../errors.ts';

/** Why a peer says goodbye. */
export type Goodbye = 'leaving' | 'replaced' | 'refused';

/** What one frame meant to its receiver. */
export type Incoming =
  | { readonly type: 'message'; readonly message: Uint8Array }
  /** Part of a message that is not whole yet. */
  | { readonly type: 'part' }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  /** Signature over the introductions, 64 bytes. */
  | { readonly type: 'hello'; readonly signature: Uint8Array }
  | { readonly type: 'bye'; readonly why: Goodbye };

const START = 0;
const MORE = 1;
const PING = 2;
const PONG = 3;
const HELLO = 4;
const BYE = 5;
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

/** Puts messages together from the frames of one link. */
export class Assembler {
  #message: Uint8Array | undefined;
  #filled = 0;

  /**
   * Takes the next frame; a message that comes out is a copy, the caller's to keep.
   *
   * @throws ProtocolViolation when no honest sender would have sent the frame here.
   */
  take(frame: Uint8Array): Incoming {
    switch (frame[0]) {
      case START:
        return this.#start(frame);
      case MORE:
        return this.#more(frame);
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
      default:
        throw new ProtocolViolation(
          frame.length === 0 ? 'A frame is empty.' : `A frame has the unknown type ${frame[0]}.`,
        );
    }
  }

  #start(frame: Uint8Array): Incoming {
    if (this.#message) throw new ProtocolViolation('A message starts inside another one.');
    if (frame.length < START_HEADER_BYTES) throw new ProtocolViolation('A frame is cut off.');
    const length = new DataView(frame.buffer, frame.byteOffset).getUint32(1, true);
    if (length > MAX_MESSAGE_BYTES) {
      throw new ProtocolViolation(`A message of ${length} bytes is over ${MAX_MESSAGE_BYTES}.`);
    }
    this.#message = new Uint8Array(length);
    this.#filled = 0;
    return this.#fill(frame.subarray(START_HEADER_BYTES));
  }

  #more(frame: Uint8Array): Incoming {
    if (!this.#message) throw new ProtocolViolation('A message goes on that never started.');
    return this.#fill(frame.subarray(1));
  }

  #fill(part: Uint8Array): Incoming {
    const message = this.#message!;
    if (part.length !== Math.min(FRAME_BYTES, message.length - this.#filled)) {
      throw new ProtocolViolation('A frame does not fit its message.');
    }
    message.set(part, this.#filled);
    this.#filled += part.length;
    if (this.#filled < message.length) return { type: 'part' };
    this.#message = undefined;
    return { type: 'message', message };
  }
}

/** What a sender needs of a channel. */
export interface FrameChannel {
  /** Bytes taken by `send` and not yet handed to the network. */
  readonly bufferedAmount: number;
  /** May throw when the channel is closing. */
  send(frame: Uint8Array<ArrayBuffer>): void;
}

/** Cuts messages into frames, as fast as the channel drains. Call `pump` when it has. */
export class FrameSender {
  readonly #channel: FrameChannel;
  readonly #queue: Uint8Array[] = [];
  #offset = 0;
  #queuedBytes = 0;
  /** Bytes that the channel takes at least: in Node, asking it waits for another thread. */
  #room = 0;

  constructor(channel: FrameChannel) {
    this.#channel = channel;
  }

  /** Bytes of messages not handed to the channel yet. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Everything was handed to the channel, and by it to the network. */
  get isDrained(): boolean {
    return this.#queue.length === 0 && this.#channel.bufferedAmount === 0;
  }

  /**
   * Queues a message, which nobody may change until it is sent; false when the queue would exceed
   * `MAX_QUEUE_BYTES`, and nothing was queued.
   *
   * @throws RangeError when the message is over `MAX_MESSAGE_BYTES`.
   */
  send(message: Uint8Array): boolean {
    if (message.length > MAX_MESSAGE_BYTES) {
      throw new RangeError(
        `The message has ${message.length} bytes: send at most ${MAX_MESSAGE_BYTES} at once.`,
      );
    }
    if (this.#queuedBytes + costOf(message) > MAX_QUEUE_BYTES) return false;
    this.#queue.push(message);
    this.#queuedBytes += costOf(message);
    this.pump();
    return true;
  }

  /** Hands frames to the channel until it holds `HIGH_WATER_BYTES`. */
  pump(): void {
    while (this.#queue.length > 0 && this.#hasRoom()) {
      const message = this.#queue[0]!;
      const isStart = this.#offset === 0;
      const header = isStart ? START_HEADER_BYTES : 1;
      const part = message.subarray(this.#offset, this.#offset + FRAME_BYTES);
      const frame = new Uint8Array(header + part.length);
      frame[0] = isStart ? START : MORE;
      if (isStart) new DataView(frame.buffer).setUint32(1, message.length, true);
      frame.set(part, header);
      this.#channel.send(frame);
      this.#room -= frame.length;
      this.#offset += part.length;
      if (this.#offset === message.length) {
        this.#queue.shift();
        this.#offset = 0;
        this.#queuedBytes -= costOf(message);
      }
    }
  }

  #hasRoom(): boolean {
    if (this.#room <= 0) this.#room = HIGH_WATER_BYTES - this.#channel.bufferedAmount;
    return this.#room > 0;
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
