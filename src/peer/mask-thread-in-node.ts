/**
 * The masking thread of a program. Built as a file of its own, beside the file that starts it.
 *
 * @module
 */
import { parentPort } from 'node:worker_threads';
import type { MaskReply, MaskRequest } from '../worker/mask-messages.ts';
import type { Port } from '../worker/port.ts';
import { serveMasks } from '../worker/serve-masks.ts';
import { nodeSuite } from './node-suite.ts';

if (parentPort === null) throw new Error('This is a thread, not a program: start murmuration.');
const thread = parentPort;
const port: Port<MaskReply, MaskRequest> = {
  onmessage: null,
  postMessage: (reply, transfer) => thread.postMessage(reply, transfer as ArrayBuffer[]),
};
thread.on('message', (data: MaskRequest) => port.onmessage?.({ data }));
serveMasks(port, nodeSuite.addStreamsInPlace);
