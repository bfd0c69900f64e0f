/**
 * The transport of larger rooms: libp2p, with the server's relay for introductions and WebRTC for the rest.
 *
 * Who is in the room, and who is who, goes as with simple-peer: sealed introductions through the server
 * (`room-members.ts`). From there libp2p takes over: the peer with the smaller id dials the other through the
 * relay, and `libp2p-link.ts` binds the stream to the room. Rooms of up to `FULL_MESH_PEERS` are a full mesh;
 * in a larger one a newcomer links to a few, and everybody else when asked to (`dial`).
 *
 * The server is not believed when it says that somebody left: a ping decides. Without a server, links and
 * topics stay.
 *
 * @module
 */
import type { Connection, Stream } from '@libp2p/interface';
import type { IceServer } from '../../signaling/messages.ts';
import { equalBytes } from '../bytes.ts';
import {
  CLOSE_FLUSH_MS,
  CROSSED_DIAL_MS,
  DIAL_TIMEOUT_MS,
  FIRST_NEIGHBOURS,
  FULL_MESH_PEERS,
  HEARTBEAT_MS,
  LINK_OPEN_TIMEOUT_MS,
  MAX_BANNED,
  MAX_LINKS,
  MAX_REFUSALS_TOLD,
  MAX_WAITING_RELAYS,
  REJOIN_MAX_MS,
  REJOIN_MIN_MS,
  REJOIN_SETTLED_MS,
} from '../config.ts';
import { compareIds, type PeerId } from '../ids.ts';
import type { Lane, Suite, Transport, TransportEvent, UnlinkReason } from '../ports.ts';
import { DialQueue } from './dial-queue.ts';
import type { Goodbye } from './framing.ts';
import type { RemotePeer } from './handshake.ts';
import type { Identity } from './identity.ts';
import { Libp2pHost, PARALLEL_DIALS } from './libp2p-host.ts';
import { StreamLink } from './libp2p-link.ts';
import {
  newChallenge,
  proveMembership,
  provesMembership,
  type StreamEnds,
} from './libp2p-proof.ts';
import { Topics } from './libp2p-topics.ts';
import { RoomMembers, type Member } from './room-members.ts';
import type { Room } from './room-key.ts';
import {
  openBrowserSocket,
  relayAddress,
  SignalingClient,
  type OpenSocket,
} from './signaling-client.ts';

/** How to meet. */
export interface Libp2pTransportOptions {
  /** Address of the server that introduces peers and relays: http, https, ws or wss. */
  readonly server: string;
  readonly room: Room;
  readonly identity: Identity;
  /** The real one: its signatures are what other peers check. */
  readonly suite: Suite;
  /** Opens a WebSocket where it is not built in: `openNodeSocket` in Node. */
  readonly openSocket?: OpenSocket | undefined;
  /** Fires `pagehide` (links are closed at once) and `online`; the page itself by default. */
  readonly page?: EventTarget | undefined;
}

/**
 * A transport over libp2p; nothing happens before `start`. What libp2p needs must be there already
 * (`libp2p-runtime.ts`).
 *
 * @throws UsageError when the server's address is none.
 */
export function createLibp2pTransport(options: Libp2pTransportOptions): Required<Transport> {
  return new Libp2pTransport(options);
}

class Libp2pTransport implements Required<Transport> {
  readonly self: PeerId;
  readonly #options: Libp2pTransportOptions;
  readonly #client: SignalingClient;
  readonly #members: RoomMembers;
  readonly #topics: Topics;
  readonly #page: EventTarget | undefined;
  readonly #open = new Map<PeerId, StreamLink>();
  /** Streams whose ends do not know each other yet. */
  readonly #proving = new Set<StreamLink>();
  /** Peers told as `linking`, and until when a link has to be there. */
  readonly #linking = new Map<PeerId, ReturnType<typeof setTimeout>>();
  readonly #dials = new DialQueue(PARALLEL_DIALS, DIAL_TIMEOUT_MS, (peer, signal) =>
    this.#dial(peer, signal),
  );
  /** The member of the server through which a peer is in the room now. */
  readonly #memberOf = new Map<PeerId, Member>();
  /** Members that were there before this peer. */
  #elders: ReadonlySet<string> = new Set();
  readonly #banned = new Set<PeerId>();
  #host: Promise<Libp2pHost> | undefined;
  #hasHost: Libp2pHost | undefined;
  #relay: string | undefined;
  #iceServers: readonly IceServer[] = [];
  #welcomes = 0;
  /** Introductions that came before this peer could be reached; undefined once it can. */
  #early: (readonly [from: string, payload: string])[] | undefined = [];
  #onEvent: ((event: TransportEvent) => void) | undefined;
  #serverState: 'connecting' | 'connected' | 'away' | undefined;
  #refusalsTold = 0;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #lastBeat = 0;
  #stage: 'new' | 'started' | 'closing' | 'closed' = 'new';

  constructor(options: Libp2pTransportOptions) {
    const { server, room, identity, suite } = options;
    this.self = identity.id;
    this.#options = options;
    this.#page = options.page ?? (typeof document === 'undefined' ? undefined : globalThis);
    const onRefused = (code: string, message: string): void => this.#refuse(code, message);
    this.#topics = new Topics(suite, room, identity.id, (topic, from, message) =>
      this.#emit({ type: 'heard', topic, from, message }),
    );
    this.#members = new RoomMembers({
      suite,
      room,
      identity,
      transport: 'libp2p',
      isMeeting: () => this.#stage === 'started',
      isBanned: (peer) => this.#banned.has(peer),
      isLinked: ({ sender, incarnation }) => this.#isLinkedTo(sender, incarnation),
      hasLink: (member) => this.#hasLink(member),
      relay: (to, payload) => this.#client.relay(to, payload),
      onConfirmed: (member, remote, _isInitiator, isLinked) =>
        this.#confirm(member, remote, isLinked),
      onSignal: () =>
        onRefused('introduction-refused', 'A libp2p peer sends a WebRTC description.'),
      onForgotten: (member, hasLeft) => this.#forget(member, hasLeft),
      onRefused,
    });
    this.#client = new SignalingClient(server, room.id, options.openSocket ?? openBrowserSocket, {
      onState: (state) => this.#onServerState(state),
      onWelcome: (self, members, iceServers, relay) => {
        this.#iceServers = iceServers;
        this.#refusalsTold = 0;
        void this.#welcome(self, members, relay);
      },
      onJoined: (member) => void this.#members.add(member),
      onLeft: (member) => this.#members.remove(member),
      onRelayed: (from, payload) => {
        if (this.#early === undefined) this.#members.onRelayed(from, payload);
        else if (this.#early.length < MAX_WAITING_RELAYS) this.#early.push([from, payload]);
      },
      onRefused: (code, message) => this.#emit({ type: 'refused', code, message }),
    });
  }

  start(onEvent: (event: TransportEvent) => void): void {
    if (this.#stage !== 'new') throw new Error('A transport starts once: create another one.');
    this.#stage = 'started';
    this.#onEvent = onEvent;
    this.#lastBeat = performance.now();
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.#page?.addEventListener('pagehide', this.#abandon);
    this.#page?.addEventListener('online', this.#retryNow);
    this.#client.start();
  }

  send(peer: PeerId, message: Uint8Array, lane?: Lane): void {
    this.#open.get(peer)?.send(message, lane);
  }

  disconnect(peer: PeerId, reason: UnlinkReason): void {
    this.#ban(peer);
    this.#open.get(peer)?.close(reason, 'refused');
    for (const link of this.#proving) if (link.peer === peer) link.close(reason);
    this.#giveUp(peer, reason);
  }

  dial(peer: PeerId): void {
    if (!this.#mayDial(peer)) return;
    this.#tellLinking(peer);
    if (compareIds(this.self, peer) < 0) this.#dials.add(peer);
    else this.#dialLater(peer);
  }

  #mayDial(peer: PeerId): boolean {
    if (peer === this.self || this.#banned.has(peer) || this.#open.has(peer)) return false;
    if (this.#dials.has(peer)) return false;
    if (this.#open.size + this.#dials.size < MAX_LINKS) return true;
    this.#refuse('room-full', `More than ${MAX_LINKS} links: ${peer} gets none.`);
    return false;
  }

  /** Of two that want the same link in one moment, one dials: links that cross cost twice, and one is lost again. */
  #dialLater(peer: PeerId): void {
    setTimeout(() => {
      const isWanted = this.#stage === 'started' && this.#linking.has(peer);
      if (isWanted && !this.#isLinking(peer)) this.#dials.add(peer);
    }, CROSSED_DIAL_MS);
  }

  publish(topic: string, message: Uint8Array): void {
    this.#topics.publish(topic, message);
  }

  subscribe(topic: string, isHeard: boolean): void {
    this.#topics.subscribe(topic, isHeard);
  }

  async close(): Promise<void> {
    if (this.#stage === 'closing' || this.#stage === 'closed') return;
    this.#stage = 'closing';
    let limit: ReturnType<typeof setTimeout> | undefined;
    this.#dials.clear();
    await Promise.race([
      Promise.all([...this.#open.values()].map((link) => link.finish())),
      new Promise((resolve) => {
        limit = setTimeout(resolve, CLOSE_FLUSH_MS);
      }),
    ]);
    clearTimeout(limit);
    await this.#end();
  }

  // ---- The server and the members --------------------------------------------------------------

  /** A place at the relay comes before any greeting: whoever is greeted may dial at once. */
  async #welcome(
    self: string,
    members: readonly string[],
    relay: string | undefined,
  ): Promise<void> {
    const welcome = ++this.#welcomes;
    const isCurrent = (): boolean => this.#welcomes === welcome && this.#stage === 'started';
    if (relay === undefined) {
      this.#refuse(
        'no-relay',
        'This server runs no libp2p relay: choose transport simple-peer, or start it with a newer version.',
      );
      return;
    }
    const address = relayAddress(this.#options.server, relay);
    this.#host ??= this.#startHost();
    const host = await this.#host.catch(() => undefined);
    if (host === undefined) {
      this.#refuse('no-relay', 'libp2p does not start here: choose transport simple-peer.');
      return;
    }
    if (this.#relay !== address) await this.#listenAt(host, address, isCurrent);
    if (!isCurrent()) return;
    this.#relay = address;
    this.#elders = new Set(members);
    this.#members.welcome(self, members);
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const [from, payload] of early) this.#members.onRelayed(from, payload);
  }

  /** Tries until it has a place at the relay: on a busy computer one attempt takes too long, and the next does not. */
  async #listenAt(host: Libp2pHost, address: string, isCurrent: () => boolean): Promise<void> {
    for (let waitMs = REJOIN_MIN_MS; isCurrent(); waitMs = Math.min(2 * waitMs, REJOIN_MAX_MS)) {
      try {
        await host.listenAt(address);
        return;
      } catch {
        // The relay may have gone as we came: the server's next welcome names the one after it.
        if (!isCurrent()) return;
        if (waitMs === REJOIN_MIN_MS)
          this.#refuse('no-relay', 'The libp2p relay of the server was not reached: trying again.');
        await new Promise((resolve) => {
          setTimeout(resolve, waitMs);
        });
      }
    }
  }

  async #startHost(): Promise<Libp2pHost> {
    const host = await Libp2pHost.start({
      identity: this.#options.identity,
      iceServers: () => this.#iceServers,
      isRefused: (peer) => this.#banned.has(peer) || this.#stage !== 'started',
      onStream: (peer, stream, connection) => this.#accept(peer, stream, connection),
      onConnection: (peer, connection) => this.#watch(peer, connection),
    });
    this.#hasHost = host;
    this.#topics.attach(host);
    return host;
  }

  #onServerState(state: 'connecting' | 'connected' | 'away'): void {
    if (state === 'away') {
      this.#welcomes++;
      this.#relay = undefined;
      this.#early = [];
      this.#members.forgetAll();
    }
    if (state === this.#serverState) return;
    this.#serverState = state;
    this.#emit({ type: 'server', state });
  }

  /** A member turned out to be this peer: links to it, or stays with the link that both have. */
  #confirm(member: Member, remote: RemotePeer, isLinked: boolean): void {
    const { id } = remote;
    this.#memberOf.set(id, member);
    const open = this.#open.get(id);
    if (open && isLinked) return;
    // The other side has lost this link, or is another program by now: ours is an empty shell.
    if (open) open.close('closed');
    else if (!this.#isLinking(id)) this.#hasHost?.hangUp(id);
    if (!this.#isWanted(member, id)) return;
    this.#tellLinking(id);
    if (this.#isTurn(member, id) && this.#mayDial(id)) this.#dials.add(id);
  }

  /** Whether the pair is to be linked without being asked. */
  #isWanted(member: Member, peer: PeerId): boolean {
    if (this.#members.size < FULL_MESH_PEERS) return true;
    if (!this.#elders.has(member.name) || peer === this.self) return false;
    // Only links to those who came before count: with one of them each, nobody is cut off from the first peer.
    const elders = [...this.#memberOf].filter(
      ([id, { name }]) => this.#elders.has(name) && (this.#open.has(id) || this.#dials.has(id)),
    );
    return elders.length < FIRST_NEIGHBOURS;
  }

  /** In a full mesh the smaller id dials, in a larger room the newcomer. */
  #isTurn(member: Member, peer: PeerId): boolean {
    if (this.#members.size >= FULL_MESH_PEERS) return this.#elders.has(member.name);
    return compareIds(this.self, peer) < 0;
  }

  /** The server knows the member no more; its link stays, but has to show that it is alive. */
  #forget(member: Member, hasLeft: boolean): void {
    for (const [peer, known] of this.#memberOf) {
      if (known !== member) continue;
      this.#memberOf.delete(peer);
      if (!hasLeft) return;
      this.#open.get(peer)?.suspect();
      this.#dials.drop(peer);
      this.#giveUp(peer, 'failed');
      return;
    }
  }

  #hasLink(member: Member): boolean {
    return [...this.#memberOf].some(
      ([peer, known]) => known === member && (this.#open.has(peer) || this.#dials.has(peer)),
    );
  }

  // ---- Links -----------------------------------------------------------------------------------

  async #dial(peer: PeerId, signal: AbortSignal): Promise<void> {
    try {
      const host = await this.#host;
      if (!host || this.#relay === undefined) throw new Error('There is no relay now.');
      const { stream, connection } = await host.open(peer, this.#relay, signal);
      if (this.#stage === 'started' && !this.#banned.has(peer)) {
        this.#adopt(peer, stream, connection, true);
      } else connection.abort(new Error('Not wanted any more.'));
    } catch {
      // Nobody there, no way through, or the other side's link came first.
      if (this.#open.has(peer)) return;
      this.#giveUp(peer, 'failed');
      this.#retry(peer);
    }
  }

  /** Somebody who connects and shows no membership in time is hung up on. */
  #watch(peer: PeerId, connection: Connection): void {
    setTimeout(() => {
      if (!this.#open.has(peer)) connection.abort(new Error('No link came of it.'));
    }, LINK_OPEN_TIMEOUT_MS);
  }

  #accept(peer: PeerId, stream: Stream, connection: Connection): void {
    const isWelcome =
      this.#stage === 'started' &&
      !this.#banned.has(peer) &&
      this.#open.size + this.#proving.size < 2 * MAX_LINKS;
    if (isWelcome) this.#adopt(peer, stream, connection, false);
    else connection.abort(new Error('Not wanted here.'));
  }

  #adopt(peer: PeerId, stream: Stream, connection: Connection, isDialler: boolean): void {
    const { suite, room, identity } = this.#options;
    const challenge = newChallenge(this.#members.incarnation);
    const ends = (theirs: Uint8Array): StreamEnds =>
      isDialler
        ? {
            dialler: this.self,
            dialled: peer,
            diallersChallenge: challenge,
            dialledsChallenge: theirs,
          }
        : {
            dialler: peer,
            dialled: this.self,
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
      onMessage: (message) => this.#emit({ type: 'received', peer, message }),
      onClosed: (reason, goodbye) => this.#onClosed(link, reason, goodbye),
    });
    this.#proving.add(link);
    link.start();
  }

  #onOpen(link: StreamLink): void {
    const { peer } = link;
    this.#proving.delete(link);
    const before = this.#open.get(peer);
    if (before && this.#isBetter(before, link)) {
      link.close('closed', 'replaced');
      return;
    }
    this.#tellLinking(peer);
    this.#clearLinking(peer);
    this.#dials.drop(peer);
    this.#open.set(peer, link);
    if (before) {
      before.close('closed', 'replaced');
      this.#emit({ type: 'unlinked', peer, reason: 'closed' });
    }
    this.#emit({ type: 'linked', peer });
  }

  /** Of two links to one life of a peer that crossed, both sides keep that of the smaller id. */
  #isBetter(before: StreamLink, link: StreamLink): boolean {
    if (!equalBytes(before.incarnation, link.incarnation)) return false;
    const isOfSmaller = ({ isDialler }: StreamLink): boolean =>
      isDialler === compareIds(this.self, link.peer) < 0;
    return isOfSmaller(before) && !isOfSmaller(link);
  }

  #onClosed(link: StreamLink, reason: UnlinkReason, goodbye: Goodbye | undefined): void {
    const { peer } = link;
    const wasOpen = this.#open.get(peer) === link;
    const wasProving = this.#proving.delete(link);
    if (wasOpen) this.#open.delete(peer);
    if (reason === 'violation') this.#ban(peer);
    if (wasOpen) this.#emit({ type: 'unlinked', peer, reason });
    else if (wasProving && !this.#open.has(peer)) this.#giveUp(peer, reason);
    else return;
    if (goodbye !== undefined) return;
    const member = this.#memberOf.get(peer);
    if (member && wasOpen && performance.now() - link.openedAt >= REJOIN_SETTLED_MS) {
      this.#members.resetAttempts(member);
    }
    this.#retry(peer);
  }

  /** One of the two greets the other again, later, so that two attempts do not cross. */
  #retry(peer: PeerId): void {
    const member = this.#memberOf.get(peer);
    if (!member || this.#banned.has(peer) || compareIds(this.self, peer) > 0) return;
    this.#members.greetLater(member);
  }

  #isLinkedTo(peer: PeerId, incarnation: Uint8Array): boolean {
    const open = this.#open.get(peer);
    return open !== undefined && equalBytes(open.incarnation, incarnation);
  }

  /** Whether a link may come of what is under way. */
  #isLinking(peer: PeerId): boolean {
    return this.#dials.has(peer) || [...this.#proving].some((link) => link.peer === peer);
  }

  #tellLinking(peer: PeerId): void {
    if (this.#linking.has(peer) || this.#open.has(peer)) return;
    const timer = setTimeout(() => this.#giveUp(peer, 'failed'), 2 * LINK_OPEN_TIMEOUT_MS);
    this.#linking.set(peer, timer);
    this.#emit({ type: 'linking', peer });
  }

  #clearLinking(peer: PeerId): boolean {
    clearTimeout(this.#linking.get(peer));
    return this.#linking.delete(peer);
  }

  /** No link comes of it: said once for each `linking`. */
  #giveUp(peer: PeerId, reason: UnlinkReason): void {
    if (this.#clearLinking(peer)) this.#emit({ type: 'unlinked', peer, reason });
  }

  #ban(peer: PeerId): void {
    if (this.#banned.size >= MAX_BANNED) {
      const oldest = this.#banned.values().next();
      if (!oldest.done) this.#banned.delete(oldest.value);
    }
    this.#banned.add(peer);
  }

  // ---- Telling, and the end --------------------------------------------------------------------

  #beat(): void {
    for (const link of [...this.#open.values()]) link.beat(this.#lastBeat);
    this.#lastBeat = performance.now();
  }

  #refuse(code: string, message: string): void {
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

  readonly #retryNow = (): void => this.#client.retryNow();

  /** The page goes away: the others hear it at once instead of missing pings. */
  readonly #abandon = (): void => {
    for (const link of [...this.#open.values()]) link.abandon();
    void this.#end();
  };

  async #end(): Promise<void> {
    this.#stage = 'closed';
    clearInterval(this.#heartbeat);
    this.#page?.removeEventListener('pagehide', this.#abandon);
    this.#page?.removeEventListener('online', this.#retryNow);
    this.#client.close();
    this.#members.forgetAll();
    for (const link of [...this.#open.values(), ...this.#proving]) link.close('closed');
    for (const timer of this.#linking.values()) clearTimeout(timer);
    this.#linking.clear();
    // A host that never started has nothing to stop.
    await this.#host?.then((host) => host.stop()).catch(() => undefined);
  }
}
