/**
 * A worker that puts masks on the words it is sent, and sends them back.
 *
 * @module
 */
import type { Suite } from '../ports.ts';
import type { MaskReply, MaskRequest } from './mask-messages.ts';
import type { Port } from './port.ts';

/** Serves requests on a port, one after the other. */
export function serveMasks(
  port: Port<MaskReply, MaskRequest>,
  addStreamsInPlace: Suite['addStreamsInPlace'],
): void {
  port.onmessage = ({ data: { id, words, terms, from } }) => {
    try {
      addStreamsInPlace(words, terms, from);
      port.postMessage({ type: 'masked', id, words }, [words.buffer]);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      port.postMessage({ type: 'failed', id, message }, []);
    } finally {
      for (const { key } of terms) key.fill(0);
    }
  };
}
