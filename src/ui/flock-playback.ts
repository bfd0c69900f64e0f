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
import { FLIGHT_MS, ROUND_SHOWN_MS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import { unreachable } from '../machine.ts';
import type { AttemptView, FailureView, ResultView, SessionView, Stage } from '../peer/view.ts';

/** The stages in their order. */
export const STAGES: readonly Stage[] = ['gather', 'keys', 'send', 'lock', 'unmask'];

/** How long the disc takes to fly out to the federation's map, ms. */
export const MERGE_OUT_MS = 300;

/** How long the pair masks take to cancel on the screen, ms. */
export const CANCEL_MS = 480;

/** Share of the flight after which a swarm begins to be in the sum. */
export const LANDED = 0.85;

/** How long a failure stays before the next attempt is shown, ms. */
const FAILURE_HOLD_MS = 900;

/** What a member of the roster can be known to have done. */
export type Deed = 'advertised' | 'shared' | 'masked' | 'locked' | 'unmasked' | 'aborted' | 'gone';

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

/** What is shown at one moment. Ages are ms since it began to show. */
export interface Shown {
  /** `rest`: no round; `playing`: between the first fact and the result; `merged`, `failed`: over. */
  readonly phase: 'rest' | 'playing' | 'merged' | 'failed';
  readonly round: number;
  readonly roster: readonly PeerId[];
  readonly threshold: number;
  readonly stage: Stage | undefined;
  readonly stageAgeMs: number;
  /** How much of the stage is done, 0 to 1. */
  readonly stageShare: number;
  /** Age of each deed of each member. */
  readonly deeds: Readonly<Record<Deed, ReadonlyMap<PeerId, number>>>;
  readonly survivors: readonly PeerId[];
  /** Members whose swarm has landed: as many updates are in the sum that is drawn. */
  readonly landed: ReadonlySet<PeerId>;
  /** Pieces in for each member whose key is rebuilt; the age is that of the last piece needed. */
  readonly recovering: ReadonlyMap<PeerId, { readonly pieces: number; readonly ageMs: number }>;
  readonly result: ResultView | undefined;
  readonly failure: FailureView | undefined;
  /** Since the result or the failure; Infinity when it was never played. */
  readonly endAgeMs: number;
  /** Something still moves: ask again at the next frame. */
  readonly isMoving: boolean;
  /** How long each stage really took in the newest finished attempt, ms, as far as this page saw. */
  readonly tookMs: Readonly<Partial<Record<Stage, number>>>;
}

/** One attempt, as a list of facts with the times at which they are shown. */
export interface Story {
  readonly key: string;
  readonly round: number;
  readonly roster: readonly PeerId[];
  readonly threshold: number;
  readonly startMs: number;
  readonly facts: readonly TimedFact[];
  /** The newest view of the attempt. */
  readonly seen: AttemptView | undefined;
  /** Result or failure is among the facts, or the attempt vanished. */
  readonly isOver: boolean;
}

interface TimedFact {
  readonly fact: Fact;
  readonly knownMs: number;
  readonly shownMs: number;
}

type Fact =
  | { readonly type: 'stage'; readonly stage: Stage }
  | { readonly type: Deed; readonly peer: PeerId }
  | { readonly type: 'survivors'; readonly peers: readonly PeerId[] }
  | { readonly type: 'recovering'; readonly peer: PeerId; readonly shares: number }
  | { readonly type: 'result'; readonly result: ResultView }
  | { readonly type: 'failure'; readonly failure: FailureView };

const DEEDS: readonly Deed[] = [
  'advertised',
  'shared',
  'masked',
  'locked',
  'unmasked',
  'aborted',
  'gone',
];

const STAGE_OF: Readonly<Record<Deed, Stage | undefined>> = {
  advertised: 'keys',
  shared: 'keys',
  masked: 'send',
  locked: 'lock',
  unmasked: 'unmask',
  aborted: undefined,
  gone: undefined,
};

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
  const deeds = Object.fromEntries(DEEDS.map((deed) => [deed, new Map()])) as unknown as Record<
    Deed,
    Map<PeerId, number>
  >;
  const recovering = new Map<PeerId, { pieces: number; ageMs: number }>();
  const knownAt: Partial<Record<Stage, number>> = {};
  let stage: Stage | undefined;
  let stageAgeMs = 0;
  let survivors: readonly PeerId[] = [];
  let result: ResultView | undefined;
  let failure: FailureView | undefined;
  let endAgeMs = 0;
  let endKnownMs: number | undefined;
  let isAllShown = true;
  for (const { fact, knownMs, shownMs } of current.facts) {
    if (shownMs > atMs) {
      isAllShown = false;
      break;
    }
    const ageMs = atMs - shownMs;
    switch (fact.type) {
      case 'stage':
        stage = fact.stage;
        stageAgeMs = ageMs;
        knownAt[fact.stage] = knownMs;
        break;
      case 'survivors':
        survivors = fact.peers;
        break;
      case 'recovering':
        // Pieces beyond the threshold change nothing.
        if ((recovering.get(fact.peer)?.pieces ?? -1) < current.threshold) {
          recovering.set(fact.peer, { pieces: fact.shares, ageMs });
        }
        break;
      case 'result':
        result = fact.result;
        endAgeMs = ageMs;
        endKnownMs = knownMs;
        break;
      case 'failure':
        failure = fact.failure;
        endAgeMs = ageMs;
        break;
      default:
        deeds[fact.type].set(fact.peer, ageMs);
    }
  }
  const isOver = result !== undefined || failure !== undefined;
  // An attempt that vanished without a word leaves the flock at rest.
  if (!isOver && isAllShown && current.isOver) return restOf(state.view);
  const parts = { stage, stageAgeMs, deeds, result, roster: current.roster };
  // This tab's own words are in its sum as soon as they leave.
  const self = state.view?.self.id;
  const landed = new Set<PeerId>(result?.included);
  for (const [id, ageMs] of deeds.masked) {
    if (id === self || ageMs >= LANDED * FLIGHT_MS) landed.add(id);
  }
  const threshold = current.threshold;
  return {
    phase: result !== undefined ? 'merged' : failure !== undefined ? 'failed' : 'playing',
    round: current.round,
    roster: current.roster,
    threshold,
    stage,
    stageAgeMs,
    stageShare: stageShare({ ...parts, threshold }),
    deeds,
    survivors,
    landed,
    recovering,
    result,
    failure,
    endAgeMs,
    isMoving:
      waiting !== undefined ||
      !isAllShown ||
      (isOver ? endAgeMs < 3 * MERGE_OUT_MS : isFresh(deeds, stageAgeMs)),
    tookMs: endKnownMs === undefined ? {} : durations(knownAt, endKnownMs),
  };
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
  // What the ended attempt still had to say, its end, and then whatever began after it.
  const isEnding = attempt !== undefined && ended !== undefined && keyOf(attempt) === ended.key;
  if (isEnding) next = tellAttempt(next, attempt, atMs);
  if (ended !== undefined) next = tell(next, ended.fact, atMs);
  if (attempt !== undefined && !isEnding) next = tellAttempt(next, attempt, atMs);
  if (attempt === undefined && ended === undefined) next = abandoned(next);
  return next;
}

/** A result or a failure that the former view did not have. The first view is where one comes in: its past is past. */
function newEnd(
  before: SessionView | undefined,
  view: SessionView,
): { readonly key: string; readonly fact: Fact } | undefined {
  if (before === undefined) return undefined;
  const { result, failure } = view;
  if (result !== undefined && keyOf(result) !== keyOf(before.result)) {
    return { key: keyOf(result), fact: { type: 'result', result } };
  }
  if (failure !== undefined && keyOf(failure) !== keyOf(before.failure)) {
    return { key: keyOf(failure), fact: { type: 'failure', failure } };
  }
  return undefined;
}

function tellAttempt(state: PlaybackState, attempt: AttemptView, atMs: number): PlaybackState {
  const key = keyOf(attempt);
  const opened = withStory(state, key, () => emptyStory(attempt, key, atMs), atMs);
  return editStory(opened, key, (story) => {
    // After its end an attempt has nothing more to say.
    const last = story.facts[story.facts.length - 1]?.fact.type;
    if (last === 'result' || last === 'failure') return story;
    const told = append(story, differences(story.seen, attempt), atMs);
    return { ...told, seen: attempt, roster: attempt.roster, threshold: attempt.threshold };
  });
}

function tell(state: PlaybackState, end: Fact, atMs: number): PlaybackState {
  if (end.type !== 'result' && end.type !== 'failure') return state;
  const about = end.type === 'result' ? end.result : end.failure;
  const key = keyOf(about);
  const isUnseen = state.current?.key !== key && state.waiting?.key !== key;
  if (end.type === 'result' && (end.result.isCopied || isUnseen)) {
    // Copied, or so fast that no view showed the way: only the outcome is known, so only it is shown.
    const story = emptyStory(
      { round: end.result.round, roster: end.result.roster, threshold: 0 },
      key,
      atMs,
    );
    const opened = withStory(state, key, () => story, atMs);
    return editStory(opened, key, (one) => ({
      ...append(one, end.result.isCopied ? [end] : [...wayTo(one, end.result), end], atMs),
      isOver: true,
    }));
  }
  if (isUnseen) return state;
  return editStory(state, key, (story, isPlaying) => {
    const way = end.type === 'result' ? wayTo(story, end.result) : [];
    const told = append(story, [...way, end], atMs);
    return { ...(isPlaying ? hurried(told, atMs) : told), isOver: true };
  });
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

function emptyStory(
  about: Pick<AttemptView, 'round' | 'roster' | 'threshold'>,
  key: string,
  atMs: number,
): Story {
  return {
    key,
    round: about.round,
    roster: about.roster,
    threshold: about.threshold,
    startMs: atMs,
    facts: [],
    seen: undefined,
    isOver: false,
  };
}

/** What the newer view of an attempt says that the older did not, in the order of the protocol. */
function differences(before: AttemptView | undefined, now: AttemptView): Fact[] {
  const reached = STAGES.indexOf(now.stage);
  const left = before === undefined ? -1 : STAGES.indexOf(before.stage);
  const facts: Fact[] = [];
  STAGES.forEach((stage, index) => {
    if (index > left && index <= reached) facts.push({ type: 'stage', stage });
    for (const deed of DEEDS) {
      if (STAGE_OF[deed] !== stage) continue;
      const known = new Set(before?.[deed]);
      for (const peer of now[deed]) if (!known.has(peer)) facts.push({ type: deed, peer });
    }
    if (stage !== 'unmask') return;
    if (now.survivors.length > 0 && (before?.survivors.length ?? 0) === 0) {
      facts.push({ type: 'survivors', peers: now.survivors });
    }
    for (const { peer, shares } of now.recovering) {
      const had = before?.recovering.find((other) => other.peer === peer)?.shares;
      if (shares !== had) facts.push({ type: 'recovering', peer, shares });
    }
    for (const { peer } of before?.recovering ?? []) {
      // No longer waited for: its secret is rebuilt.
      const isOpen = now.recovering.every((other) => other.peer !== peer);
      if (isOpen) facts.push({ type: 'recovering', peer, shares: now.threshold });
    }
  });
  for (const deed of ['aborted', 'gone'] as const) {
    const known = new Set(before?.[deed]);
    for (const peer of now[deed]) if (!known.has(peer)) facts.push({ type: deed, peer });
  }
  return facts;
}

/** What a result says about the way to it that no view had said: who is in the sum, and all stages. */
function wayTo(story: Story, result: ResultView): Fact[] {
  const facts: Fact[] = [];
  const masked = new Set<PeerId>();
  let left = -1;
  let hasSurvivors = false;
  for (const { fact } of story.facts) {
    if (fact.type === 'stage') left = STAGES.indexOf(fact.stage);
    if (fact.type === 'masked') masked.add(fact.peer);
    if (fact.type === 'survivors') hasSurvivors = true;
  }
  STAGES.forEach((stage, index) => {
    if (index > left) facts.push({ type: 'stage', stage });
    if (stage !== 'send') return;
    for (const peer of result.included) if (!masked.has(peer)) facts.push({ type: 'masked', peer });
  });
  if (!hasSurvivors) facts.push({ type: 'survivors', peers: result.included });
  return facts;
}

function append(story: Story, facts: readonly Fact[], atMs: number): Story {
  if (facts.length === 0) return story;
  const all = [...story.facts];
  for (const fact of facts) all.push(timed(all, fact, atMs, story.roster.length, story.startMs));
  return { ...story, facts: all };
}

/** When a fact is shown: not before it is known, and at its distance from the one before it. */
function timed(
  before: readonly TimedFact[],
  fact: Fact,
  knownMs: number,
  members: number,
  startMs: number,
): TimedFact {
  const last = before[before.length - 1];
  if (last === undefined) return { fact, knownMs, shownMs: Math.max(knownMs, startMs) };
  let lead = gapMs(fact, members);
  if (fact.type === 'stage') lead = settleMs(stageBefore(fact.stage));
  if (fact.type === 'result' && fact.result.isCopied) lead = 0;
  return { fact, knownMs, shownMs: Math.max(knownMs, last.shownMs + lead) };
}

/** Time between a fact and the one before it, ms: a stage takes the same time whatever the roster. */
function gapMs(fact: Fact, members: number): number {
  const n = Math.max(1, members);
  switch (fact.type) {
    case 'stage':
      return 0;
    case 'advertised':
    case 'shared':
      return 90 / n;
    case 'masked':
      return 300 / n;
    case 'locked':
      return 180 / n;
    case 'unmasked':
      return 120 / n;
    case 'recovering':
      return 120 / n;
    case 'survivors':
      return 0;
    case 'aborted':
    case 'gone':
      return 60;
    case 'result':
      return CANCEL_MS - 120;
    case 'failure':
      return 120;
    default:
      return unreachable(fact);
  }
}

/** How long a stage stays after its last fact, ms: swarms land, ticks close. */
function settleMs(stage: Stage | undefined): number {
  if (stage === 'send') return FLIGHT_MS;
  if (stage === 'lock') return 180;
  return stage === undefined ? 0 : 100;
}

function stageBefore(stage: Stage): Stage | undefined {
  return STAGES[STAGES.indexOf(stage) - 1];
}

/** Squeezes what is still to be shown of a finished round, so that it ends `ROUND_SHOWN_MS` after it began. */
function hurried(story: Story, atMs: number): Story {
  const last = story.facts[story.facts.length - 1];
  const target = Math.max(story.startMs + ROUND_SHOWN_MS, atMs + MERGE_OUT_MS);
  if (last === undefined || last.shownMs <= target) return story;
  const pace = (target - atMs) / (last.shownMs - atMs);
  return {
    ...story,
    facts: story.facts.map((one) =>
      one.shownMs <= atMs ? one : { ...one, shownMs: atMs + (one.shownMs - atMs) * pace },
    ),
  };
}

/** The story from its first fact on, told from a moment on. */
function started(story: Story, startMs: number): Story {
  const facts: TimedFact[] = [];
  for (const { fact, knownMs } of story.facts) {
    facts.push(timed(facts, fact, knownMs, story.roster.length, startMs));
  }
  const moved = { ...story, startMs, facts };
  return story.isOver ? hurried(moved, startMs) : moved;
}

/** The same story, all told. */
function jumped(story: Story | undefined, atMs: number): Story | undefined {
  if (story === undefined) return undefined;
  const facts = story.facts.map((one) => ({ ...one, shownMs: Math.min(one.shownMs, atMs) }));
  return { ...story, facts };
}

/** When a story that is over makes room for the next, ms. */
function endOf(story: Story): number {
  const last = story.facts[story.facts.length - 1];
  if (!story.isOver) return Number.POSITIVE_INFINITY;
  if (last === undefined) return story.startMs;
  if (last.fact.type === 'failure') return last.shownMs + FAILURE_HOLD_MS;
  return last.shownMs + (last.fact.type === 'result' ? MERGE_OUT_MS : 0);
}

function stageShare(
  shown: Pick<Shown, 'stage' | 'stageAgeMs' | 'deeds' | 'result' | 'roster' | 'threshold'>,
): number {
  const members = Math.max(1, shown.roster.length);
  const { deeds } = shown;
  switch (shown.stage) {
    case undefined:
      return 0;
    case 'gather':
      return Math.min(1, shown.stageAgeMs / 100);
    case 'keys':
      return Math.min(1, (deeds.advertised.size + deeds.shared.size) / (2 * members));
    case 'send': {
      let landed = 0;
      for (const ageMs of deeds.masked.values()) landed += Math.min(1, ageMs / FLIGHT_MS);
      return Math.min(1, landed / members);
    }
    case 'lock':
      return Math.min(1, deeds.locked.size / Math.max(1, shown.threshold || members));
    case 'unmask':
      if (shown.result !== undefined) return 1;
      return 0.95 * Math.min(1, shown.stageAgeMs / CANCEL_MS);
    default:
      return unreachable(shown.stage);
  }
}

/** Whether any deed is so young that it still moves. */
function isFresh(deeds: Shown['deeds'], stageAgeMs: number): boolean {
  if (stageAgeMs < FLIGHT_MS) return true;
  for (const deed of DEEDS) {
    for (const ageMs of deeds[deed].values()) if (ageMs < FLIGHT_MS + 100) return true;
  }
  return false;
}

function durations(
  knownAt: Partial<Record<Stage, number>>,
  endMs: number,
): Partial<Record<Stage, number>> {
  const took: Partial<Record<Stage, number>> = {};
  STAGES.forEach((stage, index) => {
    const from = knownAt[stage];
    const next = STAGES[index + 1];
    const to = next === undefined ? endMs : knownAt[next];
    if (from !== undefined && to !== undefined && to > from) took[stage] = Math.round(to - from);
  });
  return took;
}

/** No round is shown: the newest outcome, if any, as something that lies in the past. */
function restOf(view: SessionView | undefined): Shown {
  const none = new Map<PeerId, number>();
  return {
    phase: view?.failure !== undefined ? 'failed' : view?.result !== undefined ? 'merged' : 'rest',
    round: view?.failure?.round ?? view?.result?.round ?? 0,
    roster: view?.failure === undefined ? (view?.result?.roster ?? []) : [],
    threshold: 0,
    stage: undefined,
    stageAgeMs: 0,
    stageShare: 0,
    deeds: {
      advertised: none,
      shared: none,
      masked: none,
      locked: none,
      unmasked: none,
      aborted: none,
      gone: none,
    },
    survivors: view?.result?.included ?? [],
    landed: new Set(view?.result?.included),
    recovering: new Map(),
    result: view?.failure === undefined ? view?.result : undefined,
    failure: view?.failure,
    endAgeMs: Number.POSITIVE_INFINITY,
    isMoving: false,
    tookMs: {},
  };
}

function keyOf(about: { readonly round: number; readonly attempt: number } | undefined): string {
  return about === undefined ? '' : `${about.round}.${about.attempt}`;
}
