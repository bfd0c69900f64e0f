/**
 * What neighbours say to each other about relayed links: who is whose neighbour, pieces to pass on,
 * and how many of them were taken.
 *
 * All begin with the byte `CARRY`, which no message of the rounds has, then a byte that says what it is
 * and, but for `neighbours` and `moved`, the 32-byte key of the third peer.
 *
 * @module
 */
import { concat } from '../bytes.ts';
import { CARRY_PIECE_COST, FRAME_BYTES, MAX_LINKS } from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import { PEER_KEY_BYTES, peerIdOf, publicKeyOf, type PeerId } from '../ids.ts';
import { decodeStanding, encodeStanding, type Standing } from './stream.ts';

/** First byte of every message of this file. */
export const CARRY = 64;

/** Largest piece: one frame, sealed. */
export const MAX_PIECE_BYTES = FRAME_BYTES + 64;

/** Why a neighbour does not pass on. */
export type CarryRefusal =
  /** It has no link to that peer. */
  | 'no-link'
  /** It passes on for as many pairs as it can. */
  | 'full'
  /** More was under way than agreed. */
  | 'overflow';

/** A message between neighbours. */
export type CarryMessage =
  /** To whom the sender has a direct link, and to whom one through a single neighbour; both ascending. */
  | {
      readonly type: 'neighbours';
      readonly direct: readonly PeerId[];
      readonly relayed: readonly PeerId[];
    }
  /** Pass this on to `peer`. */
  | { readonly type: 'carry'; readonly peer: PeerId; readonly piece: Uint8Array }
  /** `peer` asked to pass this on. */
  | { readonly type: 'carried'; readonly peer: PeerId; readonly piece: Uint8Array }
  /** So much of what was carried from `peer` is taken. */
  | { readonly type: 'taken'; readonly peer: PeerId; readonly bytes: number }
  /** So much of what was to be carried to `peer` is taken, and as much may follow. */
  | { readonly type: 'credit'; readonly peer: PeerId; readonly bytes: number }
  /** Nothing is passed on to `peer` any more, nor from it. */
  | { readonly type: 'refused'; readonly peer: PeerId; readonly code: CarryRefusal }
  /** The sender has a direct link to the receiver now: from here on it uses that. */
  | { readonly type: 'moved'; readonly standing: Standing };

/** Names of the messages; the place of each is its second byte. */
export const CARRY_KINDS = [
  'neighbours',
  'carry',
  'carried',
  'taken',
  'credit',
  'refused',
  'moved',
] as const;
const REFUSALS: readonly CarryRefusal[] = ['no-link', 'full', 'overflow'];
const HEADER_BYTES = 2 + PEER_KEY_BYTES;

/** Whether a message between neighbours is one of this file. */
export function isCarryMessage(message: Uint8Array): boolean {
  return message[0] === CARRY;
}

/** The bytes of a message. */
export function encodeCarry(message: CarryMessage): Uint8Array {
  const head = Uint8Array.of(CARRY, CARRY_KINDS.indexOf(message.type));
  switch (message.type) {
    case 'neighbours':
      return concat(
        head,
        Uint8Array.of(message.direct.length),
        ...[...message.direct, ...message.relayed].map(publicKeyOf),
      );
    case 'carry':
    case 'carried':
      return concat(head, publicKeyOf(message.peer), message.piece);
    case 'taken':
    case 'credit': {
      const bytes = new Uint8Array(4);
      new DataView(bytes.buffer).setUint32(0, message.bytes, true);
      return concat(head, publicKeyOf(message.peer), bytes);
    }
    case 'refused':
      return concat(head, publicKeyOf(message.peer), Uint8Array.of(REFUSALS.indexOf(message.code)));
    case 'moved':
      return concat(head, encodeStanding(message.standing));
  }
}

/**
 * Reads a message; a piece is a view into it.
 *
 * @throws ProtocolViolation when no honest neighbour would have sent these bytes.
 */
export function decodeCarry(bytes: Uint8Array): CarryMessage {
  const type = CARRY_KINDS[bytes[1] ?? -1];
  if (bytes[0] !== CARRY || type === undefined) {
    throw new ProtocolViolation('A message between neighbours has an unknown type.');
  }
  if (type === 'moved') return { type, standing: decodeStanding(bytes.subarray(2)) };
  if (type === 'neighbours') {
    const split = 3 + (bytes[2] ?? 0) * PEER_KEY_BYTES;
    if (bytes.length < split) throw new ProtocolViolation('neighbours is too short.');
    const direct = readPeers(bytes.subarray(3, split));
    return { type, direct, relayed: readPeers(bytes.subarray(split)) };
  }
  if (bytes.length < HEADER_BYTES) throw new ProtocolViolation(`${type} is too short.`);
  const peer = peerIdOf(bytes.subarray(2, HEADER_BYTES));
  const rest = bytes.subarray(HEADER_BYTES);
  switch (type) {
    case 'carry':
    case 'carried':
      if (rest.length === 0 || rest.length > MAX_PIECE_BYTES) {
        throw new ProtocolViolation(`${type} has a piece of ${rest.length} bytes.`);
      }
      return { type, peer, piece: rest };
    case 'taken':
    case 'credit':
      if (rest.length !== 4) throw new ProtocolViolation(`${type} has no number.`);
      return { type, peer, bytes: new DataView(rest.buffer, rest.byteOffset).getUint32(0, true) };
    case 'refused': {
      const code = REFUSALS[rest[0] ?? -1];
      if (rest.length !== 1 || code === undefined) {
        throw new ProtocolViolation('refused gives no known reason.');
      }
      return { type, peer, code };
    }
  }
}

/** What a piece counts in the window. */
export function costOfPiece(piece: Uint8Array): number {
  return piece.length + CARRY_PIECE_COST;
}

function readPeers(bytes: Uint8Array): readonly PeerId[] {
  const count = bytes.length / PEER_KEY_BYTES;
  if (!Number.isInteger(count) || count > MAX_LINKS) {
    throw new ProtocolViolation(`neighbours is no list of at most ${MAX_LINKS}.`);
  }
  const peers = Array.from({ length: count }, (_, i) =>
    peerIdOf(bytes.subarray(i * PEER_KEY_BYTES, (i + 1) * PEER_KEY_BYTES)),
  );
  if (peers.some((peer, i) => i > 0 && peers[i - 1]! >= peer)) {
    throw new ProtocolViolation('neighbours is not in ascending order.');
  }
  return peers;
}
