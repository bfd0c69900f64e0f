/**
 * The only place where the server looks at what a client sent.
 *
 * @module
 */
import {
  MEMBER_PATTERN,
  ROOM_ID_PATTERN,
  SIGNALING_VERSION,
  type ClientMessage,
  type SignalingErrorCode,
} from './messages.ts';

const PAYLOAD_PATTERN = /^[A-Za-z0-9_-]+$/;

/** The message, or why it is none. Fields that the contract does not name are ignored. */
export function decodeClientMessage(text: string): ClientMessage | SignalingErrorCode {
  const value = parse(text);
  if (typeof value !== 'object' || value === null) return 'bad-message';
  const { type, version, room, to, payload } = value as Readonly<Record<string, unknown>>;
  switch (type) {
    case 'join':
      // The version comes first: another one may name its rooms in another way.
      if (typeof version !== 'number') return 'bad-message';
      if (version !== SIGNALING_VERSION) return 'version-differs';
      return matches(room, ROOM_ID_PATTERN) ? { type, version, room } : 'bad-message';
    case 'relay':
      return matches(to, MEMBER_PATTERN) && matches(payload, PAYLOAD_PATTERN)
        ? { type, to, payload }
        : 'bad-message';
    default:
      return 'bad-message';
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}
