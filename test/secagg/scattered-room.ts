/**
 * Rooms whose words are scattered among their members, and what a liar among them says.
 *
 * @module
 */
import { expect } from 'vitest';
import type { PeerId } from '../../src/ids.ts';
import { encodeBare, encodeSigned, openEnvelope } from '../../src/secagg/index.ts';
import {
  attemptBody,
  decodeAttemptMessage,
  type AttemptMessage,
} from '../../src/secagg/messages.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';
import { AttemptNetwork, type Member, type NetworkOptions } from './attempt-network.ts';

/** Chunks of two parts each, one for each member. */
export function room(count: number, options: NetworkOptions = {}): AttemptNetwork {
  return new AttemptNetwork(count, {
    suite: simulatedSuite,
    dimension: 100 * count,
    split: { tileWords: 16, shares: Array.from({ length: count }, () => 1) },
    ...options,
  });
}

/** What is sent in place of a message; undefined for the message itself. */
export type Lie = (content: AttemptMessage, to: PeerId) => AttemptMessage | 'silence' | undefined;

/** A room in which the member at a place says something else. */
export function withLiar(count: number, liar: number, lie: Lie): AttemptNetwork {
  return room(count, {
    tamper: (from, to, bytes) => {
      if (from.state.setting.self !== liar) return undefined;
      const said = lie(contentOf(bytes), to);
      if (said === undefined) return undefined;
      return said === 'silence' ? [] : [encoded(from, said)];
    },
  });
}

/** What a message says. */
export function contentOf(bytes: Uint8Array): AttemptMessage {
  return decodeAttemptMessage(openEnvelope(bytes))!.message;
}

/** A message as this member would send it. */
export function encoded(from: Member, content: AttemptMessage): Uint8Array {
  const body = attemptBody(from.state.setting.tag, content);
  return content.type === 'digests'
    ? encodeSigned(simulatedSuite, from.signer, content.type, body)
    : encodeBare(content.type, body);
}

/** The same with one bit of its bytes changed. */
export function flipped<Content extends { readonly bytes: Uint8Array }>(content: Content): Content {
  return { ...content, bytes: content.bytes.map((byte, at) => (at === 3 ? byte ^ 16 : byte)) };
}

/** The honest members' outcomes; their sums are right, and of one attempt there are no two. */
export function outcomesOf(network: AttemptNetwork, liar: number) {
  const honest = network.members.filter((member, at) => at !== liar && member.isAlive);
  const sums = new Set<string>();
  for (const { outcome } of honest) {
    expect(outcome).toBeDefined();
    if (outcome?.type !== 'result') continue;
    expect(outcome.words).toEqual(network.sumOf(outcome.included));
    sums.add(outcome.words.join());
  }
  expect(sums.size).toBeLessThanOrEqual(1);
  return honest.map(({ outcome }) => outcome!);
}

/** What honest code of a member sent of one type, in order. */
export function sentBy(network: AttemptNetwork, from: Member, type: AttemptMessage['type']) {
  return network.log
    .filter((entry) => entry.from === from.signer.id)
    .map(({ to, bytes }) => ({ to, content: contentOf(bytes) }))
    .filter(({ content }) => content.type === type);
}
