/**
 * The transport of small rooms: a full mesh of WebRTC links through simple-peer.
 *
 * The newcomer greets every member (`room-members.ts`); `handshake.ts` lets the two know each other and
 * says who offers; `link.ts` is the connection, and `peer-links.ts` knows whose it is. Here the three are
 * put together with the server: how it begins and ends, and what of all this the session hears.
 *
 * The server is not believed when it says that somebody left: a ping decides. Without a server, links
 * stay.
 *
 * @module
 */
import { UsageError } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import type { Lane, Transport, TransportEvent, UnlinkReason } from '../ports.ts';
import type { Wrtc } from './link.ts';
import type { MeetingOptions } from './meeting-options.ts';
import { PeerLinks } from './peer-links.ts';
import { RoomMembers } from './room-members.ts';
import { openBrowserSocket, SignalingClient } from './signaling-client.ts';
import { TransportLife, type ServerState } from './transport-life.ts';

/** How to meet. */
export interface SimplePeerTransportOptions extends MeetingOptions {
  /** WebRTC where it is not built in: `loadWrtc()` in Node. */
  readonly wrtc?: Wrtc | undefined;
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

class SimplePeerTransport implements Transport {
  readonly self: PeerId;
  readonly #client: SignalingClient;
  readonly #members: RoomMembers;
  readonly #links: PeerLinks;
  readonly #life: TransportLife;

  constructor(options: SimplePeerTransportOptions) {
    const { server, room, identity, suite, wrtc } = options;
    this.self = identity.id;
    this.#life = new TransportLife({
      onBeat: (lastBeat) => this.#links.beat(lastBeat),
      page: {
        target: options.page,
        onHide: () => this.#abandon(),
        onOnline: () => this.#client.retryNow(),
      },
    });
    const onRefused = (code: string, message: string): void => this.#life.refuse(code, message);
    this.#links = new PeerLinks({
      suite,
      identity,
      wrtc,
      onSignal: (member, content) => this.#members.signal(member, content),
      onSettledLost: (member) => this.#members.resetAttempts(member),
      onRetry: (member) => this.#members.greetLater(member),
      onEvent: (event) => this.#life.tell(event),
      onRefused,
    });
    this.#members = new RoomMembers({
      suite,
      room,
      identity,
      transport: 'simple-peer',
      isMeeting: () => this.#life.isStarted,
      isBanned: (peer) => this.#links.isBanned(peer),
      isLinked: (introduction) => this.#links.isLinked(introduction),
      hasLink: (member) => this.#links.hasLink(member),
      relay: (to, payload) => this.#client.relay(to, payload),
      onConfirmed: (member, remote, isInitiator, isLinked) =>
        this.#links.confirm(member, remote, isInitiator, isLinked),
      onSignal: (member, content) => this.#links.signal(member, content),
      onForgotten: (member, hasLeft) => this.#links.detach(member, hasLeft),
      onRefused,
    });
    this.#client = new SignalingClient(server, room.id, options.openSocket ?? openBrowserSocket, {
      onState: (state) => this.#onServerState(state),
      onWelcome: (self, members, iceServers) => {
        this.#links.useIceServers(iceServers);
        this.#life.forgive();
        this.#members.welcome(self, members);
      },
      onJoined: (member) => void this.#members.add(member),
      onLeft: (member) => this.#members.remove(member),
      onRelayed: (from, payload) => this.#members.onRelayed(from, payload),
      onRefused: (code, message) => this.#life.tell({ type: 'refused', code, message }),
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

  async close(): Promise<void> {
    if (await this.#life.flush(() => this.#links.finish())) this.#end();
  }

  #onServerState(state: ServerState): void {
    if (state === 'away') this.#members.forgetAll();
    this.#life.tellServer(state);
  }

  /** The page goes away: the others hear it at once instead of missing pings. */
  #abandon(): void {
    this.#links.abandon();
    this.#end();
  }

  #end(): void {
    this.#life.end();
    this.#client.close();
    this.#members.forgetAll();
    this.#links.closeAll();
  }
}
