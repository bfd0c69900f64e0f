/**
 * An identity kept in a file, for programs that want to be the same peer again.
 *
 * The file holds one line, the seed in base64url, readable by its owner only. A file beside it,
 * ending in `.lock`, names the process that uses the identity, so that two programs never do.
 *
 * @module
 */
import { chmodSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { fromBase64url, toBase64url } from '../bytes.ts';
import { UsageError } from '../errors.ts';
import type { Suite } from '../ports.ts';
import { createIdentity, identityOf, SECRET_KEY_BYTES, type Identity } from './identity.ts';

/** An identity and the end of its use. */
export interface HeldIdentity {
  readonly identity: Identity;
  /** Lets another program use the file. Called at the latest when the process exits. */
  release(): void;
}

const OWNER_ONLY = 0o600;

/**
 * The identity in a file, which is created when it is missing.
 *
 * @throws UsageError when the file cannot be read or written, holds something else, may be read by
 *   others, or is in use.
 */
export function loadIdentityFile(suite: Suite, path: string): HeldIdentity {
  const lock = `${path}.lock`;
  takeLock(path, lock);
  const release = (): void => {
    process.off('exit', release);
    unlinkIfThere(lock);
  };
  process.on('exit', release);
  try {
    return { identity: readIdentity(suite, path) ?? writeIdentity(suite, path), release };
  } catch (error) {
    release();
    throw error;
  }
}

function readIdentity(suite: Suite, path: string): Identity | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
      throw new UsageError(`Others may read the identity file ${path}: run "chmod 600 ${path}".`);
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (error instanceof UsageError) throw error;
    throw new UsageError(`The identity file ${path} cannot be read (${codeOf(error)}).`);
  }
  const line = text.trim();
  const isSeed = /^[A-Za-z0-9_-]{43}$/.test(line) && toBase64url(fromBase64url(line)) === line;
  if (!isSeed || fromBase64url(line).length !== SECRET_KEY_BYTES) {
    throw new UsageError(
      `The file ${path} holds no identity: name another file, or delete it to get a fresh one.`,
    );
  }
  return identityOf(suite, fromBase64url(line));
}

function writeIdentity(suite: Suite, path: string): Identity {
  const identity = createIdentity(suite);
  try {
    writeFileSync(path, `${toBase64url(identity.secretKey)}\n`, { mode: OWNER_ONLY, flag: 'wx' });
    chmodSync(path, OWNER_ONLY);
  } catch (error) {
    throw new UsageError(`The identity file ${path} cannot be written (${codeOf(error)}).`);
  }
  return identity;
}

function takeLock(path: string, lock: string): void {
  for (let tries = 0; tries < 2; tries++) {
    try {
      writeFileSync(lock, `${process.pid}\n`, { mode: OWNER_ONLY, flag: 'wx' });
      return;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') {
        throw new UsageError(`The identity file ${path} cannot be written (${codeOf(error)}).`);
      }
      const holder = holderOf(lock);
      if (holder !== undefined && isRunning(holder)) {
        throw new UsageError(
          `Process ${holder} uses the identity file ${path}: end it, or name another file.`,
        );
      }
      unlinkIfThere(lock);
    }
  }
  throw new UsageError(`Another program has just taken the identity file ${path}.`);
}

function holderOf(lock: string): number | undefined {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined; // Gone meanwhile.
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? 'unknown error');
}
