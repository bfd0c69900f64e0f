import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../src/ids.ts';
import { decodeCarry, encodeCarry, isCarryMessage } from '../../src/peer/carry-messages.ts';
import { createIdentity } from '../../src/peer/identity.ts';
import { createMemoryNetwork, type MemoryNetwork } from '../../src/peer/memory-transport.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { createRelayingTransport } from '../../src/peer/relaying-transport.ts';
import type { Transport } from '../../src/ports.ts';
import { Witness } from '../contract/witness.ts';
import { freshRoom, orderedIdentities } from './peers.ts';

const room = freshRoom();
const [small, large] = orderedIdentities();
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

/** Two peers that have no direct link, and all others that have one to everybody. */
function blockedNetwork(): MemoryNetwork {
  const pair = [small.id, large.id];
  return createMemoryNetwork((a, b) => pair.includes(a) && pair.includes(b));
}

function relaying(inner: Transport, identity = createIdentity(nodeSuite)): Witness {
  const options = { suite: nodeSuite, identity, room, graceMs: 0 };
  return new Witness(createRelayingTransport(inner, options)).start();
}

/**
 * A neighbour that says that it knows everybody, and passes on what a test makes of each piece.
 *
 * @param make - What is delivered in place of a piece.
 */
function hostile(
  network: MemoryNetwork,
  make: (piece: Uint8Array, from: PeerId) => readonly Uint8Array[],
): Witness {
  const identity = createIdentity(nodeSuite);
  const transport = network.createTransport(identity.id);
  const linked = new Set<PeerId>();
  const tell = (): void => {
    const direct = [...linked].sort();
    for (const peer of linked) {
      transport.send(peer, encodeCarry({ type: 'neighbours', direct, relayed: [] }));
    }
  };
  const watched: Transport = {
    self: transport.self,
    start(onEvent) {
      transport.start((event) => {
        if (event.type === 'linked') {
          linked.add(event.peer);
          tell();
        }
        if (event.type === 'unlinked') linked.delete(event.peer);
        if (event.type === 'received' && isCarryMessage(event.message)) {
          const message = decodeCarry(event.message);
          if (message.type === 'carry') {
            for (const piece of make(message.piece.slice(), event.peer)) {
              transport.send(
                message.peer,
                encodeCarry({ type: 'carried', peer: event.peer, piece }),
              );
            }
          }
        }
        onEvent(event);
      });
    },
    send: (peer, message) => transport.send(peer, message),
    disconnect: (peer, reason) => transport.disconnect(peer, reason),
    close: () => transport.close(),
  };
  return new Witness(watched).start();
}

const close = (...witnesses: readonly Witness[]): Promise<unknown> =>
  Promise.all(witnesses.map(({ transport }) => transport.close()));

const isLinked = (one: Witness, other: Witness) => (): boolean => one.linked.has(other.id);

describe('a neighbour that spoils what it passes on', () => {
  it('is left for an honest one: the link is closed, and no wrong message is ever told', async () => {
    const network = blockedNetwork();
    const spoilt = new Set<PeerId>();
    const evil = hostile(network, (piece, from) => {
      // The sealed messages of the smaller id, once its link is open, are changed in their last byte.
      if (piece[0] === 3 && piece.length > 60 && from === small.id) {
        spoilt.add(from);
        piece[piece.length - 1]! ^= 1;
      }
      return [piece];
    });
    const a = relaying(network.createTransport(small.id), small);
    const b = relaying(network.createTransport(large.id), large);
    await Promise.all([a.until(isLinked(a, b)), b.until(isLinked(b, a))]);
    expect(a.of('linked').find(({ peer }) => peer === b.id)?.via).toBe(evil.id);
    a.act((transport) => transport.send(b.id, new Uint8Array(100).fill(7)));
    await b.until(() => b.of('refused').length > 0);
    expect(b.of('refused')[0]!.code).toBe('relay-tampered');
    await a.until(() => !a.linked.has(b.id));
    expect(spoilt.size).toBe(1);
    // Somebody honest comes.
    const honest = relaying(network.createTransport(createIdentity(nodeSuite).id));
    await Promise.all([a.until(isLinked(a, b)), b.until(isLinked(b, a))]);
    expect(
      a
        .of('linked')
        .filter(({ peer }) => peer === b.id)
        .at(-1)?.via,
    ).toBe(honest.id);
    a.act((transport) => transport.send(b.id, bytes(1, 2, 3)));
    await b.until(() => b.received.some(({ peer }) => peer === a.id));
    expect(b.received.filter(({ peer }) => peer === a.id).map(({ message }) => message)).toEqual([
      bytes(1, 2, 3),
    ]);
    await close(a, b, evil, honest);
  });

  it('doubles what is sealed is refused, and neither side hears a message twice', async () => {
    const network = blockedNetwork();
    const evil = hostile(network, (piece) => (piece[0] === 3 ? [piece, piece] : [piece]));
    const a = relaying(network.createTransport(small.id), small);
    const b = relaying(network.createTransport(large.id), large);
    await Promise.race([
      a.until(() => a.of('refused').length > 0),
      b.until(() => b.of('refused').length > 0),
    ]);
    expect([...a.received, ...b.received].filter(({ peer }) => peer !== evil.id)).toEqual([]);
    await close(a, b, evil);
  });
});

describe('a neighbour that asks for what it may not have', () => {
  it('is cut off when it asks to pass on to its carrier or to itself', async () => {
    for (const aim of ['carrier', 'self'] as const) {
      const network = createMemoryNetwork();
      const evil = new Witness(network.createTransport(createIdentity(nodeSuite).id)).start();
      const identity = createIdentity(nodeSuite);
      const a = relaying(network.createTransport(identity.id), identity);
      await evil.until(isLinked(evil, a));
      const peer = aim === 'carrier' ? a.id : evil.id;
      evil.act((transport) =>
        transport.send(a.id, encodeCarry({ type: 'carry', peer, piece: bytes(0) })),
      );
      await a.until(() => a.of('unlinked').length > 0);
      expect(a.of('unlinked')[0]).toMatchObject({ peer: evil.id, reason: 'violation' });
      await close(a, evil);
    }
  });

  it('hears "no-link" for a peer that is not there', async () => {
    const network = createMemoryNetwork();
    const evil = new Witness(network.createTransport(createIdentity(nodeSuite).id)).start();
    const identity = createIdentity(nodeSuite);
    const a = relaying(network.createTransport(identity.id), identity);
    await evil.until(isLinked(evil, a));
    evil.act((transport) =>
      transport.send(a.id, encodeCarry({ type: 'carry', peer: small.id, piece: bytes(0) })),
    );
    await evil.until(() => evil.received.length > 0);
    expect(decodeCarry(evil.received[0]!.message)).toEqual({
      type: 'refused',
      peer: small.id,
      code: 'no-link',
    });
    await close(a, evil);
  });
});

describe('a message that begins like those between neighbours', () => {
  it('is refused to its sender', async () => {
    const network = createMemoryNetwork();
    const [a, b] = [small, large].map((identity) =>
      relaying(network.createTransport(identity.id), identity),
    ) as [Witness, Witness];
    await a.until(isLinked(a, b));
    expect(() => a.transport.send(b.id, bytes(64, 1))).toThrow(RangeError);
    await close(a, b);
  });
});
