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
 * @module
 */
import {
  CLOSE_FLUSH_MS,
  FULL_MESH_PEERS,
  HEARTBEAT_MS,
  LINK_OPEN_TIMEOUT_MS,
  MAX_BANNED,
  MAX_LINKS,
  MAX_MESSAGE_BYTES,
  MAX_RELAYED_LINKS,
  MAX_RELAYING_ROOM,
  NEIGHBOURS_WAIT_MS,
  RELAYED_GREETINGS_BURST,
  RELAYED_GREETINGS_PER_SECOND,
  RELAYED_LINK_AVOID_MS,
  RELAYED_LINK_GRACE_MS,
  RELAYED_LINK_SWITCH_MS,
} from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import { compareIds, type PeerId } from '../ids.ts';
import type { Lane, Suite, Transport, TransportEvent, UnlinkReason } from '../ports.ts';
import { carrierDeadline, createCarrier, stepCarrier, type CarrierEvent } from './carrier.ts';
import {
  costOfPiece,
  decodeCarry,
  encodeCarry,
  isCarryMessage,
  type CarryMessage,
  type CarryRefusal,
} from './carry-messages.ts';
import type { Goodbye } from './framing.ts';
import type { Identity } from './identity.ts';
import { Neighbours, type Route } from './neighbours.ts';
import { EXCHANGE_ENTROPY_BYTES, readPiece, type Piece } from './relayed-keys.ts';
import { RelayedLink, type RelayedEnd, type RelayedLinkOptions } from './relayed-link.ts';
import type { Room } from './room-key.ts';
import { Stream, STREAM_NAME_BYTES, type Standing } from './stream.ts';

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

/** A relayed link and the way that it takes. */
interface Way extends Route {
  readonly link: RelayedLink;
}

/** What is known of one other peer. */
interface Contact {
  /** What the transport below says. */
  direct: 'none' | 'linking' | 'linked';
  /** Since when it lacks a direct link, ms; -Infinity once one has failed. */
  lackingSince: number;
  /** Messages to and from it while there is no direct link. */
  stream: Stream;
  /** The relayed link, open. */
  way: Way | undefined;
  /** The relayed link that this peer is opening. */
  opening: Way | undefined;
  /** Relayed links that the other is opening, by neighbour. */
  readonly answers: Map<PeerId, Way>;
  /** The open link lost its neighbour, and another one is awaited since then, ms. */
  lostAt: number | undefined;
  /** A direct link is there, and it is not known yet where the other's stream stands. */
  isMoving: boolean;
  /** The other heard on this direct link where this stream stands: once is enough. */
  hasSaidMoved: boolean;
  /** A link to it was asked for: it matters where not everybody is linked to everybody. */
  isWanted: boolean;
  /** It wants no relayed link with this peer. */
  isUnwilling: boolean;
  /** Neighbours that are not asked until then, ms. */
  readonly avoided: Map<PeerId, number>;
  /** What the session knows. */
  told: 'none' | 'linking' | 'linked';
}

class RelayingTransport implements Transport {
  readonly self: PeerId;
  // Topics and links on demand are the other transport's, if it has them.
  readonly dial: Transport['dial'];
  readonly publish: Transport['publish'];
  readonly subscribe: Transport['subscribe'];
  readonly #inner: Transport;
  readonly #options: RelayingOptions;
  readonly #graceMs: number;
  /** In a room with so many others or more, links are made to those only that were asked for. */
  readonly #largestMesh: number;
  readonly #neighbours = new Neighbours();
  readonly #contacts = new Map<PeerId, Contact>();
  readonly #carrier = createCarrier(performance.now());
  /** Bytes of pieces under way, by neighbour and then by receiver. */
  readonly #underWay = new Map<PeerId, Map<PeerId, number>>();
  /** Greetings that each neighbour may still bring, and when that was, ms. */
  readonly #greetings = new Map<PeerId, { left: number; at: number }>();
  readonly #banned = new Set<PeerId>();
  #onEvent: ((event: TransportEvent) => void) | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #lastBeat = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #announcing: ReturnType<typeof setTimeout> | undefined;
  #hasAnnounced = false;
  #stage: 'new' | 'started' | 'closing' | 'closed' = 'new';

  constructor(inner: Transport, options: RelayingOptions) {
    this.self = inner.self;
    this.dial = inner.dial && ((peer) => this.#dial(peer));
    this.publish = inner.publish?.bind(inner);
    this.subscribe = inner.subscribe?.bind(inner);
    this.#inner = inner;
    this.#options = options;
    // Dials on demand wait for their turn: a relayed link for each that does would cost more than they do.
    this.#graceMs = options.graceMs ?? (inner.dial ? LINK_OPEN_TIMEOUT_MS : RELAYED_LINK_GRACE_MS);
    this.#largestMesh = inner.dial ? FULL_MESH_PEERS : MAX_RELAYING_ROOM;
  }

  start(onEvent: (event: TransportEvent) => void): void {
    if (this.#stage !== 'new') throw new Error('A transport starts once: create another one.');
    this.#stage = 'started';
    this.#onEvent = onEvent;
    this.#lastBeat = performance.now();
    this.#heartbeat = setInterval(() => {
      this.#beat();
    }, HEARTBEAT_MS);
    this.#inner.start((event) => {
      this.#onInner(event);
    });
  }

  send(peer: PeerId, message: Uint8Array, lane?: Lane): void {
    const contact = this.#contacts.get(peer);
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
    this.#hand(peer, contact, message, lane);
  }

  disconnect(peer: PeerId, reason: UnlinkReason): void {
    this.#ban(peer);
    this.#inner.disconnect(peer, reason);
    this.#endRelayed(peer, reason, 'refused');
  }

  async close(): Promise<void> {
    if (this.#stage === 'closing' || this.#stage === 'closed') return;
    this.#stage = 'closing';
    let limit: ReturnType<typeof setTimeout> | undefined;
    const ways = [...this.#contacts.values()].flatMap(({ way }) => way ?? []);
    await Promise.race([
      Promise.all(ways.map(({ link }) => link.finish())),
      new Promise((resolve) => {
        limit = setTimeout(resolve, CLOSE_FLUSH_MS);
      }),
    ]);
    clearTimeout(limit);
    await this.#inner.close();
    this.#stage = 'closed';
    clearInterval(this.#heartbeat);
    clearTimeout(this.#timer);
    clearTimeout(this.#announcing);
    for (const contact of this.#contacts.values()) dropAll(contact);
  }

  /** To a peer that is linked in whatever way. */
  #hand(peer: PeerId, contact: Contact, message: Uint8Array, lane: Lane = 'control'): void {
    if (contact.direct === 'linked' && !contact.isMoving) this.#inner.send(peer, message, lane);
    else if (!contact.stream.push(message, lane)) this.#onOverflow(peer, contact);
    else contact.way?.link.send(message, lane);
  }

  #onOverflow(peer: PeerId, contact: Contact): void {
    // Behind the call of the session: a link that is too full ends like any other.
    if (contact.direct === 'linked') this.disconnect(peer, 'overflow');
    else this.#endRelayed(peer, 'overflow', 'leaving');
  }

  /** Where links are made on demand, so are relayed ones. */
  #dial(peer: PeerId): void {
    const contact = this.#contact(peer);
    if (!contact.isWanted) contact.lackingSince = performance.now();
    contact.isWanted = true;
    this.#inner.dial?.(peer);
    this.#arm();
  }

  // ---- From the transport below ----------------------------------------------------------------

  #onInner(event: TransportEvent): void {
    if (this.#stage === 'closed') return;
    switch (event.type) {
      case 'linking': {
        const contact = this.#contact(event.peer);
        contact.direct = 'linking';
        contact.isWanted = true;
        this.#tellState(event.peer, contact, 'failed');
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
        this.#tell(event);
    }
    this.#look();
  }

  #onLinked(peer: PeerId): void {
    const contact = this.#contact(peer);
    const wasRelayed = contact.way !== undefined || contact.lostAt !== undefined;
    const wasNeighbour = contact.way?.between === 1;
    dropAll(contact);
    contact.direct = 'linked';
    contact.hasSaidMoved = false;
    this.#neighbours.add(peer);
    if (wasRelayed) {
      contact.isMoving = true;
      this.#sendMoved(peer, contact);
      this.#tell({ type: 'rerouted', peer });
    }
    if (!wasNeighbour) this.#loseNeighbour(peer);
    this.#carry({ type: 'linked', peer, isDirect: true, now: performance.now() });
    this.#tellState(peer, contact, 'failed');
    this.#announceSoon();
  }

  #onUnlinked(peer: PeerId, reason: UnlinkReason): void {
    const contact = this.#contact(peer);
    const wasLinked = contact.direct === 'linked';
    contact.direct = 'none';
    contact.isMoving = false;
    if (reason === 'violation') this.#ban(peer);
    if (reason === 'failed') contact.lackingSince = -Infinity;
    if (wasLinked) {
      contact.lackingSince = performance.now();
      contact.stream = newStream();
      this.#neighbours.remove(peer);
      this.#greetings.delete(peer);
      this.#loseNeighbour(peer);
      this.#announceSoon();
    }
    this.#tellState(peer, contact, reason);
  }

  /** A message of a peer, by its direct link or a relayed one. */
  #onMessage(from: PeerId, message: Uint8Array): void {
    if (!isCarryMessage(message)) {
      if (this.#contacts.get(from)?.told === 'linked') {
        this.#tell({ type: 'received', peer: from, message });
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
    const contact = this.#contact(from);
    const isDirect = contact.direct === 'linked';
    // Beyond one peer in between nobody is a neighbour.
    if (!isDirect && contact.way?.between !== 1) return;
    switch (message.type) {
      case 'neighbours':
        if (!isDirect) return;
        this.#neighbours.hear(from, message.direct, message.relayed);
        for (const peer of [...message.direct, ...message.relayed]) this.#onNamed(peer, now);
        this.#look();
        return;
      case 'moved':
        if (isDirect) this.#onMoved(from, contact, message.standing);
        return;
      case 'carry':
        if (message.peer === this.self || message.peer === from) {
          throw new ProtocolViolation('A neighbour asks to pass on to nobody else.');
        }
        this.#carry({ type: 'carry', from, to: message.peer, piece: message.piece, now });
        return;
      case 'taken':
        this.#carry({ type: 'taken', by: from, from: message.peer, bytes: message.bytes, now });
        return;
      case 'carried': {
        const bytes = costOfPiece(message.piece);
        this.#toNeighbour(from, { type: 'taken', peer: message.peer, bytes });
        this.#onPiece(message.peer, from, message.piece, now);
        return;
      }
      case 'credit': {
        const left = this.#underWayTo(message.peer, from) - message.bytes;
        this.#underWay.get(from)?.set(message.peer, Math.max(0, left));
        const way = this.#contacts.get(message.peer)?.way;
        if (way?.via === from) way.link.pump();
        return;
      }
      case 'refused':
        this.#onRefused(message.peer, from, message.code);
    }
  }

  /** A neighbour names a peer: a direct link to it is awaited from now on. */
  #onNamed(peer: PeerId, now: number): void {
    if (peer === this.self || this.#contacts.has(peer) || this.#isCrowded()) return;
    this.#contact(peer).lackingSince = now;
  }

  // ---- From a relayed link to a direct one -----------------------------------------------------

  /** The other side may have had no relayed link, or another life: then it says so, and nothing goes on. */
  #onMoved(peer: PeerId, contact: Contact, theirs: Standing): void {
    if (!contact.isMoving) {
      if (!contact.hasSaidMoved) this.#sendMoved(peer, contact);
      return;
    }
    contact.isMoving = false;
    const { stream } = contact;
    if (!stream.resume(theirs)) this.#tell({ type: 'linked', peer });
    for (const { message, lane } of stream.kept) this.#inner.send(peer, message, lane);
    contact.stream = newStream();
  }

  #sendMoved(peer: PeerId, contact: Contact): void {
    contact.hasSaidMoved = true;
    const { standing } = contact.stream;
    this.#inner.send(peer, encodeCarry({ type: 'moved', standing }));
  }

  // ---- Relayed links ---------------------------------------------------------------------------

  #onPiece(peer: PeerId, via: PeerId, bytes: Uint8Array, now: number): void {
    if (peer === this.self || peer === via || this.#banned.has(peer)) return;
    const piece = readPiece(bytes);
    if (piece === undefined) return;
    if (piece.type === 'hello') {
      this.#answer(peer, via, piece, now);
      return;
    }
    const contact = this.#contacts.get(peer);
    if (contact === undefined) return;
    const ways = [contact.opening, contact.answers.get(via), contact.way];
    for (const way of ways) if (way?.via === via) way.link.take(piece, now);
  }

  /** Somebody wants a relayed link: the one with the smaller id, and only while there is no direct one. */
  #answer(peer: PeerId, via: PeerId, hello: Piece & { type: 'hello' }, now: number): void {
    if (compareIds(peer, this.self) > 0 || this.#stage !== 'started') return;
    const known = this.#contacts.get(peer);
    if (known?.direct === 'linked' || !this.#mayGreet(via, now)) return;
    if (known?.way === undefined && this.#relayedCount() >= MAX_RELAYED_LINKS) return;
    if (known === undefined && this.#isCrowded()) return;
    const contact = this.#contact(peer);
    contact.answers.get(via)?.link.drop();
    contact.answers.delete(via);
    // Who opens a link begins with a direct one, so a relayed one here is the second.
    const between = this.#contacts.get(via)?.direct === 'linked' ? 1 : 2;
    const route: Route = { via, between };
    const link = RelayedLink.answer(this.#linkOptions(peer, contact, route), hello, entropy(), now);
    if (link !== undefined) contact.answers.set(via, { ...route, link });
    this.#arm();
  }

  /** Opens relayed links that are due, and gives up those for which there is no way any more. */
  #look(): void {
    if (this.#stage !== 'started') return;
    const now = performance.now();
    const named = this.#neighbours.named();
    for (const [peer, contact] of [...this.#contacts]) {
      for (const way of [...contact.answers.values()]) {
        if (now >= way.link.deadline) this.#giveUp(contact, way, now);
      }
      const { opening } = contact;
      if (opening && now >= opening.link.deadline) this.#giveUp(contact, opening, now);
      if (!contact.opening && this.#isDue(contact, peer, now)) this.#open(peer, contact, now);
      if (contact.lostAt !== undefined && !this.#mayReturn(peer, contact, now)) {
        this.#endRelayed(peer, 'closed');
      }
      const isNobody = contact.told === 'none' && !contact.opening && contact.answers.size === 0;
      if (isNobody && !named.has(peer)) this.#contacts.delete(peer);
    }
    this.#arm();
  }

  /** Whether this peer shall open a relayed link now. */
  #isDue(contact: Contact, peer: PeerId, now: number): boolean {
    if (contact.direct === 'linked' || contact.way || contact.isUnwilling) return false;
    if (compareIds(this.self, peer) > 0 || this.#banned.has(peer)) return false;
    if (contact.lostAt !== undefined) return true;
    return (
      (contact.isWanted || this.#contacts.size < this.#largestMesh) &&
      now >= contact.lackingSince + this.#graceMs &&
      this.#relayedCount() < MAX_RELAYED_LINKS
    );
  }

  #open(peer: PeerId, contact: Contact, now: number): void {
    const [route] = this.#routesTo(peer, contact, now);
    if (route === undefined) return;
    const link = RelayedLink.greet(this.#linkOptions(peer, contact, route), entropy(), now);
    contact.opening = { ...route, link };
  }

  /** The key exchange took too long. */
  #giveUp(contact: Contact, way: Way, now: number): void {
    way.link.drop();
    contact.answers.delete(way.via);
    if (contact.opening !== way) return;
    contact.opening = undefined;
    contact.avoided.set(way.via, now + RELAYED_LINK_AVOID_MS);
  }

  /** Whether a link that lost its neighbour may still find another one. */
  #mayReturn(peer: PeerId, contact: Contact, now: number): boolean {
    if (now >= contact.lostAt! + RELAYED_LINK_SWITCH_MS) return false;
    return contact.opening !== undefined || this.#routesTo(peer, contact, now).length > 0;
  }

  #routesTo(peer: PeerId, contact: Contact, now: number): readonly Route[] {
    return this.#neighbours
      .routesTo(this.#options.suite, this.self, peer)
      .filter(({ via }) => now >= (contact.avoided.get(via) ?? -Infinity));
  }

  #onOpen(peer: PeerId, way: Way, goesOn: boolean): void {
    const contact = this.#contact(peer);
    const wasNeighbour = contact.way?.between === 1;
    for (const other of waysOf(contact)) if (other.link !== way.link) other.link.drop();
    contact.opening = undefined;
    contact.answers.clear();
    contact.way = way;
    contact.lostAt = undefined;
    if (contact.told === 'linked') {
      this.#tell({ type: goesOn ? 'rerouted' : 'linked', peer, via: way.via });
    }
    this.#tellState(peer, contact, 'failed');
    const isNeighbour = way.between === 1;
    if (wasNeighbour && (!isNeighbour || !goesOn)) this.#loseNeighbour(peer);
    if (isNeighbour) {
      this.#carry({ type: 'linked', peer, isDirect: false, now: performance.now() });
    }
    if (isNeighbour || wasNeighbour) this.#announceSoon();
    this.#arm();
  }

  #onClosed(peer: PeerId, way: Way, reason: RelayedEnd, goodbye: Goodbye | undefined): void {
    const contact = this.#contact(peer);
    const now = performance.now();
    if (contact.opening?.link === way.link) contact.opening = undefined;
    if (contact.answers.get(way.via)?.link === way.link) contact.answers.delete(way.via);
    contact.lackingSince = now;
    const isSpoilt = reason === 'tampered' || reason === 'silent' || goodbye === 'replaced';
    if (isSpoilt) {
      contact.avoided.set(way.via, now + RELAYED_LINK_AVOID_MS);
      contact.lackingSince = -Infinity;
    }
    if (reason === 'tampered') {
      this.#tell({
        type: 'refused',
        code: 'relay-tampered',
        message: `What ${way.via} passed on from ${peer} is not what was sent: another neighbour is asked.`,
      });
    }
    if (reason === 'violation') this.#ban(peer);
    if (goodbye === 'refused') contact.isUnwilling = true;
    if (contact.way?.link === way.link) {
      this.#endRelayed(peer, reason === 'tampered' ? 'failed' : reason);
    }
    // Behind the call that led here.
    queueMicrotask(() => {
      this.#look();
    });
  }

  #onRefused(peer: PeerId, via: PeerId, code: CarryRefusal): void {
    const contact = this.#contacts.get(peer);
    this.#underWay.get(via)?.delete(peer);
    if (contact?.way?.via !== via && contact?.opening?.via !== via) return;
    const now = performance.now();
    if (code !== 'no-link') contact.avoided.set(via, now + RELAYED_LINK_AVOID_MS);
    this.#loseWay(contact, via);
    if (code === 'full' && this.#routesTo(peer, contact, now).length === 0) {
      this.#tell({
        type: 'refused',
        code: 'relay-full',
        message: `No neighbour has room to pass on messages to ${peer}: it gets no link for now.`,
      });
    }
    this.#look();
  }

  /** Nothing goes through this peer any more, nor is passed on to it. */
  #loseNeighbour(peer: PeerId): void {
    this.#underWay.delete(peer);
    this.#carry({ type: 'unlinked', peer, now: performance.now() });
    for (const contact of this.#contacts.values()) {
      contact.answers.get(peer)?.link.drop();
      contact.answers.delete(peer);
      this.#loseWay(contact, peer);
    }
  }

  /** The neighbour passes nothing on any more: the link waits a while for another one. */
  #loseWay(contact: Contact, via: PeerId): void {
    if (contact.opening?.via === via) {
      contact.opening.link.drop();
      contact.opening = undefined;
    }
    if (contact.way?.via !== via) return;
    contact.way.link.drop();
    contact.lostAt = performance.now();
    contact.way = undefined;
  }

  /** A relayed link is over, whether it is open or waits for a way. */
  #endRelayed(peer: PeerId, reason: UnlinkReason, goodbye?: Goodbye): void {
    const contact = this.#contacts.get(peer);
    if (contact === undefined || (!contact.way && contact.lostAt === undefined)) return;
    const { way } = contact;
    contact.way = undefined;
    // A link that was being opened would go on where this one ends.
    dropAll(contact);
    contact.stream = newStream();
    way?.link.close(reason, goodbye);
    this.#loseNeighbour(peer);
    this.#tellState(peer, contact, reason);
    this.#announceSoon();
  }

  #linkOptions(peer: PeerId, contact: Contact, route: Route): RelayedLinkOptions {
    const { suite, room, identity } = this.#options;
    const { via } = route;
    return {
      exchange: { suite, room, identity, peer, via },
      stream: contact.stream,
      send: (piece) => {
        const underWay = this.#underWay.get(via) ?? new Map<PeerId, number>();
        this.#underWay.set(via, underWay);
        underWay.set(peer, (underWay.get(peer) ?? 0) + costOfPiece(piece));
        this.#toNeighbour(via, { type: 'carry', peer, piece });
      },
      underWay: () => this.#underWayTo(peer, via),
      onOpen: (link, goesOn) => {
        this.#onOpen(peer, { ...route, link }, goesOn);
      },
      onMessage: (message) => {
        this.#onMessage(peer, message);
      },
      onClosed: (link, reason, goodbye) => {
        this.#onClosed(peer, { ...route, link }, reason, goodbye);
      },
    };
  }

  #underWayTo(peer: PeerId, via: PeerId): number {
    return this.#underWay.get(via)?.get(peer) ?? 0;
  }

  #relayedCount(): number {
    let count = 0;
    for (const { way, opening, lostAt } of this.#contacts.values()) {
      if (way || opening || lostAt !== undefined) count++;
    }
    return count;
  }

  #isCrowded(): boolean {
    return this.#contacts.size >= MAX_LINKS + MAX_RELAYING_ROOM;
  }

  /** A flood of greetings costs its receiver little: beyond the pace they are not answered. */
  #mayGreet(via: PeerId, now: number): boolean {
    const { left, at } = this.#greetings.get(via) ?? { left: RELAYED_GREETINGS_BURST, at: now };
    const earned = ((now - at) * RELAYED_GREETINGS_PER_SECOND) / 1000;
    const available = Math.min(left + earned, RELAYED_GREETINGS_BURST);
    this.#greetings.set(via, { left: Math.max(0, available - 1), at: now });
    return available >= 1;
  }

  // ---- For others ------------------------------------------------------------------------------

  #toNeighbour(peer: PeerId, message: CarryMessage): void {
    const contact = this.#contacts.get(peer);
    if (contact === undefined) return;
    const isLinked = contact.direct === 'linked' || contact.way || contact.lostAt !== undefined;
    if (isLinked) this.#hand(peer, contact, encodeCarry(message));
  }

  #carry(event: CarrierEvent): void {
    const [, effects] = stepCarrier(this.#carrier, event);
    for (const { to, message } of effects) this.#toNeighbour(to, message);
    if (event.type === 'taken') this.#arm();
  }

  /** Tells the neighbours who is one, a little later: links often come and go together. */
  #announceSoon(): void {
    if (this.#stage === 'closed') return;
    this.#announcing ??= setTimeout(() => {
      this.#announcing = undefined;
      const { direct } = this.#neighbours;
      // Two alone have nobody to speak of.
      if (direct.length < 2 && !this.#hasAnnounced) return;
      this.#hasAnnounced = true;
      const relayed = [...this.#contacts]
        .filter(([, { way }]) => way?.between === 1)
        .map(([peer]) => peer)
        .sort(compareIds);
      const message = encodeCarry({
        type: 'neighbours',
        direct: direct.slice(0, MAX_LINKS),
        relayed: relayed.slice(0, MAX_LINKS),
      });
      for (const peer of direct) this.#inner.send(peer, message);
    }, NEIGHBOURS_WAIT_MS);
  }

  // ---- Time ------------------------------------------------------------------------------------

  #beat(): void {
    const now = performance.now();
    for (const { way } of [...this.#contacts.values()]) way?.link.beat(now, this.#lastBeat);
    this.#carry({ type: 'tick', now });
    this.#lastBeat = now;
    this.#look();
  }

  /** Wakes up at the next moment at which something is due. */
  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#stage === 'closed') return;
    const now = performance.now();
    let due = carrierDeadline(this.#carrier);
    for (const [peer, contact] of this.#contacts) {
      due = Math.min(due, this.#deadlineOf(peer, contact, now));
    }
    if (due === Infinity) return;
    this.#timer = setTimeout(
      () => {
        this.#carry({ type: 'tick', now: performance.now() });
        this.#look();
      },
      Math.ceil(Math.max(due - now, 1)),
    );
  }

  #deadlineOf(peer: PeerId, contact: Contact, now: number): number {
    const { opening, answers, lostAt, lackingSince, direct } = contact;
    const deadlines = [...answers.values(), ...(opening ? [opening] : [])].map(
      ({ link }) => link.deadline,
    );
    if (lostAt !== undefined) deadlines.push(lostAt + RELAYED_LINK_SWITCH_MS);
    const due = lackingSince + this.#graceMs;
    // What is due already and not begun waits for a neighbour: the heartbeat looks after it.
    if (due > now && direct !== 'linked' && compareIds(this.self, peer) < 0) deadlines.push(due);
    return Math.min(Infinity, ...deadlines);
  }

  // ---- For the session -------------------------------------------------------------------------

  #contact(peer: PeerId): Contact {
    let contact = this.#contacts.get(peer);
    if (contact === undefined) {
      contact = {
        direct: 'none',
        lackingSince: performance.now(),
        stream: newStream(),
        way: undefined,
        opening: undefined,
        answers: new Map(),
        lostAt: undefined,
        isMoving: false,
        hasSaidMoved: false,
        isWanted: false,
        isUnwilling: false,
        avoided: new Map(),
        told: 'none',
      };
      this.#contacts.set(peer, contact);
    }
    return contact;
  }

  /** Tells the session how a peer is linked now, if that has changed. */
  #tellState(peer: PeerId, contact: Contact, reason: UnlinkReason): void {
    const { direct, way, lostAt, told } = contact;
    const isLinked = direct === 'linked' || way !== undefined || lostAt !== undefined;
    const state = isLinked ? 'linked' : direct;
    if (state === told) return;
    contact.told = state;
    if (state === 'linked') {
      if (told === 'none') this.#tell({ type: 'linking', peer });
      this.#tell(way ? { type: 'linked', peer, via: way.via } : { type: 'linked', peer });
      return;
    }
    if (told === 'linked' || state === 'none') this.#tell({ type: 'unlinked', peer, reason });
    if (state === 'linking') this.#tell({ type: 'linking', peer });
  }

  #ban(peer: PeerId): void {
    if (this.#banned.size >= MAX_BANNED) {
      const oldest = this.#banned.values().next();
      if (!oldest.done) this.#banned.delete(oldest.value);
    }
    this.#banned.add(peer);
  }

  /** Events leave in order and never inside a call of the session. */
  #tell(event: TransportEvent): void {
    queueMicrotask(() => {
      if (this.#stage !== 'closed') this.#onEvent?.(event);
    });
  }
}

function waysOf({ way, opening, answers }: Contact): readonly Way[] {
  return [way, opening, ...answers.values()].filter((one) => one !== undefined);
}

/** Forgets all relayed links to a peer without a word. */
function dropAll(contact: Contact): void {
  for (const { link } of waysOf(contact)) link.drop();
  contact.way = undefined;
  contact.opening = undefined;
  contact.answers.clear();
  contact.lostAt = undefined;
}

function newStream(): Stream {
  return new Stream(crypto.getRandomValues(new Uint8Array(STREAM_NAME_BYTES)));
}

function entropy(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(EXCHANGE_ENTROPY_BYTES));
}
