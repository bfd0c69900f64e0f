/**
 * Watches one transport: every event it told, and promises of those that are still to come.
 *
 * @module
 */
import { peerIdOf, type PeerId } from '../../src/ids.ts';
import type { Transport, TransportEvent } from '../../src/ports.ts';

type EventOf<Type extends TransportEvent['type']> = Extract<TransportEvent, { type: Type }>;

/** A transport and what it told. */
export class Witness<Kind extends Transport = Transport> {
  readonly transport: Kind;
  readonly events: TransportEvent[] = [];
  /** Events told inside a call of `act`: a contract keeps this at 0. */
  eventsInsideCalls = 0;
  #isInsideCall = false;
  readonly #waiting: { isIt: () => boolean; resolve: () => void }[] = [];

  constructor(transport: Kind) {
    this.transport = transport;
  }

  get id(): PeerId {
    return this.transport.self;
  }

  start(): this {
    this.act((transport) =>
      transport.start((event) => {
        if (this.#isInsideCall) this.eventsInsideCalls++;
        this.events.push(event);
        this.look();
      }),
    );
    return this;
  }

  /** Calls the transport, and counts events that come before the call returns. */
  act<Result>(call: (transport: Kind) => Result): Result {
    this.#isInsideCall = true;
    try {
      return call(this.transport);
    } finally {
      this.#isInsideCall = false;
    }
  }

  /** Resolves as soon as `isIt` holds, looked at after each event. */
  until(isIt: () => boolean): Promise<void> {
    if (isIt()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ isIt, resolve });
    });
  }

  /** Looks again at what is waited for. */
  look(): void {
    for (const waiting of [...this.#waiting]) {
      if (!waiting.isIt()) continue;
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      waiting.resolve();
    }
  }

  of<Type extends TransportEvent['type']>(type: Type): EventOf<Type>[] {
    return this.events.filter((event): event is EventOf<Type> => event.type === type);
  }

  /** Peers whose last word is `linked`. */
  get linked(): ReadonlySet<PeerId> {
    const linked = new Set<PeerId>();
    for (const event of this.events) {
      if (event.type === 'linked') linked.add(event.peer);
      if (event.type === 'unlinked') linked.delete(event.peer);
    }
    return linked;
  }

  get received(): EventOf<'received'>[] {
    return this.of('received');
  }
}

/** Resolves when each of the peers is linked to all the others. */
export async function untilMesh(peers: readonly Witness[]): Promise<void> {
  await Promise.all(
    peers.map((peer) =>
      peer.until(() => peers.every((other) => other === peer || peer.linked.has(other.id))),
    ),
  );
}

/** An id that no peer has. */
export const nobody = peerIdOf(new Uint8Array(32).fill(7));
