/**
 * What is shown of a round at one moment: which facts of its story are out, and how old each is.
 *
 * @module
 */
import { FLIGHT_MS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import { unreachable } from '../machine.ts';
import type { FailureView, ResultView, SessionView, Stage } from '../peer/view.ts';
import { CANCEL_MS, DEEDS, type Deed, MERGE_OUT_MS, STAGES, type Story } from './flock-story.ts';

/** Share of the flight after which a swarm begins to be in the sum. */
export const LANDED = 0.85;

/** What is shown at one moment. Ages are ms since it began to show. */
export interface Shown {
  /** `rest`: no round; `playing`: between the first fact and the result; `merged`, `failed`: over. */
  readonly phase: 'rest' | 'playing' | 'merged' | 'failed';
  readonly round: number;
  /** 0: everybody, or the own line, sums; 1 and on: lines do. */
  readonly level: number;
  readonly levelAgeMs: number;
  /** Who sums at this level; empty when others stand in for this tab's line. */
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

/** What is shown of a story at a moment. */
export function shownOf(
  current: Story,
  now: {
    readonly view: SessionView | undefined;
    /** Another story waits for its turn. */
    readonly hasWaiting: boolean;
    readonly atMs: number;
  },
): Shown {
  const { view, atMs } = now;
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
  let { roster, threshold } = current;
  let level = 0;
  let levelAgeMs = 0;
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
        if (level === 0) knownAt[fact.stage] = knownMs;
        break;
      case 'level':
        // Everything begins anew among those who stand in.
        ({ level, roster, threshold } = fact);
        levelAgeMs = ageMs;
        stage = undefined;
        survivors = [];
        recovering.clear();
        for (const deed of DEEDS) deeds[deed].clear();
        endKnownMs ??= knownMs;
        break;
      case 'survivors':
        survivors = fact.peers;
        break;
      case 'recovering':
        // Pieces beyond the threshold change nothing.
        if ((recovering.get(fact.peer)?.pieces ?? -1) < threshold) {
          recovering.set(fact.peer, { pieces: fact.shares, ageMs });
        }
        break;
      case 'result':
        result = fact.result;
        endAgeMs = ageMs;
        endKnownMs ??= knownMs;
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
  if (!isOver && isAllShown && current.isOver) return restOf(view);
  const parts = { stage, stageAgeMs, deeds, result, roster };
  // This tab's own words are in its sum as soon as they leave.
  const self = view?.self.id;
  const landed = new Set<PeerId>(result?.included);
  for (const [id, ageMs] of deeds.masked) {
    if (id === self || ageMs >= LANDED * FLIGHT_MS) landed.add(id);
  }
  return {
    phase: result !== undefined ? 'merged' : failure !== undefined ? 'failed' : 'playing',
    round: current.round,
    level,
    levelAgeMs,
    roster,
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
      now.hasWaiting ||
      !isAllShown ||
      (isOver
        ? endAgeMs < 3 * MERGE_OUT_MS
        : isFresh(deeds, Math.min(stageAgeMs, level > 0 ? levelAgeMs : stageAgeMs))),
    tookMs: endKnownMs === undefined ? {} : durations(knownAt, endKnownMs),
  };
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
export function restOf(view: SessionView | undefined): Shown {
  const none = new Map<PeerId, number>();
  return {
    phase: view?.failure !== undefined ? 'failed' : view?.result !== undefined ? 'merged' : 'rest',
    round: view?.failure?.round ?? view?.result?.round ?? 0,
    level: 0,
    levelAgeMs: 0,
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
