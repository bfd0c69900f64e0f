/**
 * The address of a room: `#/room/NAME?k=KEY&name=Alice&task=heat-map&pattern=circle&hidden=8&transport=libp2p`.
 *
 * Everything stands after the `#`, which no browser sends to a server. Whoever wrote the address is
 * not trusted: each part is checked, unknown and doubled parts included, and a mistake comes back as
 * one sentence for the page. No sentence ever repeats the key.
 *
 * @module
 */
import { MAX_ADDRESS_LENGTH, MAX_NAME_LENGTH } from '../config.ts';
import { UsageError } from '../errors.ts';
import { parseRoomKey } from '../peer/room-key.ts';
import { AddressMistake, shortened } from './address-mistake.ts';
import { DEFAULT_TASK, partsOfTask, readTask, TASK_PARTS, type RoomTask } from './route-task.ts';

export { DEFAULT_TASK, PATTERNS, type MapTask, type Pattern, type RoomTask } from './route-task.ts';

/** A room as an address names it. */
export interface RoomAddress {
  readonly room: string;
  /** Base64url, canonical; undefined for an open room. */
  readonly key: string | undefined;
  readonly task: RoomTask;
  /** How peers are linked; undefined for the default, simple-peer. */
  readonly transport?: 'libp2p' | undefined;
}

/** What the part of the address after `#` asks for. */
export type Route =
  /** Nothing: the remembered room, or a fresh one. */
  | { readonly type: 'bare' }
  | { readonly type: 'room'; readonly address: RoomAddress; readonly name: string | undefined }
  /** The story, or one of its figures alone. */
  | { readonly type: 'story'; readonly figure: StoryFigure | undefined }
  /** The lab; it reads its query itself. */
  | { readonly type: 'lab'; readonly query: string }
  /** Questions and tables, in a room of their own; without an address, the remembered one or a fresh one. */
  | {
      readonly type: 'data';
      readonly address: RoomAddress | undefined;
      readonly name: string | undefined;
    }
  /** A mistake; `message` says what to do. */
  | { readonly type: 'invalid'; readonly message: string };

/** The figures of the story, in its order: `#/story?figure=NAME` shows one alone. */
export const STORY_FIGURES = [
  'murmuration',
  'spam',
  'masks',
  'readings',
  'models',
  'together',
  'outliers',
  'privacy',
  'rounds',
] as const;

/** The name of a figure of the story. */
export type StoryFigure = (typeof STORY_FIGURES)[number];

const KNOWN_PARTS = ['k', 'name', ...TASK_PARTS, 'transport'];

/**
 * Reads the part of an address from `#` on. Never throws.
 *
 * @param hash - `location.hash`, with or without the leading `#`.
 */
export function parseRoute(hash: string): Route {
  try {
    return readRoute(hash.startsWith('#') ? hash.slice(1) : hash);
  } catch (error) {
    if (error instanceof AddressMistake) return { type: 'invalid', message: error.message };
    throw error;
  }
}

/** The part of an address from `#` on; defaults are left out. A person's name is never part of an invitation. */
export function formatRoute(address: RoomAddress): string {
  const parts = [];
  if (address.key !== undefined) parts.push(`k=${address.key}`);
  parts.push(...partsOfTask(address.task));
  if (address.transport !== undefined) parts.push(`transport=${address.transport}`);
  return `#/room/${encodeURIComponent(address.room)}${parts.length > 0 ? `?${parts.join('&')}` : ''}`;
}

/** The part of an address from `#` on, of a room for questions and tables. */
export function formatDataRoute({ room, key, transport }: RoomAddress): string {
  const parts = [];
  if (key !== undefined) parts.push(`k=${key}`);
  if (transport !== undefined) parts.push(`transport=${transport}`);
  return `#/data/${encodeURIComponent(room)}${parts.length > 0 ? `?${parts.join('&')}` : ''}`;
}

/** The whole invitation: the page's own address with the room after `#`. */
export function invitationOf(pageUrl: string, address: RoomAddress): string {
  return new URL(formatRoute(address), pageUrl).href;
}

/**
 * Reads what somebody pasted or scanned: a whole invitation, or only its part from `#` on.
 *
 * The host in it is ignored: a room lives on the server that this page came from. Never throws.
 */
export function parseInvitation(text: string): Route {
  const trimmed = text.trim();
  if (trimmed.length > MAX_ADDRESS_LENGTH) return { type: 'invalid', message: TOO_LONG };
  const at = trimmed.indexOf('#');
  const route = at < 0 ? ({ type: 'bare' } as const) : parseRoute(trimmed.slice(at));
  if (route.type === 'room' || route.type === 'invalid') return route;
  return {
    type: 'invalid',
    message:
      'This is no invitation: it has no part such as #/room/quiet-heron?k=... at its end. Copy the whole link.',
  };
}

/** A name for a person or a room, as it may be shown and sent, or why it may not. */
export function nameMistake(name: string): string | undefined {
  if (name.trim() === '') return 'is empty';
  if (name.length > MAX_NAME_LENGTH) return `is longer than ${MAX_NAME_LENGTH} characters`;
  // Control, format (bidirectional overrides among them), private and unassigned characters, lone surrogates.
  if (/[\p{C}\u2028\u2029]/u.test(name)) return 'holds characters that cannot be seen';
  return undefined;
}

const TOO_LONG = `The address is longer than ${MAX_ADDRESS_LENGTH} characters: no invitation is. Ask for the link again.`;

function readRoute(hash: string): Route {
  if (hash.length > MAX_ADDRESS_LENGTH) throw new AddressMistake(TOO_LONG);
  if (hash === '' || hash === '/') return { type: 'bare' };
  const [path = '', ...rest] = hash.split('?');
  if (/^\/story\/?$/.test(path)) return { type: 'story', figure: readFigure(rest.join('?')) };
  if (/^\/lab\/?$/.test(path)) return { type: 'lab', query: rest.join('?') };
  const data = /^\/data(?:\/([^/]+))?\/?$/.exec(path);
  if (data) return readData(data[1], rest.join('?'));
  const match = /^\/room\/([^/]+)\/?$/.exec(path);
  if (!match)
    throw new AddressMistake(
      'This page does not exist: the address must go on with #/room/ and a name, or with #/story, #/data or #/lab.',
    );
  const room = decoded(match[1]!, 'The name of the room');
  mustBeName(room, 'The name of the room');
  const parts = readParts(rest.join('?'));
  const name = parts.get('name');
  if (name !== undefined) mustBeName(name, 'name');
  return {
    type: 'room',
    address: {
      room,
      key: readKey(parts.get('k')),
      task: readTask(parts),
      transport: readTransport(parts.get('transport')),
    },
    name,
  };
}

function readData(path: string | undefined, query: string): Route {
  const parts = readParts(query, ['k', 'name', 'transport']);
  const name = parts.get('name');
  if (name !== undefined) mustBeName(name, 'name');
  if (path === undefined) return { type: 'data', address: undefined, name };
  const room = decoded(path, 'The name of the room');
  mustBeName(room, 'The name of the room');
  const transport = readTransport(parts.get('transport'));
  const address = { room, key: readKey(parts.get('k')), task: DEFAULT_TASK, transport };
  return { type: 'data', address, name };
}

function readFigure(query: string): StoryFigure | undefined {
  const name = readParts(query, ['figure']).get('figure');
  const known = STORY_FIGURES.find((figure) => figure === name);
  if (name !== undefined && known === undefined)
    throw new AddressMistake(
      `figure is "${shortened(name)}": choose one of ${STORY_FIGURES.join(', ')}.`,
    );
  return known;
}

function readParts(query: string, known: readonly string[] = KNOWN_PARTS): Map<string, string> {
  const parts = new Map<string, string>();
  for (const part of query.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const key = at < 0 ? part : part.slice(0, at);
    if (!known.includes(key))
      throw new AddressMistake(
        `The address has a part "${shortened(key)}" that this page does not know: it knows ${known.join(', ')}.`,
      );
    if (parts.has(key)) throw new AddressMistake(`The address says "${key}" twice: keep one.`);
    const value = at < 0 ? '' : part.slice(at + 1);
    parts.set(key, key === 'k' ? value : decoded(value.replaceAll('+', ' '), key));
  }
  return parts;
}

function readKey(key: string | undefined): string | undefined {
  if (key === undefined) return undefined;
  try {
    parseRoomKey(key);
  } catch (error) {
    if (error instanceof UsageError) throw new AddressMistake(error.message);
    throw error;
  }
  return key;
}

function readTransport(transport: string | undefined): RoomAddress['transport'] {
  if (transport === undefined || transport === 'simple-peer') return undefined;
  if (transport !== 'libp2p') {
    throw new AddressMistake(
      `transport is "${shortened(transport)}": choose simple-peer or libp2p.`,
    );
  }
  return transport;
}

function mustBeName(name: string, what: string): void {
  const mistake = nameMistake(name);
  if (mistake)
    throw new AddressMistake(
      `${what} ${mistake}: use 1 to ${MAX_NAME_LENGTH} ordinary characters.`,
    );
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AddressMistake(`${what} has a broken % sign in the address: copy the link again.`);
  }
}
