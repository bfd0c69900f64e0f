/**
 * Plays a watched round away from the page's thread: a room when asked for one, then a moment for each request.
 *
 * @module
 */
import {
  WatchedGrid,
  type WatchedMoment,
  type WatchedRoom,
} from '../../simulation/watched-grid.ts';

/** What the figure asks for; each gets one reply, in order. */
export type RoundsRequest =
  | { readonly type: 'room'; readonly peers: number; readonly seed: string }
  /** Somebody is to learn something. */
  | { readonly type: 'advance' }
  | { readonly type: 'drop'; readonly places: readonly number[] };

/** What is known after it; the room where it is a new one. */
export interface RoundsReply {
  readonly room: WatchedRoom | undefined;
  readonly moment: WatchedMoment;
}

declare const self: {
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  postMessage(reply: RoundsReply): void;
};

let watched: WatchedGrid | undefined;

self.addEventListener('message', ({ data }) => {
  const request = data as RoundsRequest;
  if (request.type === 'room') watched = new WatchedGrid(request.peers, request.seed);
  else if (request.type === 'advance') watched!.advance();
  else for (const place of request.places) watched!.drop(place);
  const room = request.type === 'room' ? watched!.room : undefined;
  self.postMessage({ room, moment: watched!.moment() });
});
