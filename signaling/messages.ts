/**
 * What a peer and the signalling server say to each other, as JSON text frames.
 *
 * The server introduces: it tells the members of a room of each other and relays payloads that it
 * cannot read. A member is a random name for one connection; identities travel inside the sealed
 * payloads, so the server learns neither who meets nor what they say. This is the only file of
 * `signaling` that `src` imports.
 *
 * @module
 */

/** Version of these messages. */
export const SIGNALING_VERSION = 1;

/** Path of the WebSocket on the server. */
export const SIGNALING_PATH = '/signaling';

/** Largest frame either side accepts, bytes. */
export const MAX_SIGNALING_BYTES = 65_536;

/** A room id: base64url of 32 bytes derived from the room's key and name, so the server learns neither. */
export const ROOM_ID_PATTERN = /^[A-Za-z0-9_-]{43}$/;

/** A member: base64url of 16 random bytes, drawn by the server for one connection. */
export const MEMBER_PATTERN = /^[A-Za-z0-9_-]{22}$/;

/** A libp2p peer id of an Ed25519 key, as text. */
export const RELAY_PATTERN = /^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/;

/** As `RTCIceServer`, without depending on browser types. */
export interface IceServer {
  readonly urls: string | readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** What a peer sends. */
export type ClientMessage =
  /** The first frame of a connection, once. */
  | { readonly type: 'join'; readonly version: number; readonly room: string }
  /** Hand `payload` (base64url, sealed) to one member of the room. */
  | { readonly type: 'relay'; readonly to: string; readonly payload: string };

/** What the server sends. */
export type ServerMessage =
  | {
      readonly type: 'welcome';
      readonly member: string;
      /** The others in the room, in order of arrival. The newcomer introduces itself to each. */
      readonly members: readonly string[];
      readonly iceServers: readonly IceServer[];
      /** Peer id of the libp2p relay behind every other WebSocket path of this server, if it runs one. */
      readonly relay?: string;
    }
  | { readonly type: 'member-joined'; readonly member: string }
  | { readonly type: 'member-left'; readonly member: string }
  | { readonly type: 'relayed'; readonly from: string; readonly payload: string }
  /** `fatal`: the server closes the connection after it. `message` says what to do. */
  | {
      readonly type: 'error';
      readonly code: SignalingErrorCode;
      readonly message: string;
      readonly fatal: boolean;
    };

/** Why the server refused. */
export type SignalingErrorCode =
  | 'bad-message'
  | 'message-too-large'
  | 'too-many-messages'
  | 'too-many-rooms'
  | 'room-full'
  | 'too-many-connections'
  | 'version-differs'
  | 'not-joined'
  | 'unknown-member'
  | 'origin-not-allowed'
  | 'too-slow'
  | 'idle';
