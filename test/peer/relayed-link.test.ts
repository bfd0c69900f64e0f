import { describe, expect, it } from 'vitest';
import {
  FRAME_BYTES,
  LINK_IDLE_MS,
  LINK_SILENT_MS,
  MAX_MESSAGE_BYTES,
  MAX_QUEUE_BYTES,
  CARRY_WINDOW_BYTES,
} from '../../src/config.ts';
import { costOfPiece } from '../../src/peer/carry-messages.ts';
import type { Goodbye } from '../../src/peer/framing.ts';
import { createIdentity, type Identity } from '../../src/peer/identity.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { EXCHANGE_ENTROPY_BYTES, readPiece, type Exchange } from '../../src/peer/relayed-keys.ts';
import { RelayedLink, type RelayedEnd } from '../../src/peer/relayed-link.ts';
import type { Lane } from '../../src/ports.ts';
import { Stream, STREAM_NAME_BYTES } from '../../src/peer/stream.ts';
import { freshRoom, orderedIdentities } from './peers.ts';

const carrier = createIdentity(nodeSuite);
const room = freshRoom();
const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(EXCHANGE_ENTROPY_BYTES));

/** One end, and the pieces that it handed to the carrier. */
class End {
  readonly sent: Uint8Array[] = [];
  readonly messages: Uint8Array[] = [];
  readonly closed: { readonly reason: RelayedEnd; readonly goodbye: Goodbye | undefined }[] = [];
  /** Whether each link that opened went on where the one before ended. */
  readonly goesOn: boolean[] = [];
  underWay = 0;
  link: RelayedLink | undefined;
  readonly stream = new Stream(crypto.getRandomValues(new Uint8Array(STREAM_NAME_BYTES)));
  readonly #exchange: Exchange;

  constructor(identity: Identity, other: Identity, exchange: Partial<Exchange> = {}) {
    this.#exchange = {
      suite: nodeSuite,
      room,
      identity,
      peer: other.id,
      via: carrier.id,
      ...exchange,
    };
  }

  /** Takes a piece as the carrier delivers it. */
  take(bytes: Uint8Array, now = 0): void {
    const piece = readPiece(bytes)!;
    if (piece.type === 'hello') {
      this.link = RelayedLink.answer(this.#options(), piece, random(), now);
    } else this.link!.take(piece, now);
  }

  /** Sends a message, as long as the stream has room. */
  say(message: Uint8Array, lane: Lane = 'control'): void {
    expect(this.stream.push(message, lane)).toBe(true);
    this.link!.send(message, lane);
  }

  greet(): void {
    this.link = RelayedLink.greet(this.#options(), random(), 0);
  }

  #options(): Parameters<typeof RelayedLink.greet>[0] {
    return {
      exchange: this.#exchange,
      stream: this.stream,
      send: (piece) => {
        this.underWay += costOfPiece(piece);
        this.sent.push(piece);
      },
      underWay: () => this.underWay,
      onOpen: (_, goesOn) => this.goesOn.push(goesOn),
      onMessage: (message) => this.messages.push(message),
      onClosed: (_, reason, goodbye) => this.closed.push({ reason, goodbye }),
    };
  }
}

/** An honest carrier: passes on until nothing is left, and lets the sender send more. */
function carry(from: End, to: End): void {
  for (let piece = from.sent.shift(); piece !== undefined; piece = from.sent.shift()) {
    from.underWay -= costOfPiece(piece);
    to.take(piece);
    if (from.sent.length === 0) from.link!.pump();
  }
}

/** Both ways, until nothing is left. */
function settle(a: End, b: End): void {
  while (a.sent.length + b.sent.length > 0) {
    carry(a, b);
    carry(b, a);
  }
}

function ends(exchange: Partial<Exchange> = {}): readonly [End, End] {
  const [small, large] = orderedIdentities();
  return [new End(small, large), new End(large, small, exchange)];
}

function opened(): readonly [End, End] {
  const [a, b] = ends();
  a.greet();
  settle(a, b);
  expect([a.link!.isOpen, b.link!.isOpen]).toEqual([true, true]);
  return [a, b];
}

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

describe('a relayed link', () => {
  it('is open after hello, reply and confirm, and carries messages of every size both ways', () => {
    const [a, b] = opened();
    const sizes = [0, 1, FRAME_BYTES, FRAME_BYTES + 1, 1_000_000, MAX_MESSAGE_BYTES];
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      for (const size of sizes) {
        from.say(new Uint8Array(size).fill(size % 251));
        carry(from, to);
      }
      expect(to.messages.map(({ length }) => length)).toEqual(sizes);
      expect(
        to.messages.every((message) => message.every((byte) => byte === message.length % 251)),
      ).toBe(true);
    }
  });

  it('shows the carrier no byte of a message, and never the same piece for the same message', () => {
    const [a] = opened();
    const secret = new Uint8Array(64).fill(7);
    a.say(secret);
    a.say(secret);
    const [first, second] = a.sent;
    expect(Buffer.from(first!).includes(Buffer.from(secret.subarray(0, 8)))).toBe(false);
    expect(first).not.toEqual(second);
  });

  it('has at most the window and one frame under way, however much is sent', () => {
    const [a] = opened();
    a.say(new Uint8Array(MAX_MESSAGE_BYTES));
    expect(a.underWay).toBeGreaterThan(CARRY_WINDOW_BYTES - 2 * FRAME_BYTES);
    expect(a.underWay).toBeLessThan(CARRY_WINDOW_BYTES + 2 * FRAME_BYTES);
  });

  it('that is closed for a full queue says goodbye, and no part of a message is given on', () => {
    const [a, b] = opened();
    const large = new Uint8Array(MAX_MESSAGE_BYTES);
    for (let i = 0; i < MAX_QUEUE_BYTES / MAX_MESSAGE_BYTES; i++) a.say(large);
    expect(a.stream.push(bytes(1), 'control')).toBe(false);
    a.link!.close('overflow', 'leaving');
    settle(a, b);
    expect(a.closed).toEqual([{ reason: 'overflow', goodbye: undefined }]);
    expect(b.closed).toEqual([{ reason: 'closed', goodbye: 'leaving' }]);
    expect(b.messages).toEqual([]);
  });

  it('is pinged when idle, stays open when the ping is answered, and is silent when not', () => {
    const [a, b] = opened();
    a.link!.beat(LINK_IDLE_MS, LINK_IDLE_MS - 1);
    expect(a.sent).toHaveLength(1);
    const ping = a.sent.shift()!;
    b.take(ping, LINK_IDLE_MS);
    a.take(b.sent.shift()!, LINK_IDLE_MS + 1);
    a.link!.beat(LINK_IDLE_MS + 2, LINK_IDLE_MS + 1);
    expect(a.closed).toEqual([]);
    const later = 2 * LINK_IDLE_MS + 1;
    a.link!.beat(later, later - 1);
    a.link!.beat(later + LINK_SILENT_MS, later + LINK_SILENT_MS - 1);
    expect(a.closed).toEqual([{ reason: 'silent', goodbye: undefined }]);
  });

  it('that finishes sends everything first, and only then its goodbye', async () => {
    const [a, b] = opened();
    a.say(new Uint8Array(1_000_000));
    const finished = a.link!.finish();
    expect(a.closed).toEqual([]);
    settle(a, b);
    await finished;
    expect(b.messages.map(({ length }) => length)).toEqual([1_000_000]);
    expect(b.closed).toEqual([{ reason: 'closed', goodbye: 'leaving' }]);
  });
});

describe('a relayed link in place of another', () => {
  /** Both ends open a new link, and go on with their streams. */
  const reopen = (a: End, b: End): void => {
    a.sent.length = b.sent.length = 0;
    a.underWay = b.underWay = 0;
    a.greet();
    settle(a, b);
    expect([a.link!.isOpen, b.link!.isOpen]).toEqual([true, true]);
  };

  it('goes on with what was lost on the way, both ways, in order and once', () => {
    const [a, b] = opened();
    a.say(bytes(1));
    b.say(bytes(10));
    settle(a, b);
    a.say(bytes(2));
    a.say(new Uint8Array(3 * CARRY_WINDOW_BYTES), 'bulk');
    b.say(bytes(11));
    // Of these, the first arrives, and the word that it did is lost.
    b.take(a.sent[0]!);
    reopen(a, b);
    a.say(bytes(3));
    settle(a, b);
    const [control, bulk] = [true, false].map((isShort) =>
      b.messages.filter(({ length }) => (length === 1) === isShort),
    );
    expect(control).toEqual([bytes(1), bytes(2), bytes(3)]);
    expect(bulk!.map(({ length }) => length)).toEqual([3 * CARRY_WINDOW_BYTES]);
    expect(a.messages).toEqual([bytes(10), bytes(11)]);
    expect(a.goesOn).toEqual([false, true]);
    expect(b.goesOn).toEqual([false, true]);
    expect(a.stream.kept).toEqual([]);
  });

  it('takes what was said while there was none', () => {
    const [a, b] = opened();
    a.stream.push(bytes(1), 'control');
    reopen(a, b);
    expect(b.messages).toEqual([bytes(1)]);
  });

  it('begins afresh with a peer that has come back in another life', () => {
    const [small, large] = orderedIdentities();
    const [a, b] = [new End(small, large), new End(large, small)];
    a.greet();
    settle(a, b);
    a.say(bytes(1));
    const again = new End(large, small);
    reopen(a, again);
    expect([a.goesOn, again.goesOn]).toEqual([[false, false], [false]]);
    a.say(bytes(2));
    settle(a, again);
    expect(again.messages).toEqual([bytes(2)]);
    expect(again.closed).toEqual([]);
  });
});

describe('a carrier that', () => {
  /** Three messages on their way from a to b, one piece each. */
  const underWay = (): {
    readonly a: End;
    readonly b: End;
    readonly pieces: readonly Uint8Array[];
  } => {
    const [a, b] = opened();
    for (const value of [1, 2, 3]) a.say(bytes(value));
    return { a, b, pieces: a.sent.splice(0) };
  };
  const isRefused = (b: End, messages: readonly Uint8Array[]): void => {
    expect(b.messages).toEqual(messages);
    expect(b.closed).toEqual([{ reason: 'tampered', goodbye: undefined }]);
    expect(b.link!.isOpen).toBe(false);
  };

  it('swaps two pieces is refused at the first of them', () => {
    const { b, pieces } = underWay();
    b.take(pieces[1]!);
    isRefused(b, []);
    b.take(pieces[0]!);
    isRefused(b, []);
  });

  it('leaves one out is refused at the next', () => {
    const { b, pieces } = underWay();
    b.take(pieces[0]!);
    b.take(pieces[2]!);
    isRefused(b, [bytes(1)]);
  });

  it('delivers one twice is refused', () => {
    const { b, pieces } = underWay();
    b.take(pieces[0]!);
    b.take(pieces[0]!);
    isRefused(b, [bytes(1)]);
  });

  it('changes any byte behind the name is refused', () => {
    for (const place of [9, 12, -1]) {
      const { b, pieces } = underWay();
      const forged = pieces[0]!.slice();
      forged[(place + forged.length) % forged.length]! ^= 1;
      b.take(forged);
      isRefused(b, []);
    }
  });

  it('sends a peer’s own pieces back to it is refused', () => {
    const { a, pieces } = underWay();
    a.take(pieces[0]!);
    isRefused(a, []);
  });

  it('was refused by one side makes the other look for another way too', () => {
    const { a, b, pieces } = underWay();
    b.take(pieces[1]!);
    a.take(b.sent.shift()!);
    expect(a.closed).toEqual([{ reason: 'closed', goodbye: 'replaced' }]);
  });

  it('replays an earlier exchange changes nothing: its pieces have another name', () => {
    const [small, large] = orderedIdentities();
    const [a, b] = [new End(small, large), new End(large, small)];
    a.greet();
    carry(a, b);
    carry(b, a);
    const early = [...a.sent];
    settle(a, b);
    a.say(bytes(1));
    early.push(a.sent[0]!);
    settle(a, b);
    const again = new End(small, large);
    again.greet();
    carry(again, b);
    for (const piece of early) b.take(piece);
    expect(b.link!.isOpen).toBe(false);
    settle(again, b);
    expect(b.link!.isOpen).toBe(true);
    for (const piece of early) b.take(piece);
    again.say(bytes(2));
    settle(again, b);
    expect(b.messages).toEqual([bytes(1), bytes(2)]);
    expect(b.closed).toEqual([]);
  });

  it('puts a key of its own in the place of one is refused by who greeted', () => {
    const [a, b] = ends();
    a.greet();
    const hello = a.sent.shift()!;
    const mine = nodeSuite.agreementKey(new Uint8Array(32).fill(5));
    hello.set(mine, 1);
    b.take(hello);
    a.take(b.sent.shift()!);
    expect(a.closed).toEqual([{ reason: 'tampered', goodbye: undefined }]);
  });

  it('answers in the place of a peer is refused: it cannot sign for it', () => {
    const [small, large] = orderedIdentities();
    const a = new End(small, large);
    const impostor = new End(carrier, small);
    a.greet();
    carry(a, impostor);
    carry(impostor, a);
    expect(a.closed.map(({ reason }) => reason)).toEqual(['tampered']);
  });

  it('confirms in the place of who greeted is refused', () => {
    const [small, large] = orderedIdentities();
    const impostor = new End(carrier, large, { identity: carrier });
    const b = new End(large, small);
    impostor.greet();
    carry(impostor, b);
    carry(b, impostor);
    expect(b.link!.isOpen).toBe(false);
    expect(impostor.closed.map(({ reason }) => reason)).toEqual(['tampered']);
  });

  it('gives the one exchange to another carrier is refused', () => {
    const [a, b] = ends({ via: createIdentity(nodeSuite).id });
    a.greet();
    carry(a, b);
    carry(b, a);
    expect(a.closed.map(({ reason }) => reason)).toEqual(['tampered']);
  });

  it('brings in somebody without the room key is refused', () => {
    const [a, b] = ends({ room: { ...room, introductionKey: new Uint8Array(32) } });
    a.greet();
    carry(a, b);
    carry(b, a);
    expect(a.closed.map(({ reason }) => reason)).toEqual(['tampered']);
    expect(b.link!.isOpen).toBe(false);
  });

  it('delivers words before the confirmation is refused', () => {
    const [a, b] = ends();
    a.greet();
    carry(a, b);
    carry(b, a);
    const confirm = a.sent.shift()!;
    a.say(bytes(1));
    b.take(a.sent.shift()!);
    b.take(confirm);
    isRefused(b, []);
  });

  it('brings a key of small order gets no answer', () => {
    const [a, b] = ends();
    a.greet();
    const hello = a.sent.shift()!;
    hello.fill(0, 1, 33);
    b.take(hello);
    expect(b.link).toBeUndefined();
    expect(b.sent).toEqual([]);
  });
});
