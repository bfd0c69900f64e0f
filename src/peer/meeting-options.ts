/**
 * What every transport that meets others through the server needs to know.
 *
 * @module
 */
import type { Suite } from '../ports.ts';
import type { Identity } from './identity.ts';
import type { Room } from './room-key.ts';
import type { OpenSocket } from './signaling-client.ts';

/** How to meet. */
export interface MeetingOptions {
  /** Address of the server that introduces peers (and relays for libp2p): http, https, ws or wss. */
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
