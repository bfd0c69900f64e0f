/**
 * The transport of larger rooms: libp2p, with the server's relay for introductions and WebRTC for the rest.
 *
 * Who is in the room, and who is who, goes as with simple-peer: sealed introductions through the server
 * (`room-members.ts`). From there libp2p takes over: the peer with the smaller id dials the other through the
 * relay (`relay-place.ts`), `libp2p-link.ts` binds the stream to the room, and `stream-links.ts` knows whose it is.
 * Rooms of up to `FULL_MESH_PEERS` are a full mesh; in a larger one a newcomer links to a few, and everybody else
 * when asked to (`dial`). Here is who is to be linked to, and the rest put together with the server.
 *
 * The server is not believed when it says that somebody left: a ping decides. Without a server, links and
 * topics stay.
 *
 * @module
 */
import type { IceServer } from '../../signaling/messages.ts';
import { FIRST_NEIGHBOURS, FULL_MESH_PEERS, MAX_WAITING_RELAYS } from '../config.ts';
import { compareIds, type PeerId } from '../ids.ts';
import type { Lane, Transport, TransportEvent, UnlinkReason } from '../ports.ts';
import type { RemotePeer } from './handshake.ts';
import { Topics } from './libp2p-topics.ts';
import type { MeetingOptions } from './meeting-options.ts';
import { RelayPlace } from './relay-place.ts';
import { RoomMembers, type Member } from './room-members.ts';
import { openBrowserSocket, SignalingClient } from './signaling-client.ts';
import { StreamLinks } from './stream-links.ts';
import { TransportLife, type ServerState } from './transport-life.ts';

/**
 * A transport over libp2p; nothing happens before `start`. What libp2p needs must be there already
 * (`libp2p-runtime.ts`).
 *
 * @throws UsageError when the server's address is none.
 */
export function createLibp2pTransport(options: MeetingOptions): Required<Transport> {
  return new Libp2pTransport(options);
}

class Libp2pTransport implements Required<Transport> {
  readonly self: PeerId;
  readonly #client: SignalingClient;
  readonly #members: RoomMembers;
  readonly #topics: Topics;
  readonly #place: RelayPlace;
  readonly #links: StreamLinks;
  readonly #life: TransportLife;
  /** The member of the server through which a peer is in the room now. */
  readonly #memberOf = new Map<PeerId, Member>();
  /** Members that were there before this peer. */
  #elders: ReadonlySet<string> = new Set();
  #iceServers: readonly IceServer[] = [];
  /** Introductions that came before this peer could be reached; undefined once it can. */
  #early: (readonly [from: string, payload: string])[] | undefined = [];

  constructor(options: MeetingOptions) {
    const { server, room, identity, suite } = options;
    this.self = identity.id;
    const life = new TransportLife({
      onBeat: (lastBeat) => this.#links.beat(lastBeat),
      page: {
        target: options.page,
        onHide: () => this.#abandon(),
        onOnline: () => this.#client.retryNow(),
      },
    });
    this.#life = life;
    const onRefused = (code: string, message: string): void => life.refuse(code, message);
    this.#topics = new Topics(suite, room, identity.id, (topic, from, message) =>
      life.tell({ type: 'heard', topic, from, message }),
    );
    this.#place = new RelayPlace({
      server,
      identity,
      iceServers: () => this.#iceServers,
      isStarted: () => life.isStarted,
      isRefused: (peer) => this.#links.isBanned(peer) || !life.isStarted,
      onStream: (peer, stream, connection) => this.#links.accept(peer, stream, connection),
      onConnection: (peer, connection) => this.#links.watch(peer, connection),
      onHost: (host) => this.#topics.attach(host),
      onRefused,
    });
    this.#links = new StreamLinks({
      suite,
      room,
      identity,
      life,
      place: this.#place,
      incarnation: () => this.#members.incarnation,
      onSettledLost: (peer) => this.#withMember(peer, (one) => this.#members.resetAttempts(one)),
      onRetry: (peer) => this.#withMember(peer, (one) => this.#members.greetLater(one)),
    });
    this.#members = new RoomMembers({
      suite,
      room,
      identity,
      transport: 'libp2p',
      isMeeting: () => life.isStarted,
      isBanned: (peer) => this.#links.isBanned(peer),
      isLinked: ({ sender, incarnation }) => this.#links.isLinkedTo(sender, incarnation),
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
        life.forgive();
        void this.#welcome(self, members, relay);
      },
      onJoined: (member) => void this.#members.add(member),
      onLeft: (member) => this.#members.remove(member),
      onRelayed: (from, payload) => {
        if (this.#early === undefined) this.#members.onRelayed(from, payload);
        else if (this.#early.length < MAX_WAITING_RELAYS) this.#early.push([from, payload]);
      },
      onRefused: (code, message) => life.tell({ type: 'refused', code, message }),
    });
  }

  start(onEvent: (event: TransportEvent) => void): void {
    this.#life.start(onEvent);
    this.#client.start();
  }

  send(peer: PeerId, message: Uint8Array, lane?: Lane): void {
    this.#links.send(peer, message, lane);
  }

  disconnect(peer: PeerId, reason: UnlinkReason): void {
    this.#links.disconnect(peer, reason);
  }

  dial(peer: PeerId): void {
    this.#links.ask(peer);
  }

  publish(topic: string, message: Uint8Array): void {
    this.#topics.publish(topic, message);
  }

  subscribe(topic: string, isHeard: boolean): void {
    this.#topics.subscribe(topic, isHeard);
  }

  async close(): Promise<void> {
    if (await this.#life.flush(() => this.#links.finish())) await this.#end();
  }

  /** A place at the relay comes before any greeting: whoever is greeted may dial at once. */
  async #welcome(
    self: string,
    members: readonly string[],
    relay: string | undefined,
  ): Promise<void> {
    if (!(await this.#place.take(relay))) return;
    this.#elders = new Set(members);
    this.#members.welcome(self, members);
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const [from, payload] of early) this.#members.onRelayed(from, payload);
  }

  #onServerState(state: ServerState): void {
    if (state === 'away') {
      this.#place.lose();
      this.#early = [];
      this.#members.forgetAll();
    }
    this.#life.tellServer(state);
  }

  /** A member turned out to be this peer: links to it, or stays with the link that both have. */
  #confirm(member: Member, remote: RemotePeer, isLinked: boolean): void {
    const { id } = remote;
    this.#memberOf.set(id, member);
    const open = this.#links.get(id);
    if (open && isLinked) return;
    // The other side has lost this link, or is another program by now: ours is an empty shell.
    if (open) open.close('closed');
    else if (!this.#links.isUnderWay(id)) this.#place.hangUp(id);
    if (!this.#isWanted(member, id)) return;
    this.#links.expect(id);
    if (this.#isTurn(member, id)) this.#links.dial(id);
  }

  /** Whether the pair is to be linked without being asked. */
  #isWanted(member: Member, peer: PeerId): boolean {
    if (this.#members.size < FULL_MESH_PEERS) return true;
    if (!this.#elders.has(member.name) || peer === this.self) return false;
    // Only links to those who came before count: with one of them each, nobody is cut off from the first peer.
    const elders = [...this.#memberOf].filter(
      ([id, { name }]) => this.#elders.has(name) && this.#links.isOpenOrDialled(id),
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
      if (hasLeft) this.#links.suspect(peer);
      return;
    }
  }

  #hasLink(member: Member): boolean {
    return [...this.#memberOf].some(
      ([peer, known]) => known === member && this.#links.isOpenOrDialled(peer),
    );
  }

  /** For peers that the server names now. */
  #withMember(peer: PeerId, act: (member: Member) => void): void {
    const member = this.#memberOf.get(peer);
    if (member) act(member);
  }

  /** The page goes away: the others hear it at once instead of missing pings. */
  #abandon(): void {
    this.#links.abandon();
    void this.#end();
  }

  async #end(): Promise<void> {
    this.#life.end();
    this.#client.close();
    this.#members.forgetAll();
    this.#links.closeAll();
    await this.#place.stop();
  }
}
