import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CONTROL_BYTES } from '../../src/config.ts';
import { ProtocolViolation } from '../../src/errors.ts';
import { decodeMessage, encodeNote, encodeProfile, encodeReady } from '../../src/round/messages.ts';
import { MESSAGE_TYPES } from '../../src/secagg/index.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';
import { PARAMETERS, Room } from './room.ts';

/** One message of each type that a room sends. */
function corpus(): readonly Uint8Array[] {
  const messages = new Map<number, Uint8Array>();
  const room = new Room(4, {
    call: 'calling',
    suite: simulatedSuite,
    delivery: () => (message) => {
      messages.set(message[0]!, message);
      return [{ message, delayMs: 1 }];
    },
  });
  room.untilResults(2);
  const [first, second] = room.peers;
  const event = { type: 'leave-out', target: second!.id, now: room.network.now } as const;
  room.network.step(first!, event);
  room.add('newcomer');
  room.call('calling');
  room.untilResults(3);
  messages.set(MESSAGE_TYPES.profile, encodeProfile({ name: 'Ada', kind: 'tab', isHidden: false }));
  messages.set(MESSAGE_TYPES.note, encodeNote({ topic: 'table', body: Uint8Array.of(1, 2) }));
  return [...messages.values()];
}

/** What decoding does: nothing, or the one error that it may throw. */
function outcomeOf(bytes: Uint8Array): string {
  try {
    decodeMessage(bytes);
    return 'read';
  } catch (error) {
    return error instanceof ProtocolViolation ? 'violation' : String(error);
  }
}

describe('decodeMessage', () => {
  const messages = corpus();

  it('reads every message that a room sends', () => {
    expect(messages.length).toBeGreaterThanOrEqual(13);
    expect(messages.map(outcomeOf)).toEqual(messages.map(() => 'read'));
  });

  it('throws nothing but ProtocolViolation on random bytes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20 }),
        fc.uint8Array({ maxLength: 300 }),
        (type, rest) => ['read', 'violation'].includes(outcomeOf(Uint8Array.of(type, ...rest))),
      ),
      { numRuns: 3_000 },
    );
  });

  it('throws nothing but ProtocolViolation on messages with bytes changed, cut or added', () => {
    const change = fc.record({
      which: fc.nat(messages.length - 1),
      at: fc.nat(400),
      to: fc.nat(255),
      length: fc.option(fc.nat(500), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        let bytes = messages[changes[0]!.which]!.slice();
        for (const { at, to, length } of changes) {
          bytes[at % bytes.length] = to;
          if (length !== undefined) {
            const cut = new Uint8Array(Math.max(length, 1));
            cut.set(bytes.subarray(0, cut.length));
            bytes = cut;
          }
        }
        return ['read', 'violation'].includes(outcomeOf(bytes));
      }),
      { numRuns: 5_000 },
    );
  });

  it('reads no control message above 32 KiB, before its body is looked at', () => {
    const long = (type: number): string => {
      const bytes = new Uint8Array(MAX_CONTROL_BYTES + 1);
      bytes[0] = type;
      try {
        decodeMessage(bytes);
        return 'read';
      } catch (error) {
        return String(error);
      }
    };
    const large: readonly string[] = ['masked', 'result', 'scoped', 'chunk', 'sum', 'part'];
    for (const [name, type] of Object.entries(MESSAGE_TYPES)) {
      if (large.includes(name)) expect(long(type)).not.toMatch(/too long/);
      else expect(long(type)).toMatch(`${name} is too long`);
    }
  });

  it('gives back what READY said', () => {
    const ready = {
      round: 7,
      attempt: 3,
      base: new Uint8Array(32).fill(9),
      included: 5,
      parameters: PARAMETERS,
      call: 'soon',
      isBusy: true,
      minPeers: 4,
      uplink: 3,
      trusts: '*',
      links: [],
    } as const;
    expect(decodeMessage(encodeReady(ready))).toEqual({ type: 'ready', ready });
    const parameters = { ...PARAMETERS, combining: 'centred-clipping', search: 'votes' } as const;
    const searching = { ...ready, parameters };
    expect(decodeMessage(encodeReady(searching))).toEqual({ type: 'ready', ready: searching });
    const unknown = { ...parameters, search: 'hearsay' as 'votes' };
    expect(() => decodeMessage(encodeReady({ ...ready, parameters: unknown }))).toThrow(
      ProtocolViolation,
    );
  });
});
