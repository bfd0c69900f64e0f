/**
 * The two ends of a worker's line: a real worker's, a message channel's, or a test's.
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

/** The page's end of a line to a worker. */
export interface WorkerPort<Sent, Received> extends Port<Sent, Received> {
  /** The worker could not be loaded, or broke: nothing will be answered any more. */
  onbroken: ((message: string) => void) | null;
  /** Ends the line, and the worker at its other end. */
  close(): void;
}

/** The page's end of a trainer's line. */
export type TrainerPort = WorkerPort<TrainerRequest, TrainerReply>;
