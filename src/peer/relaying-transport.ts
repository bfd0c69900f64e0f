/**
 * A transport whose pairs all reach each other: where two peers have no direct link, a common neighbour
 * passes their messages on, sealed end to end.
 *
 * It wraps any other transport. Neighbours tell each other whom they are linked to. A peer that a
 * neighbour names and that has not linked directly for `RELAYED_LINK_GRACE_MS` gets a relayed link; the
 * smaller id of the pair opens it, through a neighbour that a hash picks. Where no neighbour has a direct link to
 * the peer, one with a relayed link serves as well, so a way has one or two peers in between. For the
 * session it is a link like any other, but for `via`.
 *
 * When that neighbour goes, another takes its place; when a direct link opens, the relayed one gives way.
 * Nothing is lost by it (`stream.ts`), and only `rerouted` is told.
 *
 * Here both kinds of link become one for the session. Who is in contact with this peer is in `contacts.ts`, how a message
 * reaches it in `delivery.ts`, how relayed links come and go in `relayed-links.ts`, and what this peer does for its
 * neighbours in `neighbourhood.ts`.
 *
 * @module
 */
import {
  FULL_MESH_PEERS,
  LINK_OPEN_TIMEOUT_MS,
  MAX_MESSAGE_BYTES,
  MAX_RELAYING_ROOM,
  RELAYED_LINK_GRACE_MS,
} from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import type { Lane, Suite, Transport, TransportEvent, UnlinkReason } from '../ports.ts';
import { BannedPeers } from './banned-peers.ts';
import { costOfPiece, decodeCarry, isCarryMessage, type CarryMessage } from './carry-messages.ts';
import { Contacts, dropWays, isRelayed, newStream } from './contacts.ts';
import { Delivery } from './delivery.ts';
import type { Identity } from './identity.ts';
import { Neighbourhood } from './neighbourhood.ts';
import { RelayedLinks } from './relayed-links.ts';
import type { Room } from './room-key.ts';
import { TransportLife } from './transport-life.ts';

/** What relaying needs to know. */
export interface RelayingOptions {
  readonly suite: Suite;
  /** The identity of the transport that is wrapped. */
  readonly identity: Identity;
  readonly room: Pick<Room, 'id' | 'introductionKey'>;
  /**
   * How long a direct link is awaited, ms; unless given, `RELAYED_LINK_GRACE_MS`, or `LINK_OPEN_TIMEOUT_MS` where
   * links open on demand.
   */
  readonly graceMs?: number | undefined;
}

/** A transport over another one, which is started and closed with it. */
export function createRelayingTransport(inner: Transport, options: RelayingOptions): Transport {
  return new RelayingTransport(inner, options);
}

class RelayingTransport implements Transport {
  readonly self: PeerId;
  // Topics and links on demand are the other transport's, if it has them.
  readonly dial: Transport['dial'];
  readonly publish: Transport['publish'];
  readonly subscribe: Transport['subscribe'];
  readonly #inner: Transport;
  readonly #life = new TransportLife({ onBeat: (lastBeat) => this.#beat(lastBeat) });
  readonly #contacts = new Contacts((event) => this.#life.tell(event));
  readonly #banned = new BannedPeers();
  readonly #delivery: Delivery;
  readonly #neighbourhood: Neighbourhood;
  readonly #links: RelayedLinks;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(inner: Transport, options: RelayingOptions) {
    const { suite, identity, room, graceMs } = options;
    this.self = inner.self;
    this.dial = inner.dial && ((peer) => this.#dial(peer));
    this.publish = inner.publish?.bind(inner);
    this.subscribe = inner.subscribe?.bind(inner);
    this.#inner = inner;
    const life = this.#life;
    const contacts = this.#contacts;
    const onDeadline = (): void => this.#arm();
    this.#delivery = new Delivery({
      direct: inner,
      tell: (event) => life.tell(event),
      onOverflow: (peer, contact) => {
        // Behind the call of the session: a link that is too full ends like any other.
        if (contact.direct === 'linked') this.disconnect(peer, 'overflow');
        else this.#links.end(peer, 'overflow', 'leaving');
      },
    });
    this.#neighbourhood = new Neighbourhood({
      life,
      contacts,
      delivery: this.#delivery,
      direct: inner,
      onDeadline,
    });
    this.#links = new RelayedLinks({
      self: this.self,
      suite,
      identity,
      room,
      // Dials on demand wait for their turn: a relayed link for each that does would cost more than they do.
      graceMs: graceMs ?? (inner.dial ? LINK_OPEN_TIMEOUT_MS : RELAYED_LINK_GRACE_MS),
      largestMesh: inner.dial ? FULL_MESH_PEERS : MAX_RELAYING_ROOM,
      life,
      contacts,
      neighbourhood: this.#neighbourhood,
      banned: this.#banned,
      onMessage: (peer, message) => this.#onMessage(peer, message),
      onDeadline,
    });
  }

  start(onEvent: (event: TransportEvent) => void): void {
    this.#life.start(onEvent);
    this.#inner.start((event) => {
      this.#onInner(event);
    });
  }

  send(peer: PeerId, message: Uint8Array, lane?: Lane): void {
    const contact = this.#contacts.find(peer);
    if (contact?.told !== 'linked') return;
    if (message.length > MAX_MESSAGE_BYTES) {
      throw new RangeError(
        `The message has ${message.length} bytes: send at most ${MAX_MESSAGE_BYTES} at once.`,
      );
    }
    if (isCarryMessage(message)) {
      throw new RangeError(
        `The message begins with ${message[0]}, which neighbours use: begin it with another type.`,
      );
    }
    this.#delivery.hand(peer, contact, message, lane);
  }

  disconnect(peer: PeerId, reason: UnlinkReason): void {
    this.#banned.add(peer);
    this.#inner.disconnect(peer, reason);
    this.#links.end(peer, reason, 'refused');
  }

  async close(): Promise<void> {
    const hasFlushed = await this.#life.flush(() => {
      const ways = [...this.#contacts.all.values()].flatMap(({ way }) => way ?? []);
      return Promise.all(ways.map(({ link }) => link.finish()));
    });
    if (!hasFlushed) return;
    await this.#inner.close();
    this.#life.end();
    clearTimeout(this.#timer);
    this.#neighbourhood.end();
    for (const contact of this.#contacts.all.values()) dropWays(contact);
  }

  /** Where links are made on demand, so are relayed ones. */
  #dial(peer: PeerId): void {
    const contact = this.#contacts.of(peer);
    if (!contact.isWanted) contact.lackingSince = performance.now();
    contact.isWanted = true;
    this.#inner.dial?.(peer);
    this.#arm();
  }

  #onInner(event: TransportEvent): void {
    if (this.#life.isClosed) return;
    switch (event.type) {
      case 'linking': {
        const contact = this.#contacts.of(event.peer);
        contact.direct = 'linking';
        contact.isWanted = true;
        this.#contacts.tellState(event.peer, contact, 'failed');
        break;
      }
      case 'linked':
        this.#onLinked(event.peer);
        break;
      case 'unlinked':
        this.#onUnlinked(event.peer, event.reason);
        break;
      case 'received':
        this.#onMessage(event.peer, event.message);
        return;
      default:
        this.#life.tell(event);
    }
    this.#links.look();
  }

  #onLinked(peer: PeerId): void {
    const contact = this.#contacts.of(peer);
    const wasRelayed = isRelayed(contact);
    const wasNeighbour = contact.way?.between === 1;
    dropWays(contact);
    contact.direct = 'linked';
    contact.hasSaidMoved = false;
    this.#neighbourhood.neighbours.add(peer);
    if (wasRelayed) this.#delivery.move(peer, contact);
    if (!wasNeighbour) this.#links.loseNeighbour(peer);
    this.#neighbourhood.carry({ type: 'linked', peer, isDirect: true, now: performance.now() });
    this.#contacts.tellState(peer, contact, 'failed');
    this.#neighbourhood.announceSoon();
  }

  #onUnlinked(peer: PeerId, reason: UnlinkReason): void {
    const contact = this.#contacts.of(peer);
    const wasLinked = contact.direct === 'linked';
    contact.direct = 'none';
    contact.isMoving = false;
    if (reason === 'violation') this.#banned.add(peer);
    if (reason === 'failed') contact.lackingSince = -Infinity;
    if (wasLinked) {
      contact.lackingSince = performance.now();
      contact.stream = newStream();
      this.#neighbourhood.neighbours.remove(peer);
      this.#links.forgetGreetings(peer);
      this.#links.loseNeighbour(peer);
      this.#neighbourhood.announceSoon();
    }
    this.#contacts.tellState(peer, contact, reason);
  }

  /** A message of a peer, by its direct link or a relayed one. */
  #onMessage(from: PeerId, message: Uint8Array): void {
    if (!isCarryMessage(message)) {
      if (this.#contacts.find(from)?.told === 'linked') {
        this.#life.tell({ type: 'received', peer: from, message });
      }
      return;
    }
    try {
      this.#take(from, decodeCarry(message));
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.disconnect(from, 'violation');
    }
  }

  #take(from: PeerId, message: CarryMessage): void {
    const now = performance.now();
    const contact = this.#contacts.of(from);
    const isDirect = contact.direct === 'linked';
    // Beyond one peer in between nobody is a neighbour.
    if (!isDirect && contact.way?.between !== 1) return;
    switch (message.type) {
      case 'neighbours':
        if (!isDirect) return;
        this.#neighbourhood.neighbours.hear(from, message.direct, message.relayed);
        for (const peer of [...message.direct, ...message.relayed]) this.#onNamed(peer, now);
        this.#links.look();
        return;
      case 'moved':
        if (isDirect) this.#delivery.onMoved(from, contact, message.standing);
        return;
      case 'carry': {
        const { peer: to, piece } = message;
        if (to === this.self || to === from) {
          throw new ProtocolViolation('A neighbour asks to pass on to nobody else.');
        }
        this.#neighbourhood.carry({ type: 'carry', from, to, piece, now });
        return;
      }
      case 'taken': {
        const { peer, bytes } = message;
        this.#neighbourhood.carry({ type: 'taken', by: from, from: peer, bytes, now });
        return;
      }
      case 'carried': {
        const bytes = costOfPiece(message.piece);
        this.#neighbourhood.say(from, { type: 'taken', peer: message.peer, bytes });
        this.#links.take(message.peer, from, message.piece, now);
        return;
      }
      case 'credit':
        this.#links.credit(message.peer, from, message.bytes);
        return;
      case 'refused':
        this.#links.refuse(message.peer, from, message.code);
    }
  }

  /** A neighbour names a peer: a direct link to it is awaited from now on. */
  #onNamed(peer: PeerId, now: number): void {
    if (peer === this.self || this.#contacts.find(peer) || this.#contacts.isCrowded) return;
    this.#contacts.of(peer).lackingSince = now;
  }

  #beat(lastBeat: number): void {
    const now = performance.now();
    for (const { way } of [...this.#contacts.all.values()]) way?.link.beat(now, lastBeat);
    this.#neighbourhood.carry({ type: 'tick', now });
    this.#links.look();
  }

  /** Wakes up at the next moment at which something is due. */
  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#life.isClosed) return;
    const now = performance.now();
    let due = this.#neighbourhood.deadline;
    for (const [peer, contact] of this.#contacts.all) {
      due = Math.min(due, this.#links.deadlineOf(peer, contact, now));
    }
    if (due === Infinity) return;
    this.#timer = setTimeout(
      () => {
        this.#neighbourhood.carry({ type: 'tick', now: performance.now() });
        this.#links.look();
      },
      Math.ceil(Math.max(due - now, 1)),
    );
  }
}
