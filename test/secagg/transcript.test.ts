import { describe, expect, it } from 'vitest';
import { wordsToBytes } from '../../src/bytes.ts';
import { openEnvelope } from '../../src/secagg/index.ts';
import { decodeAttemptMessage, type AttemptMessage } from '../../src/secagg/messages.ts';
import { AttemptNetwork } from './attempt-network.ts';
import { chiSquare, looksIndependent, LOOKS_UNIFORM } from './uniformity.ts';

const DIMENSION = 8192;

/** A ramp: as far from uniform as an update can be, and easy to recognise. */
const ramp = (place: number) =>
  Uint32Array.from({ length: DIMENSION }, (_, i) => 1000 * (i + 1) * (place + 1));

function messagesOf<Type extends AttemptMessage['type']>(network: AttemptNetwork, type: Type) {
  return network.log.flatMap(({ from, to, bytes }) => {
    const { message } = decodeAttemptMessage(openEnvelope(bytes))!;
    return message.type === type
      ? [{ from, to, content: message as AttemptMessage & { type: Type } }]
      : [];
  });
}

describe('what the others see', () => {
  const network = new AttemptNetwork(4, { dimension: DIMENSION, updateOf: ramp });
  network.run();

  it('of a contribution is uniform and tells nothing of the update, which is neither', () => {
    for (const { update, signer } of network.members) {
      const sent = messagesOf(network, 'masked').filter(({ from }) => from === signer.id);
      const { words } = sent[0]!.content;
      expect(chiSquare(wordsToBytes(words))).toSatisfy(LOOKS_UNIFORM);
      for (const part of [words.subarray(0, 2048), words.subarray(2048, 4096)]) {
        expect(chiSquare(wordsToBytes(part))).toSatisfy(LOOKS_UNIFORM);
      }
      expect(looksIndependent(words, update)).toBe(true);
      expect(looksIndependent(words.subarray(1), words.subarray(0, -1))).toBe(true);
      expect(chiSquare(wordsToBytes(update))).not.toSatisfy(LOOKS_UNIFORM);
      expect(looksIndependent(update, ramp(7))).toBe(false);
    }
  });

  it('of the sum before anything is opened is uniform too, and afterwards is the sum', () => {
    const masked = new Map(messagesOf(network, 'masked').map((sent) => [sent.from, sent.content]));
    const total = new Uint32Array(DIMENSION);
    for (const { words } of masked.values()) words.forEach((word, i) => (total[i]! += word));
    const sum = network.sumOf(network.members.map(({ signer }) => signer.id));
    expect(chiSquare(wordsToBytes(total))).toSatisfy(LOOKS_UNIFORM);
    expect(looksIndependent(total, sum)).toBe(true);
    expect(network.members[0]!.outcome).toMatchObject({ type: 'result', words: sum });
    expect(chiSquare(wordsToBytes(sum))).not.toSatisfy(LOOKS_UNIFORM);
  });

  it('of an attempt that fails for want of one member, sealed shares included, is uniform', () => {
    const failed = Array.from({ length: 25 }, (_, run) => {
      const short = new AttemptNetwork(5, {
        dimension: 96,
        updateOf: () => new Uint32Array(96),
        entropy: `failed ${run}`,
      });
      // Three of five stay, one short of the threshold of four.
      for (let i = 0; i < 4; i++) short.deliver();
      short.vanish(short.members[3]!);
      short.vanish(short.members[4]!);
      short.run();
      for (const { outcome } of short.members.slice(0, 3)) {
        expect(outcome?.type).toBe('failed');
      }
      return short;
    });
    // The same words go to each other member: those to one of them are enough.
    const sent = failed.flatMap((short) =>
      messagesOf(short, 'masked')
        .filter(({ from, to }) => to === short.members.find((m) => m.signer.id !== from)!.signer.id)
        .map(({ content }) => [...wordsToBytes(content.words)]),
    );
    expect(sent.length).toBeGreaterThan(50);
    expect(chiSquare(sent.flat())).toSatisfy(LOOKS_UNIFORM);
    const sealed = failed.flatMap((short) =>
      messagesOf(short, 'shares').map(({ content }) => [...content.sealed]),
    );
    expect(chiSquare(sealed.flat())).toSatisfy(LOOKS_UNIFORM);
    expect(failed.flatMap((short) => messagesOf(short, 'unmask'))).toEqual([]);
  });
});

describe('two colluders', () => {
  it('see the same words whichever of two honest members has which update', () => {
    // Members 0 and 1 collude; 2 and 3 swap updates of one sum. All else is the same, bit for bit.
    const [one, other] = [false, true].map((isSwapped) => {
      const swapped = (place: number) => (place < 2 ? place : isSwapped ? 5 - place : place);
      const network = new AttemptNetwork(4, {
        dimension: DIMENSION,
        updateOf: (place) => ramp(swapped(place)),
        entropy: 'swap',
      });
      network.run();
      return network;
    }) as [AttemptNetwork, AttemptNetwork];
    expect(one.members[0]!.outcome).toMatchObject({
      words: one.sumOf(one.members.map(({ signer }) => signer.id)),
    });
    expect(other.members[0]!.outcome).toEqual({
      ...one.members[0]!.outcome,
      inspection: expect.anything() as unknown,
    });
    // What the colluders can take off: their own masks with a victim, and its opened self mask.
    for (const place of [2, 3]) {
      const [rest, otherRest] = [one, other].map((network) => unmaskedByColluders(network, place));
      for (const words of [rest!, otherRest!]) {
        expect(chiSquare(wordsToBytes(words))).toSatisfy(LOOKS_UNIFORM);
        for (const honest of [2, 3]) expect(looksIndependent(words, ramp(honest))).toBe(true);
      }
    }
    // Both together are what the sum says, and no more.
    const sums = [one, other].map((network) => {
      const sum = unmaskedByColluders(network, 2);
      unmaskedByColluders(network, 3).forEach((word, i) => (sum[i]! += word));
      return sum;
    });
    expect(sums[0]).toEqual(sums[1]);
  });
});

/** The contribution of an honest member without every mask that members 0 and 1 know in the end. */
function unmaskedByColluders(network: AttemptNetwork, place: number): Uint32Array {
  const { outcome } = network.members[place]!;
  if (outcome?.type !== 'result' || outcome.inspection === undefined) throw new Error('no result');
  const colluders = network.members.slice(0, 2).map(({ signer }) => signer.id);
  const words = outcome.inspection.masked.slice();
  for (const mask of outcome.inspection.masks) {
    if (mask.peer !== undefined && !colluders.includes(mask.peer)) continue;
    mask.words.forEach((word, i) => (words[i]! -= mask.sign * word));
  }
  return words;
}
