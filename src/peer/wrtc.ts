/**
 * What Node lacks and browsers have: WebRTC, from an optional dependency, and a WebSocket.
 *
 * Only programs import this file; a page never does.
 *
 * @module
 */
import { WebSocket } from 'ws';
import { MAX_SIGNALING_BYTES } from '../../signaling/messages.ts';
import { JOIN_TIMEOUT_MS } from '../config.ts';
import { UsageError } from '../errors.ts';
import type { OpenSocket, SocketLike } from './signaling-client.ts';
import { prepareForLibp2p } from './libp2p-runtime.ts';
import type { Wrtc } from './link.ts';

const PACKAGE = '@roamhq/wrtc';

/**
 * WebRTC for Node.
 *
 * @throws UsageError that says what to install when it is missing on this machine.
 */
export async function loadWrtc(): Promise<Wrtc> {
  try {
    // The name is not a literal, so that no bundler takes the native code into a page.
    const module = (await import(/* @vite-ignore */ PACKAGE)) as { default?: Wrtc } & Wrtc;
    return module.default ?? module;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : 'unknown error';
    throw new UsageError(
      `This peer needs WebRTC for Node: run "npm install ${PACKAGE}" (it has builds for Linux, macOS and Windows on common processors). It could not be loaded: ${reason}`,
    );
  }
}

/**
 * Makes Node a place where libp2p runs: WebRTC, and the globals that it expects.
 *
 * @throws UsageError that says what to install when it is missing on this machine.
 */
export async function prepareNodeForLibp2p(): Promise<void> {
  // Node 20 has none of its own.
  (globalThis as { WebSocket?: unknown }).WebSocket ??= WebSocket;
  await loadWrtc();
  prepareForLibp2p();
}

/** A WebSocket of Node with the bounds of the signalling. */
export const openNodeSocket: OpenSocket = (url) =>
  new WebSocket(url, {
    maxPayload: MAX_SIGNALING_BYTES,
    perMessageDeflate: false,
    handshakeTimeout: JOIN_TIMEOUT_MS,
  }) as unknown as SocketLike;
