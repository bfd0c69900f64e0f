/**
 * What every transport promises, as tests: each adapter runs the whole suite.
 *
 * @module
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FRAME_BYTES, MAX_MESSAGE_BYTES } from '../../src/config.ts';
import type { Transport } from '../../src/ports.ts';
import { nobody, untilMesh, Witness } from './witness.ts';

/** One room of one kind of transport. */
export interface ContractRoom {
  /** A transport of a fresh identity, not started. */
  create(): Transport;
  /** Ends a peer without a `close`, as a closed tab does. */
  kill(transport: Transport): void;
  /** Ends everything that is left. */
  end(): Promise<void>;
}

/** Runs the contract. */
export function describeTransport(name: string, openRoom: () => Promise<ContractRoom>): void {
  describe(`${name} keeps the contract of a transport`, () => {
    let room: ContractRoom;
    let witnesses: Witness[];

    const join = (count: number): Witness[] => {
      const joined = Array.from({ length: count }, () => new Witness(room.create()).start());
      witnesses.push(...joined);
      return joined;
    };
    const pair = async (): Promise<readonly [Witness, Witness]> => {
      const [a, b] = join(2) as [Witness, Witness];
      await untilMesh([a, b]);
      return [a, b];
    };

    beforeEach(async () => {
      room = await openRoom();
      witnesses = [];
    });

    afterEach(async () => {
      expect(witnesses.map((witness) => witness.eventsInsideCalls)).toEqual(witnesses.map(() => 0));
      await Promise.all(witnesses.map(({ transport }) => transport.close()));
      await room.end();
    });

    it('four peers form a mesh, each link told once, linking before linked', async () => {
      const peers = join(4);
      await untilMesh(peers);
      for (const peer of peers) {
        const others = peers.filter((other) => other !== peer).map(({ id }) => id);
        expect(
          peer
            .of('linked')
            .map((event) => event.peer)
            .sort(),
        ).toEqual([...others].sort());
        for (const id of others) {
          const types = peer.events.filter((event) => 'peer' in event && event.peer === id);
          expect(types.map(({ type }) => type)).toEqual(['linking', 'linked']);
        }
        expect(peer.of('server').at(-1)?.state).toBe('connected');
        expect(peer.of('refused')).toEqual([]);
      }
    });

    it('a newcomer is linked to everybody who is there', async () => {
      const first = join(2);
      await untilMesh(first);
      const [newcomer] = join(1) as [Witness];
      await untilMesh([...first, newcomer]);
      expect(newcomer.linked.size).toBe(2);
    });

    it('messages of every size arrive whole, in order, both ways at once', async () => {
      const [a, b] = await pair();
      const sizes = [
        0,
        1,
        FRAME_BYTES - 1,
        FRAME_BYTES,
        FRAME_BYTES + 1,
        1_000_000,
        2,
        3 * FRAME_BYTES,
      ];
      for (const [sender, receiver] of [
        [a, b],
        [b, a],
      ] as const) {
        // prettier-ignore
        sizes.forEach((size, index) =>
          sender.act((transport) => transport.send(receiver.id, pattern(size, index))),
        );
      }
      for (const [receiver, sender] of [
        [a, b],
        [b, a],
      ] as const) {
        // prettier-ignore
        await receiver.until(() => receiver.received.length === sizes.length);
        receiver.received.forEach((event, index) => {
          expect(event.peer).toBe(sender.id);
          expect(sameBytes(event.message, pattern(sizes[index]!, index))).toBe(true);
        });
      }
    });

    it('the largest message arrives, and a larger one is refused to its sender', async () => {
      const [a, b] = await pair();
      a.act((transport) => transport.send(b.id, pattern(MAX_MESSAGE_BYTES, 5)));
      await b.until(() => b.received.length === 1);
      expect(sameBytes(b.received[0]!.message, pattern(MAX_MESSAGE_BYTES, 5))).toBe(true);
      const tooLarge = new Uint8Array(MAX_MESSAGE_BYTES + 1);
      expect(() => a.transport.send(b.id, tooLarge)).toThrow(RangeError);
      expect(a.linked.has(b.id)).toBe(true);
    });

    it('a received message is the receiver’s own', async () => {
      const [a, b, c] = join(3) as [Witness, Witness, Witness];
      await untilMesh([a, b, c]);
      const message = pattern(100, 1);
      a.act((transport) => transport.send(b.id, message));
      a.act((transport) => transport.send(c.id, message));
      await b.until(() => b.received.length === 1);
      b.received[0]!.message.fill(0);
      await c.until(() => c.received.length === 1);
      expect(sameBytes(c.received[0]!.message, pattern(100, 1))).toBe(true);
      expect(sameBytes(message, pattern(100, 1))).toBe(true);
    });

    it('a message to a peer without a link is dropped', async () => {
      const [a, b] = await pair();
      a.act((transport) => transport.send(nobody, pattern(10, 0)));
      a.act((transport) => transport.send(b.id, pattern(10, 1)));
      await b.until(() => b.received.length === 1);
      expect(sameBytes(b.received[0]!.message, pattern(10, 1))).toBe(true);
    });

    it('close lets everything that was sent arrive, then the others hear of it', async () => {
      const [a, b] = await pair();
      for (let i = 0; i < 5; i++) a.act((transport) => transport.send(b.id, pattern(300_000, i)));
      await a.act((transport) => transport.close());
      await b.until(() => !b.linked.has(a.id));
      expect(b.received.map(({ message }, i) => sameBytes(message, pattern(300_000, i)))).toEqual(
        Array.from({ length: 5 }, () => true),
      );
      expect(b.of('unlinked')).toEqual([{ type: 'unlinked', peer: a.id, reason: 'closed' }]);
    });

    it('nothing is told after close', async () => {
      const [a, b] = await pair();
      await a.act((transport) => transport.close());
      const told = a.events.length;
      b.act((transport) => transport.send(a.id, pattern(10, 0)));
      await b.until(() => !b.linked.has(a.id));
      expect(a.events.length).toBe(told);
    });

    it('a killed peer is gone for the others, who stay linked', async () => {
      const [a, b, c] = join(3) as [Witness, Witness, Witness];
      await untilMesh([a, b, c]);
      room.kill(a.transport);
      await Promise.all([b, c].map((peer) => peer.until(() => !peer.linked.has(a.id))));
      b.act((transport) => transport.send(c.id, pattern(10, 0)));
      await c.until(() => c.received.length === 1);
      expect(b.linked.has(c.id)).toBe(true);
    });

    it('a queue over its bound closes that link and no other', async () => {
      const [a, b, c] = join(3) as [Witness, Witness, Witness];
      await untilMesh([a, b, c]);
      a.act((transport) => {
        const largest = new Uint8Array(MAX_MESSAGE_BYTES);
        for (let i = 0; i < 20; i++) transport.send(b.id, largest);
      });
      await a.until(() => a.of('unlinked').length === 1);
      expect(a.of('unlinked')[0]).toEqual({ type: 'unlinked', peer: b.id, reason: 'overflow' });
      a.act((transport) => transport.send(c.id, pattern(10, 0)));
      await c.until(() => c.received.length === 1);
    });

    it('a peer that was disconnected is told so, and not let in again', async () => {
      const [a, b] = await pair();
      a.act((transport) => transport.disconnect(b.id, 'violation'));
      await Promise.all([a.until(() => !a.linked.has(b.id)), b.until(() => !b.linked.has(a.id))]);
      expect(a.of('unlinked')).toEqual([{ type: 'unlinked', peer: b.id, reason: 'violation' }]);
      // A newcomer that is linked to both shows that introductions went on meanwhile.
      const [c] = join(1) as [Witness];
      await Promise.all([untilMesh([a, c]), untilMesh([b, c])]);
      expect(a.linked.has(b.id)).toBe(false);
      expect(a.of('linked').filter(({ peer }) => peer === b.id)).toHaveLength(1);
    });
  });
}

/** Bytes that differ with place and index, so that a lost or swapped part is seen. */
function pattern(size: number, index: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >> 8) * 17 + index * 101 + 1) & 0xff;
  return bytes;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
