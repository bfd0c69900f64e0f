import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TransportName } from '../../src/ports.ts';
import { MAX_CANDIDATES, MAX_GREETINGS } from '../../src/config.ts';
import { peerIdOf, type PeerId } from '../../src/ids.ts';
import {
  initialHandshake,
  stepHandshake,
  transcriptOf,
  type HandshakeEffect,
  type HandshakeEvent,
  type HandshakeState,
} from '../../src/peer/handshake.ts';
import type { Introduction, IntroductionContent } from '../../src/peer/introduction.ts';
import { realSuite } from '../../src/secagg/index.ts';

const ids = [0, 1, 2].map((n) => peerIdOf(new Uint8Array(32).fill(n))) as [PeerId, PeerId, PeerId];
let drawn = 0;
/** A nonce that no test has drawn before. */
function nonce(): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(0, ++drawn);
  return bytes;
}

/** One end, with what it did. */
class End {
  state: HandshakeState;
  readonly id: PeerId;
  readonly sent: Introduction[] = [];
  readonly effects: HandshakeEffect[] = [];

  constructor(id: PeerId, incarnation = nonce(), transport: TransportName = 'simple-peer') {
    this.id = id;
    this.state = initialHandshake({ id, incarnation, transport });
  }

  step(event: HandshakeEvent): HandshakeEffect[] {
    const [state, effects] = stepHandshake(this.state, event);
    this.state = state;
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.type === 'send') this.sent.push({ ...effect.introduction, sender: this.id });
    }
    return [...effects];
  }

  receive(introduction: Introduction, isLinked = false): HandshakeEffect[] {
    const digest = digestOf(introduction);
    return this.step({
      type: 'received',
      introduction: { ...introduction, digest },
      nonce: nonce(),
      isLinked,
    });
  }

  /** Says what its connection wants said, and remembers that it was sealed. */
  signal(content: Extract<IntroductionContent, { type: 'offer' | 'answer' | 'candidates' }>): void {
    this.step({ type: 'signal', content });
    if (content.type === 'candidates') return;
    this.step({ type: 'sealed', content: content.type, digest: digestOf(this.sent.at(-1)!) });
  }

  of<Type extends HandshakeEffect['type']>(type: Type) {
    return this.effects.filter(
      (effect): effect is Extract<HandshakeEffect, { type: Type }> => effect.type === type,
    );
  }
}

function digestOf(introduction: Introduction): Uint8Array {
  return realSuite.hash(Buffer.from(JSON.stringify(introduction)));
}

/** Hands over everything that each sent and the other has not received. */
function talk(a: End, b: End, linkedOn: { a?: boolean; b?: boolean } = {}): void {
  let [fromA, fromB] = [0, 0];
  while (fromA < a.sent.length || fromB < b.sent.length) {
    if (fromA < a.sent.length) b.receive(a.sent[fromA++]!, linkedOn.b);
    if (fromB < b.sent.length) a.receive(b.sent[fromB++]!, linkedOn.a);
  }
}

function acquainted(): readonly [End, End] {
  const [a, b] = [new End(ids[0]), new End(ids[1])];
  a.step({ type: 'greet', nonce: nonce() });
  talk(a, b);
  return [a, b];
}

const offer = { type: 'offer', sdp: 'o' } as const;
const answer = { type: 'answer', sdp: 'a' } as const;
const candidate = {
  type: 'candidates',
  candidates: [{ candidate: 'c', sdpMid: '0', sdpMLineIndex: 0 }],
} as const;

describe('the handshake', () => {
  it('of two that link in different ways tells both, and ends', () => {
    const [a, b] = [new End(ids[0]), new End(ids[1], nonce(), 'libp2p')];
    a.step({ type: 'greet', nonce: nonce() });
    talk(a, b);
    for (const end of [a, b]) {
      expect(end.of('refuse').map(({ code }) => code)).toEqual(['transport-differs']);
      expect(end.of('confirmed')).toEqual([]);
      expect(end.state.pending).toBeUndefined();
    }
    expect(a.of('refuse')[0]!.message).toContain(
      'links by transport libp2p, here it is simple-peer',
    );
  });

  it.each([
    ['the smaller', 0, 1],
    ['the larger', 1, 0],
  ] as const)('%s id greets: both are confirmed once, the smaller offers', (_, first, second) => {
    const [a, b] = [new End(ids[first]), new End(ids[second])];
    a.step({ type: 'greet', nonce: nonce() });
    talk(a, b);
    for (const [end, other] of [
      [a, b],
      [b, a],
    ] as const) {
      // prettier-ignore
      expect(end.of('confirmed')).toEqual([
        {
          type: 'confirmed',
          remote: expect.objectContaining({ id: other.id }) as unknown,
          isInitiator: end.id === ids[0],
          isLinked: false,
        },
      ]);
      expect(end.of('refuse')).toEqual([]);
    }
  });

  it('two hellos that cross end in one acquaintance', () => {
    const [a, b] = [new End(ids[0]), new End(ids[1])];
    a.step({ type: 'greet', nonce: nonce() });
    b.step({ type: 'greet', nonce: nonce() });
    talk(a, b);
    expect([a.of('confirmed').length, b.of('confirmed').length]).toEqual([1, 1]);
  });

  it('linked counts only when both say so', () => {
    for (const [onA, onB] of [
      [true, true],
      [true, false],
      [false, true],
    ] as const) {
      // prettier-ignore
      const [a, b] = [new End(ids[0]), new End(ids[1])];
      a.step({ type: 'greet', nonce: nonce() });
      talk(a, b, { a: onA, b: onB });
      expect(a.of('confirmed')[0]?.isLinked).toBe(onA && onB);
      expect(b.of('confirmed')[0]?.isLinked).toBe(onA && onB);
    }
  });

  it('both know the same transcript, and it changes with every connection', () => {
    const hashes = [1, 2].map(() => {
      const [a, b] = acquainted();
      expect(transcriptOf(realSuite, a.state)).toBeUndefined();
      a.signal(offer);
      b.receive(a.sent.at(-1)!);
      b.signal(answer);
      a.receive(b.sent.at(-1)!);
      const hash = transcriptOf(realSuite, a.state);
      expect(hash).toBeDefined();
      expect(transcriptOf(realSuite, b.state)).toEqual(hash);
      return Buffer.from(hash!).toString('hex');
    });
    expect(new Set(hashes).size).toBe(2);
  });

  it('everything of an earlier connection is refused, candidates are dropped', () => {
    const [a, b] = acquainted();
    a.signal(offer);
    b.receive(a.sent.at(-1)!);
    b.signal(answer);
    const [old, oldOfB] = [[...a.sent], [...b.sent]];
    a.signal(candidate);
    const oldCandidate = a.sent.at(-1)!;
    a.step({ type: 'greet', nonce: nonce() });
    talk(a, b);
    const { confirmed } = b.state;
    for (const introduction of old.slice(1)) {
      expect(b.receive(introduction)).toMatchObject([{ type: 'refuse' }]);
    }
    for (const introduction of oldOfB) {
      expect(a.receive(introduction)).toMatchObject([{ type: 'refuse' }]);
    }
    expect(b.receive(oldCandidate)).toEqual([]);
    // An old hello is answered, and then nobody can confirm it: the connection goes on.
    b.receive(old[0]!);
    expect(b.state.confirmed).toBe(confirmed);
  });

  it('the same hello, offer, answer or candidate twice is refused', () => {
    const [a, b] = acquainted();
    expect(b.receive(a.sent[0]!)).toMatchObject([{ type: 'refuse' }]);
    a.signal(offer);
    expect(b.receive(a.sent.at(-1)!)).toMatchObject([{ type: 'signal' }]);
    expect(b.receive(a.sent.at(-1)!)).toMatchObject([{ type: 'refuse' }]);
    a.signal(offer);
    expect(b.receive(a.sent.at(-1)!)).toMatchObject([{ type: 'refuse' }]);
    a.signal(candidate);
    expect(b.receive(a.sent.at(-1)!)).toMatchObject([{ type: 'signal' }]);
    expect(b.receive(a.sent.at(-1)!)).toMatchObject([{ type: 'refuse' }]);
    b.signal(answer);
    expect(a.receive(b.sent.at(-1)!)).toMatchObject([{ type: 'signal' }]);
    b.signal(answer);
    expect(a.receive(b.sent.at(-1)!)).toMatchObject([{ type: 'refuse' }]);
  });

  it('an answer without an offer, and an offer of the larger id, are refused', () => {
    const [a, b] = acquainted();
    b.signal(answer);
    expect(a.receive(b.sent.at(-1)!)).toMatchObject([{ type: 'refuse' }]);
    b.signal(offer);
    expect(a.receive(b.sent.at(-1)!)).toMatchObject([{ type: 'refuse' }]);
  });

  it('words of a third peer for this member are refused', () => {
    const [a, b] = acquainted();
    const c = new End(ids[2]);
    c.step({ type: 'greet', nonce: nonce() });
    const forged = { ...c.sent[0]!, receiver: { id: b.id, nonce: b.sent[0]!.nonce }, sequence: 9 };
    for (const content of [offer, { type: 'confirm', isLinked: false } as const]) {
      expect(b.receive({ ...forged, content })).toMatchObject([{ type: 'refuse' }]);
    }
    expect(a.of('refuse')).toEqual([]);
  });

  it('a reflected hello is called that; another holder of the identity is told by a reply', () => {
    const a = new End(ids[0]);
    a.step({ type: 'greet', nonce: nonce() });
    expect(a.receive(a.sent[0]!)).toMatchObject([{ code: 'introduction-reflected' }]);
    const twin = new End(ids[0]);
    twin.step({ type: 'greet', nonce: nonce() });
    expect(a.receive(twin.sent[0]!)).toMatchObject([{ code: 'identity-in-use' }, { type: 'send' }]);
    expect(twin.receive(a.sent.at(-1)!)).toMatchObject([{ code: 'identity-in-use' }]);
    expect([...a.of('confirmed'), ...twin.of('confirmed')]).toEqual([]);
  });

  it('hellos and candidates are taken a bounded number of times', () => {
    const b = new End(ids[1]);
    for (let i = 0; i < MAX_GREETINGS + 5; i++) {
      const a = new End(ids[0]);
      a.step({ type: 'greet', nonce: nonce() });
      b.receive(a.sent[0]!);
    }
    expect(b.sent).toHaveLength(MAX_GREETINGS);
    const [c, d] = acquainted();
    for (let i = 0; i < MAX_CANDIDATES + 5; i++) {
      c.signal(candidate);
      d.receive(c.sent.at(-1)!);
    }
    expect(d.of('signal')).toHaveLength(MAX_CANDIDATES);
  });

  it('whatever is replayed, dropped or swapped, nobody is confirmed with a peer that is not there', () => {
    const schedule = fc.array(fc.record({ to: fc.constantFrom(0, 1), pick: fc.nat(30) }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(schedule, (steps) => {
        const [a, b] = [new End(ids[0]), new End(ids[1])];
        // Recorded by the server in an earlier connection of the same two identities.
        const [oldA, oldB] = [new End(ids[0]), new End(ids[1])];
        oldA.step({ type: 'greet', nonce: nonce() });
        talk(oldA, oldB);
        a.step({ type: 'greet', nonce: nonce() });
        for (const { to, pick } of steps) {
          const [end, pool] =
            to === 0 ? [a, [...oldB.sent, ...b.sent]] : [b, [...oldA.sent, ...a.sent]];
          const introduction = pool[pick % pool.length];
          if (introduction) end.receive(introduction);
        }
        for (const [end, other] of [
          [a, b],
          [b, a],
        ] as const) {
          // prettier-ignore
          for (const { remote } of end.of('confirmed')) {
            expect(remote.incarnation).toEqual(other.state.self.incarnation);
          }
        }
      }),
    );
  });
});
