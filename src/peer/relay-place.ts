/**
 * Where a libp2p peer can be reached: its node, and the place that it has at the server's relay.
 *
 * The server names its relay in each welcome. Until there is a place at that one, nobody is dialled and nobody dials.
 *
 * @module
 */
import type { Connection, Stream } from '@libp2p/interface';
import { REJOIN_MAX_MS, REJOIN_MIN_MS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import { Libp2pHost, type HostOptions } from './libp2p-host.ts';
import { relayAddress } from './signaling-client.ts';

/** What a place needs and tells. */
export interface RelayPlaceOptions extends HostOptions {
  readonly server: string;
  /** Whether a place is still wanted. */
  readonly isStarted: () => boolean;
  /** The node runs, without a place yet. */
  readonly onHost: (host: Libp2pHost) => void;
  readonly onRefused: (code: string, message: string) => void;
}

/** See the file's header. */
export class RelayPlace {
  readonly #options: RelayPlaceOptions;
  #starting: Promise<Libp2pHost> | undefined;
  #host: Libp2pHost | undefined;
  #address: string | undefined;
  #welcomes = 0;

  constructor(options: RelayPlaceOptions) {
    this.#options = options;
  }

  /**
   * Takes a place at the relay that a welcome names; the node starts at the first one.
   *
   * @returns Whether it has the place, and no later word of the server came in between.
   */
  async take(relay: string | undefined): Promise<boolean> {
    const welcome = ++this.#welcomes;
    const isCurrent = (): boolean => this.#welcomes === welcome && this.#options.isStarted();
    if (relay === undefined) {
      this.#refuse(
        'This server runs no libp2p relay: choose transport simple-peer, or start it with a newer version.',
      );
      return false;
    }
    const address = relayAddress(this.#options.server, relay);
    this.#starting ??= this.#start();
    const host = await this.#starting.catch(() => undefined);
    if (host === undefined) {
      this.#refuse('libp2p does not start here: choose transport simple-peer.');
      return false;
    }
    if (this.#address !== address) await this.#listenAt(host, address, isCurrent);
    if (!isCurrent()) return false;
    this.#address = address;
    return true;
  }

  /** The server is away, and its relay with it. */
  lose(): void {
    this.#welcomes++;
    this.#address = undefined;
  }

  /** Dials a peer through the relay. Rejects when there is no way. */
  async open(
    peer: PeerId,
    signal: AbortSignal,
  ): Promise<{ readonly stream: Stream; readonly connection: Connection }> {
    const host = await this.#starting;
    if (!host || this.#address === undefined) throw new Error('There is no relay now.');
    return host.open(peer, this.#address, signal);
  }

  /** Ends every connection to a peer. */
  hangUp(peer: PeerId): void {
    this.#host?.hangUp(peer);
  }

  async stop(): Promise<void> {
    // A host that never started has nothing to stop.
    await this.#starting?.then((host) => host.stop()).catch(() => undefined);
  }

  async #start(): Promise<Libp2pHost> {
    this.#host = await Libp2pHost.start(this.#options);
    this.#options.onHost(this.#host);
    return this.#host;
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
          this.#refuse('The libp2p relay of the server was not reached: trying again.');
        await new Promise((resolve) => {
          setTimeout(resolve, waitMs);
        });
      }
    }
  }

  #refuse(message: string): void {
    this.#options.onRefused('no-relay', message);
  }
}
