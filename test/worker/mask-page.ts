/**
 * A page that masks a vector in every way it can, and compares: for `test/e2e/masks.test.ts`.
 *
 * @module
 */
import { MASK_RANGE_WORDS } from '../../src/config.ts';
import type { StreamTerm } from '../../src/ports.ts';
import { addByNobleInPlace, addKeystreamsInPlace, kernelOfThread } from '../../src/secagg/index.ts';
import { maskerOfPage } from '../../src/worker/start-masks-in-page.ts';

/** What the page found. */
export interface MaskPageReport {
  readonly hasKernel: boolean;
  /** Whether the page's own thread and the workers gave what the ciphers of noble give. */
  readonly isDirectRight: boolean;
  readonly isPoolRight: boolean;
}

/** What a test sees of the page. */
export interface MaskPageWindow {
  compareMasks(): Promise<MaskPageReport>;
}

const page: MaskPageWindow = {
  async compareMasks() {
    const length = 9 * MASK_RANGE_WORDS + 7;
    const terms: StreamTerm[] = ([1, -1, 1, 1] as const).map((sign) => ({
      key: crypto.getRandomValues(new Uint8Array(32)),
      sign,
    }));
    const words = (): Uint32Array<ArrayBuffer> =>
      Uint32Array.from({ length }, (_, i) => i * 0x9e3779b1);
    const [expected, direct] = [words(), words()];
    addByNobleInPlace(expected, terms, 0);
    addKeystreamsInPlace(direct, terms);
    const pooled = await maskerOfPage().apply(words(), terms);
    const isRight = (got: Uint32Array): boolean =>
      got.length === length && got.every((word, i) => word === expected[i]);
    return {
      hasKernel: kernelOfThread() !== undefined,
      isDirectRight: isRight(direct),
      isPoolRight: isRight(pooled),
    };
  },
};
Object.assign(globalThis, page);
