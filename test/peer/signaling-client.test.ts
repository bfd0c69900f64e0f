import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  JOIN_TIMEOUT_MS,
  MAX_WAITING_RELAYS,
  REJOIN_MAX_MS,
  REJOIN_MIN_MS,
  REJOIN_SLOW_MS,
  RELAY_BURST,
  RELAYS_PER_SECOND,
} from '../../src/config.ts';
import { ProtocolViolation, UsageError } from '../../src/errors.ts';
import {
  decodeServerMessage,
  rejoinDelay,
  SignalingClient,
  signalingUrl,
  type SignalingListener,
  type SocketLike,
} from '../../src/peer/signaling-client.ts';
import { memberName } from './lying-server.ts';

/** A socket that a test plays. */
class FakeSocket implements SocketLike {
  readonly sent: unknown[] = [];
  isClosed = false;
  readonly #listeners = new Map<string, ((event: { data?: unknown }) => void)[]>();

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.isClosed = true;
  }
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }
  fire(type: string, data?: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ data });
  }
  say(message: object): void {
    this.fire('message', JSON.stringify(message));
  }
  welcome(): void {
    this.fire('open');
    this.say({ type: 'welcome', member: memberName(), members: [], iceServers: [] });
  }
}

function connect(): { client: SignalingClient; sockets: FakeSocket[]; told: string[] } {
  const sockets: FakeSocket[] = [];
  const told: string[] = [];
  const listener: SignalingListener = {
    onState: (state) => told.push(state),
    onWelcome: () => told.push('welcome'),
    onJoined: () => told.push('joined'),
    onLeft: () => told.push('left'),
    onRelayed: (_, payload) => told.push(`relayed ${payload}`),
    onRefused: (code) => told.push(`refused ${code}`),
  };
  const open = (): FakeSocket => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return socket;
  };
  const client = new SignalingClient('http://localhost', 'r'.repeat(43), open, listener);
  client.start();
  return { client, sockets, told };
}

/** A clock that the test moves. */
function withClock(test: () => void): () => void {
  return () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      test();
    } finally {
      vi.useRealTimers();
    }
  };
}

describe('the connection to the server', () => {
  it('joins with version and room, and hands over what comes', () => {
    const { client, sockets, told } = connect();
    const [socket] = sockets as [FakeSocket];
    expect(client.relay(memberName(), 'AAAA')).toBe(false);
    socket.welcome();
    expect(socket.sent).toEqual([{ type: 'join', version: 1, room: 'r'.repeat(43) }]);
    const member = memberName();
    socket.say({ type: 'member-joined', member });
    socket.say({ type: 'relayed', from: member, payload: 'AQID' });
    socket.say({ type: 'member-left', member });
    expect(client.relay(member, 'BBBB')).toBe(true);
    expect(socket.sent.at(-1)).toEqual({ type: 'relay', to: member, payload: 'BBBB' });
    expect(told).toEqual(['connected', 'welcome', 'joined', 'relayed AQID', 'left']);
    client.close();
    expect(socket.isClosed).toBe(true);
  });

  it(
    'comes back after each loss, within the bounds, and a good connection starts small again',
    withClock(() => {
      const { client, sockets } = connect();
      for (let attempt = 0; attempt < 10; attempt++) {
        sockets.at(-1)!.fire('close');
        const longest = Math.min(REJOIN_MAX_MS, REJOIN_MIN_MS * 2 ** attempt);
        vi.advanceTimersByTime(longest / 2 - 1);
        expect(sockets).toHaveLength(attempt + 1);
        vi.advanceTimersByTime(longest / 2 + 1);
        expect(sockets).toHaveLength(attempt + 2);
      }
      sockets.at(-1)!.welcome();
      vi.advanceTimersByTime(60_000);
      sockets.at(-1)!.fire('close');
      vi.advanceTimersByTime(REJOIN_MIN_MS);
      expect(sockets).toHaveLength(12);
      client.close();
    }),
  );

  it(
    'a server that welcomes and hangs up again and again is asked less and less often',
    withClock(() => {
      const { client, sockets } = connect();
      for (let i = 0; i < 8; i++) {
        sockets.at(-1)!.welcome();
        sockets.at(-1)!.fire('close');
        vi.advanceTimersByTime(REJOIN_MAX_MS);
      }
      sockets.at(-1)!.fire('close');
      const count = sockets.length;
      vi.advanceTimersByTime(REJOIN_MAX_MS / 2 - 1);
      expect(sockets).toHaveLength(count);
      client.close();
    }),
  );

  it(
    'a server that never welcomes is given up after the time it has',
    withClock(() => {
      const { client, sockets, told } = connect();
      sockets[0]!.fire('open');
      vi.advanceTimersByTime(JOIN_TIMEOUT_MS);
      expect(told).toContain('away');
      expect(sockets[0]!.isClosed).toBe(true);
      vi.advanceTimersByTime(REJOIN_MIN_MS);
      expect(sockets).toHaveLength(2);
      client.close();
    }),
  );

  it(
    'a full room is asked again slowly; a differing version or origin never',
    withClock(() => {
      for (const [code, tries] of [
        ['room-full', 2],
        ['version-differs', 1],
        ['origin-not-allowed', 1],
      ] as const) {
        // prettier-ignore
        const { client, sockets, told } = connect();
        sockets[0]!.fire('open');
        sockets[0]!.say({ type: 'error', code, message: 'no', fatal: true });
        vi.advanceTimersByTime(REJOIN_SLOW_MS / 2 - 1);
        expect(sockets).toHaveLength(1);
        vi.advanceTimersByTime(REJOIN_SLOW_MS / 2 + 1);
        expect(sockets).toHaveLength(tries);
        expect(told).toContain(`refused ${code}`);
        client.close();
      }
    }),
  );

  it(
    'a network that is back is used at once',
    withClock(() => {
      const { client, sockets } = connect();
      sockets[0]!.fire('close');
      client.retryNow();
      expect(sockets).toHaveLength(2);
      client.retryNow();
      expect(sockets).toHaveLength(2);
      client.close();
      vi.advanceTimersByTime(REJOIN_MAX_MS);
      expect(sockets).toHaveLength(2);
    }),
  );

  it('an error that is not fatal changes nothing; a member that is gone is not worth a word', () => {
    const { client, sockets, told } = connect();
    sockets[0]!.welcome();
    sockets[0]!.say({ type: 'error', code: 'unknown-member', message: '', fatal: false });
    expect(told.at(-1)).toBe('welcome');
    sockets[0]!.say({ type: 'error', code: 'bad-message', message: '', fatal: false });
    expect(told.at(-1)).toBe('refused bad-message');
    expect(sockets[0]!.isClosed).toBe(false);
    client.close();
  });

  it('words before the welcome, or a second welcome, end the connection', () => {
    for (const isWelcome of [false, true]) {
      const { client, sockets, told } = connect();
      if (isWelcome) {
        sockets[0]!.welcome();
        sockets[0]!.welcome();
      } else sockets[0]!.say({ type: 'member-joined', member: memberName() });
      expect(told.slice(-2)).toEqual(['refused bad-server-message', 'away']);
      expect(sockets[0]!.isClosed).toBe(true);
      client.close();
    }
  });
});

describe('a flood of introductions', () => {
  it(
    'is handed over in order, no faster than the server takes it',
    withClock(() => {
      const { client, sockets } = connect();
      const [socket] = sockets as [FakeSocket];
      socket.welcome();
      const payloads = Array.from({ length: RELAY_BURST + 160 }, (_, i) => `payload${i}`);
      const member = memberName();
      for (const payload of payloads) client.relay(member, payload);
      expect(socket.sent).toHaveLength(1 + RELAY_BURST);
      vi.advanceTimersByTime(1_000);
      expect(socket.sent.length).toBeGreaterThan(RELAY_BURST + RELAYS_PER_SECOND / 2);
      expect(socket.sent.length).toBeLessThanOrEqual(1 + RELAY_BURST + RELAYS_PER_SECOND);
      vi.advanceTimersByTime(2_000);
      expect(socket.sent.slice(1)).toEqual(
        payloads.map((payload) => ({ type: 'relay', to: member, payload })),
      );
      client.close();
    }),
  );

  it(
    'without end costs the connection, not one payload sooner',
    withClock(() => {
      const { client, sockets, told } = connect();
      sockets[0]!.welcome();
      for (let i = 0; i < RELAY_BURST + MAX_WAITING_RELAYS; i++) client.relay(memberName(), 'AAAA');
      expect(told.at(-1)).toBe('welcome');
      client.relay(memberName(), 'AAAA');
      expect(told.at(-1)).toBe('away');
      client.close();
    }),
  );
});

describe('decodeServerMessage', () => {
  const member = memberName();
  it.each([
    [undefined],
    [new ArrayBuffer(3)],
    ['x'.repeat(70_000)],
    ['{'],
    ['null'],
    ['[]'],
    ['{"type":"welcome"}'],
    [JSON.stringify({ type: 'welcome', member: 'short', members: [], iceServers: [] })],
    [JSON.stringify({ type: 'welcome', member, members: [7], iceServers: [] })],
    [JSON.stringify({ type: 'welcome', member, members: Array(65).fill(member), iceServers: [] })],
    [JSON.stringify({ type: 'welcome', member, members: [], iceServers: [{ urls: 'http://x' }] })],
    [JSON.stringify({ type: 'welcome', member, members: [], iceServers: [{}] })],
    [JSON.stringify({ type: 'member-left', member: `${member}x` })],
    [JSON.stringify({ type: 'relayed', from: member, payload: 7 })],
    [JSON.stringify({ type: 'error', code: 7, message: 'x' })],
  ])('%# is a violation', (text) => {
    expect(() => decodeServerMessage(text)).toThrow(ProtocolViolation);
  });

  it('any JSON is a violation or a message', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          decodeServerMessage(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolViolation);
        }
      }),
    );
  });

  it('takes ICE servers with and without credentials, and cuts an endless reason', () => {
    const iceServers = [
      { urls: 'stun:example.org' },
      { urls: ['turn:a:1', 'turns:b'], username: 'u', credential: 'c', other: 1 },
    ];
    const text = JSON.stringify({ type: 'welcome', member, members: [], iceServers });
    expect(decodeServerMessage(text)).toMatchObject({
      iceServers: [
        { urls: ['stun:example.org'] },
        { urls: ['turn:a:1', 'turns:b'], username: 'u', credential: 'c' },
      ],
    });
    const error = { type: 'error', code: 'x'.repeat(99), message: `\u0007${'y'.repeat(999)}` };
    const decoded = decodeServerMessage(JSON.stringify(error));
    expect(decoded).toMatchObject({ fatal: false, code: 'x'.repeat(40) });
    expect('message' in decoded && decoded.message).toBe(` ${'y'.repeat(399)}`);
  });
});

describe('signalingUrl', () => {
  it.each([
    ['http://localhost:8080', 'ws://localhost:8080/signaling'],
    ['https://host/', 'wss://host/signaling'],
    ['ws://192.0.2.2:1/', 'ws://192.0.2.2:1/signaling'],
    ['wss://host/signaling', 'wss://host/signaling'],
    ['https://host/flock/?a=b#/room/x?k=secret', 'wss://host/flock/signaling'],
    ['http://[::1]:80', 'ws://[::1]/signaling'],
  ])('%s is %s', (server, url) => {
    expect(signalingUrl(server)).toBe(url);
  });

  it.each(['', 'localhost:8080', 'ftp://host', 'http://', 'file:///x'])(
    '%j is refused',
    (server) => {
      expect(() => signalingUrl(server)).toThrow(UsageError);
    },
  );
});

describe('rejoinDelay', () => {
  it('grows to its bound, with at least half of it and never more', () => {
    fc.assert(
      fc.property(
        fc.nat(100),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (attempt, random) => {
          const longest = Math.min(REJOIN_MAX_MS, REJOIN_MIN_MS * 2 ** attempt);
          const delay = rejoinDelay(attempt, random);
          expect(delay).toBeGreaterThanOrEqual(longest / 2);
          expect(delay).toBeLessThanOrEqual(longest);
        },
      ),
    );
  });
});
