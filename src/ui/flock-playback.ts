/**
 * Shows a round slower than it happens, and never as something that did not happen.
 *
 * A round takes a few hundred milliseconds; a person needs two seconds to see it. The machine turns
 * each new view into facts (this peer's update is here, that one signed), in the order in which they
 * became known, and shows each no earlier than it became known and no sooner after the last than its
 * place in the round asks for. A slow round is therefore shown live, a fast one stretched to
 * `ROUND_SHOWN_MS`. While one round is being shown one more may wait; when a third begins, the oldest
 * jumps to its end.
 *
 * Pure: times come with the events. Two elements fed with the same views show the same moment.
 * Invariants: facts of a story are shown in the order of arrival, and none before it arrived; at most
 * one story waits.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import { unreachable } from '../machine.ts';
import type { AttemptView, FailureView, ResultView, SessionView } from '../peer/view.ts';
import { type Shown, restOf, shownOf } from './flock-shown.ts';
import {
  type EndFact,
  type Story,
  append,
  differences,
  emptyStory,
  endOf,
  hasEnd,
  hurried,
  jumped,
  levelOf,
  started,
  wayTo,
} from './flock-story.ts';

/** The machine. */
export interface PlaybackState {
  /** Undefined until the first view. */
  readonly view: SessionView | undefined;
  /** The round being shown, or shown last. */
  readonly current: Story | undefined;
  /** The round that waits for it. */
  readonly waiting: Story | undefined;
}

/** What happens to the machine. */
export type PlaybackEvent =
  /** A new view; `atMs` never runs backwards. */
  | { readonly type: 'view'; readonly view: SessionView; readonly atMs: number }
  /** Nobody sees it: whatever is still to be shown is over. */
  | { readonly type: 'jump'; readonly atMs: number };

/** Before anything was seen. */
export const INITIAL_PLAYBACK: PlaybackState = {
  view: undefined,
  current: undefined,
  waiting: undefined,
};

/** One step. The old state stays as it was. */
export function stepPlayback(state: PlaybackState, event: PlaybackEvent): PlaybackState {
  switch (event.type) {
    case 'view':
      return stepView(advance(state, event.atMs), event.view, event.atMs);
    case 'jump':
      return {
        view: state.view,
        current: jumped(state.waiting ?? state.current, event.atMs),
        waiting: undefined,
      };
    default:
      return unreachable(event);
  }
}

/** What is shown at a moment; `atMs` not before the last event's. */
export function shownAt(state: PlaybackState, atMs: number): Shown {
  const { current, waiting } = advance(state, atMs);
  if (current === undefined) return restOf(state.view);
  return shownOf(current, { view: state.view, hasWaiting: waiting !== undefined, atMs });
}

/** Replaces a story that is over by the one that waits, at the moment at which the former ended. */
function advance(state: PlaybackState, atMs: number): PlaybackState {
  const { view, current, waiting } = state;
  if (waiting === undefined || current === undefined) return state;
  const endMs = endOf(current);
  if (!current.isOver || atMs < endMs) return state;
  return { view, current: started(waiting, Math.max(endMs, waiting.startMs)), waiting: undefined };
}

function stepView(state: PlaybackState, view: SessionView, atMs: number): PlaybackState {
  const before = state.view;
  let next: PlaybackState = { ...state, view };
  const attempt = view.attempt;
  const ended = newEnd(before, view);
  const endKey = ended === undefined ? undefined : storyKey(next, endOfFact(ended), view);
  // What the ended attempt still had to say, its end, and then whatever began after it.
  const isEnding =
    attempt !== undefined && endKey !== undefined && storyKey(next, attempt, view) === endKey;
  if (isEnding) next = tellAttempt(next, attempt, atMs);
  if (ended !== undefined) next = tell(next, ended, atMs);
  if (attempt !== undefined && !isEnding) next = tellAttempt(next, attempt, atMs);
  if (attempt === undefined && ended === undefined) next = tellLevel(next, view, atMs);
  return next;
}

/** A result or a failure that the former view did not have. The first view is where one comes in: its past is past. */
function newEnd(before: SessionView | undefined, view: SessionView): EndFact | undefined {
  if (before === undefined) return undefined;
  const { result, failure } = view;
  if (result !== undefined && keyOf(result) !== keyOf(before.result)) {
    return { type: 'result', result };
  }
  if (failure !== undefined && keyOf(failure) !== keyOf(before.failure)) {
    return { type: 'failure', failure };
  }
  return undefined;
}

function endOfFact(end: EndFact): ResultView | FailureView {
  return end.type === 'result' ? end.result : end.failure;
}

/**
 * The story that something is about. Of a room with lines, all levels of a round are one story, whose
 * attempts at each level count for themselves.
 */
function storyKey(
  state: PlaybackState,
  about: AttemptView | ResultView | FailureView,
  view: SessionView,
): string {
  const newest = state.waiting ?? state.current;
  const isHigher = !('stage' in about) || (view.grid?.level ?? 0) > 0;
  const isOpen = newest !== undefined && newest.round === about.round && !hasEnd(newest);
  return view.grid !== undefined && isHigher && isOpen ? newest.key : keyOf(about);
}

function tellAttempt(state: PlaybackState, attempt: AttemptView, atMs: number): PlaybackState {
  const view = state.view!;
  const key = storyKey(state, attempt, view);
  const level = view.grid?.level ?? 0;
  const opened = withStory(state, key, () => emptyStory(attempt, key, atMs), atMs);
  return editStory(opened, key, (story) => {
    // After its end an attempt has nothing more to say.
    if (hasEnd(story)) return story;
    const { roster, threshold } = attempt;
    const isNew =
      level > 0 && (level !== levelOf(story) || story.seen?.attempt !== attempt.attempt);
    const facts = differences(isNew ? undefined : story.seen, attempt);
    const told = append(
      story,
      isNew ? [{ type: 'level', level, roster, threshold }, ...facts] : facts,
      atMs,
    );
    return level > 0
      ? { ...told, seen: attempt, isOver: false }
      : { ...told, seen: attempt, roster, threshold };
  });
}

/** No attempt of this tab: it is over without a word, or others stand in for its line. */
function tellLevel(state: PlaybackState, view: SessionView, atMs: number): PlaybackState {
  const level = view.grid?.level ?? 0;
  if (level === 0) return abandoned(state);
  const newest = state.waiting ?? state.current;
  const round = view.nextRound;
  const isTold = newest !== undefined && newest.round >= round;
  if (isTold && (newest.round > round || hasEnd(newest) || levelOf(newest) === level)) return state;
  // Who comes in the middle has not seen its line's part.
  const key = isTold ? newest.key : `${round}.${level}`;
  const opened = withStory(
    state,
    key,
    () =>
      emptyStory(
        { round, roster: ownPart(view.grid!.lines.flat(), view), threshold: 0 },
        key,
        atMs,
      ),
    atMs,
  );
  return editStory(opened, key, (story) => ({
    ...append(story, [{ type: 'level', level, roster: [], threshold: 0 }], atMs),
    isOver: false,
  }));
}

function tell(state: PlaybackState, end: EndFact, atMs: number): PlaybackState {
  const view = state.view!;
  const about = endOfFact(end);
  const key = storyKey(state, about, view);
  const isUnseen = state.current?.key !== key && state.waiting?.key !== key;
  if (end.type === 'result' && (end.result.isCopied || isUnseen)) {
    // Copied, or so fast that no view showed the way: only the outcome is known, so only it is shown.
    const roster = ownPart(end.result.roster, view);
    const story = emptyStory({ round: end.result.round, roster, threshold: 0 }, key, atMs);
    const opened = withStory(state, key, () => story, atMs);
    return editStory(opened, key, (one) => ({
      ...append(
        one,
        end.result.isCopied ? [end] : [...wayTo(one, end.result, view.grid), end],
        atMs,
      ),
      isOver: true,
    }));
  }
  if (isUnseen) return state;
  return editStory(state, key, (story, isPlaying) => {
    const way = end.type === 'result' ? wayTo(story, end.result, view.grid) : [];
    const told = append(story, [...way, end], atMs);
    return { ...(isPlaying ? hurried(told, atMs) : told), isOver: true };
  });
}

/** Those of a roster that sum with this tab: all of them, or its line. */
function ownPart(roster: readonly PeerId[], { grid }: SessionView): readonly PeerId[] {
  if (grid === undefined) return roster;
  const own = new Set(grid.lines[grid.ownLine]);
  return roster.filter((id) => own.has(id));
}

/** Makes room for a story that is not there yet: the queue holds one. */
function withStory(
  state: PlaybackState,
  key: string,
  make: () => Story,
  atMs: number,
): PlaybackState {
  const { view, current, waiting } = state;
  if (current?.key === key || waiting?.key === key) return state;
  if (current === undefined || atMs >= endOf(current)) {
    return { view, current: make(), waiting: undefined };
  }
  if (waiting === undefined) {
    return { view, current: { ...current, isOver: true }, waiting: make() };
  }
  return { view, current: started({ ...waiting, isOver: true }, atMs), waiting: make() };
}

function editStory(
  state: PlaybackState,
  key: string,
  edit: (story: Story, isPlaying: boolean) => Story,
): PlaybackState {
  if (state.current?.key === key) return { ...state, current: edit(state.current, true) };
  if (state.waiting?.key === key) return { ...state, waiting: edit(state.waiting, false) };
  return state;
}

/** The attempt is gone and nobody said how it ended. */
function abandoned(state: PlaybackState): PlaybackState {
  const close = (story: Story | undefined): Story | undefined =>
    story === undefined || story.isOver ? story : { ...story, isOver: true };
  return { ...state, current: close(state.current), waiting: close(state.waiting) };
}

function keyOf(about: { readonly round: number; readonly attempt: number } | undefined): string {
  return about === undefined ? '' : `${about.round}.${about.attempt}`;
}
