/**
 * The relayed links of one peer: when one is due, through whom it goes, and what becomes of it when that neighbour goes.
 *
 * The smaller id of a pair opens the link, through the first neighbour of `Neighbours.routesTo` that is not avoided.
 * While an open link gives way to another one, the session is told no more than `rerouted`.
 *
 * @module
 */
import { MAX_RELAYED_LINKS, RELAYED_LINK_AVOID_MS, RELAYED_LINK_SWITCH_MS } from '../config.ts';
import { compareIds, type PeerId } from '../ids.ts';
import type { Suite, UnlinkReason } from '../ports.ts';
import type { BannedPeers } from './banned-peers.ts';
import { costOfPiece, type CarryRefusal } from './carry-messages.ts';
import {
  dropWays,
  giveUp,
  isRelayed,
  loseWay,
  newStream,
  waysOf,
  type Contact,
  type Contacts,
  type Way,
} from './contacts.ts';
import type { Goodbye } from './framing.ts';
import { GreetingPace } from './greeting-pace.ts';
import type { Identity } from './identity.ts';
import type { Neighbourhood } from './neighbourhood.ts';
import type { Route } from './neighbours.ts';
import { EXCHANGE_ENTROPY_BYTES, readPiece, type Piece } from './relayed-keys.ts';
import { RelayedLink, type RelayedEnd, type RelayedLinkOptions } from './relayed-link.ts';
import type { Room } from './room-key.ts';
import type { TransportLife } from './transport-life.ts';
import { UnderWay } from './under-way.ts';

/** What relayed links need and tell. */
export interface RelayedLinksOptions {
  readonly self: PeerId;
  readonly suite: Suite;
  readonly identity: Identity;
  readonly room: Pick<Room, 'id' | 'introductionKey'>;
  /** How long a direct link is awaited, ms. */
  readonly graceMs: number;
  /** With so many others or more, links are made to those only that were asked for. */
  readonly largestMesh: number;
  readonly life: TransportLife;
  readonly contacts: Contacts;
  readonly neighbourhood: Neighbourhood;
  readonly banned: BannedPeers;
  readonly onMessage: (peer: PeerId, message: Uint8Array) => void;
  /** The next moment at which something is due may have changed. */
  readonly onDeadline: () => void;
}

/** See the file's header. */
export class RelayedLinks {
  readonly #options: RelayedLinksOptions;
  readonly #self: PeerId;
  readonly #contacts: Contacts;
  readonly #underWay = new UnderWay();
  readonly #pace = new GreetingPace();

  constructor(options: RelayedLinksOptions) {
    this.#options = options;
    this.#self = options.self;
    this.#contacts = options.contacts;
  }

  /** When something of a contact is due that begins by itself, ms; Infinity if nothing is. */
  deadlineOf(peer: PeerId, contact: Contact, now: number): number {
    const { opening, answers, lostAt, lackingSince, direct } = contact;
    const deadlines = [...answers.values(), ...(opening ? [opening] : [])].map(
      ({ link }) => link.deadline,
    );
    if (lostAt !== undefined) deadlines.push(lostAt + RELAYED_LINK_SWITCH_MS);
    const due = lackingSince + this.#options.graceMs;
    // What is due already and not begun waits for a neighbour: the heartbeat looks after it.
    if (due > now && direct !== 'linked' && compareIds(this.#self, peer) < 0) deadlines.push(due);
    return Math.min(Infinity, ...deadlines);
  }

  /** Takes a piece of a peer that a neighbour passed on. */
  take(peer: PeerId, via: PeerId, bytes: Uint8Array, now: number): void {
    if (peer === this.#self || peer === via || this.#options.banned.has(peer)) return;
    const piece = readPiece(bytes);
    if (piece === undefined) return;
    if (piece.type === 'hello') {
      this.#answer(peer, via, piece, now);
      return;
    }
    const contact = this.#contacts.find(peer);
    if (contact === undefined) return;
    const ways = [contact.opening, contact.answers.get(via), contact.way];
    for (const way of ways) if (way?.via === via) way.link.take(piece, now);
  }

  /** A neighbour says that so much for a peer was taken. */
  credit(peer: PeerId, via: PeerId, bytes: number): void {
    this.#underWay.credit(peer, via, bytes);
    const way = this.#contacts.find(peer)?.way;
    if (way?.via === via) way.link.pump();
  }

  /** A neighbour passes nothing on to a peer any more. */
  refuse(peer: PeerId, via: PeerId, code: CarryRefusal): void {
    const contact = this.#contacts.find(peer);
    this.#underWay.forget(peer, via);
    if (contact?.way?.via !== via && contact?.opening?.via !== via) return;
    const now = performance.now();
    if (code !== 'no-link') contact.avoided.set(via, now + RELAYED_LINK_AVOID_MS);
    loseWay(contact, via);
    if (code === 'full' && this.#routesTo(peer, contact, now).length === 0) {
      this.#options.life.tell({
        type: 'refused',
        code: 'relay-full',
        message: `No neighbour has room to pass on messages to ${peer}: it gets no link for now.`,
      });
    }
    this.look();
  }

  /** Opens relayed links that are due, and gives up those for which there is no way any more. */
  look(): void {
    if (!this.#options.life.isStarted) return;
    const now = performance.now();
    const named = this.#options.neighbourhood.neighbours.named();
    for (const [peer, contact] of [...this.#contacts.all]) {
      for (const way of [...contact.answers.values()]) {
        if (now >= way.link.deadline) giveUp(contact, way, now);
      }
      const { opening } = contact;
      if (opening && now >= opening.link.deadline) giveUp(contact, opening, now);
      if (!contact.opening && this.#isDue(contact, peer, now)) this.#open(peer, contact, now);
      if (contact.lostAt !== undefined && !this.#mayReturn(peer, contact, now)) {
        this.end(peer, 'closed');
      }
      const isNobody = contact.told === 'none' && !contact.opening && contact.answers.size === 0;
      if (isNobody && !named.has(peer)) this.#contacts.forget(peer);
    }
    this.#options.onDeadline();
  }

  /** Nothing goes through this peer any more, nor is passed on to it. */
  loseNeighbour(peer: PeerId): void {
    this.#underWay.forgetNeighbour(peer);
    this.#options.neighbourhood.carry({ type: 'unlinked', peer, now: performance.now() });
    for (const contact of this.#contacts.all.values()) {
      contact.answers.get(peer)?.link.drop();
      contact.answers.delete(peer);
      loseWay(contact, peer);
    }
  }

  /** A direct link is gone: the greetings it brought count no more. */
  forgetGreetings(via: PeerId): void {
    this.#pace.forget(via);
  }

  /** Ends a relayed link, whether it is open or waits for a way. Without effect where there is none. */
  end(peer: PeerId, reason: UnlinkReason, goodbye?: Goodbye): void {
    const contact = this.#contacts.find(peer);
    if (contact === undefined || !isRelayed(contact)) return;
    const { way } = contact;
    contact.way = undefined;
    // A link that was being opened would go on where this one ends.
    dropWays(contact);
    contact.stream = newStream();
    way?.link.close(reason, goodbye);
    this.loseNeighbour(peer);
    this.#contacts.tellState(peer, contact, reason);
    this.#options.neighbourhood.announceSoon();
  }

  /** Somebody wants a relayed link: the one with the smaller id, and only while there is no direct one. */
  #answer(peer: PeerId, via: PeerId, hello: Piece & { type: 'hello' }, now: number): void {
    if (compareIds(peer, this.#self) > 0 || !this.#options.life.isStarted) return;
    const known = this.#contacts.find(peer);
    if (known?.direct === 'linked' || !this.#pace.allows(via, now)) return;
    if (known?.way === undefined && this.#contacts.relayedCount >= MAX_RELAYED_LINKS) return;
    if (known === undefined && this.#contacts.isCrowded) return;
    const contact = this.#contacts.of(peer);
    contact.answers.get(via)?.link.drop();
    contact.answers.delete(via);
    // Who opens a link begins with a direct one, so a relayed one here is the second.
    const between = this.#contacts.find(via)?.direct === 'linked' ? 1 : 2;
    const route: Route = { via, between };
    const link = RelayedLink.answer(this.#linkOptions(peer, contact, route), hello, entropy(), now);
    if (link !== undefined) contact.answers.set(via, { ...route, link });
    this.#options.onDeadline();
  }

  /** Whether this peer shall open a relayed link now. */
  #isDue(contact: Contact, peer: PeerId, now: number): boolean {
    const { banned, largestMesh, graceMs } = this.#options;
    if (contact.direct === 'linked' || contact.way || contact.isUnwilling) return false;
    if (compareIds(this.#self, peer) > 0 || banned.has(peer)) return false;
    if (contact.lostAt !== undefined) return true;
    return (
      (contact.isWanted || this.#contacts.all.size < largestMesh) &&
      now >= contact.lackingSince + graceMs &&
      this.#contacts.relayedCount < MAX_RELAYED_LINKS
    );
  }

  #open(peer: PeerId, contact: Contact, now: number): void {
    const [route] = this.#routesTo(peer, contact, now);
    if (route === undefined) return;
    const link = RelayedLink.greet(this.#linkOptions(peer, contact, route), entropy(), now);
    contact.opening = { ...route, link };
  }

  /** Whether a link that lost its neighbour may still find another one. */
  #mayReturn(peer: PeerId, contact: Contact, now: number): boolean {
    if (now >= contact.lostAt! + RELAYED_LINK_SWITCH_MS) return false;
    return contact.opening !== undefined || this.#routesTo(peer, contact, now).length > 0;
  }

  #routesTo(peer: PeerId, contact: Contact, now: number): readonly Route[] {
    const { suite, neighbourhood } = this.#options;
    return neighbourhood.neighbours
      .routesTo(suite, this.#self, peer)
      .filter(({ via }) => now >= (contact.avoided.get(via) ?? -Infinity));
  }

  #onOpen(peer: PeerId, way: Way, goesOn: boolean): void {
    const { life, neighbourhood, onDeadline } = this.#options;
    const contact = this.#contacts.of(peer);
    const wasNeighbour = contact.way?.between === 1;
    for (const other of waysOf(contact)) if (other.link !== way.link) other.link.drop();
    contact.opening = undefined;
    contact.answers.clear();
    contact.way = way;
    contact.lostAt = undefined;
    if (contact.told === 'linked') {
      life.tell({ type: goesOn ? 'rerouted' : 'linked', peer, via: way.via });
    }
    this.#contacts.tellState(peer, contact, 'failed');
    const isNeighbour = way.between === 1;
    if (wasNeighbour && (!isNeighbour || !goesOn)) this.loseNeighbour(peer);
    if (isNeighbour) {
      neighbourhood.carry({ type: 'linked', peer, isDirect: false, now: performance.now() });
    }
    if (isNeighbour || wasNeighbour) neighbourhood.announceSoon();
    onDeadline();
  }

  #onClosed(peer: PeerId, way: Way, reason: RelayedEnd, goodbye: Goodbye | undefined): void {
    const { life, banned } = this.#options;
    const contact = this.#contacts.of(peer);
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
      life.tell({
        type: 'refused',
        code: 'relay-tampered',
        message: `What ${way.via} passed on from ${peer} is not what was sent: another neighbour is asked.`,
      });
    }
    if (reason === 'violation') banned.add(peer);
    if (goodbye === 'refused') contact.isUnwilling = true;
    if (contact.way?.link === way.link) {
      this.end(peer, reason === 'tampered' ? 'failed' : reason);
    }
    // Behind the call that led here.
    queueMicrotask(() => {
      this.look();
    });
  }

  #linkOptions(peer: PeerId, contact: Contact, route: Route): RelayedLinkOptions {
    const { suite, room, identity, neighbourhood, onMessage } = this.#options;
    const { via } = route;
    return {
      exchange: { suite, room, identity, peer, via },
      stream: contact.stream,
      send: (piece) => {
        this.#underWay.add(peer, via, costOfPiece(piece));
        neighbourhood.say(via, { type: 'carry', peer, piece });
      },
      underWay: () => this.#underWay.to(peer, via),
      onOpen: (link, goesOn) => {
        this.#onOpen(peer, { ...route, link }, goesOn);
      },
      onMessage: (message) => {
        onMessage(peer, message);
      },
      onClosed: (link, reason, goodbye) => {
        this.#onClosed(peer, { ...route, link }, reason, goodbye);
      },
    };
  }
}

function entropy(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(EXCHANGE_ENTROPY_BYTES));
}
