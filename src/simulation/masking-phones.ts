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
import { finish, type Steps } from './steps.ts';

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

  private constructor(phones: readonly Phone[]) {
    this.phones = phones;
  }

  /**
   * Phones with keys, agreed one after the other.
   *
   * @param secrets - Random bytes of each phone, `PHONE_SECRET_BYTES` long, used for nothing else.
   */
  static *agreeing(secrets: readonly Uint8Array[]): Steps<MaskingPhones> {
    const publicKeys: Uint8Array[] = [];
    for (const secret of secrets) {
      publicKeys.push(realSuite.agreementKey(secret));
      yield;
    }
    const ids = publicKeys.map(peerIdOf);
    const phones: Phone[] = [];
    for (const [own, secret] of secrets.entries()) {
      const agreed: { peer: PeerId; seed: Uint8Array }[] = [];
      for (const [other, peer] of ids.entries()) {
        if (other === own) continue;
        const theirs = publicKeys[other]!;
        const seed = pairSeed(realSuite, CONTEXT, secret, theirs, ids[own]!, peer);
        agreed.push({ peer, seed });
        yield;
      }
      phones.push({ id: ids[own]!, agreed });
    }
    return new MaskingPhones(phones);
  }

  /** The same at once. */
  static agreed(secrets: readonly Uint8Array[]): MaskingPhones {
    return finish(MaskingPhones.agreeing(secrets));
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
