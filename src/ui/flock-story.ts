/**
 * One round as a list of facts, each with the time at which it became known and the one at which it is shown.
 *
 * A fact is shown no earlier than it became known, and no sooner after the last than its place in the
 * round asks for.
 *
 * @module
 */
import { FLIGHT_MS, ROUND_SHOWN_MS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import { unreachable } from '../machine.ts';
import type { AttemptView, FailureView, GridView, ResultView, Stage } from '../peer/view.ts';

/** The stages in their order. */
export const STAGES: readonly Stage[] = ['gather', 'keys', 'send', 'lock', 'unmask'];

/** How long the disc takes to fly out to the federation's map, ms. */
export const MERGE_OUT_MS = 300;

/** How long the pair masks take to cancel on the screen, ms. */
export const CANCEL_MS = 480;

/** A round of lines is shown for so much longer for each level, ms. */
const LEVEL_SHOWN_MS = 600;

/** How long a failure stays before the next attempt is shown, ms. */
const FAILURE_HOLD_MS = 900;

/** What a member of the roster can be known to have done. */
export type Deed = 'advertised' | 'shared' | 'masked' | 'locked' | 'unmasked' | 'aborted' | 'gone';

/** One attempt, as a list of facts with the times at which they are shown. */
export interface Story {
  readonly key: string;
  readonly round: number;
  /** Members at its lowest level; a fact tells those of each further one. */
  readonly roster: readonly PeerId[];
  readonly threshold: number;
  readonly startMs: number;
  readonly facts: readonly TimedFact[];
  /** The newest view of the attempt. */
  readonly seen: AttemptView | undefined;
  /** Result or failure is among the facts, or the attempt vanished. */
  readonly isOver: boolean;
}

/** Something that became known, and when it is shown, ms. */
export interface TimedFact {
  readonly fact: Fact;
  readonly knownMs: number;
  readonly shownMs: number;
}

/** One thing that happened in an attempt. */
export type Fact =
  | { readonly type: 'stage'; readonly stage: Stage }
  | { readonly type: Deed; readonly peer: PeerId }
  /** The lines sum, or their super-groups; the roster is empty for who does not stand in. */
  | {
      readonly type: 'level';
      readonly level: number;
      readonly roster: readonly PeerId[];
      readonly threshold: number;
    }
  | { readonly type: 'survivors'; readonly peers: readonly PeerId[] }
  | { readonly type: 'recovering'; readonly peer: PeerId; readonly shares: number }
  | { readonly type: 'result'; readonly result: ResultView }
  | { readonly type: 'failure'; readonly failure: FailureView };

/** All deeds. */
export const DEEDS: readonly Deed[] = [
  'advertised',
  'shared',
  'masked',
  'locked',
  'unmasked',
  'aborted',
  'gone',
];

/** How a story ends. */
export type EndFact = Extract<Fact, { readonly type: 'result' | 'failure' }>;

const STAGE_OF: Readonly<Record<Deed, Stage | undefined>> = {
  advertised: 'keys',
  shared: 'keys',
  masked: 'send',
  locked: 'lock',
  unmasked: 'unmask',
  aborted: undefined,
  gone: undefined,
};

/** A story of which nothing is known yet. */
export function emptyStory(
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
export function differences(before: AttemptView | undefined, now: AttemptView): Fact[] {
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
export function wayTo(story: Story, result: ResultView, grid: GridView | undefined): Fact[] {
  const facts: Fact[] = [];
  const masked = new Set<PeerId>();
  let left = -1;
  let hasSurvivors = false;
  let level = 0;
  for (const { fact } of story.facts) {
    if (fact.type === 'level') {
      level = fact.level;
      left = fact.roster.length === 0 ? STAGES.length : -1;
      hasSurvivors = false;
    }
    if (fact.type === 'stage') left = STAGES.indexOf(fact.stage);
    if (fact.type === 'masked') masked.add(fact.peer);
    if (fact.type === 'survivors') hasSurvivors = true;
  }
  // A result of lines says who is in it, and not through whom: only the own line's way is completed.
  const own = new Set(grid === undefined ? result.included : story.roster);
  const included = level > 0 ? [] : result.included.filter((peer) => own.has(peer));
  STAGES.forEach((stage, index) => {
    if (index > left) facts.push({ type: 'stage', stage });
    if (stage !== 'send') return;
    for (const peer of included) if (!masked.has(peer)) facts.push({ type: 'masked', peer });
  });
  if (!hasSurvivors && level === 0) facts.push({ type: 'survivors', peers: included });
  if (grid !== undefined && level < grid.levels) {
    facts.push({ type: 'level', level: grid.levels, roster: [], threshold: 0 });
  }
  return facts;
}

/** The story with more facts. */
export function append(story: Story, facts: readonly Fact[], atMs: number): Story {
  if (facts.length === 0) return story;
  const all = [...story.facts];
  let members = membersAt(story);
  for (const fact of facts) {
    if (fact.type === 'level') members = fact.roster.length;
    all.push(timed(all, fact, atMs, members, story.startMs));
  }
  return { ...story, facts: all };
}

/** Size of the roster at the highest level that the story has told. */
function membersAt(story: Story): number {
  let members = story.roster.length;
  for (const { fact } of story.facts) if (fact.type === 'level') members = fact.roster.length;
  return members;
}

/** The level that a story has come to: 0 while everybody in it sums with everybody. */
export function levelOf(story: Story): number {
  let level = 0;
  for (const { fact } of story.facts) if (fact.type === 'level') level = fact.level;
  return level;
}

/** Whether a story has told how it ended. */
export function hasEnd(story: Story): boolean {
  const last = story.facts[story.facts.length - 1]?.fact.type;
  return last === 'result' || last === 'failure';
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
  // Who only waits for the lines sees their birds fly out, and come back.
  if (fact.type === 'result' && last.fact.type === 'level') lead = FLIGHT_MS;
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
    case 'level':
      return CANCEL_MS - 120;
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
export function hurried(story: Story, atMs: number): Story {
  const last = story.facts[story.facts.length - 1];
  const shownMs = ROUND_SHOWN_MS + LEVEL_SHOWN_MS * levelOf(story);
  const target = Math.max(story.startMs + shownMs, atMs + MERGE_OUT_MS);
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
export function started(story: Story, startMs: number): Story {
  const facts: TimedFact[] = [];
  let members = story.roster.length;
  for (const { fact, knownMs } of story.facts) {
    if (fact.type === 'level') members = fact.roster.length;
    facts.push(timed(facts, fact, knownMs, members, startMs));
  }
  const moved = { ...story, startMs, facts };
  return story.isOver ? hurried(moved, startMs) : moved;
}

/** The same story, all told. */
export function jumped(story: Story | undefined, atMs: number): Story | undefined {
  if (story === undefined) return undefined;
  const facts = story.facts.map((one) => ({ ...one, shownMs: Math.min(one.shownMs, atMs) }));
  return { ...story, facts };
}

/** When a story that is over makes room for the next, ms. */
export function endOf(story: Story): number {
  const last = story.facts[story.facts.length - 1];
  if (!story.isOver) return Number.POSITIVE_INFINITY;
  if (last === undefined) return story.startMs;
  if (last.fact.type === 'failure') return last.shownMs + FAILURE_HOLD_MS;
  return last.shownMs + (last.fact.type === 'result' ? MERGE_OUT_MS : 0);
}
