/**
 * The connection to the server that introduces peers: joins a room, hands sealed payloads over, and
 * joins again with growing, random waits whenever the connection is lost.
 *
 * The server is not trusted: each message is checked here, once, and one that no honest server
 * sends ends the connection. What the payloads say is for `introduction.ts`.
 *
 * @module
 */
import {
  MAX_SIGNALING_BYTES,
  MEMBER_PATTERN,
  RELAY_PATTERN,
  SIGNALING_PATH,
  SIGNALING_VERSION,
  type IceServer,
  type ServerMessage,
  type SignalingErrorCode,
} from '../../signaling/messages.ts';
import {
  JOIN_TIMEOUT_MS,
  MAX_LINKS,
  MAX_WAITING_RELAYS,
  REJOIN_MAX_MS,
  REJOIN_MIN_MS,
  REJOIN_SETTLED_MS,
  REJOIN_SLOW_MS,
  RELAY_BURST,
  RELAYS_PER_SECOND,
} from '../config.ts';
import { ProtocolViolation, UsageError } from '../errors.ts';

/** The part of a WebSocket that is used; browsers and `ws` have it. */
export interface SocketLike {
  send(text: string): void;
  close(): void;
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
}

/** Opens a WebSocket. */
export type OpenSocket = (url: string) => SocketLike;

/** The WebSocket of browsers. */
export const openBrowserSocket: OpenSocket = (url) => new WebSocket(url) as SocketLike;

/** What the client tells. Never inside a call. */
export interface SignalingListener {
  /** `away`: the connection is lost; member names are void, and it will be opened again. */
  onState(state: 'connecting' | 'connected' | 'away'): void;
  /** `relay`: peer id of the server's libp2p relay, where it runs one. */
  onWelcome(
    member: string,
    members: readonly string[],
    iceServers: readonly IceServer[],
    relay: string | undefined,
  ): void;
  onJoined(member: string): void;
  onLeft(member: string): void;
  /** `payload` is base64url, unread. */
  onRelayed(from: string, payload: string): void;
  onRefused(code: string, message: string): void;
}

/** A message of the server, or what is wrong with it. Only here are its bytes looked at. */
export function decodeServerMessage(text: unknown): ServerMessage {
  if (typeof text !== 'string' || text.length > MAX_SIGNALING_BYTES) throw broken('no short text');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw broken('no JSON');
  }
  const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
  switch (fields['type']) {
    case 'welcome': {
      const { members, iceServers, relay } = fields;
      if (!Array.isArray(members) || members.length > MAX_LINKS) throw broken('too many members');
      if (!Array.isArray(iceServers) || iceServers.length > MAX_ICE_SERVERS) {
        throw broken('too many ICE servers');
      }
      if (relay !== undefined && (typeof relay !== 'string' || !RELAY_PATTERN.test(relay))) {
        throw broken('a relay that is none');
      }
      return {
        type: 'welcome',
        member: memberOf(fields['member']),
        members: members.map(memberOf),
        iceServers: iceServers.map(iceServerOf),
        ...(relay === undefined ? {} : { relay }),
      };
    }
    case 'member-joined':
    case 'member-left':
      return { type: fields['type'], member: memberOf(fields['member']) };
    case 'relayed': {
      const { payload } = fields;
      if (typeof payload !== 'string') throw broken('no payload');
      return { type: 'relayed', from: memberOf(fields['from']), payload };
    }
    case 'error': {
      const { code, message, fatal } = fields;
      if (typeof code !== 'string' || typeof message !== 'string') throw broken('no reason');
      return {
        type: 'error',
        code: code.slice(0, MAX_CODE_LENGTH) as SignalingErrorCode,
        message: message.slice(0, MAX_REASON_LENGTH).replace(/\p{Cc}/gu, ' '),
        fatal: fatal === true,
      };
    }
    default:
      throw broken('an unknown type');
  }
}

/**
 * The address of the WebSocket of a server that people name as they do.
 *
 * @throws UsageError when it is no http, https, ws or wss address.
 */
export function signalingUrl(server: string): string {
  let url: URL;
  try {
    url = new URL(server);
  } catch {
    throw badServer(server);
  }
  const scheme = { 'http:': 'ws:', 'https:': 'wss:', 'ws:': 'ws:', 'wss:': 'wss:' }[url.protocol];
  if (scheme === undefined || url.hostname === '') throw badServer(server);
  const folder = url.pathname.replace(/\/+$/, '');
  const path = folder.endsWith(SIGNALING_PATH) ? folder : `${folder}${SIGNALING_PATH}`;
  return `${scheme}//${url.host}${path}`;
}

/**
 * The libp2p address of the relay behind a server that people name as they do.
 *
 * @param relay - Its peer id, from the server's welcome.
 */
export function relayAddress(server: string, relay: string): string {
  const { protocol, hostname, port } = new URL(signalingUrl(server));
  const isSecure = protocol === 'wss:';
  const host = hostname.startsWith('[')
    ? `/ip6/${hostname.slice(1, -1)}`
    : /^\d+(?:\.\d+){3}$/.test(hostname)
      ? `/ip4/${hostname}`
      : `/dns/${hostname}`;
  const tcp = `/tcp/${port || (isSecure ? '443' : '80')}`;
  return `${host}${tcp}${isSecure ? '/tls' : ''}/ws/p2p/${relay}`;
}

/** Wait before try number `attempt` (from 0), ms; `random` is uniform in [0, 1). */
export function rejoinDelay(attempt: number, random: number): number {
  const longest = Math.min(REJOIN_MAX_MS, REJOIN_MIN_MS * 2 ** Math.min(attempt, 16));
  return longest * (0.5 + random / 2);
}

/** One room on one server. */
export class SignalingClient {
  readonly #url: string;
  readonly #room: string;
  readonly #open: OpenSocket;
  readonly #listener: SignalingListener;
  #socket: SocketLike | undefined;
  #isWelcome = false;
  #isClosed = false;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #joinTimer: ReturnType<typeof setTimeout> | undefined;
  #connectedAt = 0;
  /** Payloads on their way to the server, the allowance for them, and when it was counted. */
  readonly #waiting: string[] = [];
  #allowance = 0;
  #allowedAt = 0;
  #paceTimer: ReturnType<typeof setTimeout> | undefined;
  #verdict: 'retry' | 'slow' | 'stop' = 'retry';

  /** @throws UsageError when `server` is no address. */
  constructor(server: string, room: string, open: OpenSocket, listener: SignalingListener) {
    this.#url = signalingUrl(server);
    this.#room = room;
    this.#open = open;
    this.#listener = listener;
  }

  /** Connects, now and whenever the connection is lost. */
  start(): void {
    this.#later(() => this.#listener.onState('connecting'));
    this.#connect();
  }

  /** Hands a payload to a member; false when there is no server now, and the payload is dropped. */
  relay(to: string, payload: string): boolean {
    if (!this.#socket || !this.#isWelcome) return false;
    this.#waiting.push(JSON.stringify({ type: 'relay', to, payload }));
    this.#sendWaiting();
    if (this.#waiting.length > MAX_WAITING_RELAYS) this.#lose(this.#socket);
    return true;
  }

  /** Tries at once instead of waiting: the network is back. */
  retryNow(): void {
    if (this.#isClosed || this.#socket || this.#verdict === 'stop') return;
    this.#attempt = 0;
    this.#connect();
  }

  /** Leaves for good; nothing is told afterwards. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#stopTimers();
    this.#socket?.close();
    this.#socket = undefined;
  }

  #stopTimers(): void {
    clearTimeout(this.#joinTimer);
    clearTimeout(this.#paceTimer);
    this.#paceTimer = undefined;
    this.#waiting.length = 0;
  }

  #connect(): void {
    clearTimeout(this.#retry);
    this.#verdict = 'retry';
    let socket: SocketLike;
    try {
      socket = this.#open(this.#url);
    } catch {
      // Browsers throw for a ws address on an https page; waiting does not mend it.
      this.#verdict = 'stop';
      this.#later(() =>
        this.#listener.onRefused('server-address', `This page may not connect to ${this.#url}.`),
      );
      return;
    }
    this.#socket = socket;
    this.#joinTimer = setTimeout(() => this.#lose(socket), JOIN_TIMEOUT_MS);
    const ifCurrent = (act: () => void) => (): void => {
      if (this.#socket === socket) act();
    };
    socket.addEventListener(
      'open',
      ifCurrent(() =>
        socket.send(JSON.stringify({ type: 'join', version: SIGNALING_VERSION, room: this.#room })),
      ),
    );
    socket.addEventListener('message', (event) => {
      if (this.#socket === socket) this.#receive(socket, event.data);
    });
    // An error is always followed by a close; without a listener Node would end the program.
    socket.addEventListener('error', () => undefined);
    socket.addEventListener(
      'close',
      ifCurrent(() => this.#lose(socket)),
    );
  }

  /** Sends no faster than the server takes: it would hang up. */
  #sendWaiting(): void {
    if (this.#paceTimer || !this.#socket) return;
    const now = performance.now();
    const refill = ((now - this.#allowedAt) / 1_000) * RELAYS_PER_SECOND;
    this.#allowance = Math.min(RELAY_BURST, this.#allowance + refill);
    this.#allowedAt = now;
    while (this.#waiting.length > 0 && this.#allowance >= 1) {
      this.#allowance--;
      this.#socket.send(this.#waiting.shift()!);
    }
    if (this.#waiting.length === 0) return;
    this.#paceTimer = setTimeout(() => {
      this.#paceTimer = undefined;
      this.#sendWaiting();
    }, 1_000 / RELAYS_PER_SECOND);
  }

  #receive(socket: SocketLike, data: unknown): void {
    let message: ServerMessage;
    try {
      message = decodeServerMessage(data);
      if (message.type !== 'error' && (message.type === 'welcome') === this.#isWelcome) {
        throw broken('a welcome too many or too few');
      }
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.#listener.onRefused('bad-server-message', error.message);
      this.#verdict = 'slow';
      this.#lose(socket);
      return;
    }
    switch (message.type) {
      case 'welcome':
        clearTimeout(this.#joinTimer);
        this.#isWelcome = true;
        this.#connectedAt = performance.now();
        this.#allowedAt = this.#connectedAt;
        this.#allowance = RELAY_BURST;
        this.#listener.onState('connected');
        this.#listener.onWelcome(
          message.member,
          message.members,
          message.iceServers,
          message.relay,
        );
        return;
      case 'member-joined':
        this.#listener.onJoined(message.member);
        return;
      case 'member-left':
        this.#listener.onLeft(message.member);
        return;
      case 'relayed':
        this.#listener.onRelayed(message.from, message.payload);
        return;
      case 'error':
        // A payload for a member who has just left: nothing that anybody must know.
        if (message.code === 'unknown-member') return;
        this.#listener.onRefused(message.code, message.message);
        if (message.fatal) {
          this.#verdict = VERDICTS[message.code] ?? 'retry';
          this.#lose(socket);
        }
    }
  }

  #lose(socket: SocketLike): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    this.#stopTimers();
    socket.close();
    const wasSettled =
      this.#isWelcome && performance.now() - this.#connectedAt >= REJOIN_SETTLED_MS;
    this.#isWelcome = false;
    if (wasSettled) this.#attempt = 0;
    this.#listener.onState('away');
    if (this.#isClosed || this.#verdict === 'stop') return;
    const random = crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32;
    const delay =
      this.#verdict === 'slow'
        ? REJOIN_SLOW_MS * (0.5 + random / 2)
        : rejoinDelay(this.#attempt++, random);
    this.#retry = setTimeout(() => this.#connect(), delay);
  }

  #later(act: () => void): void {
    queueMicrotask(() => {
      if (!this.#isClosed) act();
    });
  }
}

/** What a person would expect after a fatal error; any other one is tried again. */
const VERDICTS: Partial<Record<SignalingErrorCode, 'slow' | 'stop'>> = {
  // Somebody may leave.
  'room-full': 'slow',
  'too-many-rooms': 'slow',
  'too-many-connections': 'slow',
  // Only another page or another server mends it.
  'version-differs': 'stop',
  'origin-not-allowed': 'stop',
};

const MAX_ICE_SERVERS = 16;
const MAX_URL_LENGTH = 512;
const MAX_CODE_LENGTH = 40;
const MAX_REASON_LENGTH = 400;

function memberOf(value: unknown): string {
  if (typeof value !== 'string' || !MEMBER_PATTERN.test(value)) throw broken('no member name');
  return value;
}

function iceServerOf(value: unknown): IceServer {
  const { urls, username, credential } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const list: readonly unknown[] = Array.isArray(urls) ? urls : [urls];
  const isGood = (url: unknown): url is string =>
    typeof url === 'string' && url.length <= MAX_URL_LENGTH && /^(stuns?|turns?):\S+$/.test(url);
  if (list.length === 0 || list.length > MAX_ICE_SERVERS || !list.every(isGood)) {
    throw broken('an ICE server that is none');
  }
  return {
    urls: list,
    ...(typeof username === 'string' ? { username } : {}),
    ...(typeof credential === 'string' ? { credential } : {}),
  };
}

function broken(what: string): ProtocolViolation {
  return new ProtocolViolation(`The server sent a message with ${what}.`);
}

function badServer(server: string): UsageError {
  return new UsageError(
    `"${server.slice(0, MAX_URL_LENGTH)}" is no server address: write it as http://host:8080 or wss://host.`,
  );
}
