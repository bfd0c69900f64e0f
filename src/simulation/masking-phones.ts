/**
 * Phones that put masks on whole vectors: what leaves each is hidden, and the sum is not.
 *
 * Keys are agreed and masks made by the code of a room. Two things are simpler: the keys of one set of phones serve
 * several rounds, each with seeds of its own, where a room draws new keys for every attempt; and nobody leaves, so there
 * are no shares and no masks of one's own.
 *
 * @module
 */
import { utf8 } from '../bytes.ts';
import { peerIdOf, type PeerId } from '../ids.ts';
import { applyMasksInPlace, pairSeed, realSuite, signOf, type Mask } from '../secagg/index.ts';

/** Bytes of the secret that a phone draws. */
export const PHONE_SECRET_BYTES = 32;

/** A phone, and what it has agreed with each of the others. */
interface Phone {
  readonly id: PeerId;
  /** Who it is agreed with, and the secret of the two. */
  readonly agreed: readonly { readonly peer: PeerId; readonly seed: Uint8Array }[];
}

/** Some phones, each of which has agreed a secret with each other one. */
export class MaskingPhones {
  private readonly phones: readonly Phone[];
  private round = 0;

  /** @param secrets - Random bytes of each phone, `PHONE_SECRET_BYTES` long, used for nothing else. */
  constructor(secrets: readonly Uint8Array[]) {
    const publicKeys = secrets.map((secret) => realSuite.agreementKey(secret));
    const ids = publicKeys.map(peerIdOf);
    this.phones = secrets.map((secret, own) => ({
      id: ids[own]!,
      agreed: ids.flatMap((peer, other) =>
        other === own
          ? []
          : {
              peer,
              seed: pairSeed(realSuite, CONTEXT, secret, publicKeys[other]!, ids[own]!, peer),
            },
      ),
    }));
  }

  /**
   * What leaves the phones in the next round: never the same masks twice.
   *
   * @param vectors - Words modulo 2^32 of each phone, shape [phones][words]; they stay as they are.
   * @returns The masked words, same shape; their sum is that of `vectors`.
   */
  masked(vectors: readonly Uint32Array[]): readonly Uint32Array[] {
    this.round += 1;
    const context = utf8(`round ${this.round}`);
    return this.phones.map(({ id, agreed }, place) => {
      const masks = agreed.map(({ peer, seed }): Mask => ({
        peer,
        sign: signOf(id, peer),
        seed: realSuite.derive(seed, context, CONTEXT),
      }));
      const words = vectors[place]!.slice();
      applyMasksInPlace(realSuite, words, masks);
      return words;
    });
  }
}

const CONTEXT = utf8('murmuration/figure/phones');
