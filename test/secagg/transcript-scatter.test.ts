import { describe, expect, it } from 'vitest';
import { bytesToWords, wordsToBytes } from '../../src/bytes.ts';
import { openEnvelope } from '../../src/secagg/index.ts';
import { decodeAttemptMessage, type AttemptMessage } from '../../src/secagg/messages.ts';
import { AttemptNetwork } from './attempt-network.ts';
import { chiSquare, looksIndependent, LOOKS_UNIFORM } from './uniformity.ts';

const COUNT = 4;
const DIMENSION = 4 * 8192;

/** A ramp: as far from uniform as an update can be, and easy to recognise. */
const ramp = (place: number) =>
  Uint32Array.from({ length: DIMENSION }, (_, i) => 1000 * (i + 1) * (place + 1));

/** All words of a chunk that one member sent to others, part by part. */
function wordsOf(network: AttemptNetwork, from: string, type: 'chunk' | 'sum', chunk: number) {
  const parts = new Map<number, Uint32Array>();
  for (const entry of network.log) {
    if (entry.from !== from) continue;
    const { message } = decodeAttemptMessage(openEnvelope(entry.bytes))!;
    const content: AttemptMessage = message;
    if ((content.type === 'chunk' || content.type === 'sum') && content.type === type) {
      if (content.chunk === chunk) parts.set(content.part, bytesToWords(content.bytes));
    }
  }
  const ordered = [...parts].sort(([a], [b]) => a - b).flatMap(([, words]) => [...words]);
  return Uint32Array.from(ordered);
}

describe('what owners see', () => {
  const network = new AttemptNetwork(COUNT, {
    dimension: DIMENSION,
    updateOf: ramp,
    split: { tileWords: 4096, shares: [1, 1, 1, 1] },
  });
  network.run();
  const { chunks } = network.members[0]!.state.setting;

  it('of a contribution is uniform and tells nothing of the update, which is neither', () => {
    for (const [place, { signer, update }] of network.members.entries()) {
      for (const [chunk, { owner, from, to }] of chunks!.entries()) {
        if (owner === place) continue;
        const words = wordsOf(network, signer.id, 'chunk', chunk);
        const part = update.subarray(from, to);
        expect(words).toHaveLength(part.length);
        expect(chiSquare(wordsToBytes(words))).toSatisfy(LOOKS_UNIFORM);
        expect(looksIndependent(words, part)).toBe(true);
        expect(looksIndependent(words.subarray(1), words.subarray(0, -1))).toBe(true);
        expect(chiSquare(wordsToBytes(part))).not.toSatisfy(LOOKS_UNIFORM);
      }
    }
  });

  it('and what all see of a sum before the certificate is uniform too', () => {
    const sum = network.sumOf(network.members.map(({ signer }) => signer.id));
    for (const [chunk, { owner, from, to }] of chunks!.entries()) {
      const words = wordsOf(network, network.members[owner]!.signer.id, 'sum', chunk);
      expect(words).toHaveLength(to - from);
      expect(chiSquare(wordsToBytes(words))).toSatisfy(LOOKS_UNIFORM);
      expect(looksIndependent(words, sum.subarray(from, to))).toBe(true);
    }
    expect(network.members[0]!.outcome).toMatchObject({ type: 'result' });
  });
});
