/**
 * How much is on its way on one link, by the word of whoever receives it.
 *
 * A data channel says only what it has not sent yet. What it has sent may still fill every buffer on the way until
 * packets are lost or late, and SCTP then sends megabytes again, several times over on a fresh
 * connection. So the receiver says how much arrived, and the sender waits for that.
 *
 * @module
 */
import { RECEIPT_BYTES } from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import { arrivedFrame, type FrameChannel } from './framing.ts';

/** The sending side: a channel as `FrameSender` sees it. Only message frames pass here. */
export class WindowedChannel implements FrameChannel {
  readonly #send: (frame: Uint8Array<ArrayBuffer>) => void;
  #underWay = 0;

  constructor(send: (frame: Uint8Array<ArrayBuffer>) => void) {
    this.#send = send;
  }

  get bufferedAmount(): number {
    return this.#underWay;
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    this.#send(frame);
    this.#underWay += frame.length;
  }

  /**
   * The other side says that so many further bytes arrived.
   *
   * @throws ProtocolViolation when so many are not on their way.
   */
  arrived(bytes: number): void {
    if (bytes > this.#underWay) {
      throw new ProtocolViolation(`A peer confirms ${bytes} bytes of ${this.#underWay}.`);
    }
    this.#underWay -= bytes;
  }
}

/** The receiving side: what arrived and was not confirmed yet. */
export class Receipts {
  #bytes = 0;

  /** Counts a message frame; whether it is time for a receipt. */
  add(frame: Uint8Array): boolean {
    this.#bytes += frame.length;
    return this.#bytes >= RECEIPT_BYTES;
  }

  /** The frame that confirms all of it. */
  take(): Uint8Array<ArrayBuffer> {
    const receipt = arrivedFrame(this.#bytes);
    this.#bytes = 0;
    return receipt;
  }
}
