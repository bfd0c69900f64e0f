/**
 * Flags of every command that joins a room.
 *
 * @module
 */
import { DEFAULT_TRANSPORT } from '../peer/join-room.ts';
import type { Flags } from './flags.ts';

/** Which room, as whom, and how peers are linked. */
export const roomFlags = {
  server: {
    type: 'string',
    value: 'URL',
    isRequired: true,
    help: 'Server that introduces peers: http(s) or ws(s).',
  },
  room: { type: 'string', value: 'NAME', isRequired: true, help: 'Name of the room.' },
  key: {
    type: 'string',
    value: 'ROOMKEY',
    help: 'Room key, base64url of 16 bytes or more, also as --key=ROOMKEY. Without it, the open room of that name.',
  },
  name: { type: 'string', value: 'NAME', default: 'Program', help: 'What the others see.' },
  transport: {
    type: 'choice',
    choices: ['simple-peer', 'libp2p'],
    default: DEFAULT_TRANSPORT,
    help: 'How peers are linked. The same for all.',
  },
  identity: { type: 'string', value: 'FILE', help: 'Keep the identity in this file.' },
} as const satisfies Flags;

/** How far the others of a room are trusted. */
export const modeFlag = {
  type: 'choice',
  choices: ['active', 'honest'],
  default: 'active',
  help: 'honest: everyone here runs honest code, so more peers may leave in the middle. The same for all.',
} as const;
