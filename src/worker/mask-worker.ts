/**
 * The masking worker of a page.
 *
 * @module
 */
import { addKeystreamsInPlace } from '../secagg/index.ts';
import type { MaskReply, MaskRequest } from './mask-messages.ts';
import type { Port } from './port.ts';
import { serveMasks } from './serve-masks.ts';

serveMasks(self as unknown as Port<MaskReply, MaskRequest>, addKeystreamsInPlace);
