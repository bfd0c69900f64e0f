/**
 * What can go wrong: the network, a crash, and peers that lie.
 *
 * A fault strikes one peer, or all links, for some seconds. A liar runs the real machine, and its
 * messages are changed on their way out, with its own signature: so it is as able as any attacker
 * who holds one identity.
 *
 * @module
 */
import { concat, utf8, wordsToBytes } from '../bytes.ts';
import type { PeerId } from '../ids.ts';
import {
  decodeMessage,
  encodeDone,
  encodeProposal,
  encodeReady,
  encodeResult,
  type Message,
} from '../round/messages.ts';
import { hashOfModel, hashOfRoster, hashOfWords } from '../round/result.ts';
import {
  attemptBody,
  encodeBare,
  encodeSigned,
  hashOfParameters,
  openEnvelope,
  type AttemptMessage,
} from '../secagg/index.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Copy, SimulatedPeer } from './network.ts';
import type { Run, Tamper } from './scenario.ts';

/** Something that goes wrong. */
export interface Fault {
  readonly name: string;
  /** How long it lasts, ms. */
  readonly lastsMs: number;
  /** The peer it strikes breaks the protocol: there may be fewer than a third of such. */
  readonly isLie: boolean;
  /** What the peer masks may be another update than it says. */
  readonly isForgery?: boolean;
  start(run: Run, target: SimulatedPeer): void;
}

/** Faults of the network and of peers that come and go. */
export const ACCIDENTS: readonly Fault[] = [
  links('slow network', 6_000, (copy, random) => [
    { ...copy, delayMs: copy.delayMs + random.between(0, 900) },
  ]),
  links('overtaking', 6_000, (copy, random) => [
    { ...copy, delayMs: copy.delayMs + random.between(0, 200), isUnordered: true },
  ]),
  links('duplicates', 6_000, (copy, random) =>
    random.uniform() < 0.3
      ? [copy, { ...copy, delayMs: copy.delayMs + random.between(0, 3_000), isUnordered: true }]
      : [copy],
  ),
  {
    name: 'loss',
    lastsMs: 6_000,
    isLie: false,
    start: startLoss,
  },
  {
    name: 'lost masked words',
    lastsMs: 5_000,
    isLie: false,
    start(run, target) {
      const victim = otherThan(run, target);
      run.tampers.push((copies, from, to) =>
        from.id === target.id &&
        to.id === victim.id &&
        (isType(copies, 'masked') || isType(copies, 'chunk'))
          ? []
          : copies,
      );
    },
  },
  crash('vanish', undefined),
  crash('restart', [100, 3_000]),
  {
    name: 'frozen for 3 s',
    lastsMs: 5_000,
    isLie: false,
    start(run, target) {
      freezeAfter(run, target, 3_000);
    },
  },
  {
    name: 'frozen for 30 s',
    lastsMs: 33_000,
    isLie: false,
    start(run, target) {
      freezeAfter(run, target, 30_000);
      run.paceMs = [4_000, 9_000];
      // The others ping, hear nothing, and close the links.
      run.network.at(run.network.now + 17_000, () => {
        for (const { peer } of [...target.ends.values()]) run.network.unlink(peer, target);
      });
    },
  },
  {
    name: 'partition',
    lastsMs: 9_000,
    isLie: false,
    start(run, target) {
      const side = new Set([target.id]);
      for (const { id } of run.members.values()) if (run.random.uniform() < 0.4) side.add(id);
      run.network.at(run.network.now + run.random.between(0, 2_000), () => {
        run.isApart = (a, b) => side.has(a) !== side.has(b);
        closeApart(run);
      });
    },
  },
  {
    name: 'newcomer',
    lastsMs: 4_000,
    isLie: false,
    start(run) {
      run.network.at(run.network.now + run.random.between(0, 2_500), () => run.join());
    },
  },
  {
    name: 'no randomness',
    lastsMs: 6_000,
    isLie: false,
    start(run, target) {
      run.drawMs.set(target.id, 4_000);
    },
  },
  {
    name: 'no store',
    lastsMs: 6_000,
    isLie: false,
    start(run, target) {
      run.storeMs.set(target.id, Infinity);
    },
  },
];

/** Peers that break the protocol. */
export const LIES: readonly Fault[] = [
  lie('corruption', (copies, { random }) =>
    random.uniform() < 0.1 ? copies.map((copy) => flipped(copy, random)) : copies,
  ),
  lie('silent leader', (copies) => (isType(copies, 'propose') ? [] : copies)),
  {
    name: 'leader that leaves a peer out',
    lastsMs: 6_000,
    isLie: true,
    start(run, target) {
      const victim = otherThan(run, target);
      run.network.step(target, { type: 'unlinked', peer: victim.id, now: run.network.now });
      run.tampers.push((copies, from) =>
        from.id === target.id
          ? rewritten(copies, (message) =>
              message.type === 'ready'
                ? encodeReady({
                    ...message.ready,
                    links: [...new Set([...message.ready.links, victim.id])].sort(),
                  })
                : undefined,
            )
          : copies,
      );
      run.healing.push(() => {
        const end = target.ends.get(victim.id);
        if (end !== undefined) run.network.unlink(target, end.peer);
      });
    },
  },
  lie('leader with two proposals', (copies, { target, isFirstHalf }) =>
    isFirstHalf
      ? copies
      : rewritten(copies, (message) =>
          message.type === 'propose'
            ? encodeProposal(target.setting.suite, target.setting.signer, {
                ...message.proposal,
                nonce: message.proposal.nonce.map((byte) => byte ^ 1),
              })
            : undefined,
        ),
  ),
  lie('leader with two rosters', (copies, { target, isFirstHalf }) =>
    spoken(copies, target, (content) =>
      content.type === 'roster' && isFirstHalf
        ? { ...content, keyHashes: [...content.keyHashes].reverse() }
        : undefined,
    ),
  ),
  lie('leader with two survivor sets', (copies, { target, isFirstHalf }) =>
    spoken(copies, target, (content) =>
      content.type === 'survivors' && isFirstHalf
        ? { ...content, members: content.members & (content.members - 1) }
        : undefined,
    ),
  ),
  lie(
    'two contributions',
    (copies, { target, isFirstHalf }) =>
      spoken(copies, target, (content) => {
        const context = target.state.current?.context;
        if (content.type !== 'masked' || !isFirstHalf || context === undefined) return undefined;
        const { suite, signer } = target.setting;
        const words = content.words.map((word) => word + 1);
        const digest = suite.hash(wordsToBytes(words));
        const statement = concat(utf8('murmuration/1/masked\0'), context, digest);
        return { ...content, words, signature: suite.sign(signer.secretKey, statement) };
      }),
    true,
  ),
  lie('two advertisements', (copies, { target, isFirstHalf }) =>
    spoken(copies, target, (content) =>
      content.type === 'advertise' && isFirstHalf
        ? { ...content, commitment: content.commitment.map((byte) => byte ^ 1) }
        : undefined,
    ),
  ),
  lie('false HAVE', (copies, { target, isFirstHalf }) =>
    spoken(copies, target, (content) =>
      content.type === 'have' && isFirstHalf
        ? {
            ...content,
            members: content.members & (content.members - 1),
            digests: content.digests.slice(1),
          }
        : undefined,
    ),
  ),
  lie('two LOCKs', (copies, { target, isFirstHalf }) =>
    spoken(copies, target, (content) =>
      content.type === 'lock' && isFirstHalf
        ? { ...content, members: content.members & (content.members - 1) }
        : undefined,
    ),
  ),
  lie('LOCK and ABORT', (copies, { target }) =>
    copies.flatMap((copy) => {
      const message = read(copy.message);
      if (message?.type !== 'attempt' || message.message.content.type !== 'lock') return [copy];
      return [copy, { ...copy, message: said(target, message.tag, ABORT) }];
    }),
  ),
  lie('ABORT and silence', (copies, { target }) =>
    copies.flatMap((copy) => {
      const message = read(copy.message);
      if (message?.type !== 'attempt' || message.message.content.type !== 'have') return [copy];
      return [{ ...copy, message: said(target, message.tag, ABORT) }];
    }),
  ),
  lie('refused shares', (copies, { isFirstHalf }) =>
    isFirstHalf && isType(copies, 'shares') ? [] : copies,
  ),
  lie('broken shares', (copies, { target, isFirstHalf }) =>
    spoken(copies, target, (content) =>
      content.type === 'shares' && isFirstHalf
        ? { ...content, sealed: content.sealed.map((byte) => byte ^ 1) }
        : undefined,
    ),
  ),
  lie('refused reveal', (copies) => (isType(copies, 'unmask') ? [] : copies)),
  lie('false reveal', (copies, { target }) =>
    spoken(copies, target, (content) =>
      content.type === 'unmask'
        ? {
            ...content,
            seeds: [],
            seedShares: content.seedShares.map(spoiled),
            keyShares: content.keyShares.map(spoiled),
          }
        : undefined,
    ),
  ),
  lie('inflated attempts', (copies) =>
    rewritten(copies, (message) =>
      message.type === 'ready' ? encodeReady({ ...message.ready, attempt: 2 ** 31 }) : undefined,
    ),
  ),
  lie('false standing', (copies) =>
    rewritten(copies, (message) =>
      message.type === 'ready'
        ? encodeReady({ ...message.ready, round: message.ready.round + 3, included: 15 })
        : undefined,
    ),
  ),
  {
    name: 'forged result',
    lastsMs: 6_000,
    isLie: true,
    start: startForgery,
  },
  {
    name: 'replay',
    lastsMs: 6_000,
    isLie: true,
    start(run, target) {
      const heard: { readonly to: PeerId; readonly message: Uint8Array }[] = [];
      run.tampers.push((copies, from, to) => {
        if (from.id !== target.id || copies.length === 0) return copies;
        for (const { message } of copies) heard.push({ to: to.id, message });
        const old = heard[Math.floor(run.random.uniform() * heard.length)]!;
        const again: Copy = { message: old.message, delayMs: run.random.between(0, 2_000) };
        return old.to === to.id && run.random.uniform() < 0.5 ? [...copies, again] : copies;
      });
    },
  },
  {
    name: 'twin',
    lastsMs: 6_000,
    isLie: true,
    isForgery: true,
    start: startTwin,
  },
];

/** All of them. */
export const FAULTS: readonly Fault[] = [...ACCIDENTS, ...LIES];

const ABORT: AttemptMessage = { type: 'abort', reason: 'aborted' };

function links(
  name: string,
  lastsMs: number,
  change: (copy: Copy, random: SeededRandom) => readonly Copy[],
): Fault {
  return {
    name,
    lastsMs,
    isLie: false,
    start(run) {
      run.tampers.push((copies) => copies.flatMap((copy) => change(copy, run.random)));
    },
  };
}

/** A peer crashes in the middle of what it says, and comes back from what it kept, or never. */
function crash(name: string, backMs: readonly [number, number] | undefined): Fault {
  return {
    name,
    lastsMs: 6_000,
    isLie: false,
    start(run, target) {
      let left = Math.floor(run.random.uniform() * 14 * run.scenario.peers);
      run.tampers.push((copies, from) => {
        if (from !== target || !target.isAlive) return copies;
        if (left-- > 0) return copies;
        run.network.vanish(target);
        if (backMs !== undefined) {
          const at = run.network.now + run.random.between(...backMs);
          run.network.at(at, () => run.revive(target.setting, target.kept));
        }
        return [];
      });
    },
  };
}

interface Liar {
  readonly target: SimulatedPeer;
  readonly random: SeededRandom;
  /** The receiver is of the half that hears the lie. */
  readonly isFirstHalf: boolean;
}

/** A peer whose messages are changed on their way out; `isForgery` as in `Fault`. */
export function lie(
  name: string,
  change: (copies: readonly Copy[], liar: Liar) => readonly Copy[],
  isForgery = false,
): Fault {
  return {
    name,
    lastsMs: 6_000,
    isLie: true,
    isForgery,
    start(run, target) {
      const half = new Set(
        [...run.members.keys()].filter((id) => id !== target.id).filter((_, i) => i % 2 === 0),
      );
      const tamper: Tamper = (copies, from, to) =>
        from.id === target.id
          ? change(copies, { target, random: run.random, isFirstHalf: half.has(to.id) })
          : copies;
      run.tampers.push(tamper);
    },
  };
}

/** A link that loses something is dead: it closes a moment later, and opens again. */
function startLoss(run: Run, target: SimulatedPeer): void {
  const dead = new Set<string>();
  run.tampers.push((copies, from, to) => {
    if (from.id !== target.id && to.id !== target.id) return copies;
    const name = from.id < to.id ? `${from.id} ${to.id}` : `${to.id} ${from.id}`;
    if (dead.has(name)) return [];
    if (run.random.uniform() >= 0.03) return copies;
    dead.add(name);
    run.network.at(run.network.now + run.random.between(0, 2_500), () => {
      dead.delete(name);
      run.network.unlink(from, to);
    });
    return [];
  });
}

function freezeAfter(run: Run, target: SimulatedPeer, forMs: number): void {
  let left = Math.floor(run.random.uniform() * 10 * run.scenario.peers);
  run.tampers.push((copies, from) => {
    if (from === target && left-- === 0) target.frozenUntil = run.network.now + forMs;
    return copies;
  });
}

function closeApart(run: Run): void {
  const peers = run.living();
  for (const [i, a] of peers.entries()) {
    for (const b of peers.slice(i + 1)) if (run.isApart(a.id, b.id)) run.network.unlink(a, b, 500);
  }
}

/** Says that it is three rounds ahead, and answers with a model that it signed alone. */
function startForgery(run: Run, target: SimulatedPeer): void {
  const { suite, signer } = target.setting;
  run.tampers.push((copies, from) => {
    if (from.id !== target.id) return copies;
    return rewritten(copies, (message) => {
      if (message.type !== 'ready') return undefined;
      return encodeReady({ ...message.ready, round: message.ready.round + 3, included: 9 });
    });
  });
  run.tampers.push((copies, from, to) => {
    const message = to.id === target.id ? read(copies[0]?.message) : undefined;
    if (message?.type === 'fetch') {
      const model = new Float32Array(target.state.model.length).fill(666);
      const words = new Uint32Array(model.length);
      const roster = [...run.members.keys()].sort();
      const done = encodeDone(suite, signer, {
        room: target.setting.room,
        parameters: hashOfParameters(suite, target.setting.parameters),
        round: message.round + 2,
        attempt: 1,
        context: new Uint8Array(32),
        rosterHash: hashOfRoster(suite, roster),
        included: 2 ** roster.length - 1,
        resultHash: hashOfWords(suite, words),
        modelHash: hashOfModel(suite, model),
        detailHash: new Uint8Array(),
      });
      const dones = [{ signer: target.id, bytes: done }];
      run.network.send(
        target,
        from.id,
        encodeResult({ roster, words, model, detail: new Uint8Array(), within: undefined, dones }),
      );
    }
    return copies;
  });
}

/** A second tab with the same identity: half of the others are linked to it, half to the first. */
function startTwin(run: Run, target: SimulatedPeer): void {
  const others = run.living().filter((peer) => peer !== target);
  run.network.at(run.network.now + run.random.between(0, 1_000), () => {
    if (!target.isAlive) return;
    const twin = run.revive(target.setting, target.kept);
    run.members.set(target.id, target);
    for (const [i, other] of others.entries()) if (i % 2 === 0) run.network.link(twin, other);
    run.healing.push(() => {
      run.network.vanish(twin, 0);
    });
  });
}

function otherThan(run: Run, target: SimulatedPeer): SimulatedPeer {
  return [...run.members.values()].filter(({ id }) => id !== target.id).at(-1)!;
}

function read(bytes: Uint8Array | undefined): Message | undefined {
  if (bytes === undefined) return undefined;
  try {
    return decodeMessage(bytes);
  } catch {
    return undefined; // Another fault spoiled it already.
  }
}

function isType(copies: readonly Copy[], type: string): boolean {
  return copies[0] !== undefined && openEnvelopeType(copies[0].message) === type;
}

function openEnvelopeType(bytes: Uint8Array): string | undefined {
  try {
    return openEnvelope(bytes).type;
  } catch {
    return undefined;
  }
}

/** Copies with some messages replaced. */
function rewritten(
  copies: readonly Copy[],
  change: (message: Message) => Uint8Array | undefined,
): readonly Copy[] {
  return copies.map((copy) => {
    const message = read(copy.message);
    const other = message && change(message);
    return other === undefined ? copy : { ...copy, message: other };
  });
}

/** Copies with some messages of an attempt replaced, signed again where they need it. */
export function spoken(
  copies: readonly Copy[],
  { setting: { suite, signer } }: SimulatedPeer,
  change: (content: AttemptMessage) => AttemptMessage | undefined,
): readonly Copy[] {
  return rewritten(copies, (message) => {
    if (message.type !== 'attempt') return undefined;
    const content = change(message.message.content);
    if (content === undefined) return undefined;
    return message.message.envelope.signature === undefined
      ? encodeBare(content.type, attemptBody(message.tag, content))
      : encodeSigned(suite, signer, content.type, attemptBody(message.tag, content));
  });
}

function said(
  { setting: { suite, signer } }: SimulatedPeer,
  tag: Uint8Array,
  content: AttemptMessage,
): Uint8Array {
  return encodeSigned(suite, signer, content.type, attemptBody(tag, content));
}

function spoiled<Piece extends { readonly bytes: Uint8Array }>(piece: Piece): Piece {
  return { ...piece, bytes: piece.bytes.map((byte) => byte ^ 1) };
}

function flipped(copy: Copy, random: SeededRandom): Copy {
  const message = copy.message.slice();
  const at = Math.floor(random.uniform() * message.length);
  message[at] = message[at]! ^ (1 << Math.floor(random.uniform() * 8));
  return { ...copy, message };
}
