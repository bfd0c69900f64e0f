/**
 * Who was met, and what people want to know of them: names, colours, links, bytes.
 *
 * @module
 */
import { MAX_NAME_LENGTH } from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { Profile } from '../round/messages.ts';
import type { PeerView } from './view.ts';

/** Colours that peers are told apart by; past them they repeat. */
const COLOUR_COUNT = 12;

/** Peers remembered at most; gone ones are forgotten first. */
const MAX_ENTRIES = 128;

/** What is known of a peer beside the protocol. */
export interface Entry {
  readonly id: PeerId;
  name: string;
  readonly colour: number;
  kind: PeerView['kind'];
  isHidden: boolean;
  link: PeerView['link'];
  /** The neighbour that its messages go through. */
  via: PeerId | undefined;
  /** It left; it is shown until the result of this round. */
  goneInRound: number;
  bytesSent: number;
  bytesReceived: number;
  /** When it was last heard of, ms. */
  heardAt: number;
}

/** Everybody met in this room, in order of first sight. */
export class PeerBook {
  readonly #entries = new Map<PeerId, Entry>();
  #seen = 0;

  /** The entry of a peer, made at first sight. */
  meet(id: PeerId): Entry {
    const known = this.#entries.get(id);
    if (known !== undefined) return known;
    // Index 0 is this peer's own colour.
    const colour = ((++this.#seen - 1) % (COLOUR_COUNT - 1)) + 1;
    const entry: Entry = {
      id,
      name: `Peer ${id.slice(0, 4)}`,
      colour,
      kind: 'tab',
      isHidden: false,
      link: 'linking',
      via: undefined,
      goneInRound: 0,
      bytesSent: 0,
      bytesReceived: 0,
      heardAt: performance.now(),
    };
    this.#entries.set(id, entry);
    if (this.#entries.size > MAX_ENTRIES) this.#forgetOne();
    return entry;
  }

  /** The entry of a peer, if it was met. */
  get(id: PeerId): Entry | undefined {
    return this.#entries.get(id);
  }

  /** Takes over what a peer says about itself: never more than one short line of text. */
  introduce(id: PeerId, profile: Profile): void {
    const entry = this.meet(id);
    const name = cleanName(profile.name);
    if (name !== '') entry.name = name;
    entry.kind = profile.kind;
    entry.isHidden = profile.isHidden;
  }

  /** Everybody to show: the linked and linking ones, and who left a moment ago. */
  shown(nextRound: number): readonly Entry[] {
    return [...this.#entries.values()].filter(
      (entry) => entry.link !== 'gone' || entry.goneInRound >= nextRound,
    );
  }

  #forgetOne(): void {
    const gone = [...this.#entries.values()].find((entry) => entry.link === 'gone');
    const oldest = gone?.id ?? this.#entries.keys().next().value;
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}

/** A name as it may be shown: one line, no control or direction characters, bounded. */
export function cleanName(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_NAME_LENGTH);
}
