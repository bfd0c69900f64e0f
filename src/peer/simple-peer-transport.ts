/**
 * The transport of small rooms: a full mesh of WebRTC links through simple-peer.
 *
 * The newcomer greets every member; `handshake.ts` lets the two know each other and says who offers;
 * `link.ts` is the connection. Here is what remains: which link belongs to whom, which of two links to
 * one peer counts, when to try again, and what of all this the session hears.
 *
 * Rules: at most one open link and one connection under way an identity. A new link replaces the old one
 * when it is open, never before. The server is not believed when it says that somebody left: a ping
 * decides. Without a server, links stay.
 *
 * @module
 */
import type { IceServer } from '../../signaling/messages.ts';
import { concat, equalBytes, fromBase64url, toBase64url, utf8 } from '../bytes.ts';
import {
  CLOSE_FLUSH_MS,
  GREETING_TIMEOUT_MS,
  HEARTBEAT_MS,
  MAX_BANNED,
  MAX_LINK_ATTEMPTS,
  MAX_LINKS,
  MAX_REFUSALS_PER_MEMBER,
  MAX_REFUSALS_TOLD,
  REJOIN_SETTLED_MS,
  RELINK_DELAY_MS,
} from '../config.ts';
import { ProtocolViolation, UsageError } from '../errors.ts';
import { compareIds, publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite, Transport, TransportEvent, UnlinkReason } from '../ports.ts';
import type { Goodbye } from './framing.ts';
import {
  initialHandshake,
  stepHandshake,
  transcriptOf,
  type HandshakeEffect,
  type HandshakeEvent,
  type HandshakeState,
  type RemotePeer,
} from './handshake.ts';
import type { Identity } from './identity.ts';
import {
  NONCE_BYTES,
  openIntroduction,
  SEAL_NONCE_BYTES,
  sealIntroduction,
  type OpenedIntroduction,
} from './introduction.ts';
import { Link, type LinkSignal, type Wrtc } from './link.ts';
import type { Room } from './room-key.ts';
import { SignalingClient, type OpenSocket, type SocketLike } from './signaling-client.ts';

/** How to meet. */
export interface SimplePeerTransportOptions {
  /** Address of the server that introduces peers: http, https, ws or wss. */
  readonly server: string;
  readonly room: Room;
  readonly identity: Identity;
  /** The real one: its signatures are what other peers check. */
  readonly suite: Suite;
  /** WebRTC where it is not built in: `loadWrtc()` in Node. */
  readonly wrtc?: Wrtc | undefined;
  /** Opens a WebSocket where it is not built in: `openNodeSocket` in Node. */
  readonly openSocket?: OpenSocket | undefined;
  /** Fires `pagehide` (links are closed at once) and `online`; the page itself by default. */
  readonly page?: EventTarget | undefined;
}

/**
 * A transport over WebRTC; nothing happens before `start`.
 *
 * @throws UsageError when the server's address is none, or WebRTC is missing.
 */
export function createSimplePeerTransport(options: SimplePeerTransportOptions): Transport {
  if (!options.wrtc && typeof RTCPeerConnection === 'undefined') {
    throw new UsageError(
      'WebRTC is missing here: use a browser that has it and does not forbid it, or pass `wrtc` in Node.',
    );
  }
  return new SimplePeerTransport(options);
}

/** One connection of somebody else to the server. */
interface Member {
  readonly name: string;
  handshake: HandshakeState;
  /** The connection under way or open that this member's handshake led to. */
  linked: Linked | undefined;
  attempts: number;
  refusals: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** A link and whose it is. */
interface Linked {
  readonly link: Link;
  readonly peer: PeerId;
  readonly incarnation: Uint8Array;
  /** The member through which the peer is in the room now; undefined when the server forgot it. */
  member: Member | undefined;
}

class SimplePeerTransport implements Transport {
  readonly self: PeerId;
  readonly #options: SimplePeerTransportOptions;
  readonly #client: SignalingClient;
  readonly #incarnation = randomBytes(NONCE_BYTES);
  readonly #members = new Map<string, Member>();
  readonly #connecting = new Map<PeerId, Linked>();
  readonly #open = new Map<PeerId, Linked>();
  /** Broke the protocol; or has a link to another holder of this identity and said so. */
  readonly #banned = new Set<PeerId>();
  #onEvent: ((event: TransportEvent) => void) | undefined;
  #serverState: 'connecting' | 'connected' | 'away' | undefined;
  #selfMember = '';
  #iceServers: readonly IceServer[] = [];
  #refusalsTold = 0;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #lastBeat = 0;
  #stage: 'new' | 'started' | 'closing' | 'closed' = 'new';

  constructor(options: SimplePeerTransportOptions) {
    this.#options = options;
    this.self = options.identity.id;
    const open = options.openSocket ?? openBrowserSocket;
    this.#client = new SignalingClient(options.server, options.room.id, open, {
      onState: (state) => this.#onServerState(state),
      onWelcome: (member, members, iceServers) => this.#onWelcome(member, members, iceServers),
      onJoined: (member) => void this.#addMember(member),
      onLeft: (member) => this.#removeMember(member),
      onRelayed: (from, payload) => this.#onRelayed(from, payload),
      onRefused: (code, message) => this.#emit({ type: 'refused', code, message }),
    });
  }

  start(onEvent: (event: TransportEvent) => void): void {
    if (this.#stage !== 'new') throw new Error('A transport starts once: create another one.');
    this.#stage = 'started';
    this.#onEvent = onEvent;
    this.#lastBeat = performance.now();
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    const page = this.#page;
    page?.addEventListener('pagehide', this.#abandon);
    page?.addEventListener('online', this.#retryNow);
    this.#client.start();
  }

  send(peer: PeerId, message: Uint8Array): void {
    this.#open.get(peer)?.link.send(message);
  }

  disconnect(peer: PeerId, reason: UnlinkReason): void {
    this.#ban(peer);
    this.#connecting.get(peer)?.link.close(reason);
    this.#open.get(peer)?.link.close(reason, 'refused');
  }

  async close(): Promise<void> {
    if (this.#stage === 'closing' || this.#stage === 'closed') return;
    this.#stage = 'closing';
    for (const { link } of [...this.#connecting.values()]) link.close('closed');
    let limit: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([
      Promise.all([...this.#open.values()].map(({ link }) => link.finish())),
      new Promise((resolve) => {
        limit = setTimeout(resolve, CLOSE_FLUSH_MS);
      }),
    ]);
    clearTimeout(limit);
    this.#end();
  }

  // --- The server -------------------------------------------------------------------------------

  #onServerState(state: 'connecting' | 'connected' | 'away'): void {
    if (state === 'away') {
      for (const member of [...this.#members.values()]) this.#forget(member);
    }
    if (state === this.#serverState) return;
    this.#serverState = state;
    this.#emit({ type: 'server', state });
  }

  #onWelcome(self: string, members: readonly string[], iceServers: readonly IceServer[]): void {
    this.#selfMember = self;
    this.#iceServers = iceServers;
    this.#refusalsTold = 0;
    for (const name of members) {
      const member = this.#addMember(name);
      if (member) this.#greet(member);
    }
  }

  #addMember(name: string): Member | undefined {
    if (name === this.#selfMember || this.#members.has(name)) return undefined;
    if (this.#members.size >= MAX_LINKS) {
      this.#refuse(
        'room-full',
        `The server names more than ${MAX_LINKS} members: the rest is ignored.`,
      );
      return undefined;
    }
    const member: Member = {
      name,
      handshake: initialHandshake({ id: this.self, incarnation: this.#incarnation }),
      linked: undefined,
      attempts: 0,
      refusals: 0,
      timer: undefined,
    };
    this.#members.set(name, member);
    return member;
  }

  /** The server says that a member left: its peer has a moment to show that it is there. */
  #removeMember(name: string): void {
    const member = this.#members.get(name);
    if (!member) return;
    const { linked } = member;
    this.#forget(member);
    linked?.link.suspect();
  }

  #forget(member: Member): void {
    clearTimeout(member.timer);
    this.#members.delete(member.name);
    if (member.linked) member.linked.member = undefined;
    member.linked = undefined;
  }

  #onRelayed(from: string, payload: string): void {
    const member = this.#members.get(from);
    if (!member) {
      this.#refuse(
        'introduction-refused',
        'The server hands over words of a member it never named.',
      );
      return;
    }
    if (member.refusals >= MAX_REFUSALS_PER_MEMBER) return;
    let introduction: OpenedIntroduction;
    try {
      const { suite, room } = this.#options;
      const route = { from, to: this.#selfMember };
      introduction = openIntroduction(suite, room, route, decodePayload(payload));
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.#refuse('introduction-refused', error.message, member);
      return;
    }
    if (this.#banned.has(introduction.sender) || this.#stage !== 'started') return;
    const open = this.#open.get(introduction.sender);
    this.#run(member, {
      type: 'received',
      introduction,
      nonce: randomBytes(NONCE_BYTES),
      isLinked: open !== undefined && equalBytes(open.incarnation, introduction.incarnation),
    });
  }

  // --- Getting to know each other ---------------------------------------------------------------

  #greet(member: Member): void {
    if (member.attempts >= MAX_LINK_ATTEMPTS || this.#stage !== 'started') return;
    member.attempts++;
    clearTimeout(member.timer);
    member.timer = setTimeout(() => {
      const { pending } = member.handshake;
      if (pending && !pending.replied) this.#greet(member);
    }, GREETING_TIMEOUT_MS);
    this.#run(member, { type: 'greet', nonce: randomBytes(NONCE_BYTES) });
  }

  #run(member: Member, event: HandshakeEvent): void {
    const [state, effects] = stepHandshake(member.handshake, event);
    member.handshake = state;
    for (const effect of effects) this.#perform(member, effect);
  }

  #perform(member: Member, effect: HandshakeEffect): void {
    switch (effect.type) {
      case 'send': {
        const { suite, room, identity } = this.#options;
        const { payload, digest } = sealIntroduction(
          suite,
          room,
          identity,
          { from: this.#selfMember, to: member.name },
          effect.introduction,
          randomBytes(SEAL_NONCE_BYTES),
        );
        const { type } = effect.introduction.content;
        if (type === 'offer' || type === 'answer') {
          this.#run(member, { type: 'sealed', content: type, digest });
        }
        this.#client.relay(member.name, toBase64url(payload));
        return;
      }
      case 'confirmed':
        this.#onConfirmed(member, effect.remote, effect.isInitiator, effect.isLinked);
        return;
      case 'signal':
        member.linked?.link.signal(effect.content);
        return;
      case 'refuse':
        this.#refuse(effect.code, effect.message, member);
    }
  }

  #onConfirmed(member: Member, remote: RemotePeer, isInitiator: boolean, isLinked: boolean): void {
    clearTimeout(member.timer);
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
      this.#refuse('room-full', `More than ${MAX_LINKS} peers: ${remote.id} gets no link.`);
      return;
    }
    const before = this.#connecting.get(remote.id);
    this.#connecting.delete(remote.id);
    before?.link.close('failed');
    this.#connect(member, remote, isInitiator);
    if (!before) this.#emit({ type: 'linking', peer: remote.id });
  }

  #connect(member: Member, remote: RemotePeer, isInitiator: boolean): void {
    const { suite, identity, wrtc } = this.#options;
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
      prove: () => suite.sign(identity.secretKey, proofBytes(transcript(), this.self)),
      check: (signature) =>
        suite.verify(publicKeyOf(remote.id), proofBytes(transcript(), remote.id), signature),
      onSignal: (content) => this.#onSignal(linked, content),
      onOpen: () => this.#onOpen(linked),
      onMessage: (message) => this.#emit({ type: 'received', peer: remote.id, message }),
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

  /** A description or candidate for the other side; without the member there is no way to it. */
  #onSignal(linked: Linked, content: LinkSignal): void {
    if (!linked.member) return;
    try {
      this.#run(linked.member, { type: 'signal', content });
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.#refuse('introduction-refused', error.message);
      linked.link.close('failed');
    }
  }

  // --- Links ------------------------------------------------------------------------------------

  #onOpen(linked: Linked): void {
    const { peer } = linked;
    this.#connecting.delete(peer);
    const before = this.#open.get(peer);
    this.#open.set(peer, linked);
    if (before) {
      before.link.close('closed', 'replaced');
      this.#emit({ type: 'unlinked', peer, reason: 'closed' });
    }
    this.#emit({ type: 'linked', peer });
  }

  #onClosed(linked: Linked, reason: UnlinkReason, goodbye: Goodbye | undefined): void {
    const { peer, member, link } = linked;
    const wasOpen = this.#open.get(peer) === linked;
    const wasConnecting = this.#connecting.get(peer) === linked;
    if (wasOpen) this.#open.delete(peer);
    if (wasConnecting) this.#connecting.delete(peer);
    if (member?.linked === linked) member.linked = undefined;
    if (reason === 'violation') this.#ban(peer);
    if (goodbye === 'replaced') this.#onReplaced(peer);
    if (!wasOpen && !(wasConnecting && !this.#open.has(peer))) return;
    this.#emit({ type: 'unlinked', peer, reason });
    if (!member || goodbye !== undefined) return;
    if (wasOpen && performance.now() - link.openedAt >= REJOIN_SETTLED_MS) member.attempts = 0;
    this.#relinkLater(member, peer);
  }

  /** One of the two tries again, so that two attempts do not cross. */
  #relinkLater(member: Member, peer: PeerId): void {
    if (compareIds(this.self, peer) > 0 || this.#banned.has(peer)) return;
    const isKnown = (): boolean => this.#members.get(member.name) === member;
    if (!isKnown()) return;
    clearTimeout(member.timer);
    member.timer = setTimeout(
      () => {
        if (isKnown() && !member.linked) this.#greet(member);
      },
      RELINK_DELAY_MS * 2 ** member.attempts,
    );
  }

  /** Another holder of this identity is linked to that peer now; fighting for it would never end. */
  #onReplaced(peer: PeerId): void {
    this.#ban(peer);
    this.#refuse(
      'identity-in-use',
      'Another tab or program uses the identity of this one: close one of the two, or start it afresh.',
    );
  }

  #attach(linked: Linked, member: Member): void {
    if (linked.member && linked.member !== member) linked.member.linked = undefined;
    linked.member = member;
    member.linked = linked;
  }

  #ban(peer: PeerId): void {
    if (this.#banned.size >= MAX_BANNED) {
      const oldest = this.#banned.values().next();
      if (!oldest.done) this.#banned.delete(oldest.value);
    }
    this.#banned.add(peer);
  }

  #beat(): void {
    for (const { link } of [...this.#open.values()]) link.beat(this.#lastBeat);
    this.#lastBeat = performance.now();
  }

  // --- The session ------------------------------------------------------------------------------

  #refuse(code: string, message: string, member?: Member): void {
    if (member) member.refusals++;
    if (this.#refusalsTold >= MAX_REFUSALS_TOLD) return;
    this.#refusalsTold++;
    this.#emit({ type: 'refused', code, message });
  }

  /** Events leave in order and never inside a call of the session. */
  #emit(event: TransportEvent): void {
    queueMicrotask(() => {
      if (this.#stage !== 'closed') this.#onEvent?.(event);
    });
  }

  get #page(): EventTarget | undefined {
    return this.#options.page ?? (typeof document === 'undefined' ? undefined : globalThis);
  }

  readonly #retryNow = (): void => this.#client.retryNow();

  /** The page goes away: the others hear it at once instead of missing pings. */
  readonly #abandon = (): void => {
    for (const { link } of [...this.#open.values()]) link.abandon();
    this.#end();
  };

  #end(): void {
    this.#stage = 'closed';
    clearInterval(this.#heartbeat);
    this.#page?.removeEventListener('pagehide', this.#abandon);
    this.#page?.removeEventListener('online', this.#retryNow);
    this.#client.close();
    for (const member of [...this.#members.values()]) this.#forget(member);
    for (const { link } of [...this.#connecting.values(), ...this.#open.values()]) {
      link.close('closed');
    }
  }
}

function proofBytes(transcript: Uint8Array, signer: PeerId): Uint8Array {
  return concat(utf8('murmuration link proof 1\0'), transcript, utf8(signer));
}

function decodePayload(payload: string): Uint8Array {
  try {
    return fromBase64url(payload);
  } catch {
    throw new ProtocolViolation('An introduction is not base64url.');
  }
}

function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

function openBrowserSocket(url: string): SocketLike {
  return new WebSocket(url) as SocketLike;
}
