/**
 * A transport whose pairs all reach each other: where two peers have no direct link, a common neighbour
 * passes their messages on, sealed end to end.
 *
 * It wraps any other transport. Neighbours tell each other whom they are linked to. A peer that a
 * neighbour names and that has not linked directly for `RELAYED_LINK_GRACE_MS` gets a relayed link; the
 * smaller id of the pair opens it, through a neighbour that a hash picks. For the session it is a link like any
 * other, but for `via`.
 *
 * When that neighbour goes, another takes its place; when a direct link opens, the relayed one gives way.
 * Both are told as `linked` again: something may be lost, and is repeated (`RoundState.links`).
 *
 * @module
 */
import {
  CLOSE_FLUSH_MS,
  HEARTBEAT_MS,
  MAX_BANNED,
  MAX_MESSAGE_BYTES,
  MAX_RELAYED_LINKS,
  MAX_RELAYING_ROOM,
  NEIGHBOURS_WAIT_MS,
  RELAYED_GREETINGS_BURST,
  RELAYED_GREETINGS_PER_SECOND,
  RELAYED_LINK_AVOID_MS,
  RELAYED_LINK_GRACE_MS,
  RELAYED_LINK_SWITCH_MS,
  MAX_LINKS,
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
import { Neighbours } from './neighbours.ts';
import { EXCHANGE_ENTROPY_BYTES, readPiece, type Piece } from './relayed-keys.ts';
import { RelayedLink, type RelayedEnd } from './relayed-link.ts';
import type { Room } from './room-key.ts';

/** What relaying needs to know. */
export interface RelayingOptions {
  readonly suite: Suite;
  /** The identity of the transport that is wrapped. */
  readonly identity: Identity;
  readonly room: Pick<Room, 'id' | 'introductionKey'>;
  /** How long a direct link is awaited, ms; `RELAYED_LINK_GRACE_MS` unless given. */
  readonly graceMs?: number | undefined;
}

/** A transport over another one, which is started and closed with it. */
export function createRelayingTransport(inner: Transport, options: RelayingOptions): Transport {
  return new RelayingTransport(inner, options);
}

/** What is known of one other peer. */
interface Contact {
  /** What the transport below says. */
  direct: 'none' | 'linking' | 'linked';
  /** Since when it lacks a direct link, ms; -Infinity once one has failed. */
  lackingSince: number;
  /** The relayed link, open. */
  link: Way | undefined;
  /** The relayed link that this peer is opening. */
  opening: Way | undefined;
  /** Relayed links that the other is opening, by neighbour. */
  readonly answers: Map<PeerId, Way>;
  /** The neighbour of the open link went away, and another one is awaited since then, ms. */
  lostAt: number | undefined;
  /** It wants no relayed link with this peer. */
  isUnwilling: boolean;
  /** Neighbours that are not asked until then, ms. */
  readonly avoided: Map<PeerId, number>;
  /** What the session knows. */
  told: 'none' | 'linking' | 'linked';
}

interface Way {
  readonly via: PeerId;
  readonly link: RelayedLink;
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
    this.dial = inner.dial?.bind(inner);
    this.publish = inner.publish?.bind(inner);
    this.subscribe = inner.subscribe?.bind(inner);
    this.#inner = inner;
    this.#options = options;
    this.#graceMs = options.graceMs ?? RELAYED_LINK_GRACE_MS;
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
    if (contact.direct === 'linked') this.#inner.send(peer, message, lane);
    else contact.link?.link.send(message, lane);
  }

  disconnect(peer: PeerId, reason: UnlinkReason): void {
    this.#ban(peer);
    this.#inner.disconnect(peer, reason);
    const contact = this.#contacts.get(peer);
    if (contact === undefined) return;
    contact.link?.link.close(reason, 'refused');
    this.#dropAll(contact);
    if (contact.direct === 'none') this.#tellState(peer, contact, reason);
  }

  async close(): Promise<void> {
    if (this.#stage === 'closing' || this.#stage === 'closed') return;
    this.#stage = 'closing';
    let limit: ReturnType<typeof setTimeout> | undefined;
    const links = [...this.#contacts.values()].flatMap(({ link }) => link ?? []);
    await Promise.race([
      Promise.all(links.map(({ link }) => link.finish())),
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
    for (const contact of this.#contacts.values()) this.#dropAll(contact);
  }

  // ---- From the transport below ----------------------------------------------------------------

  #onInner(event: TransportEvent): void {
    if (this.#stage === 'closed') return;
    switch (event.type) {
      case 'linking': {
        const contact = this.#contact(event.peer);
        contact.direct = 'linking';
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
        if (isCarryMessage(event.message)) this.#onCarryMessage(event.peer, event.message);
        else if (this.#contacts.get(event.peer)?.direct === 'linked') this.#tell(event);
        return;
      default:
        this.#tell(event);
    }
    this.#look();
  }

  #onLinked(peer: PeerId): void {
    const contact = this.#contact(peer);
    const wasRelayed = contact.told === 'linked' && contact.direct !== 'linked';
    contact.direct = 'linked';
    this.#dropAll(contact);
    this.#neighbours.add(peer);
    this.#carry({ type: 'linked', peer, now: performance.now() });
    if (wasRelayed) this.#tell({ type: 'linked', peer });
    this.#tellState(peer, contact, 'failed');
    this.#announceSoon();
  }

  #onUnlinked(peer: PeerId, reason: UnlinkReason): void {
    const contact = this.#contact(peer);
    const wasLinked = contact.direct === 'linked';
    contact.direct = 'none';
    if (reason === 'violation') this.#ban(peer);
    if (reason === 'failed') contact.lackingSince = -Infinity;
    if (wasLinked) {
      contact.lackingSince = performance.now();
      this.#neighbours.remove(peer);
      this.#underWay.delete(peer);
      this.#greetings.delete(peer);
      this.#carry({ type: 'unlinked', peer, now: performance.now() });
      for (const [other, { link, opening, answers }] of this.#contacts) {
        answers.get(peer)?.link.drop();
        answers.delete(peer);
        if (link?.via === peer || opening?.via === peer) this.#loseWay(other, peer);
      }
      this.#announceSoon();
    }
    this.#tellState(peer, contact, reason);
  }

  #onCarryMessage(from: PeerId, bytes: Uint8Array): void {
    try {
      this.#take(from, decodeCarry(bytes));
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.disconnect(from, 'violation');
    }
  }

  #take(from: PeerId, message: CarryMessage): void {
    const now = performance.now();
    switch (message.type) {
      case 'neighbours':
        this.#neighbours.hear(from, message.peers);
        for (const peer of message.peers) this.#onNamed(peer, now);
        this.#look();
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
        this.#inner.send(from, encodeCarry({ type: 'taken', peer: message.peer, bytes }));
        this.#onPiece(message.peer, from, message.piece, now);
        return;
      }
      case 'credit': {
        const left = this.#underWayTo(message.peer, from) - message.bytes;
        this.#underWay.get(from)?.set(message.peer, Math.max(0, left));
        const way = this.#contacts.get(message.peer)?.link;
        if (way?.via === from) way.link.pump();
        return;
      }
      case 'refused':
        this.#onRefused(message.peer, from, message.code);
    }
  }

  /** A neighbour names a peer: a direct link to it is awaited from now on. */
  #onNamed(peer: PeerId, now: number): void {
    if (peer === this.self || this.#contacts.has(peer)) return;
    if (this.#contacts.size >= MAX_LINKS + MAX_RELAYING_ROOM) return;
    this.#contact(peer).lackingSince = now;
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
    const ways = [contact.opening, contact.answers.get(via), contact.link];
    for (const way of ways) if (way?.via === via) way.link.take(piece, now);
  }

  /** Somebody wants a relayed link: the one with the smaller id, and only while there is no direct one. */
  #answer(peer: PeerId, via: PeerId, hello: Piece & { type: 'hello' }, now: number): void {
    if (compareIds(peer, this.self) > 0 || this.#stage !== 'started') return;
    const known = this.#contacts.get(peer);
    if (known?.direct === 'linked' || !this.#mayGreet(via, now)) return;
    if (known?.link === undefined && this.#relayedCount() >= MAX_RELAYED_LINKS) return;
    if (known === undefined && this.#contacts.size >= MAX_LINKS + MAX_RELAYING_ROOM) return;
    const contact = this.#contact(peer);
    contact.answers.get(via)?.link.drop();
    contact.answers.delete(via);
    const link = RelayedLink.answer(this.#linkOptions(peer, via), hello, entropy(), now);
    if (link !== undefined) contact.answers.set(via, { via, link });
    this.#arm();
  }

  /** Opens relayed links that are due, and gives up those for which there is no way any more. */
  #look(): void {
    if (this.#stage !== 'started') return;
    const now = performance.now();
    const named = this.#neighbours.named();
    for (const [peer, contact] of [...this.#contacts]) {
      for (const [via, way] of [...contact.answers]) {
        if (now < way.link.deadline) continue;
        way.link.drop();
        contact.answers.delete(via);
      }
      if (contact.opening && now >= contact.opening.link.deadline) {
        const { via } = contact.opening;
        contact.opening.link.drop();
        contact.opening = undefined;
        contact.avoided.set(via, now + RELAYED_LINK_AVOID_MS);
      }
      if (!contact.opening && this.#isDue(contact, peer, now)) this.#open(peer, contact, now);
      if (contact.lostAt !== undefined && !this.#mayReturn(peer, contact, now)) {
        contact.lostAt = undefined;
        this.#tellState(peer, contact, 'closed');
      }
      if (contact.told === 'none' && !contact.opening && !contact.answers.size) {
        if (contact.direct === 'none' && !named.has(peer)) this.#contacts.delete(peer);
      }
    }
    this.#arm();
  }

  /** Whether this peer shall open a relayed link now. */
  #isDue(contact: Contact, peer: PeerId, now: number): boolean {
    if (contact.direct === 'linked' || contact.link || contact.isUnwilling) return false;
    if (compareIds(this.self, peer) > 0 || this.#banned.has(peer)) return false;
    if (contact.lostAt !== undefined) return true;
    return (
      now >= contact.lackingSince + this.#graceMs &&
      this.#contacts.size < MAX_RELAYING_ROOM &&
      this.#relayedCount() < MAX_RELAYED_LINKS
    );
  }

  #open(peer: PeerId, contact: Contact, now: number): void {
    const via = this.#waysTo(peer, contact, now)[0];
    if (via === undefined) return;
    const link = RelayedLink.greet(this.#linkOptions(peer, via), entropy(), now);
    contact.opening = { via, link };
  }

  /** Whether a link that lost its neighbour may still find another one. */
  #mayReturn(peer: PeerId, contact: Contact, now: number): boolean {
    if (now >= contact.lostAt! + RELAYED_LINK_SWITCH_MS) return false;
    return contact.opening !== undefined || this.#waysTo(peer, contact, now).length > 0;
  }

  #waysTo(peer: PeerId, contact: Contact, now: number): readonly PeerId[] {
    return this.#neighbours
      .waysTo(this.#options.suite, this.self, peer)
      .filter((via) => now >= (contact.avoided.get(via) ?? -Infinity));
  }

  #onOpen(peer: PeerId, via: PeerId, link: RelayedLink): void {
    const contact = this.#contact(peer);
    const isReplaced = contact.told === 'linked';
    contact.link?.link.drop();
    const others = [contact.opening, ...contact.answers.values()];
    for (const way of others) if (way?.link !== link) way?.link.drop();
    contact.opening = undefined;
    contact.answers.clear();
    contact.link = { via, link };
    contact.lostAt = undefined;
    if (isReplaced) this.#tell({ type: 'linked', peer, via });
    this.#tellState(peer, contact, 'failed');
    this.#arm();
  }

  #onClosed(
    peer: PeerId,
    via: PeerId,
    link: RelayedLink,
    reason: RelayedEnd,
    goodbye: Goodbye | undefined,
  ): void {
    const contact = this.#contact(peer);
    const now = performance.now();
    const wasOpen = contact.link?.link === link;
    if (wasOpen) contact.link = undefined;
    if (contact.opening?.link === link) contact.opening = undefined;
    if (contact.answers.get(via)?.link === link) contact.answers.delete(via);
    contact.lackingSince = now;
    if (reason === 'tampered' || reason === 'silent' || goodbye === 'replaced') {
      contact.avoided.set(via, now + RELAYED_LINK_AVOID_MS);
      contact.lackingSince = -Infinity;
    }
    if (reason === 'tampered') {
      this.#tell({
        type: 'refused',
        code: 'relay-tampered',
        message: `What ${via} passed on from ${peer} is not what was sent: another neighbour is asked.`,
      });
    }
    if (reason === 'violation') this.#ban(peer);
    if (goodbye === 'refused') contact.isUnwilling = true;
    if (wasOpen) this.#tellState(peer, contact, reason === 'tampered' ? 'failed' : reason);
    // Behind the call that led here.
    queueMicrotask(() => {
      this.#look();
    });
  }

  #onRefused(peer: PeerId, via: PeerId, code: CarryRefusal): void {
    const contact = this.#contacts.get(peer);
    this.#underWay.get(via)?.delete(peer);
    if (contact === undefined) return;
    const isUsed = contact.link?.via === via || contact.opening?.via === via;
    if (!isUsed) return;
    if (code !== 'no-link') {
      contact.avoided.set(via, performance.now() + RELAYED_LINK_AVOID_MS);
    }
    this.#loseWay(peer, via);
    if (code === 'full' && this.#waysTo(peer, contact, performance.now()).length === 0) {
      this.#tell({
        type: 'refused',
        code: 'relay-full',
        message: `No neighbour has room to pass on messages to ${peer}: it gets no link for now.`,
      });
    }
    this.#look();
  }

  /** The neighbour passes nothing on any more: the link waits a while for another one. */
  #loseWay(peer: PeerId, via: PeerId): void {
    const contact = this.#contact(peer);
    if (contact.opening?.via === via) {
      contact.opening.link.drop();
      contact.opening = undefined;
    }
    if (contact.link?.via !== via) return;
    contact.link.link.drop();
    contact.link = undefined;
    contact.lostAt = performance.now();
  }

  #linkOptions(peer: PeerId, via: PeerId): Parameters<typeof RelayedLink.greet>[0] {
    const { suite, room, identity } = this.#options;
    let link: RelayedLink | undefined;
    return {
      exchange: { suite, room, identity, peer, via },
      send: (piece) => {
        const underWay = this.#underWay.get(via) ?? new Map<PeerId, number>();
        this.#underWay.set(via, underWay);
        underWay.set(peer, (underWay.get(peer) ?? 0) + costOfPiece(piece));
        this.#inner.send(via, encodeCarry({ type: 'carry', peer, piece }));
      },
      underWay: () => this.#underWayTo(peer, via),
      onOpen: (opened) => {
        link = opened;
        this.#onOpen(peer, via, opened);
      },
      onMessage: (message) => {
        if (this.#contacts.get(peer)?.link?.link === link) {
          this.#tell({ type: 'received', peer, message });
        }
      },
      onClosed: (closed, reason, goodbye) => {
        this.#onClosed(peer, via, closed, reason, goodbye);
      },
    };
  }

  #underWayTo(peer: PeerId, via: PeerId): number {
    return this.#underWay.get(via)?.get(peer) ?? 0;
  }

  #relayedCount(): number {
    let count = 0;
    for (const { link, opening, lostAt } of this.#contacts.values()) {
      if (link || opening || lostAt !== undefined) count++;
    }
    return count;
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

  #carry(event: CarrierEvent): void {
    const [, effects] = stepCarrier(this.#carrier, event);
    for (const { to, message } of effects) this.#inner.send(to, encodeCarry(message));
    if (event.type === 'taken') this.#arm();
  }

  /** Tells the neighbours who is one, a little later: links often come and go together. */
  #announceSoon(): void {
    this.#announcing ??= setTimeout(() => {
      this.#announcing = undefined;
      const { direct } = this.#neighbours;
      // Two alone have nobody to speak of.
      if (direct.length < 2 && !this.#hasAnnounced) return;
      this.#hasAnnounced = true;
      const message = encodeCarry({ type: 'neighbours', peers: direct.slice(0, MAX_LINKS) });
      for (const peer of direct) this.#inner.send(peer, message);
    }, NEIGHBOURS_WAIT_MS);
  }

  // ---- Time ------------------------------------------------------------------------------------

  #beat(): void {
    const now = performance.now();
    for (const { link } of [...this.#contacts.values()]) link?.link.beat(now, this.#lastBeat);
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
    const { opening, answers, lostAt, lackingSince } = contact;
    const deadlines = [...answers.values(), ...(opening ? [opening] : [])].map(
      ({ link }) => link.deadline,
    );
    if (lostAt !== undefined) deadlines.push(lostAt + RELAYED_LINK_SWITCH_MS);
    const due = lackingSince + this.#graceMs;
    // What is due already and not begun waits for a neighbour: the heartbeat looks after it.
    if (due > now && contact.direct !== 'linked' && compareIds(this.self, peer) < 0) {
      deadlines.push(due);
    }
    return Math.min(Infinity, ...deadlines);
  }

  // ---- For the session -------------------------------------------------------------------------

  #contact(peer: PeerId): Contact {
    let contact = this.#contacts.get(peer);
    if (contact === undefined) {
      contact = {
        direct: 'none',
        lackingSince: performance.now(),
        link: undefined,
        opening: undefined,
        answers: new Map(),
        lostAt: undefined,
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
    const { direct, link, lostAt, told } = contact;
    const isLinked = direct === 'linked' || link !== undefined || lostAt !== undefined;
    const state = isLinked ? 'linked' : direct;
    if (state === told) return;
    contact.told = state;
    if (state === 'linked') {
      if (told === 'none') this.#tell({ type: 'linking', peer });
      this.#tell(link ? { type: 'linked', peer, via: link.via } : { type: 'linked', peer });
      return;
    }
    if (told === 'linked' || state === 'none') this.#tell({ type: 'unlinked', peer, reason });
    if (state === 'linking') this.#tell({ type: 'linking', peer });
  }

  /** Forgets all relayed links to a peer without a word. */
  #dropAll(contact: Contact): void {
    for (const way of [contact.link, contact.opening, ...contact.answers.values()]) {
      way?.link.drop();
    }
    contact.link = undefined;
    contact.opening = undefined;
    contact.answers.clear();
    contact.lostAt = undefined;
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

function entropy(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(EXCHANGE_ENTROPY_BYTES));
}
