import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CARRIED_BYTES_PER_SECOND,
  CARRIED_PAIR_IDLE_MS,
  CARRY_SLACK_BYTES,
  CARRY_WINDOW_BYTES,
  FRAME_BYTES,
  MAX_CARRIED_PAIRS,
  MAX_CARRIED_PAIRS_PER_PEER,
  MAX_LINKS,
} from '../../src/config.ts';
import { ProtocolViolation } from '../../src/errors.ts';
import { peerIdOf, type PeerId } from '../../src/ids.ts';
import {
  carrierDeadline,
  createCarrier,
  stepCarrier,
  type CarrierEffect,
  type CarrierEvent,
  type CarrierState,
} from '../../src/peer/carrier.ts';
import {
  costOfPiece,
  decodeCarry,
  encodeCarry,
  MAX_PIECE_BYTES,
  type CarryMessage,
} from '../../src/peer/carry-messages.ts';

const peers = Array.from({ length: 80 }, (_, i) => peerIdOf(new Uint8Array(32).fill(i + 1)));
const [a, b, c, d] = peers as [PeerId, PeerId, PeerId, PeerId];

type Timeless<Event> = Event extends unknown ? Omit<Event, 'now'> : never;

/** A carrier with direct links to some peers. */
class Carrier {
  readonly state: CarrierState = createCarrier(0);
  now = 0;

  constructor(linked: readonly PeerId[] = [a, b, c]) {
    for (const peer of linked) this.step({ type: 'linked', peer, isDirect: true });
  }

  step(event: Timeless<CarrierEvent>): readonly CarrierEffect[] {
    return stepCarrier(this.state, { ...event, now: this.now } as CarrierEvent)[1];
  }

  carry(from: PeerId, to: PeerId, bytes = FRAME_BYTES): readonly CarrierEffect[] {
    return this.step({ type: 'carry', from, to, piece: new Uint8Array(bytes) });
  }

  taken(by: PeerId, from: PeerId, bytes: number): readonly CarrierEffect[] {
    return this.step({ type: 'taken', by, from, bytes });
  }
}

const refusal = (effects: readonly CarrierEffect[]): string | undefined => {
  const refused = effects.find(({ message }) => message.type === 'refused')?.message;
  return refused?.type === 'refused' ? refused.code : undefined;
};

describe('a carrier', () => {
  it('passes a piece on to a neighbour, and says from whom it is', () => {
    const carrier = new Carrier();
    const piece = Uint8Array.of(1, 2, 3);
    const effects = carrier.step({ type: 'carry', from: a, to: b, piece });
    expect(effects).toEqual([
      { type: 'send', to: b, message: { type: 'carried', peer: a, piece } },
    ]);
  });

  it('passes nothing on to a peer without a link, nor for one', () => {
    const carrier = new Carrier();
    expect(carrier.carry(a, d)).toEqual([
      { type: 'send', to: a, message: { type: 'refused', peer: d, code: 'no-link' } },
    ]);
    expect(carrier.carry(d, a)).toEqual([]);
  });

  it('joins a direct link to a relayed one, and never two relayed ones', () => {
    const carrier = new Carrier([a]);
    for (const peer of [b, c]) {
      carrier.step({ type: 'linked', peer, isDirect: false });
    }
    expect(refusal(carrier.carry(a, b))).toBeUndefined();
    expect(refusal(carrier.carry(b, a))).toBeUndefined();
    expect(refusal(carrier.carry(b, c))).toBe('no-link');
  });

  it('has at most the window and its slack under way for a flooding sender, then ends the pair for both', () => {
    const carrier = new Carrier();
    let passed = 0;
    for (;;) {
      const effects = carrier.carry(a, b);
      if (refusal(effects) === 'overflow') {
        expect(effects.map(({ to }) => to).sort()).toEqual([a, b].sort());
        break;
      }
      passed += FRAME_BYTES;
    }
    expect(passed).toBeGreaterThan(CARRY_WINDOW_BYTES);
    expect(passed).toBeLessThan(CARRY_WINDOW_BYTES + CARRY_SLACK_BYTES);
  });

  it('counts empty pieces too, so that a flood of them ends as well', () => {
    const carrier = new Carrier();
    let passed = 0;
    while (refusal(carrier.carry(a, b, 1)) === undefined) passed++;
    expect(passed).toBeLessThan((CARRY_WINDOW_BYTES + CARRY_SLACK_BYTES) / 64);
  });

  it('gives credit for what was taken, and no more than was under way', () => {
    const carrier = new Carrier();
    carrier.carry(a, b, 100);
    const cost = costOfPiece(new Uint8Array(100));
    expect(carrier.taken(b, a, 1_000_000)).toEqual([
      { type: 'send', to: a, message: { type: 'credit', peer: b, bytes: cost } },
    ]);
    expect(carrier.taken(b, a, 1)).toEqual([]);
    expect(carrier.taken(c, a, 1)).toEqual([]);
  });

  it('holds credit back beyond its pace, and gives it in time', () => {
    const carrier = new Carrier();
    let passed = 0;
    let credited = 0;
    const credit = (effects: readonly CarrierEffect[]): void => {
      for (const { message } of effects) if (message.type === 'credit') credited += message.bytes;
    };
    // An honest sender of as much as it may, at one moment.
    while (passed - credited < CARRY_WINDOW_BYTES) {
      carrier.carry(a, b);
      passed += FRAME_BYTES + 64;
      credit(carrier.taken(b, a, FRAME_BYTES + 64));
    }
    expect(credited).toBeGreaterThan(CARRIED_BYTES_PER_SECOND);
    expect(credited).toBeLessThan(CARRIED_BYTES_PER_SECOND + CARRY_WINDOW_BYTES);
    const due = carrierDeadline(carrier.state);
    expect(due).toBeLessThan(1_000);
    carrier.now = Math.ceil(due);
    credit(carrier.step({ type: 'tick' }));
    expect(credited).toBe(passed);
  });

  it('lets pairs take turns when its pace holds them back', () => {
    const carrier = new Carrier();
    const credits: PeerId[] = [];
    for (let round = 0; round < 400; round++) {
      for (const from of [a, c]) {
        carrier.carry(from, b);
        carrier.now += 1;
        for (const { to, message } of carrier.taken(b, from, FRAME_BYTES + 64)) {
          if (message.type === 'credit') credits.push(to);
        }
      }
    }
    const share = credits.filter((peer) => peer === a).length / credits.length;
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
  });

  it('has at most so many pairs in all, and of one peer', () => {
    const one = new Carrier(peers);
    for (let i = 1; i <= MAX_CARRIED_PAIRS_PER_PEER; i++) {
      expect(refusal(one.carry(a, peers[i]!))).toBeUndefined();
    }
    expect(refusal(one.carry(a, peers[40]!))).toBe('full');
    expect(refusal(one.carry(peers[40]!, a))).toBe('full');
    expect(refusal(one.carry(peers[40]!, peers[41]!))).toBeUndefined();
    const all = new Carrier(peers);
    let pairs = 0;
    for (let i = 0; i + 1 < peers.length; i++) {
      if (refusal(all.carry(peers[i]!, peers[i + 1]!, 1)) === undefined) pairs++;
    }
    expect(pairs).toBe(MAX_CARRIED_PAIRS);
  });

  it('forgets pairs that are idle, and then has room again', () => {
    const carrier = new Carrier(peers);
    for (let i = 1; i <= MAX_CARRIED_PAIRS_PER_PEER; i++) carrier.carry(a, peers[i]!);
    carrier.now = CARRIED_PAIR_IDLE_MS;
    carrier.step({ type: 'tick' });
    expect(refusal(carrier.carry(a, peers[40]!))).toBeUndefined();
  });

  it('tells the other end when one is gone', () => {
    const carrier = new Carrier();
    carrier.carry(a, b);
    carrier.carry(c, b);
    const effects = carrier.step({ type: 'unlinked', peer: b });
    expect(effects).toEqual(
      [a, c].map((to) => ({
        type: 'send',
        to,
        message: { type: 'refused', peer: b, code: 'no-link' },
      })),
    );
  });

  it('never has more under way than allowed, whatever neighbours send and say', () => {
    const peer = fc.constantFrom(a, b, c, d);
    const events = fc.array(
      fc.oneof(
        fc.record({
          type: fc.constant('carry'),
          from: peer,
          to: peer,
          size: fc.nat(MAX_PIECE_BYTES),
        }),
        fc.record({ type: fc.constant('taken'), by: peer, from: peer, bytes: fc.nat(2 ** 32 - 1) }),
        fc.record({ type: fc.constantFrom('linked', 'unlinked'), peer }),
        fc.record({ type: fc.constant('tick') }),
      ),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(events, fc.nat(100), (list, pace) => {
        const carrier = new Carrier();
        for (const event of list) {
          carrier.now += pace;
          const { size, ...rest } = event as { size?: number };
          const isDirect = size === undefined ? { isDirect: true } : {};
          carrier.step({ ...rest, ...isDirect, piece: new Uint8Array(size ?? 0) } as never);
          for (const { lanes } of carrier.state.pairs.values()) {
            for (const { underWay, owed } of lanes) {
              expect(underWay).toBeGreaterThanOrEqual(0);
              expect(owed).toBeGreaterThanOrEqual(0);
              expect(underWay).toBeLessThanOrEqual(CARRY_WINDOW_BYTES + CARRY_SLACK_BYTES);
            }
          }
        }
      }),
    );
  });
});

describe('messages between neighbours', () => {
  const standing = {
    name: new Uint8Array(8).fill(1),
    other: new Uint8Array(8).fill(2),
    received: { control: 3, bulk: 2 ** 32 - 1 },
  };
  const messages: readonly CarryMessage[] = [
    { type: 'neighbours', direct: [], relayed: [] },
    { type: 'neighbours', direct: [a, b], relayed: [c] },
    { type: 'carry', peer: a, piece: new Uint8Array(MAX_PIECE_BYTES) },
    { type: 'carried', peer: a, piece: Uint8Array.of(1) },
    { type: 'taken', peer: a, bytes: 2 ** 32 - 1 },
    { type: 'credit', peer: a, bytes: 0 },
    { type: 'refused', peer: a, code: 'full' },
    { type: 'moved', standing },
  ];

  it('come back as they were sent', () => {
    for (const message of messages) expect(decodeCarry(encodeCarry(message))).toEqual(message);
  });

  it('that are cut off or too long by a byte are violations', () => {
    for (const message of messages) {
      if (message.type === 'carry' || message.type === 'carried') continue;
      const bytes = encodeCarry(message);
      const wrong = [bytes.subarray(0, -1), Uint8Array.of(...bytes, 0)];
      for (const one of wrong) expect(() => decodeCarry(one)).toThrow(ProtocolViolation);
    }
    for (const size of [0, MAX_PIECE_BYTES + 1]) {
      const bytes = encodeCarry({ type: 'carry', peer: a, piece: new Uint8Array(size) });
      expect(() => decodeCarry(bytes)).toThrow(ProtocolViolation);
    }
  });

  it('that name peers twice, in disorder or too many are violations', () => {
    const many = Array.from({ length: MAX_LINKS + 1 }, (_, i) =>
      peerIdOf(new Uint8Array(32).fill(i)),
    ).sort();
    for (const direct of [[a, a], [b, a].sort().reverse(), many]) {
      const bytes = encodeCarry({ type: 'neighbours', direct, relayed: [] });
      expect(() => decodeCarry(bytes)).toThrow(ProtocolViolation);
    }
  });

  it('of any other bytes are violations, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeCarry(Uint8Array.of(64, ...bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolViolation);
        }
      }),
    );
  });
});
