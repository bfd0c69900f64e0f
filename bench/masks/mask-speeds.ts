/**
 * Ways to add a keystream to a vector, measured in turns on one thread, and the whole mask phase of a member.
 *
 * Runs in Node and in a worker of a page.
 *
 * @module
 */
import { chacha20 } from '@noble/ciphers/chacha.js';
import { TILE_WORDS } from '../../src/config.ts';
import type { Masker, StreamTerm } from '../../src/ports.ts';
import { addInPlace, addKeystreamsInPlace, kernelOfThread } from '../../src/secagg/index.ts';
import { quantile } from '../report.ts';

/** Words of the vector; a multiple of 16. */
export const BENCH_WORDS = 1_000_000;

const NONCE = new Uint8Array(12);

/** What each way takes for one vector, ms; a tenth of the turns take no longer. */
export interface MaskTimes {
  /** ChaCha20 by the kernel, made and added in one go. */
  readonly kernel: number;
  /** ChaCha20 by noble over the whole vector, added by a loop. */
  readonly noble: number;
  /** AES-128-CTR by WebCrypto over the whole vector, added by a loop. */
  readonly webCrypto: number;
  /** One vector added to another by a loop. */
  readonly loopAdd: number;
  readonly phases: readonly {
    readonly members: number;
    /** So many keystreams by the kernel in its own memory, one after the other, never near a vector. */
    readonly keystreams: number;
    /** All masks of one member of so many, by the kernel and by the pool. */
    readonly direct: number;
    readonly pool: number;
  }[];
}

/** Measures everything; the pool's workers are warm by then. */
export async function measureMasks(
  masker: Masker,
  sizes: readonly number[],
  turns: number,
): Promise<MaskTimes> {
  const kernel = kernelOfThread();
  if (kernel === undefined) throw new Error('there is no kernel here: WebAssembly has no SIMD');
  let words = new Uint32Array(BENCH_WORDS);
  const others = new Uint32Array(BENCH_WORDS).fill(7);
  const zeros = new Uint8Array(4 * BENCH_WORDS);
  const [term] = termsOf(1) as [StreamTerm];
  const aes = await crypto.subtle.importKey('raw', new Uint8Array(16).fill(1), 'AES-CTR', false, [
    'encrypt',
  ]);
  const ways: Record<Exclude<keyof MaskTimes, 'phases'>, () => void | Promise<void>> = {
    kernel: () => addKeystreamsInPlace(words, [term]),
    noble: () => addInPlace(words, new Uint32Array(chacha20(term.key, NONCE, zeros).buffer)),
    async webCrypto() {
      const algorithm = { name: 'AES-CTR', counter: new Uint8Array(16), length: 32 };
      addInPlace(words, new Uint32Array(await crypto.subtle.encrypt(algorithm, aes, zeros)));
    },
    loopAdd: () => addInPlace(words, others),
  };
  const times = await inTurns(ways, turns);
  const phases = [];
  for (const members of sizes) {
    const terms = termsOf(members);
    const phase = await inTurns(
      {
        keystreams() {
          for (const { key } of terms) {
            for (let at = 0; at < BENCH_WORDS; at += TILE_WORDS) {
              kernel.addKeystream(key, 1, at / 16, Math.min(TILE_WORDS, BENCH_WORDS - at));
            }
          }
        },
        direct: () => addKeystreamsInPlace(words, terms),
        async pool() {
          words = await masker.apply(words, terms);
        },
      },
      Math.max(3, Math.ceil(turns / 3)),
    );
    phases.push({ members, ...phase });
  }
  return { ...times, phases };
}

/** Runs the ways one after the other, again and again: a machine that slows down slows all of them. */
async function inTurns<Way extends string>(
  ways: Readonly<Record<Way, () => void | Promise<void>>>,
  turns: number,
): Promise<Record<Way, number>> {
  const names = Object.keys(ways) as Way[];
  const taken = new Map<Way, number[]>(names.map((name) => [name, []]));
  // The first turn is not counted: engines compile what turns out to be hot.
  for (let turn = 0; turn <= turns; turn++) {
    for (const name of names) {
      const began = performance.now();
      await ways[name]();
      if (turn > 0) taken.get(name)!.push(performance.now() - began);
    }
  }
  return Object.fromEntries(
    names.map((name) => [name, quantile(taken.get(name)!, UNDISTURBED)]),
  ) as Record<Way, number>;
}

/** The time that a tenth of the turns stay within: other programs only ever slow a turn down. */
const UNDISTURBED = 0.1;

/** The masks of a member of a roster: one for each other member, and its own. */
function termsOf(members: number): StreamTerm[] {
  return Array.from({ length: members }, (_, i) => ({
    key: new Uint8Array(32).fill(i + 1),
    sign: i % 2 === 0 ? 1 : -1,
  }));
}
