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
import { CLOSE_FLUSH_MS, HEARTBEAT_MS, MAX_REFUSALS_TOLD } from '../config.ts';
import { UsageError } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import type { Lane, Suite, Transport, TransportEvent, UnlinkReason } from '../ports.ts';
import type { Identity } from './identity.ts';
import type { Wrtc } from './link.ts';
import { PeerLinks } from './peer-links.ts';
import { RoomMembers } from './room-members.ts';
import type { Room } from './room-key.ts';
import { openBrowserSocket, SignalingClient, type OpenSocket } from './signaling-client.ts';

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

class SimplePeerTransport implements Transport {
  readonly self: PeerId;
  readonly #client: SignalingClient;
  readonly #members: RoomMembers;
  readonly #links: PeerLinks;
  readonly #page: EventTarget | undefined;
  #onEvent: ((event: TransportEvent) => void) | undefined;
  #serverState: 'connecting' | 'connected' | 'away' | undefined;
  #refusalsTold = 0;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #lastBeat = 0;
  #stage: 'new' | 'started' | 'closing' | 'closed' = 'new';

  constructor(options: SimplePeerTransportOptions) {
    const { server, room, identity, suite, wrtc } = options;
    this.self = identity.id;
    this.#page = options.page ?? (typeof document === 'undefined' ? undefined : globalThis);
    const onRefused = (code: string, message: string): void => this.#refuse(code, message);
    this.#links = new PeerLinks({
      suite,
      identity,
      wrtc,
      onSignal: (member, content) => this.#members.signal(member, content),
      onSettledLost: (member) => this.#members.resetAttempts(member),
      onRetry: (member) => this.#members.greetLater(member),
      onEvent: (event) => this.#emit(event),
      onRefused,
    });
    this.#members = new RoomMembers({
      suite,
      room,
      identity,
      transport: 'simple-peer',
      isMeeting: () => this.#stage === 'started',
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
        this.#refusalsTold = 0;
        this.#members.welcome(self, members);
      },
      onJoined: (member) => void this.#members.add(member),
      onLeft: (member) => this.#members.remove(member),
      onRelayed: (from, payload) => this.#members.onRelayed(from, payload),
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
    this.#links.send(peer, message, lane);
  }

  disconnect(peer: PeerId, reason: UnlinkReason): void {
    this.#links.disconnect(peer, reason);
  }

  async close(): Promise<void> {
    if (this.#stage === 'closing' || this.#stage === 'closed') return;
    this.#stage = 'closing';
    let limit: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([
      this.#links.finish(),
      new Promise((resolve) => {
        limit = setTimeout(resolve, CLOSE_FLUSH_MS);
      }),
    ]);
    clearTimeout(limit);
    this.#end();
  }

  #onServerState(state: 'connecting' | 'connected' | 'away'): void {
    if (state === 'away') this.#members.forgetAll();
    if (state === this.#serverState) return;
    this.#serverState = state;
    this.#emit({ type: 'server', state });
  }

  #beat(): void {
    this.#links.beat(this.#lastBeat);
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
    this.#links.abandon();
    this.#end();
  };

  #end(): void {
    this.#stage = 'closed';
    clearInterval(this.#heartbeat);
    this.#page?.removeEventListener('pagehide', this.#abandon);
    this.#page?.removeEventListener('online', this.#retryNow);
    this.#client.close();
    this.#members.forgetAll();
    this.#links.closeAll();
  }
}
