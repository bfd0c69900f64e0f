/**
 * What a member knows of a scattered vector: whose words of its chunks are here, who holds what, and the
 * masked sum as far as it has come.
 *
 * It belongs to an attempt, beside what both planes know. Lists are indexed by chunk or by place.
 *
 * @module
 */
import { assemblyOf, cloneAssembly, type Assembly } from './assembly.ts';
import type { Chunk } from './chunk-map.ts';
import { NOBODY, type Members } from './members.ts';

/** Words of one contributor for one chunk, as they come in; `hash` once they are whole. */
export interface HeldChunk {
  readonly assembly: Assembly;
  hash: Uint8Array | undefined;
}

/** The sum of a chunk over some members, as it comes in: a part of the whole sum. */
export interface ChunkSum {
  readonly members: Members;
  readonly assembly: Assembly;
}

/** See the file's header. */
export interface Scatter {
  /** "Contributed" is kept durably. */
  isStored: boolean;
  /** The own contribution, masked: the array of the own update, until LOCK. */
  own: Uint32Array | undefined;
  /** Hashes of the chunks of each contribution, as its contributor signed them, by place. */
  hashes: (readonly Uint8Array[] | undefined)[];
  /** Words of the others, [chunk][place]: of chunks that this member owns, until LOCK. */
  words: (HeldChunk | undefined)[][];
  /** Whose words of a chunk a member says it holds, [chunk][place]. */
  reports: (Members | undefined)[][];
  /** Sets proposed by each member, oldest first, by place. */
  proposals: (readonly Members[])[];
  /** Who sums each chunk, as far as this member has seen. */
  owners: number[];
  /** Who asked for the own words of a chunk, and who was sent them besides its first owner, by chunk. */
  wanted: Members[];
  given: Members[];
  /** The masked sum, shape [words], as far as it is here. */
  total: Uint32Array | undefined;
  /** What part of `total` is the sum of a chunk, by chunk. */
  sums: (ChunkSum | undefined)[];
  /** The set that an own chunk was summed over and sent last, by chunk. */
  summed: Members[];
  /** Who was asked for the sum of a chunk, and who was given it on demand, by chunk. */
  asked: Members[];
  served: Members[];
  /** The set whose sums are awaited with a deadline of their own. */
  awaited: Members;
  /** The words of the certified sum are with the masker. */
  isUnmasking: boolean;
}

/** Nothing is known yet. */
export function scatterOf(chunks: readonly Chunk[], memberCount: number): Scatter {
  const byChunk = <Value>(value: () => Value): Value[] => chunks.map(() => value());
  const nobodyYet = (): undefined[] => Array.from({ length: memberCount }, () => undefined);
  return {
    isStored: false,
    own: undefined,
    hashes: nobodyYet(),
    words: byChunk(nobodyYet),
    reports: byChunk(nobodyYet),
    proposals: Array.from({ length: memberCount }, () => []),
    owners: chunks.map(({ owner }) => owner),
    wanted: byChunk(() => NOBODY),
    given: byChunk(() => NOBODY),
    total: undefined,
    sums: byChunk(() => undefined),
    summed: byChunk(() => NOBODY),
    asked: byChunk(() => NOBODY),
    served: byChunk(() => NOBODY),
    awaited: NOBODY,
    isUnmasking: false,
  };
}

/** Frees what is needed only until LOCK: everybody's words. */
export function freeWords(scatter: Scatter): void {
  scatter.own = undefined;
  for (const row of scatter.words) row.fill(undefined);
}

/** An independent copy. */
export function cloneScatter(scatter: Scatter): Scatter {
  const total = scatter.total?.slice();
  return {
    ...scatter,
    own: scatter.own?.slice(),
    hashes: [...scatter.hashes],
    words: scatter.words.map((row) =>
      row.map((held) => held && { ...held, assembly: cloneAssembly(held.assembly) }),
    ),
    reports: scatter.reports.map((row) => [...row]),
    proposals: [...scatter.proposals],
    owners: [...scatter.owners],
    wanted: [...scatter.wanted],
    given: [...scatter.given],
    total,
    sums: scatter.sums.map((sum) => {
      if (sum === undefined || total === undefined) return undefined;
      const { byteOffset, length } = sum.assembly.words;
      const words = total.subarray(byteOffset / 4, byteOffset / 4 + length);
      return { ...sum, assembly: cloneAssembly(sum.assembly, words) };
    }),
    summed: [...scatter.summed],
    asked: [...scatter.asked],
    served: [...scatter.served],
  };
}

/** The place of a chunk's sum over some members in the whole sum, empty; an earlier one is given up. */
export function beginSum(
  scatter: Scatter,
  chunk: number,
  { from, to }: { readonly from: number; readonly to: number },
  wordCount: number,
  partWords: number,
  members: Members,
): ChunkSum {
  scatter.total ??= new Uint32Array(wordCount);
  const sum = { members, assembly: assemblyOf(scatter.total.subarray(from, to), partWords) };
  scatter.sums[chunk] = sum;
  return sum;
}
