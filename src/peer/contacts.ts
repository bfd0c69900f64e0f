/**
 * Who is in contact with this peer and how, directly or through a neighbour, and what the session knows of it.
 *
 * @module
 */
import { MAX_LINKS, MAX_RELAYING_ROOM, RELAYED_LINK_AVOID_MS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { TransportEvent, UnlinkReason } from '../ports.ts';
import type { Route } from './neighbours.ts';
import type { RelayedLink } from './relayed-link.ts';
import { Stream, STREAM_NAME_BYTES } from './stream.ts';

/** A relayed link and the way that it takes. */
export interface Way extends Route {
  readonly link: RelayedLink;
}

/** What is known of one other peer. */
export interface Contact {
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

/** Everybody who is linked, named by a neighbour or asked for. */
export class Contacts {
  readonly #tell: (event: TransportEvent) => void;
  readonly #contacts = new Map<PeerId, Contact>();

  constructor(tell: (event: TransportEvent) => void) {
    this.#tell = tell;
  }

  get all(): ReadonlyMap<PeerId, Contact> {
    return this.#contacts;
  }

  /** Relayed links that are open, being opened by this peer, or waiting for another neighbour. */
  get relayedCount(): number {
    let count = 0;
    for (const contact of this.#contacts.values()) {
      if (isRelayed(contact) || contact.opening) count++;
    }
    return count;
  }

  /** Nobody new is remembered because others name or greet. */
  get isCrowded(): boolean {
    return this.#contacts.size >= MAX_LINKS + MAX_RELAYING_ROOM;
  }

  find(peer: PeerId): Contact | undefined {
    return this.#contacts.get(peer);
  }

  /** The contact of a peer, a new one unless it is known. */
  of(peer: PeerId): Contact {
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

  forget(peer: PeerId): void {
    this.#contacts.delete(peer);
  }

  /** Tells the session how a peer is linked now, if that has changed. */
  tellState(peer: PeerId, contact: Contact, reason: UnlinkReason): void {
    const { direct, way, told } = contact;
    const state = isLinked(contact) ? 'linked' : direct;
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
}

/** Whether there is a relayed link, be it one that waits for another neighbour. */
export function isRelayed({ way, lostAt }: Contact): boolean {
  return way !== undefined || lostAt !== undefined;
}

/** Whether there is a link of any kind. */
export function isLinked(contact: Contact): boolean {
  return contact.direct === 'linked' || isRelayed(contact);
}

/** Its relayed links, open and under way. */
export function waysOf({ way, opening, answers }: Contact): readonly Way[] {
  return [way, opening, ...answers.values()].filter((one) => one !== undefined);
}

/** Forgets all relayed links to a peer without a word. */
export function dropWays(contact: Contact): void {
  for (const { link } of waysOf(contact)) link.drop();
  contact.way = undefined;
  contact.opening = undefined;
  contact.answers.clear();
  contact.lostAt = undefined;
}

/** The key exchange took too long. */
export function giveUp(contact: Contact, way: Way, now: number): void {
  way.link.drop();
  contact.answers.delete(way.via);
  if (contact.opening !== way) return;
  contact.opening = undefined;
  contact.avoided.set(way.via, now + RELAYED_LINK_AVOID_MS);
}

/** The neighbour passes nothing on any more: the link waits a while for another one. */
export function loseWay(contact: Contact, via: PeerId): void {
  if (contact.opening?.via === via) {
    contact.opening.link.drop();
    contact.opening = undefined;
  }
  if (contact.way?.via !== via) return;
  contact.way.link.drop();
  contact.lostAt = performance.now();
  contact.way = undefined;
}

/** A stream that nothing was sent on. */
export function newStream(): Stream {
  return new Stream(crypto.getRandomValues(new Uint8Array(STREAM_NAME_BYTES)));
}
