/**
 * The links of one peer: which connection belongs to whom, and which of two to one peer counts.
 *
 * At most one open link and one connection under way an identity. A new link replaces the old one when
 * it is open, never before. A link outlives the server's word about the member through which it
 * came to be: that only makes it suspect. Whoever broke the protocol gets no further link.
 *
 * @module
 */
import type { IceServer } from '../../signaling/messages.ts';
import { concat, equalBytes, utf8 } from '../bytes.ts';
import { MAX_LINKS, REJOIN_SETTLED_MS } from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import { compareIds, publicKeyOf, type PeerId } from '../ids.ts';
import type { Lane, Suite, TransportEvent, UnlinkReason } from '../ports.ts';
import { BannedPeers } from './banned-peers.ts';
import type { Goodbye } from './framing.ts';
import { transcriptOf, type RemotePeer } from './handshake.ts';
import type { Identity } from './identity.ts';
import type { OpenedIntroduction } from './introduction.ts';
import { Link, type LinkSignal, type Wrtc } from './link.ts';
import type { Member } from './room-members.ts';

/** What the links need to know and to have done. */
export interface PeerLinksOptions {
  readonly suite: Suite;
  readonly identity: Identity;
  readonly wrtc: Wrtc | undefined;
  /**
   * A description or candidate for the other side.
   *
   * @throws ProtocolViolation when the handshake has no room for it.
   */
  readonly onSignal: (member: Member, content: LinkSignal) => void;
  /** A link through this member held for long, and is lost. */
  readonly onSettledLost: (member: Member) => void;
  /** It is this peer's turn to greet the member again. */
  readonly onRetry: (member: Member) => void;
  readonly onEvent: (event: TransportEvent) => void;
  readonly onRefused: (code: string, message: string) => void;
}

/** A link and whose it is. */
interface Linked {
  readonly link: Link;
  readonly peer: PeerId;
  readonly incarnation: Uint8Array;
  /** The member through which the peer is in the room now; undefined when the server forgot it. */
  member: Member | undefined;
}

/** Connections under way and open, by peer. */
export class PeerLinks {
  readonly #options: PeerLinksOptions;
  readonly #self: PeerId;
  readonly #connecting = new Map<PeerId, Linked>();
  readonly #open = new Map<PeerId, Linked>();
  /** The connection, under way or open, that the handshake of a member led to. */
  readonly #byMember = new Map<Member, Linked>();
  /** Broke the protocol; or has a link to another holder of this identity and said so. */
  readonly #banned = new BannedPeers();
  #iceServers: readonly IceServer[] = [];

  constructor(options: PeerLinksOptions) {
    this.#options = options;
    this.#self = options.identity.id;
  }

  /** Servers for the connections from here on. */
  useIceServers(iceServers: readonly IceServer[]): void {
    this.#iceServers = iceServers;
  }

  isBanned(peer: PeerId): boolean {
    return this.#banned.has(peer);
  }

  /** Whether the very life of a peer that sent an introduction has an open link to this one. */
  isLinked(introduction: OpenedIntroduction): boolean {
    const open = this.#open.get(introduction.sender);
    return open !== undefined && equalBytes(open.incarnation, introduction.incarnation);
  }

  hasLink(member: Member): boolean {
    return this.#byMember.has(member);
  }

  /** A member turned out to be this peer: connects, or stays with the link that both have. */
  confirm(member: Member, remote: RemotePeer, isInitiator: boolean, isLinked: boolean): void {
    const open = this.#open.get(remote.id);
    if (open && isLinked) {
      this.#attach(open, member);
      return;
    }
    if (open && equalBytes(open.incarnation, remote.incarnation)) {
      // The other side has lost this link: ours is an empty shell.
      open.link.close('closed');
    }
    if (this.#open.size + this.#connecting.size >= MAX_LINKS && !this.#open.has(remote.id)) {
      this.#options.onRefused(
        'room-full',
        `More than ${MAX_LINKS} peers: ${remote.id} gets no link.`,
      );
      return;
    }
    const before = this.#connecting.get(remote.id);
    this.#connecting.delete(remote.id);
    before?.link.close('failed');
    this.#connect(member, remote, isInitiator);
    if (!before) this.#options.onEvent({ type: 'linking', peer: remote.id });
  }

  /** A description or candidate from the other side. */
  signal(member: Member, content: LinkSignal): void {
    this.#byMember.get(member)?.link.signal(content);
  }

  /**
   * The member is none any more; its link stays. If the server says that it left, its peer has a
   * moment to show that it is there.
   */
  detach(member: Member, hasLeft: boolean): void {
    const linked = this.#byMember.get(member);
    if (!linked) return;
    this.#byMember.delete(member);
    linked.member = undefined;
    if (hasLeft) linked.link.suspect();
  }

  send(peer: PeerId, message: Uint8Array, lane?: Lane): void {
    this.#open.get(peer)?.link.send(message, lane);
  }

  /** Closes all links to a peer and takes no further one. */
  disconnect(peer: PeerId, reason: UnlinkReason): void {
    this.#banned.add(peer);
    this.#connecting.get(peer)?.link.close(reason);
    this.#open.get(peer)?.link.close(reason, 'refused');
  }

  /** Looks after all open links; `lastBeat` is when it last did, ms as `performance.now()`. */
  beat(lastBeat: number): void {
    for (const { link } of [...this.#open.values()]) link.beat(lastBeat);
  }

  /** Says goodbye on every link, once what waits there has left; gives up what is under way. */
  async finish(): Promise<void> {
    for (const { link } of [...this.#connecting.values()]) link.close('closed', 'leaving');
    await Promise.all([...this.#open.values()].map(({ link }) => link.finish()));
  }

  /** Says goodbye on every link at once: the page is about to go. */
  abandon(): void {
    for (const { link } of [...this.#open.values()]) link.abandon();
  }

  closeAll(): void {
    for (const { link } of [...this.#connecting.values(), ...this.#open.values()]) {
      link.close('closed');
    }
  }

  #connect(member: Member, remote: RemotePeer, isInitiator: boolean): void {
    const { suite, identity, wrtc, onEvent } = this.#options;
    const transcript = (): Uint8Array => {
      const { handshake } = member;
      const hash = transcriptOf(suite, handshake);
      if (handshake.confirmed?.remote !== remote || !hash) {
        throw new ProtocolViolation('A channel opens before both were introduced.');
      }
      return hash;
    };
    const link = new Link({
      isInitiator,
      iceServers: this.#iceServers,
      wrtc,
      prove: () => suite.sign(identity.secretKey, proofBytes(transcript(), this.#self)),
      check: (signature) =>
        suite.verify(publicKeyOf(remote.id), proofBytes(transcript(), remote.id), signature),
      onSignal: (content) => this.#onSignal(linked, content),
      onOpen: () => this.#onOpen(linked),
      onMessage: (message) => onEvent({ type: 'received', peer: remote.id, message }),
      onClosed: (reason, goodbye) => this.#onClosed(linked, reason, goodbye),
    });
    const linked: Linked = {
      link,
      peer: remote.id,
      incarnation: remote.incarnation,
      member: undefined,
    };
    this.#attach(linked, member);
    this.#connecting.set(remote.id, linked);
  }

  /** Without the member there is no way to the other side. */
  #onSignal(linked: Linked, content: LinkSignal): void {
    if (!linked.member) return;
    try {
      this.#options.onSignal(linked.member, content);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.#options.onRefused('introduction-refused', error.message);
      linked.link.close('failed');
    }
  }

  #onOpen(linked: Linked): void {
    const { peer } = linked;
    this.#connecting.delete(peer);
    const before = this.#open.get(peer);
    this.#open.set(peer, linked);
    if (before) {
      before.link.close('closed', 'replaced');
      this.#options.onEvent({ type: 'unlinked', peer, reason: 'closed' });
    }
    this.#options.onEvent({ type: 'linked', peer });
  }

  #onClosed(linked: Linked, reason: UnlinkReason, goodbye: Goodbye | undefined): void {
    const { peer, member, link } = linked;
    const wasOpen = this.#open.get(peer) === linked;
    const wasConnecting = this.#connecting.get(peer) === linked;
    if (wasOpen) this.#open.delete(peer);
    if (wasConnecting) this.#connecting.delete(peer);
    if (member && this.#byMember.get(member) === linked) this.#byMember.delete(member);
    if (reason === 'violation') this.#banned.add(peer);
    if (goodbye === 'replaced') this.#onReplaced(peer);
    if (!wasOpen && !(wasConnecting && !this.#open.has(peer))) return;
    this.#options.onEvent({ type: 'unlinked', peer, reason });
    if (!member || goodbye !== undefined) return;
    if (wasOpen && performance.now() - link.openedAt >= REJOIN_SETTLED_MS) {
      this.#options.onSettledLost(member);
    }
    // One of the two tries again, so that two attempts do not cross.
    const isTurn = compareIds(this.#self, peer) <= 0;
    if (isTurn && !this.#banned.has(peer)) this.#options.onRetry(member);
  }

  /** Another holder of this identity is linked to that peer now; fighting for it would never end. */
  #onReplaced(peer: PeerId): void {
    this.#banned.add(peer);
    this.#options.onRefused(
      'identity-in-use',
      'Another tab or program uses the identity of this one: close one of the two, or start it afresh.',
    );
  }

  #attach(linked: Linked, member: Member): void {
    if (linked.member && linked.member !== member) this.#byMember.delete(linked.member);
    linked.member = member;
    this.#byMember.set(member, linked);
  }
}

function proofBytes(transcript: Uint8Array, signer: PeerId): Uint8Array {
  return concat(utf8('murmuration link proof 1\0'), transcript, utf8(signer));
}
