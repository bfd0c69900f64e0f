/**
 * ICE servers as JSON, from a flag or the environment.
 *
 * @module
 */
import type { IceServer } from './messages.ts';

/** More would only slow down how peers meet. */
const MAX_ICE_SERVERS = 16;

const EXAMPLE = '[{"urls":"stun:stun.example.org:3478"}]';

/**
 * The servers that a text names, in the form of `RTCConfiguration.iceServers`.
 *
 * @throws RangeError that says what is wrong; it never repeats the text, which may hold a password.
 */
export function parseIceServers(text: string): readonly IceServer[] {
  const value = parse(text);
  if (!Array.isArray(value) || value.length > MAX_ICE_SERVERS) {
    throw new RangeError(`ICE servers are a JSON list of at most ${MAX_ICE_SERVERS}: ${EXAMPLE}.`);
  }
  return value.map((entry, at) => {
    if (!isIceServer(entry)) {
      throw new RangeError(
        `ICE server ${at + 1} needs "urls" that start with stun:, stuns:, turn: or turns:, ` +
          `and at most "username" and "credential" beside them: ${EXAMPLE}.`,
      );
    }
    return entry;
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isIceServer(value: unknown): value is IceServer {
  if (typeof value !== 'object' || value === null) return false;
  const { urls, username, credential, ...others } = value as Readonly<Record<string, unknown>>;
  const list: readonly unknown[] = Array.isArray(urls) ? urls : [urls];
  return (
    Object.keys(others).length === 0 &&
    list.length > 0 &&
    list.every((url) => typeof url === 'string' && /^(?:stun|turn)s?:[^\s/]+$/.test(url)) &&
    [username, credential].every((text) => text === undefined || typeof text === 'string')
  );
}
