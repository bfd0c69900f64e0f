/**
 * The life of a link, whatever carries its frames: the proofs, messages, receipts, pings, and one end.
 *
 * Each side proves who it is in its first frame; only then is the link open. A link ends once. `close` with a
 * goodbye tells the other side why; `finish` waits until all that was sent has arrived.
 *
 * `link.ts` carries the frames over WebRTC, `libp2p-link.ts` over a libp2p stream.
 *
 * @module
 */
import { LINK_OPEN_TIMEOUT_MS, PING_TIMEOUT_MS } from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import type { Lane, UnlinkReason } from '../ports.ts';
import {
  Assembler,
  byeFrame,
  FrameSender,
  helloFrame,
  pingFrame,
  pongFrame,
  type Goodbye,
} from './framing.ts';
import { aliveAt, beat, heard, suspect, type Liveness } from './liveness.ts';
import { Receipts, WindowedChannel } from './window.ts';

/** What a link tells. Nothing is told after `onClosed`. */
export interface LinkEvents {
  onOpen(): void;
  onMessage(message: Uint8Array): void;
  /** `goodbye`: what the other side said last, if it did. */
  onClosed(reason: UnlinkReason, goodbye: Goodbye | undefined): void;
}

/** What is particular to a channel. */
export interface FramedLinkHabits {
  /** How long a receipt waits, ms; 0 sends it at once. See `RECEIPT_DELAY_MS`. */
  readonly receiptDelayMs: number;
  /** From when on the other side may be sending, and is told to stop before the channel goes. */
  readonly saysByeOnce: 'proved' | 'open';
}

/** See the file's header. */
export abstract class FramedLink {
  readonly #events: LinkEvents;
  readonly #habits: FramedLinkHabits;
  readonly #assembler = new Assembler();
  readonly #window = new WindowedChannel((frame) => this.transmit(frame));
  readonly #sender = new FrameSender(this.#window);
  readonly #receipts = new Receipts();
  readonly #openTimer: ReturnType<typeof setTimeout>;
  #receiptTimer: ReturnType<typeof setTimeout> | undefined;
  #lingerTimer: ReturnType<typeof setTimeout> | undefined;
  #state: 'connecting' | 'open' | 'closed' = 'connecting';
  #hasProved = false;
  #hasChecked = false;
  #isFinishing = false;
  #hasSaidBye = false;
  #openedAt = 0;
  #liveness: Liveness = aliveAt(performance.now());
  readonly #whenEnded: (() => void)[] = [];

  constructor(events: LinkEvents, habits: FramedLinkHabits) {
    this.#events = events;
    this.#habits = habits;
    this.#openTimer = setTimeout(() => this.close('failed'), LINK_OPEN_TIMEOUT_MS);
  }

  /** Hands one frame to the channel. May throw when that is closing. */
  protected abstract transmit(frame: Uint8Array): void;

  /** Whether what was thrown is no more than the end of the channel. */
  protected abstract isClosing(error: unknown): boolean;

  /** Whether the other side's signature is right. */
  protected abstract checks(signature: Uint8Array): boolean;

  /** Ends the channel now; more than once does no harm. */
  protected abstract hangUp(): void;

  /** The other side has proved its identity, and this one too. */
  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** It has ended, though a goodbye may still be on its way. */
  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** When it opened, on the clock of `performance`, ms. */
  get openedAt(): number {
    return this.#openedAt;
  }

  /** Sends a message; a queue over its bound closes the link. Dropped unless the link is open. */
  send(message: Uint8Array, lane?: Lane): void {
    if (this.#state !== 'open' || this.#hasSaidBye) return;
    this.guard(() => {
      if (!this.#sender.send(message, lane)) this.close('overflow');
    });
  }

  /** Somebody says that the peer is gone: it has `PING_TIMEOUT_MS` to answer, or to prove itself. */
  suspect(): void {
    if (this.#state === 'open') {
      this.#liveness = suspect(this.#liveness, performance.now());
      this.#control(pingFrame());
    }
    setTimeout(() => {
      if (this.#state === 'connecting') this.close('failed');
      else this.beat(performance.now());
    }, PING_TIMEOUT_MS);
  }

  /** The heartbeat: pings an idle link, closes a silent one. `lastBeat` is when the one before was, ms. */
  beat(lastBeat: number): void {
    if (this.#state !== 'open') return;
    const [liveness, advice] = beat(this.#liveness, performance.now(), lastBeat);
    this.#liveness = liveness;
    if (advice === 'ping') this.#control(pingFrame());
    if (advice === 'close') this.close('silent');
  }

  /** Ends the link now; with a goodbye, after the other side could read it. */
  close(reason: UnlinkReason, goodbye?: Goodbye): void {
    if (this.#state === 'closed') return;
    const mayHear = this.#habits.saysByeOnce === 'proved' ? this.#hasProved : this.isOpen;
    if (goodbye === undefined || !mayHear) {
      this.#end(reason);
      return;
    }
    this.#control(byeFrame(goodbye));
    this.#end(reason, undefined, PING_TIMEOUT_MS);
  }

  /** Ends the link at once, in a page that is being closed: the goodbye may still get through. */
  abandon(): void {
    if (this.#state === 'open') this.#control(byeFrame('leaving'));
    this.#end('closed');
  }

  /** Resolves when all that was sent has arrived and the other side has hung up. The caller sets the limit. */
  finish(): Promise<void> {
    if (this.#state !== 'open') {
      this.#end('closed');
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#whenEnded.push(resolve);
      this.#isFinishing = true;
      this.guard(() => this.#pump());
    });
  }

  /** Proves who this side is. */
  protected prove(signature: Uint8Array): void {
    this.#control(helloFrame(signature));
    this.#hasProved = true;
    this.#openIfProved();
  }

  /** Takes one frame of the other side. */
  protected receive(frame: Uint8Array): void {
    this.#liveness = heard(this.#liveness, performance.now());
    const incoming = this.#assembler.take(frame);
    if (!this.#hasChecked && incoming.type !== 'hello') {
      throw new ProtocolViolation('A peer speaks before it has proved who it is.');
    }
    switch (incoming.type) {
      case 'hello':
        if (this.#hasChecked || !this.checks(incoming.signature)) {
          throw new ProtocolViolation('A peer does not prove who it is.');
        }
        this.#hasChecked = true;
        this.#openIfProved();
        return;
      case 'part':
        this.#confirm(frame);
        return;
      case 'message':
        this.#confirm(frame);
        this.#events.onMessage(incoming.message);
        return;
      case 'arrived':
        this.#window.arrived(incoming.bytes);
        this.#pump();
        return;
      case 'ping':
        this.#control(pongFrame());
        return;
      case 'bye':
        this.#end('closed', incoming.why);
        return;
      case 'pong':
    }
  }

  /** The channel has ended by itself. */
  protected lose(): void {
    this.#end(this.#state === 'open' ? 'closed' : 'failed');
  }

  /** Sends a frame that carries no message, while the channel takes any. */
  protected transmitIfOpen(frame: Uint8Array): void {
    try {
      this.transmit(frame);
    } catch {
      // The channel is closing: its end is told by its own event.
    }
  }

  /** Runs what may meet garbage or a closing channel; both end the link. */
  protected guard(act: () => void): void {
    if (this.#state === 'closed') return;
    try {
      act();
    } catch (error) {
      if (error instanceof ProtocolViolation) this.close('violation', 'refused');
      else if (this.isClosing(error)) this.lose();
      else throw error;
    }
  }

  #confirm(frame: Uint8Array): void {
    if (!this.#receipts.add(frame)) return;
    if (this.#habits.receiptDelayMs === 0) this.#control(this.#receipts.take());
    else {
      this.#receiptTimer ??= setTimeout(() => {
        this.#receiptTimer = undefined;
        this.#control(this.#receipts.take());
      }, this.#habits.receiptDelayMs);
    }
  }

  #openIfProved(): void {
    if (!this.#hasProved || !this.#hasChecked) return;
    clearTimeout(this.#openTimer);
    this.#state = 'open';
    this.#openedAt = performance.now();
    this.#liveness = aliveAt(this.#openedAt);
    this.#events.onOpen();
  }

  #pump(): void {
    this.#sender.pump();
    if (this.#isFinishing && !this.#hasSaidBye && this.#sender.queuedBytes === 0) {
      this.#control(byeFrame('leaving'));
      this.#hasSaidBye = true;
    }
  }

  /** Silent after a bye: the other side hangs up, and WebRTC for Node may crash in a `send` just then. */
  #control(frame: Uint8Array): void {
    if (!this.#hasSaidBye) this.transmitIfOpen(frame);
  }

  #end(reason: UnlinkReason, goodbye?: Goodbye, lingerMs = 0): void {
    for (const resolve of this.#whenEnded.splice(0)) resolve();
    if (this.#state === 'closed') {
      clearTimeout(this.#lingerTimer);
      this.hangUp();
      return;
    }
    this.#state = 'closed';
    clearTimeout(this.#openTimer);
    clearTimeout(this.#receiptTimer);
    if (lingerMs > 0) this.#lingerTimer = setTimeout(() => this.hangUp(), lingerMs);
    else this.hangUp();
    this.#events.onClosed(reason, goodbye);
  }
}
