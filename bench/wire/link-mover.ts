/**
 * Moves bytes over the project's own links: messages, framing, queue and all.
 *
 * @module
 */
import { Link, type Wrtc } from '../../src/peer/link.ts';
import type { Order, Port } from './orders.ts';

/** A ping leaves so long after the answer to the one before, ms. */
const PING_PAUSE_MS = 10;

const BYTES = 0;
const PING = 1;
const PONG = 2;

interface Own {
  readonly link: Link;
  received: number;
  pingedAt: number;
}

/** One peer, and its links. */
export class LinkMover {
  readonly #port: Port;
  readonly #wrtc: Wrtc | undefined;
  readonly #links = new Map<number, Own>();
  #order: Extract<Order, { type: 'move' }> | undefined;
  #began = 0;
  #cpuAtStart = 0;
  #pingMs: number[] = [];

  constructor(port: Port, wrtc: Wrtc | undefined) {
    this.#port = port;
    this.#wrtc = wrtc;
  }

  take(order: Order): void {
    if (order.type === 'open') this.#open(order.to, order.isInitiator);
    else if (order.type === 'move') this.#move(order);
    else if (order.signal.type !== 'raw') this.#links.get(order.from)!.link.signal(order.signal);
  }

  #open(to: number, isInitiator: boolean): void {
    const link = new Link({
      isInitiator,
      iceServers: [],
      wrtc: this.#wrtc,
      prove: () => new Uint8Array(64),
      check: () => true,
      onSignal: (signal) => this.#port.answer({ type: 'signal', to, signal }),
      onOpen: () => this.#port.answer({ type: 'linked', to }),
      onMessage: (message) => this.#receive(own, message),
      onClosed: (reason) => this.#port.answer({ type: 'failed', message: `A link is ${reason}.` }),
    });
    const own: Own = { link, received: 0, pingedAt: 0 };
    this.#links.set(to, own);
  }

  #move(order: Extract<Order, { type: 'move' }>): void {
    const { setting, to, bytes } = order;
    this.#order = order;
    this.#pingMs = [];
    this.#cpuAtStart = this.#port.cpuMs();
    // One array for all links and all messages, as a sum that goes to everybody is.
    const message = new Uint8Array(setting.frameBytes);
    this.#began = performance.timeOrigin + performance.now();
    for (let sent = 0; sent < bytes; sent += message.length) {
      for (const peer of to) {
        this.#links
          .get(peer)!
          .link.send(message.subarray(0, Math.min(message.length, bytes - sent)), 'bulk');
      }
    }
    for (const peer of to) this.#ping(this.#links.get(peer)!);
    this.#finishIfDone();
  }

  #ping(own: Own): void {
    if (!this.#order) return;
    own.pingedAt = performance.now();
    own.link.send(Uint8Array.of(PING));
  }

  #receive(own: Own, message: Uint8Array): void {
    switch (message[0]) {
      case PING:
        own.link.send(Uint8Array.of(PONG));
        break;
      case PONG:
        this.#pingMs.push(performance.now() - own.pingedAt);
        setTimeout(() => this.#ping(own), PING_PAUSE_MS);
        break;
      case BYTES:
        own.received += message.length;
        this.#finishIfDone();
    }
  }

  #finishIfDone(): void {
    if (!this.#order) return;
    const { from, bytes } = this.#order;
    if (from.some((peer) => this.#links.get(peer)!.received < bytes)) return;
    this.#order = undefined;
    for (const peer of from) this.#links.get(peer)!.received = 0;
    this.#port.answer({
      type: 'moved',
      moved: {
        began: this.#began,
        ended: performance.timeOrigin + performance.now(),
        pingMs: this.#pingMs,
        cpuMs: this.#port.cpuMs() - this.#cpuAtStart,
      },
    });
  }
}
