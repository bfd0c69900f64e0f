/**
 * What can go wrong only where words are scattered: contributors and owners that say one thing to some
 * and another to the rest, or nothing.
 *
 * @module
 */
import type { AttemptMessage } from '../secagg/index.ts';
import { lie, spoken, type Fault } from './faults.ts';

/** Owners and contributors that break the protocol. */
export const SCATTER_LIES: readonly Fault[] = [
  lie('other words for some owners', (copies, { target, isFirstHalf }) =>
    spoken(copies, target, (content) =>
      content.type === 'chunk' && isFirstHalf ? bent(content) : undefined,
    ),
  ),
  lie('other words when asked again', (copies, { target }) => {
    const { scatter } = target.state.current ?? {};
    return spoken(copies, target, (content) =>
      content.type === 'chunk' && scatter?.given.some((members) => members !== 0)
        ? bent(content)
        : undefined,
    );
  }),
  lie(
    'two signatures for two contributions',
    (copies, { target, isFirstHalf }) =>
      spoken(copies, target, (content) =>
        content.type === 'digests' && isFirstHalf
          ? { ...content, hashes: content.hashes.map((hash) => hash.map((byte) => byte ^ 1)) }
          : undefined,
      ),
    true,
  ),
  lie('words of another length', (copies, { target, isFirstHalf }) =>
    spoken(copies, target, (content) =>
      (content.type === 'chunk' || content.type === 'sum') && isFirstHalf
        ? { ...content, bytes: content.bytes.subarray(4) }
        : undefined,
    ),
  ),
  lie('words kept back', (copies, { target, isFirstHalf }) =>
    spoken(copies, target, (content) =>
      content.type === 'chunk' && isFirstHalf ? { ...content, part: 0 } : undefined,
    ),
  ),
  lie('an owner that says it holds what it does not', (copies, { target }) =>
    spoken(copies, target, (content) =>
      content.type === 'chunk' ? undefined : everybodyHeld(content),
    ),
  ),
  lie('an owner that denies what it holds', (copies, { target }) =>
    spoken(copies, target, (content) =>
      content.type === 'held'
        ? { ...content, members: content.members & (content.members - 1) }
        : undefined,
    ),
  ),
  lie(
    'an owner that sums wrong',
    (copies, { target }) =>
      spoken(copies, target, (content) => (content.type === 'sum' ? bent(content) : undefined)),
    true,
  ),
  lie('an owner with two sums', (copies, { target, isFirstHalf }) =>
    spoken(copies, target, (content) =>
      content.type === 'sum' && isFirstHalf ? bent(content) : undefined,
    ),
  ),
  lie('an owner that keeps its sum', (copies, { target, isFirstHalf }) =>
    copies.flatMap((copy) =>
      spoken([copy], target, (content) =>
        content.type === 'sum' && isFirstHalf
          ? { type: 'held', chunk: content.chunk, members: content.members }
          : undefined,
      ),
    ),
  ),
  lie('an owner that sums over others', (copies, { target }) =>
    spoken(copies, target, (content) =>
      content.type === 'sum'
        ? { ...content, members: content.members & (content.members - 1) }
        : undefined,
    ),
  ),
];

function bent<Content extends { readonly bytes: Uint8Array }>(content: Content): Content {
  return { ...content, bytes: content.bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) };
}

function everybodyHeld(content: AttemptMessage): AttemptMessage | undefined {
  return content.type === 'held' ? { ...content, members: 31 } : undefined;
}
