/**
 * The libp2p links of one peer: dialled or accepted, proving, open; and which of two to one peer counts.
 *
 * At most one open link a peer. A peer is told as `linking` from when a link to it is expected until it is there or
 * given up. Of two links that cross, both sides keep the same one. Whoever broke the protocol gets no further link.
 *
 * @module
 */
import type { Connection, Stream } from '@libp2p/interface';
import { equalBytes } from '../bytes.ts';
import {
  CROSSED_DIAL_MS,
  DIAL_TIMEOUT_MS,
  LINK_OPEN_TIMEOUT_MS,
  MAX_LINKS,
  REJOIN_SETTLED_MS,
} from '../config.ts';
import { compareIds, type PeerId } from '../ids.ts';
import type { Lane, Suite, UnlinkReason } from '../ports.ts';
import { BannedPeers } from './banned-peers.ts';
import { DialQueue } from './dial-queue.ts';
import type { Goodbye } from './framing.ts';
import type { Identity } from './identity.ts';
import { PARALLEL_DIALS } from './libp2p-host.ts';
import { hangUpSilently } from './libp2p-hang-up.ts';
import { StreamLink } from './libp2p-link.ts';
import {
  newChallenge,
  proveMembership,
  provesMembership,
  type StreamEnds,
} from './libp2p-proof.ts';
import type { RelayPlace } from './relay-place.ts';
import type { Room } from './room-key.ts';
import type { TransportLife } from './transport-life.ts';

/** What the links need to know and to have done. */
export interface StreamLinksOptions {
  readonly suite: Suite;
  readonly room: Room;
  readonly identity: Identity;
  readonly life: TransportLife;
  readonly place: Pick<RelayPlace, 'open'>;
  /** Which life of this program the links lead to. */
  readonly incarnation: () => Uint8Array;
  /** A link that held for long is lost. */
  readonly onSettledLost: (peer: PeerId) => void;
  /** It is this peer's turn to greet the other again, later, so that two attempts do not cross. */
  readonly onRetry: (peer: PeerId) => void;
}

/** Links under way and open, by peer. */
export class StreamLinks {
  readonly #options: StreamLinksOptions;
  readonly #self: PeerId;
  readonly #open = new Map<PeerId, StreamLink>();
  /** Streams whose ends do not know each other yet. */
  readonly #proving = new Set<StreamLink>();
  /** Peers told as `linking`, and until when a link has to be there. */
  readonly #linking = new Map<PeerId, ReturnType<typeof setTimeout>>();
  readonly #dials = new DialQueue(PARALLEL_DIALS, DIAL_TIMEOUT_MS, (peer, signal) =>
    this.#dial(peer, signal),
  );
  readonly #banned = new BannedPeers();

  constructor(options: StreamLinksOptions) {
    this.#options = options;
    this.#self = options.identity.id;
  }

  isBanned(peer: PeerId): boolean {
    return this.#banned.has(peer);
  }

  /** The open link to a peer. */
  get(peer: PeerId): StreamLink | undefined {
    return this.#open.get(peer);
  }

  /** Whether this very life of a peer has an open link to this one. */
  isLinkedTo(peer: PeerId, incarnation: Uint8Array): boolean {
    const open = this.#open.get(peer);
    return open !== undefined && equalBytes(open.incarnation, incarnation);
  }

  /** Whether a peer is linked, or this one dials it. */
  isOpenOrDialled(peer: PeerId): boolean {
    return this.#open.has(peer) || this.#dials.has(peer);
  }

  /** Whether a link may come of what is under way. */
  isUnderWay(peer: PeerId): boolean {
    return this.#dials.has(peer) || [...this.#proving].some((link) => link.peer === peer);
  }

  send(peer: PeerId, message: Uint8Array, lane?: Lane): void {
    this.#open.get(peer)?.send(message, lane);
  }

  /** Closes all links to a peer and takes no further one. */
  disconnect(peer: PeerId, reason: UnlinkReason): void {
    this.#banned.add(peer);
    this.#open.get(peer)?.close(reason, 'refused');
    for (const link of this.#proving) if (link.peer === peer) link.close(reason);
    this.#giveUp(peer, reason);
  }

  /** Somebody wants a link to a peer. The larger id waits a moment. */
  ask(peer: PeerId): void {
    if (!this.#mayDial(peer)) return;
    this.expect(peer);
    if (compareIds(this.#self, peer) < 0) this.#dials.add(peer);
    else this.#dialLater(peer);
  }

  /** Dials a peer when it is its turn, if there is room. */
  dial(peer: PeerId): void {
    if (this.#mayDial(peer)) this.#dials.add(peer);
  }

  /** Tells a peer as `linking`: one of the two dials. */
  expect(peer: PeerId): void {
    if (this.#linking.has(peer) || this.#open.has(peer)) return;
    const timer = setTimeout(() => this.#giveUp(peer, 'failed'), 2 * LINK_OPEN_TIMEOUT_MS);
    this.#linking.set(peer, timer);
    this.#options.life.tell({ type: 'linking', peer });
  }

  /** The server says that a peer left: its link has to show that it is alive. */
  suspect(peer: PeerId): void {
    this.#open.get(peer)?.suspect();
    this.#dials.drop(peer);
    this.#giveUp(peer, 'failed');
  }

  /** Another peer opened a stream. */
  accept(peer: PeerId, stream: Stream, connection: Connection): void {
    const isWelcome = this.#isWelcome(peer) && this.#open.size + this.#proving.size < 2 * MAX_LINKS;
    if (isWelcome) this.#adopt(peer, stream, connection, false);
    else hangUpSilently(connection, 'Not wanted here.');
  }

  /** Somebody who connects and shows no membership in time is hung up on. */
  watch(peer: PeerId, connection: Connection): void {
    setTimeout(() => {
      if (!this.#open.has(peer)) hangUpSilently(connection, 'No link came of it.');
    }, LINK_OPEN_TIMEOUT_MS);
  }

  /** Looks after all open links; `lastBeat` is when it last did, ms as `performance.now()`. */
  beat(lastBeat: number): void {
    for (const link of [...this.#open.values()]) link.beat(lastBeat);
  }

  /** Says goodbye on every link, once what waits there has left; gives up what is to be dialled. */
  async finish(): Promise<void> {
    this.#dials.clear();
    await Promise.all([...this.#open.values()].map((link) => link.finish()));
  }

  /** Says goodbye on every link at once: the page is about to go. */
  abandon(): void {
    for (const link of [...this.#open.values()]) link.abandon();
  }

  closeAll(): void {
    for (const link of [...this.#open.values(), ...this.#proving]) link.close('closed');
    for (const timer of this.#linking.values()) clearTimeout(timer);
    this.#linking.clear();
  }

  #isWelcome(peer: PeerId): boolean {
    return this.#options.life.isStarted && !this.#banned.has(peer);
  }

  #mayDial(peer: PeerId): boolean {
    if (peer === this.#self || this.#banned.has(peer)) return false;
    if (this.isOpenOrDialled(peer)) return false;
    if (this.#open.size + this.#dials.size < MAX_LINKS) return true;
    this.#options.life.refuse('room-full', `More than ${MAX_LINKS} links: ${peer} gets none.`);
    return false;
  }

  /** Of two that want the same link in one moment, one dials: links that cross cost twice, and one is lost again. */
  #dialLater(peer: PeerId): void {
    setTimeout(() => {
      const isWanted = this.#options.life.isStarted && this.#linking.has(peer);
      if (isWanted && !this.isUnderWay(peer)) this.#dials.add(peer);
    }, CROSSED_DIAL_MS);
  }

  async #dial(peer: PeerId, signal: AbortSignal): Promise<void> {
    try {
      const { stream, connection } = await this.#options.place.open(peer, signal);
      if (this.#isWelcome(peer)) this.#adopt(peer, stream, connection, true);
      else hangUpSilently(connection, 'Not wanted any more.');
    } catch {
      // Nobody there, no way through, or the other side's link came first.
      if (this.#open.has(peer)) return;
      this.#giveUp(peer, 'failed');
      this.#retry(peer);
    }
  }

  #adopt(peer: PeerId, stream: Stream, connection: Connection, isDialler: boolean): void {
    const { suite, room, identity, life } = this.#options;
    const challenge = newChallenge(this.#options.incarnation());
    const ends = (theirs: Uint8Array): StreamEnds =>
      isDialler
        ? {
            dialler: this.#self,
            dialled: peer,
            diallersChallenge: challenge,
            dialledsChallenge: theirs,
          }
        : {
            dialler: peer,
            dialled: this.#self,
            diallersChallenge: theirs,
            dialledsChallenge: challenge,
          };
    const link = new StreamLink({
      peer,
      stream,
      connection,
      isDialler,
      challenge,
      prove: (theirs) => proveMembership(suite, room, identity, ends(theirs)),
      check: (theirs, proof) => provesMembership(suite, room, peer, ends(theirs), proof),
      onOpen: () => this.#onOpen(link),
      onMessage: (message) => life.tell({ type: 'received', peer, message }),
      onClosed: (reason, goodbye) => this.#onClosed(link, reason, goodbye),
    });
    this.#proving.add(link);
    link.start();
  }

  #onOpen(link: StreamLink): void {
    const { peer } = link;
    const { life } = this.#options;
    this.#proving.delete(link);
    const before = this.#open.get(peer);
    if (before && this.#isBetter(before, link)) {
      link.close('closed', 'replaced');
      return;
    }
    this.expect(peer);
    this.#clearLinking(peer);
    this.#dials.drop(peer);
    this.#open.set(peer, link);
    if (before) {
      before.close('closed', 'replaced');
      life.tell({ type: 'unlinked', peer, reason: 'closed' });
    }
    life.tell({ type: 'linked', peer });
  }

  /** Of two links to one life of a peer that crossed, both sides keep that of the smaller id. */
  #isBetter(before: StreamLink, link: StreamLink): boolean {
    if (!equalBytes(before.incarnation, link.incarnation)) return false;
    const isOfSmaller = ({ isDialler }: StreamLink): boolean =>
      isDialler === compareIds(this.#self, link.peer) < 0;
    return isOfSmaller(before) && !isOfSmaller(link);
  }

  #onClosed(link: StreamLink, reason: UnlinkReason, goodbye: Goodbye | undefined): void {
    const { peer } = link;
    const wasOpen = this.#open.get(peer) === link;
    const wasProving = this.#proving.delete(link);
    if (wasOpen) this.#open.delete(peer);
    if (reason === 'violation') this.#banned.add(peer);
    if (wasOpen) this.#options.life.tell({ type: 'unlinked', peer, reason });
    else if (wasProving && !this.#open.has(peer)) this.#giveUp(peer, reason);
    else return;
    if (goodbye !== undefined) return;
    if (wasOpen && performance.now() - link.openedAt >= REJOIN_SETTLED_MS) {
      this.#options.onSettledLost(peer);
    }
    this.#retry(peer);
  }

  #retry(peer: PeerId): void {
    if (!this.#banned.has(peer) && compareIds(this.#self, peer) <= 0) this.#options.onRetry(peer);
  }

  #clearLinking(peer: PeerId): boolean {
    clearTimeout(this.#linking.get(peer));
    return this.#linking.delete(peer);
  }

  /** No link comes of it: said once for each `linking`. */
  #giveUp(peer: PeerId, reason: UnlinkReason): void {
    if (this.#clearLinking(peer)) this.#options.life.tell({ type: 'unlinked', peer, reason });
  }
}
