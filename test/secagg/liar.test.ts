import { describe, expect, it } from 'vitest';
import { encodeBare, encodeSigned, openEnvelope, type Split } from '../../src/secagg/index.ts';
import {
  attemptBody,
  decodeAttemptMessage,
  type AttemptMessage,
  type Piece,
} from '../../src/secagg/messages.ts';
import { SeededRandom } from '../../src/seeded-random.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';
import { AttemptNetwork, type Member } from './attempt-network.ts';

const seedCount = process.env['MURMURATION_THOROUGH'] === '1' ? 800 : 100;

describe('a member that lies at random, to each in another way', () => {
  it.each([
    [4, 'broadcast'],
    [5, 'broadcast'],
    [7, 'broadcast'],
    [4, 'scattered'],
    [5, 'scattered'],
    [7, 'scattered'],
  ] as const)(
    'of %i makes no wrong sum and opens nobody, and every attempt ends (words are %s)',
    { timeout: 120_000 },
    (count, plane) => {
      const isScattered = plane === 'scattered';
      const endings = new Set<string>();
      for (let seed = 0; seed < seedCount; seed++) {
        const random = new SeededRandom(`${count} ${seed}`);
        const liar = random.word() % count;
        const network = new AttemptNetwork(count, {
          suite: simulatedSuite,
          dimension: isScattered ? 30 * count : 1,
          ...(isScattered && { split: splitFor(count) }),
          entropy: `${seed}`,
          tamper: (from, _to, bytes) =>
            from.state.setting.self === liar ? lies(from, bytes, random) : undefined,
        });
        const leaving = random.word() % 40;
        for (let i = 0; i < leaving; i++) network.deliver();
        if (random.word() % 3 === 0) network.vanish(network.members[(liar + 1) % count]!, 'queued');
        network.run();
        check(network, liar, `seed ${seed}`);
        for (const { outcome } of network.members) endings.add(outcome?.type ?? 'none');
      }
      // The lies are neither too coarse for a result nor too fine for a failure.
      expect([...endings]).toEqual(expect.arrayContaining(['result', 'failed']));
    },
  );
});

function splitFor(count: number): Split {
  return { tileWords: 16, shares: Array.from({ length: count }, () => 1) };
}

/** What really goes out in place of a message: often the truth, sometimes nothing, or something else. */
function lies(
  from: Member,
  bytes: Uint8Array,
  random: SeededRandom,
): readonly Uint8Array[] | undefined {
  const roll = random.word() % 24;
  if (roll > 5) return undefined;
  if (roll === 0) return [];
  const { message } = decodeAttemptMessage(openEnvelope(bytes))!;
  const told = [encoded(from, bent(message, from, random))];
  if (roll === 1) told.push(bytes);
  if (roll === 2) told.push(encoded(from, { type: 'abort', reason: 'timeout' }));
  if (roll === 3) told.unshift(bytes);
  return told;
}

function bent(message: AttemptMessage, from: Member, random: SeededRandom): AttemptMessage {
  const { proposal } = from.state.setting;
  const flip = (bytes: Uint8Array) => {
    const copy = bytes.slice();
    if (copy.length > 0) copy[random.word() % copy.length]! ^= 1 << (random.word() % 8);
    return copy;
  };
  const some = (list: readonly Piece[]) =>
    list
      .filter(() => random.word() % 3 > 0)
      .map((piece) => (random.word() % 2 === 0 ? piece : { ...piece, bytes: flip(piece.bytes) }));
  const anybody = random.word() % 2 ** proposal.roster.length;
  switch (message.type) {
    case 'advertise': {
      const field = (['maskKey', 'sealKey', 'commitment'] as const)[random.word() % 3]!;
      const zero = random.word() % 4 === 0;
      return { ...message, [field]: zero ? new Uint8Array(32) : flip(message[field]) };
    }
    case 'roster':
      return { ...message, keyHashes: message.keyHashes.slice(random.word() % 2).map(flip) };
    case 'shares':
      return { ...message, sealed: flip(message.sealed) };
    case 'masked': {
      const words = message.words.map((word) => word + random.word());
      if (random.word() % 3 === 0) return { ...message, signature: flip(message.signature) };
      const digest = simulatedSuite.hash(new Uint8Array(words.slice().buffer));
      const statement = new Uint8Array([
        ...new TextEncoder().encode('murmuration/1/masked\0'),
        ...from.state.context!,
        ...digest,
      ]);
      return {
        ...message,
        words,
        signature: simulatedSuite.sign(from.signer.secretKey, statement),
      };
    }
    case 'have':
      return random.word() % 2 === 0
        ? { ...message, digests: message.digests.map(flip) }
        : { ...message, members: anybody };
    case 'survivors':
    case 'held':
    case 'want':
      return { ...message, members: anybody };
    case 'digests':
      return { ...message, hashes: message.hashes.slice(random.word() % 2).map(flip) };
    case 'chunk':
      return random.word() % 2 === 0
        ? { ...message, bytes: flip(message.bytes) }
        : { ...message, chunk: random.word() % 8, part: random.word() % 3 };
    case 'sum':
      return random.word() % 2 === 0
        ? { ...message, bytes: flip(message.bytes) }
        : { ...message, members: anybody, chunk: random.word() % 8 };
    case 'lock':
      return random.word() % 2 === 0
        ? { ...message, members: anybody }
        : { ...message, digest: flip(message.digest) };
    case 'unmask':
      return {
        ...message,
        locks: some(message.locks),
        seeds: some(message.seeds),
        seedShares: some(message.seedShares),
        keyShares: some(message.keyShares),
        keys: some(message.keys),
        isAsking: random.word() % 2 === 0,
      };
    case 'abort':
      return { ...message, reason: 'left-out' };
  }
}

function encoded(from: Member, message: AttemptMessage): Uint8Array {
  const body = attemptBody(from.state.setting.tag, message);
  return ['advertise', 'roster', 'digests', 'lock', 'abort'].includes(message.type)
    ? encodeSigned(simulatedSuite, from.signer, message.type, body)
    : encodeBare(message.type, body);
}

/** What holds for the honest members, whatever the liar did. */
function check(network: AttemptNetwork, liar: number, name: string): void {
  const isHonest = (place: number) => place !== liar;
  let seedsOf = 0;
  let keysOf = 0;
  const certificates = new Set<string>();
  const promises = new Map<string, Set<string>>();
  for (const { from, bytes } of network.log) {
    const place = network.members.findIndex(({ signer }) => signer.id === from);
    if (!isHonest(place)) continue;
    const { message } = decodeAttemptMessage(openEnvelope(bytes))!;
    if (message.type === 'lock' || message.type === 'abort') {
      const said = promises.get(from) ?? new Set();
      said.add(message.type === 'abort' ? 'abort' : `${message.members} ${message.digest.join()}`);
      promises.set(from, said);
    }
    if (message.type !== 'unmask') continue;
    for (const { member } of [...message.seeds, ...message.seedShares]) seedsOf |= 1 << member;
    for (const { member } of [...message.keys, ...message.keyShares]) keysOf |= 1 << member;
    const { certificate } = network.members[place]!.state;
    certificates.add(`${certificate?.members} ${certificate?.digest.join()}`);
  }
  expect(seedsOf & keysOf, name).toBe(0);
  expect(certificates.size, name).toBeLessThanOrEqual(1);
  for (const said of promises.values()) expect(said.size, name).toBe(1);
  const results = new Set<string>();
  for (const [place, member] of network.members.entries()) {
    if (!isHonest(place) || !member.isAlive) continue;
    const { outcome } = member;
    expect(outcome, name).toBeDefined();
    if (outcome?.type !== 'result') continue;
    results.add(`${outcome.included.join()} ${outcome.words.join()}`);
    expect(outcome.included.length, name).toBeGreaterThanOrEqual(member.state.setting.minimum);
    for (const [other, { outcome: theirs, signer }] of network.members.entries()) {
      if (isHonest(other) && theirs?.type === 'failed' && !theirs.isSpent) {
        expect(outcome.included, name).not.toContain(signer.id);
      }
    }
    // An owner that lies may choose the numbers of its chunk, which only the digest of the sum is about.
    if (member.state.setting.chunks !== undefined) {
      const own = member.state.setting.chunks.filter(
        ({ owner }) => owner === liar || !network.members[owner]!.isAlive,
      );
      const sum = network.sumOf(outcome.included);
      const isOwn = (at: number) => own.some(({ from, to }) => at >= from && at < to);
      const liarId = network.members[liar]!.signer.id;
      if (outcome.included.includes(liarId)) continue;
      outcome.words.forEach((word, at) => {
        if (!isOwn(at)) expect(word, `${name} word ${at}`).toBe(sum[at]);
      });
      continue;
    }
    // A liar may choose its own number, but changes nobody else's: without it, the sum is exact.
    const liarId = network.members[liar]!.signer.id;
    if (!outcome.included.includes(liarId)) {
      expect(outcome.words, name).toEqual(network.sumOf(outcome.included));
    }
  }
  expect(results.size, name).toBeLessThanOrEqual(1);
}
