/**
 * Transports that meet inside one program: for tests, and for peers of a figure on one page.
 *
 * They keep the promises of the port: messages arrive whole, in order and copied, never inside a
 * call; a queue over its bound closes the link; a peer that was disconnected is not let in again. Links
 * can be cut and peers killed.
 *
 * @module
 */
import { MAX_MESSAGE_BYTES, MAX_QUEUE_BYTES } from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { Transport, TransportEvent, UnlinkReason } from '../ports.ts';
import { costOf } from './framing.ts';

/** A room without a server. */
export interface MemoryNetwork {
  /** The transport of a peer; it is in the room from `start` to `close`. */
  createTransport(self: PeerId): Transport;
  /** Cuts the link of two peers, as when a connection breaks. What was sent before still arrives. */
  cut(a: PeerId, b: PeerId): void;
  /** Links two peers again. */
  mend(a: PeerId, b: PeerId): void;
  /** Ends a peer in the middle of whatever it does. */
  kill(peer: PeerId): void;
}

/** An empty room. Pairs that are blocked never link, as behind two strict firewalls. */
export function createMemoryNetwork(
  isBlocked: (a: PeerId, b: PeerId) => boolean = () => false,
): MemoryNetwork {
  const later = createScheduler();
  const present = new Map<PeerId, MemoryTransport>();
  const banned = new Set<string>();

  const link = (a: MemoryTransport, b: MemoryTransport): void => {
    if (a.links.has(b.self) || banned.has(pairOf(a.self, b.self))) return;
    if (isBlocked(a.self, b.self)) return;
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      // prettier-ignore
      one.links.set(other.self, { peer: other, queuedBytes: 0 });
      one.tell({ type: 'linking', peer: other.self });
      one.tell({ type: 'linked', peer: other.self });
    }
  };
  const unlink = (
    a: MemoryTransport,
    b: PeerId,
    reason: UnlinkReason,
    others: UnlinkReason,
  ): void => {
    const other = a.links.get(b)?.peer;
    if (!other) return;
    a.links.delete(b);
    other.links.delete(a.self);
    a.tell({ type: 'unlinked', peer: b, reason });
    other.tell({ type: 'unlinked', peer: a.self, reason: others });
  };
  const leave = (transport: MemoryTransport): void => {
    for (const peer of [...transport.links.keys()]) unlink(transport, peer, 'closed', 'closed');
    if (present.get(transport.self) === transport) present.delete(transport.self);
    transport.isGone = true;
  };

  const world: MemoryWorld = {
    later,
    unlink,
    leave,
    enter(transport) {
      const before = present.get(transport.self);
      if (before) leave(before);
      present.set(transport.self, transport);
      transport.tell({ type: 'server', state: 'connected' });
      for (const other of present.values()) if (other !== transport) link(transport, other);
    },
    ban: (a, b) => void banned.add(pairOf(a, b)),
  };
  return {
    createTransport: (self) => new MemoryTransport(world, self),
    cut(a, b) {
      const transport = present.get(a);
      if (transport) unlink(transport, b, 'closed', 'closed');
    },
    mend(a, b) {
      const [one, other] = [present.get(a), present.get(b)];
      if (one && other) link(one, other);
    },
    kill(peer) {
      const transport = present.get(peer);
      if (transport) leave(transport);
    },
  };
}

interface MemoryWorld {
  readonly later: (act: () => void) => void;
  enter(transport: MemoryTransport): void;
  leave(transport: MemoryTransport): void;
  unlink(a: MemoryTransport, b: PeerId, reason: UnlinkReason, others: UnlinkReason): void;
  ban(a: PeerId, b: PeerId): void;
}

interface MemoryLink {
  readonly peer: MemoryTransport;
  queuedBytes: number;
}

class MemoryTransport implements Transport {
  readonly self: PeerId;
  readonly links = new Map<PeerId, MemoryLink>();
  isGone = false;
  readonly #world: MemoryWorld;
  #onEvent: ((event: TransportEvent) => void) | undefined;

  constructor(world: MemoryWorld, self: PeerId) {
    this.#world = world;
    this.self = self;
  }

  start(onEvent: (event: TransportEvent) => void): void {
    if (this.#onEvent || this.isGone) {
      throw new Error('A transport starts once: create another one.');
    }
    this.#onEvent = onEvent;
    this.tell({ type: 'server', state: 'connecting' });
    this.#world.later(() => {
      if (!this.isGone) this.#world.enter(this);
    });
  }

  send(peer: PeerId, message: Uint8Array): void {
    const link = this.links.get(peer);
    if (!link) return;
    if (message.length > MAX_MESSAGE_BYTES) {
      throw new RangeError(
        `The message has ${message.length} bytes: send at most ${MAX_MESSAGE_BYTES} at once.`,
      );
    }
    if (link.queuedBytes + costOf(message) > MAX_QUEUE_BYTES) {
      this.#world.unlink(this, peer, 'overflow', 'closed');
      return;
    }
    link.queuedBytes += costOf(message);
    const copy = message.slice();
    this.#world.later(() => {
      link.queuedBytes -= costOf(copy);
      link.peer.deliver({ type: 'received', peer: this.self, message: copy });
    });
  }

  disconnect(peer: PeerId, reason: UnlinkReason): void {
    this.#world.ban(this.self, peer);
    this.#world.unlink(this, peer, reason, 'closed');
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      // Behind everything that was sent before.
      this.#world.later(() => {
        this.#world.leave(this);
        this.#world.later(resolve);
      });
    });
  }

  /** Tells the session, behind everything that is on its way to it. */
  tell(event: TransportEvent): void {
    this.#world.later(() => this.deliver(event));
  }

  deliver(event: TransportEvent): void {
    if (!this.isGone) this.#onEvent?.(event);
  }
}

function pairOf(a: PeerId, b: PeerId): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

/** Runs what it is given in order, each in a task of its own, so that neither pages nor timers starve. */
function createScheduler(): (act: () => void) => void {
  const { port1, port2 } = new MessageChannel();
  const queue: (() => void)[] = [];
  // In Node an open port keeps the program alive, which it shall do only while something is queued.
  const node = port1 as MessagePort & { ref?: () => void; unref?: () => void };
  port1.onmessage = () => {
    const act = queue.shift();
    if (queue.length === 0) node.unref?.();
    act?.();
  };
  node.unref?.();
  return (act) => {
    if (queue.length === 0) node.ref?.();
    queue.push(act);
    port2.postMessage(undefined);
  };
}
