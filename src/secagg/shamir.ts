/**
 * Shamir's secret sharing, byte by byte, over GF(2^8) with the polynomial of AES.
 *
 * A secret is the value at 0 of a random polynomial of degree t - 1 for each byte; share x is its
 * value at x. Any t shares give the secret back, t - 1 say nothing. `combine` cannot tell wrong shares
 * from right ones: the caller checks the outcome against a commitment.
 *
 * Shamir: How to share a secret, CACM 1979. Field: FIPS 197, section 4.
 *
 * @module
 */

/** One share: the place `x` (1 to 255) and a byte for each byte of the secret. */
export interface Share {
  readonly x: number;
  readonly y: Uint8Array;
}

/** Random bytes that `split` takes for a secret of so many bytes. */
export function entropyBytesOf(secretBytes: number, threshold: number): number {
  return secretBytes * (threshold - 1);
}

/**
 * Shares of a secret for the places 1 to `count`.
 *
 * @param entropy - `entropyBytesOf(secret.length, threshold)` random bytes, used for nothing else.
 */
export function split(
  secret: Uint8Array,
  threshold: number,
  count: number,
  entropy: Uint8Array,
): readonly Share[] {
  if (entropy.length !== entropyBytesOf(secret.length, threshold)) {
    throw new RangeError(
      `entropy is ${entropy.length} bytes: give ${threshold - 1} a secret byte.`,
    );
  }
  return Array.from({ length: count }, (_, place) => {
    const x = place + 1;
    const y = new Uint8Array(secret.length);
    for (let i = 0; i < secret.length; i++) {
      // Horner's rule, from the highest coefficient down to the secret itself.
      let value = 0;
      for (let power = threshold - 2; power >= 0; power--) {
        value = multiply(value, x) ^ entropy[power * secret.length + i]!;
      }
      y[i] = multiply(value, x) ^ secret[i]!;
    }
    return { x, y };
  });
}

/** The secret that these shares of different places stand for (Lagrange, at 0). */
export function combine(shares: readonly Share[]): Uint8Array {
  const secret = new Uint8Array(shares[0]?.y.length ?? 0);
  for (const share of shares) {
    let weight = 1;
    for (const other of shares) {
      if (other.x !== share.x) {
        weight = multiply(weight, multiply(other.x, inverse(other.x ^ share.x)));
      }
    }
    for (let i = 0; i < secret.length; i++) secret[i] = secret[i]! ^ multiply(weight, share.y[i]!);
  }
  return secret;
}

/** Powers of the generator 3, and their logarithms. Shares are not secret from whoever times this tab. */
const POWER = new Uint8Array(510);
const LOG = new Uint8Array(256);
for (let exponent = 0, value = 1; exponent < 255; exponent++) {
  POWER[exponent] = value;
  POWER[exponent + 255] = value;
  LOG[value] = exponent;
  value ^= (value << 1) ^ (value & 0x80 ? 0x11b : 0);
}

/** The product in GF(2^8). */
export function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : POWER[LOG[a]! + LOG[b]!]!;
}

function inverse(a: number): number {
  return POWER[255 - LOG[a]!]!;
}
