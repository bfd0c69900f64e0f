/**
 * The two ends of a trainer's line: a worker's, a message channel's, or a test's.
 *
 * @module
 */
import type { TrainerReply, TrainerRequest } from './messages.ts';

/** One end of a line of messages. */
export interface Port<Sent, Received> {
  postMessage(message: Sent, transfer: Transferable[]): void;
  onmessage: ((event: { readonly data: Received }) => void) | null;
}

/** The trainer's end. */
export type ServedPort = Port<TrainerReply, TrainerRequest>;

/** The page's end. */
export interface TrainerPort extends Port<TrainerRequest, TrainerReply> {
  /** The trainer could not be loaded, or broke: nothing will be answered any more. */
  onbroken: ((message: string) => void) | null;
  /** Ends the line, and the worker at its other end. */
  close(): void;
}
