/**
 * Sockets and rooms: carries out what `rooms.ts` decides, and counts what the metrics tell.
 *
 * It draws a name for each connection, watches what only a socket shows (size, speed, origin), and
 * keeps nothing of what is said.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { WebSocket, type RawData } from 'ws';
import { LIMITS, type Limits } from './limits.ts';
import type { IceServer, ServerMessage, SignalingErrorCode } from './messages.ts';
import { emptyRooms, stepRooms, type RoomsEffect, type RoomsEvent } from './rooms.ts';
import { countInPlace, emptyTally, type Tally } from './tally.ts';

/** A socket that says why before `ws` closes it over a large frame, and that never lingers. */
export class ExplainingSocket extends WebSocket {
  /** Set once it is a member's. */
  onTooLarge: (() => void) | undefined;
  closeTimeoutMs = LIMITS.closeTimeoutMs;

  override close(code?: number, reason?: string | Buffer): void {
    const tell = this.onTooLarge;
    this.onTooLarge = undefined;
    if (code === TOO_LARGE_STATUS) tell?.();
    const isFirst = this.readyState === WebSocket.OPEN;
    super.close(code, reason);
    if (!isFirst) return;
    const lingering = setTimeout(() => this.terminate(), this.closeTimeoutMs);
    this.once('close', () => clearTimeout(lingering));
  }
}

/** The status of RFC 6455 that `ws` closes with when a message is above `maxPayload`. */
const TOO_LARGE_STATUS = 1009;

/** The status that goes with an error code: of the range left to applications. */
const REFUSED_STATUS = 4000;

/** Sockets by member, and the rooms that they are in. */
export class Desk {
  readonly #limits: Limits;
  readonly #sockets = new Map<string, ExplainingSocket>();
  readonly #pending: RoomsEvent[] = [];
  readonly tally: Tally = emptyTally();
  #rooms;
  #isBusy = false;

  /** Peer id of the relay on the same port, told to everybody who joins from now on. */
  set relay(peer: string) {
    this.#rooms = { ...this.#rooms, relay: peer };
  }

  constructor(limits: Limits, iceServers: readonly IceServer[]) {
    this.#limits = limits;
    this.#rooms = emptyRooms(limits, iceServers);
  }

  /** Rooms with somebody in them. */
  get roomCount(): number {
    return this.#rooms.rooms.size;
  }

  /** Open sockets, those being refused included. */
  get socketCount(): number {
    return this.#sockets.size;
  }

  /** A socket that just opened. */
  receive(socket: ExplainingSocket, isAllowed: boolean): void {
    const member = randomBytes(16).toString('base64url');
    const refuse = (code: SignalingErrorCode): void =>
      this.#feed({ type: 'refused', member, code });
    const heard = (): void => this.#feed({ type: 'heard', member, now: performance.now() });
    this.#sockets.set(member, socket);
    this.tally.opened += 1;
    socket.closeTimeoutMs = this.#limits.closeTimeoutMs;
    socket.onTooLarge = () => refuse('message-too-large');
    socket.on('message', (data, isBinary) => {
      const bytes = bytesOf(data);
      countInPlace(this.tally.received, bytes.length);
      if (isBinary) refuse('bad-message');
      else this.#feed({ type: 'received', member, text: bytes.toString(), now: performance.now() });
    });
    socket.on('ping', () => {
      heard();
      // The answer, which `ws` gives by itself, waits for the reader like everything else.
      if (socket.bufferedAmount > this.#limits.bufferedBytes) refuse('too-slow');
    });
    socket.on('pong', heard);
    // `ws` closes the connection after a frame that is none; there is nobody to tell.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(member);
      this.#feed({ type: 'closed', member });
    });
    this.#feed({ type: 'connected', member, now: performance.now() });
    if (!isAllowed) refuse('origin-not-allowed');
  }

  sweep(): void {
    this.#feed({ type: 'sweep', now: performance.now() });
  }

  /** One event after the other, also those that carrying out effects brings about. */
  #feed(event: RoomsEvent): void {
    this.#pending.push(event);
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let next = this.#pending.shift(); next; next = this.#pending.shift()) {
      const [rooms, effects] = stepRooms(this.#rooms, next);
      this.#rooms = rooms;
      for (const effect of effects) this.#carryOut(effect);
    }
    this.#isBusy = false;
  }

  #carryOut(effect: RoomsEffect): void {
    const socket = this.#sockets.get(effect.to);
    if (socket?.readyState !== WebSocket.OPEN) return;
    switch (effect.type) {
      case 'send': {
        const text = JSON.stringify(effect.message satisfies ServerMessage);
        if (effect.message.type === 'error') this.tally.refusals[effect.message.code] += 1;
        countInPlace(this.tally.sent, Buffer.byteLength(text));
        socket.send(text);
        if (socket.bufferedAmount > this.#limits.bufferedBytes) {
          this.#feed({ type: 'refused', member: effect.to, code: 'too-slow' });
        }
        return;
      }
      case 'ping':
        socket.ping();
        return;
      case 'close':
        // From here on nothing this connection sends is looked at.
        socket.removeAllListeners('message');
        socket.removeAllListeners('ping');
        socket.onTooLarge = undefined;
        socket.close(REFUSED_STATUS, effect.code);
        return;
      default:
        return effect satisfies never;
    }
  }
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}
