/**
 * Murmuration as a library: private sums and federated learning without a server in the middle.
 *
 * ```ts
 * import { joinRoom } from 'murmuration';
 * const session = await joinRoom({ server: 'http://localhost:8080', room: 'salaries', key });
 * const { mean, count } = await session.aggregate([52_000], { clip: 1_000_000 });
 * await session.leave();
 * ```
 *
 * @module
 */
import type { RoomOptions } from './peer/join-room.ts';
import type { Session } from './peer/session.ts';

export { ProtocolViolation, RoundFailed, UsageError, type FailureReason } from './errors.ts';
export type { PeerId } from './ids.ts';
export type { HeatMapTask, RoomOptions } from './peer/join-room.ts';
export { newRoomKey } from './peer/room-key.ts';
export type { Session, SessionEvent } from './peer/session.ts';
export type { AggregateOptions, AggregateResult } from './peer/summing.ts';
export type {
  AttemptView,
  FailureView,
  Inspection,
  LearningView,
  NoiseChoice,
  PeerView,
  PrivacyView,
  ResultView,
  SessionView,
} from './peer/view.ts';

/** What `joinRoom` takes: `RoomOptions`, and in Node a file that keeps the identity. */
export type JoinOptions = RoomOptions & { readonly identity?: string | undefined };

/**
 * Joins a room, in a browser or in Node.
 *
 * @throws UsageError when an option is wrong, or WebRTC is missing: its text says what to do.
 */
export async function joinRoom(options: JoinOptions): Promise<Session> {
  if (typeof window === 'undefined') {
    const { joinInNode } = await import('./peer/join-in-node.ts');
    return joinInNode(options);
  }
  const { joinAsTab } = await import('./peer/join-in-page.ts');
  return joinAsTab(options);
}
