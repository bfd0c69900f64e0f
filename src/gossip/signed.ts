/**
 * Statements that anybody can check: a signature, and the body as it was signed.
 *
 * `[64 bytes of signature][body]`. A HELLO on the wire is its type's byte and such a statement; inside
 * RUMOURS the byte is left out. The name of the statement is signed with it, so that none passes for
 * another.
 *
 * @module
 */
import { concat, utf8 } from '../bytes.ts';
import { encodeCbor, type CborValue } from '../cbor.ts';
import { ProtocolViolation } from '../errors.ts';
import { publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';

/** Bytes of a signature. */
export const SIGNATURE_BYTES = 64;

/** Who signs, and with what. */
export interface Signer {
  readonly id: PeerId;
  readonly secretKey: Uint8Array;
}

const NAMES = {
  hello: 'murmuration/1/hello',
  suspicion: 'murmuration/1/suspicion',
  proof: 'murmuration/1/proof',
} as const;

/** What a statement is about. */
export type StatementName = keyof typeof NAMES;

/** Signs a statement. */
export function signStatement(
  suite: Suite,
  signer: Signer,
  name: StatementName,
  body: CborValue,
): Uint8Array {
  const bytes = encodeCbor(body);
  return concat(suite.sign(signer.secretKey, signedBytes(name, bytes)), bytes);
}

/** Whether a statement is this peer's. */
export function isStatementOf(
  suite: Suite,
  peer: PeerId,
  name: StatementName,
  statement: Uint8Array,
): boolean {
  const signature = statement.subarray(0, SIGNATURE_BYTES);
  return suite.verify(publicKeyOf(peer), signedBytes(name, bodyOf(statement)), signature);
}

/**
 * The part of a statement behind the signature.
 *
 * @throws ProtocolViolation when there is none.
 */
export function bodyOf(statement: Uint8Array): Uint8Array {
  if (statement.length <= SIGNATURE_BYTES) throw new ProtocolViolation('a statement is too short.');
  return statement.subarray(SIGNATURE_BYTES);
}

function signedBytes(name: StatementName, body: Uint8Array): Uint8Array {
  return concat(utf8(`${NAMES[name]}\0`), body);
}
