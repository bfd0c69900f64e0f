/**
 * Who else is in the room as people see it, and who this peer says it is: names, links, bytes.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import type { TransportEvent } from '../ports.ts';
import type { Profile } from '../round/messages.ts';
import { cleanName, PeerBook, type Entry } from './peer-book.ts';
import type { SessionEvent } from './session-options.ts';
import type { SessionView } from './view.ts';

/** Bytes between two results. */
export interface RoundBytes {
  readonly sent: number;
  readonly received: number;
}

/** The others, and the own profile. */
export class Company {
  readonly #book = new PeerBook();
  readonly #kind: Profile['kind'];
  #name: string;
  #isHidden = false;
  #server: SessionView['server'] = 'connecting';
  #roundBytes: RoundBytes = { sent: 0, received: 0 };

  constructor(name: string, kind: Profile['kind']) {
    this.#name = cleanName(name);
    this.#kind = kind;
  }

  /** What the others are told of this peer. */
  get profile(): Profile {
    return { name: this.#name, kind: this.#kind, isHidden: this.#isHidden };
  }

  /** Whether the server is there. */
  get server(): SessionView['server'] {
    return this.#server;
  }

  /** Takes another name; one of nothing that can be shown is none. */
  rename(name: string): void {
    this.#name = cleanName(name) || this.#name;
  }

  /** This page is hidden, or seen again. */
  setHidden(isHidden: boolean): void {
    this.#isHidden = isHidden;
  }

  /** How another peer is called. */
  nameOf(peer: PeerId): string {
    return this.#book.meet(peer).name;
  }

  /** Everybody to show while this round is the next one. */
  shown(nextRound: number): readonly Entry[] {
    return this.#book.shown(nextRound);
  }

  /** Another peer says who it is. */
  introduce(peer: PeerId, profile: Profile): void {
    this.#book.introduce(peer, profile);
  }

  sent(to: PeerId, bytes: number): void {
    this.#book.meet(to).bytesSent += bytes;
    const { sent, received } = this.#roundBytes;
    this.#roundBytes = { sent: sent + bytes, received };
  }

  received(from: PeerId, bytes: number): void {
    const entry = this.#book.meet(from);
    entry.bytesReceived += bytes;
    entry.heardAt = performance.now();
    const { sent, received } = this.#roundBytes;
    this.#roundBytes = { sent, received: received + bytes };
  }

  /** Bytes since the last time that this was asked. */
  takeRoundBytes(): RoundBytes {
    const bytes = this.#roundBytes;
    this.#roundBytes = { sent: 0, received: 0 };
    return bytes;
  }

  /**
   * Takes what happened to links and the server.
   *
   * @param shownUntil - Who leaves now is shown until the result of this round.
   * @returns What to tell programs, if anything.
   */
  take(event: TransportEvent, shownUntil: number): SessionEvent | undefined {
    switch (event.type) {
      case 'linking': {
        const entry = this.#book.meet(event.peer);
        if (entry.link !== 'linked') entry.link = 'linking';
        return undefined;
      }
      case 'linked': {
        const entry = this.#book.meet(event.peer);
        const isNew = entry.link !== 'linked';
        entry.link = 'linked';
        entry.via = event.via;
        return isNew ? { type: 'peer-joined', peer: event.peer } : undefined;
      }
      case 'rerouted':
        this.#book.meet(event.peer).via = event.via;
        return undefined;
      case 'unlinked': {
        const entry = this.#book.meet(event.peer);
        const wasLinked = entry.link === 'linked';
        entry.link = 'gone';
        entry.via = undefined;
        entry.goneInRound = wasLinked ? shownUntil : 0;
        return wasLinked ? { type: 'peer-left', peer: event.peer } : undefined;
      }
      case 'server':
        this.#server = event.state;
        return undefined;
      default:
        return undefined;
    }
  }
}
