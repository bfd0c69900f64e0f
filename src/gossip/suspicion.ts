/**
 * A signed doubt: one peer could not reach another, as of its newest hello.
 *
 * It kills nobody. The suspect refutes it with a hello of a higher incarnation; only a doubt that
 * stays unanswered for long makes others hold the suspect dead, each by its own clock.
 *
 * @module
 */
import { Fields } from '../cbor.ts';
import { ProtocolViolation } from '../errors.ts';
import { publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import { MAX_INCARNATION } from './hello.ts';
import { bodyOf, isStatementOf, signStatement, type Signer } from './signed.ts';

/** Largest suspicion, bytes: signature and four fields. */
export const MAX_SUSPICION_BYTES = 64 + 192;

/** A suspicion, read; nobody changes its arrays. */
export interface Suspicion {
  readonly by: PeerId;
  readonly suspect: PeerId;
  /** 32 bytes. */
  readonly room: Uint8Array;
  /** Of the hello that is doubted; a newer one refutes. */
  readonly incarnation: number;
  /** Signature and body, as sent. */
  readonly bytes: Uint8Array;
}

/** Signs a suspicion. */
export function signSuspicion(
  suite: Suite,
  signer: Signer,
  room: Uint8Array,
  suspect: PeerId,
  incarnation: number,
): Suspicion {
  const body = { by: publicKeyOf(signer.id), suspect: publicKeyOf(suspect), room, incarnation };
  const bytes = signStatement(suite, signer, 'suspicion', body);
  return { by: signer.id, suspect, room, incarnation, bytes };
}

/**
 * Reads a suspicion; its signature is not checked yet. The result shares no memory with the message.
 *
 * @throws ProtocolViolation when no honest peer would have made it.
 */
export function readSuspicion(statement: Uint8Array): Suspicion {
  if (statement.length > MAX_SUSPICION_BYTES) {
    throw new ProtocolViolation('a suspicion is too long.');
  }
  const bytes = statement.slice();
  const fields = Fields.decode('suspicion', bodyOf(bytes));
  const suspicion: Suspicion = {
    by: fields.peer('by'),
    suspect: fields.peer('suspect'),
    room: fields.bytes('room', 32),
    incarnation: fields.uint('incarnation', MAX_INCARNATION),
    bytes,
  };
  fields.end();
  if (suspicion.by === suspicion.suspect) {
    throw new ProtocolViolation('a suspicion is of its own signer.');
  }
  return suspicion;
}

/** Whether a suspicion is signed by the peer that it names. */
export function isSuspicionGenuine(suite: Suite, suspicion: Suspicion): boolean {
  return isStatementOf(suite, suspicion.by, 'suspicion', suspicion.bytes);
}
