/**
 * The libp2p node of one peer: how it is set up, and what others need of it.
 *
 * Reached through the server's relay (circuit), linked directly (WebRTC). Several settings undo a default
 * that is made for the open network and stops a room of browser tabs; each says which.
 *
 * @module
 */
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2';
import { gossipsub, type GossipSub } from '@libp2p/gossipsub';
import { identify } from '@libp2p/identify';
import type { Connection, PeerId as Libp2pPeerId, Stream } from '@libp2p/interface';
import type { TransportManager } from '@libp2p/interface-internal';
import { noise } from '@libp2p/noise';
import { ping } from '@libp2p/ping';
import { webRTC } from '@libp2p/webrtc';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p, type Libp2p } from 'libp2p';
import type { IceServer } from '../../signaling/messages.ts';
import {
  DIAL_TIMEOUT_MS,
  FRAME_BYTES,
  HIGH_WATER_BYTES,
  MAX_GOSSIP_FRAME_BYTES,
  MAX_LINKS,
} from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { Identity } from './identity.ts';
import { hangUpSilently } from './libp2p-hang-up.ts';
import { libp2pIdOf, peerOf, privateKeyOf } from './libp2p-ids.ts';

/** The protocol of our streams. */
const LINK_PROTOCOL = '/murmuration/link/1';

/** Dials of a peer under way at once: see `dial-queue.ts`. */
export const PARALLEL_DIALS = 2;

/** Connections that exchange keys at once: in a class everybody opens the page in the same second. */
const MAX_PENDING = 64;

/** What a host needs and tells. */
export interface HostOptions {
  readonly identity: Identity;
  readonly iceServers: () => readonly IceServer[];
  /** Whether connections of this peer are refused. */
  readonly isRefused: (peer: PeerId) => boolean;
  /** A stream of ours that another peer opened over a direct connection. */
  readonly onStream: (peer: PeerId, stream: Stream, connection: Connection) => void;
  /** A direct connection is there. */
  readonly onConnection: (peer: PeerId, connection: Connection) => void;
}

/** Services of the node; `listener` lends the one part that libp2p does not show. */
interface HostServices extends Record<string, unknown> {
  readonly listener: TransportManager;
  readonly gossip: GossipSub;
}

/** One libp2p node. */
export class Libp2pHost {
  readonly #node: Libp2p<HostServices>;

  private constructor(node: Libp2p<HostServices>) {
    this.#node = node;
  }

  /** Starts a node without a relay yet. */
  static async start(options: HostOptions): Promise<Libp2pHost> {
    const isRefused = (id: Libp2pPeerId): boolean => {
      const peer = peerOf(id);
      return peer !== undefined && options.isRefused(peer);
    };
    const node = (await createLibp2p({
      privateKey: privateKeyOf(options.identity),
      addresses: { listen: ['/webrtc'] },
      transports: [
        webSockets(),
        circuitRelayTransport(),
        webRTC({
          // Without a list it would ask the STUN servers of other people.
          rtcConfiguration: () => ({ iceServers: [...options.iceServers()] as RTCIceServer[] }),
          dataChannel: {
            // Our links have no more than half of it on their way: libp2p never queues what they send.
            maxBufferedAmount: 2 * HIGH_WATER_BYTES,
            // A frame of ours, its length and libp2p's own in one message: the default is for other libp2ps.
            maxMessageSize: FRAME_BYTES + 1_024,
          },
        }),
      ],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionGater: {
        // In browsers, libp2p dials neither ws nor private addresses by itself: a class has both.
        denyDialMultiaddr: () => false,
        denyInboundEncryptedConnection: (id) => isRefused(id),
      },
      // A page whose thread is busy answers no ping, and is there all the same: our links decide.
      connectionMonitor: { abortConnectionOnPingFailure: false },
      connectionManager: {
        maxConnections: 4 * MAX_LINKS,
        // The relay is dialled beside them.
        maxParallelDials: PARALLEL_DIALS + 1,
        dialTimeout: DIAL_TIMEOUT_MS,
        addressDialTimeout: DIAL_TIMEOUT_MS,
        // By default the other side gives up sooner than the dialler, and both begin again.
        inboundUpgradeTimeout: DIAL_TIMEOUT_MS,
        // All peers come from the relay's address: a limit a host would be one for the room.
        inboundConnectionThreshold: Infinity,
        maxIncomingPendingConnections: MAX_PENDING,
      },
      services: {
        listener: (components: { readonly transportManager: TransportManager }) =>
          components.transportManager,
        // A circuit serves to exchange two descriptions: the same is asked on the connection that follows.
        identify: identify({ runOnLimitedConnection: false }),
        ping: ping(),
        gossip: gossipsub({
          allowPublishToZeroTopicPeers: true,
          floodPublish: false,
          maxInboundDataLength: MAX_GOSSIP_FRAME_BYTES,
        }),
      },
    })) as unknown as Libp2p<HostServices>;
    await node.handle(
      LINK_PROTOCOL,
      (stream, connection) => {
        const peer = peerOf(connection.remotePeer);
        if (peer === undefined || !isDirect(connection)) stream.abort(new Error('Not here.'));
        else options.onStream(peer, stream, connection);
      },
      { maxInboundStreams: 2 },
    );
    node.addEventListener('connection:open', ({ detail: connection }) => {
      const peer = peerOf(connection.remotePeer);
      if (peer !== undefined && isDirect(connection)) options.onConnection(peer, connection);
    });
    return new Libp2pHost(node);
  }

  get gossip(): GossipSub {
    return this.#node.services.gossip;
  }

  /** Connects to a relay and takes a place there, so that others reach this peer. */
  async listenAt(relay: string): Promise<void> {
    await this.#node.services.listener.listen([multiaddr(`${relay}/p2p-circuit`)]);
  }

  /** A stream of ours over a direct connection, made through the relay unless one is there. */
  async open(
    peer: PeerId,
    relay: string,
    signal: AbortSignal,
  ): Promise<{ readonly stream: Stream; readonly connection: Connection }> {
    const id = libp2pIdOf(peer);
    const known = this.#node.getConnections(id).find(isDirect);
    const address = multiaddr(`${relay}/p2p-circuit/webrtc/p2p/${id.toString()}`);
    const connection = known ?? (await this.#node.dial(address, { signal }));
    for (const other of this.#node.getConnections(id)) {
      if (!isDirect(other)) void other.close().catch(() => undefined);
    }
    if (!isDirect(connection)) throw new Error('The connection goes through the relay.');
    const stream = await connection.newStream(LINK_PROTOCOL, { signal });
    return { stream, connection };
  }

  /** Ends every direct connection to a peer at once. A circuit stays: the other side may be dialling. */
  hangUp(peer: PeerId): void {
    for (const connection of this.#node.getConnections(libp2pIdOf(peer))) {
      if (isDirect(connection)) hangUpSilently(connection, 'The link is over.');
    }
  }

  async stop(): Promise<void> {
    await this.#node.stop();
  }
}

/** Whether bytes go straight to the peer: a relay cuts its circuits short, and says so. */
function isDirect(connection: Connection): boolean {
  return connection.limits === undefined && connection.remoteAddr.toString().includes('/webrtc');
}
