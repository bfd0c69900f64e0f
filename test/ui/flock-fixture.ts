/**
 * Views and inspections as a session would give them: whole rounds, told view by view with their times.
 *
 * Masks are random words that are really added, sums are really summed; everything comes from a seed.
 *
 * @module
 */
import { toBase64url } from '../../src/bytes.ts';
import type { PeerId } from '../../src/ids.ts';
import type {
  AttemptView,
  Inspection,
  PeerView,
  ResultView,
  SessionView,
} from '../../src/peer/view.ts';
import { scatter } from '../../src/ui/specks.ts';
import { MASKS_ONLY_VIEW } from './fixture-views.ts';

const NAMES = 'Amara Bence Chloé Dov Emi Farid Greta Hiro Ines Jonas Kaya Leo Mila Noor Otto'.split(
  ' ',
);

/** A view with its time, ms. */
export interface TimedView {
  readonly atMs: number;
  readonly view: SessionView;
}

/** The id of the n-th peer of the fixture; 0 is this tab. */
export function idOf(index: number): PeerId {
  return toBase64url(
    Uint8Array.from({ length: 32 }, (_, byte) => Math.floor(scatter(index + 100, byte) * 256)),
  ) as PeerId;
}

const IN_PLACE: (peer: PeerView, index: number) => PeerView = (peer) => peer;

/** A room of so many peers, all linked, between rounds; `change` edits each other peer. */
export function roomView(count: number, { rounds = 0, change = IN_PLACE } = {}): SessionView {
  const peers = Array.from({ length: count - 1 }, (_, at) =>
    change(
      {
        id: idOf(at + 1),
        name: NAMES[at + 1]!,
        colour: (at + 1) % 12,
        kind: 'tab',
        link: 'linked',
        doing: 'training',
        isHidden: false,
        leftOut: undefined,
        silentMs: 0,
        bytesSent: 4_000,
        bytesReceived: 4_000,
      },
      at + 1,
    ),
  );
  return {
    room: { name: 'quiet-heron', isOpen: false, task: 'heat-map:circle:8' },
    self: { id: idOf(0), name: NAMES[0]!, colour: 0, isLeftOut: false },
    peers,
    server: 'connected',
    attempt: undefined,
    result: rounds === 0 ? undefined : resultOf(count, rounds),
    failure: undefined,
    nextRound: rounds + 1,
    merging: {
      mode: 'automatic',
      everySteps: 20,
      stepsLeft: 9,
      isCalling: false,
      minPeers: 3,
    },
    trust: { own: false, other: false },
    learning: undefined,
    privacy: MASKS_ONLY_VIEW,
    requests: [],
    problems: [],
  };
}

/** The result of a round of so many, without those that dropped. */
export function resultOf(
  count: number,
  round: number,
  dropped: readonly number[] = [],
): ResultView {
  const roster = Array.from({ length: count }, (_, index) => idOf(index));
  return {
    round,
    attempt: 1,
    roster,
    included: roster.filter((_, index) => !dropped.includes(index)),
    dropped: dropped.map(idOf),
    durationMs: 243,
    bytesSent: 9_120,
    bytesReceived: 9_344,
    resultHash: 'c0ffee'.padEnd(64, '0'),
    isCopied: false,
  };
}

/** What happens in a round of the fixture. */
export interface RoundPlan {
  readonly count: number;
  readonly round: number;
  readonly startMs?: number;
  /** Time between two views, ms. */
  readonly everyMs?: number;
  /** Indices of peers that leave after they agreed keys. */
  readonly drop?: readonly number[];
  /** How it ends: not at all means that the last view is still unmasking. */
  readonly end?: 'result' | 'failure' | 'none';
}

/** A round, view by view: each new fact is a view of its own. */
export function roundViews(plan: RoundPlan): TimedView[] {
  const { count, round, startMs = 0, everyMs = 5, drop = [], end = 'result' } = plan;
  const ids = Array.from({ length: count }, (_, index) => idOf(index));
  const stayed = ids.filter((_, index) => !drop.includes(index));
  const idle = roomView(count, {
    rounds: round - 1,
    change: (peer, index) => (drop.includes(index) ? { ...peer, link: 'gone' } : peer),
  });
  const before = roomView(count, { rounds: round - 1 });
  let attempt: AttemptView = {
    round,
    attempt: 1,
    stage: 'gather',
    roster: ids,
    leader: ids[1 % count]!,
    threshold: Math.floor((2 * count) / 3) + 1,
    advertised: [],
    shared: [],
    masked: [],
    locked: [],
    unmasked: [],
    aborted: [],
    gone: [],
    survivors: [],
    recovering: [],
  };
  const views: TimedView[] = [];
  let base = before;
  const tell = (change: Partial<AttemptView>): void => {
    attempt = { ...attempt, ...change };
    views.push({ atMs: startMs + views.length * everyMs, view: { ...base, attempt } });
  };
  const growing = (
    key: 'advertised' | 'shared' | 'masked' | 'locked' | 'unmasked',
    who: PeerId[],
  ) => {
    who.forEach((_, index) => {
      tell({ [key]: who.slice(0, index + 1) });
    });
  };
  tell({});
  tell({ stage: 'keys' });
  growing('advertised', ids);
  growing('shared', ids);
  tell({ stage: 'send' });
  growing('masked', stayed);
  if (drop.length > 0) {
    base = idle;
    tell({ gone: drop.map(idOf) });
  }
  tell({ stage: 'lock' });
  if (end === 'failure') {
    growing('locked', stayed.slice(0, 2));
    const failure = {
      round,
      attempt: 1,
      reason: 'too-few-peers' as const,
      message: 'Too few stayed.',
    };
    const view = { ...base, attempt: undefined, failure };
    return [...views, { atMs: startMs + views.length * everyMs, view }];
  }
  growing('locked', stayed);
  tell({
    stage: 'unmask',
    survivors: stayed,
    recovering: drop.map((index) => ({ peer: idOf(index), shares: 0 })),
  });
  stayed.forEach((_, index) => {
    const shares = Math.min(index + 1, attempt.threshold);
    if (end === 'none' && shares === attempt.threshold) return;
    tell({
      unmasked: stayed.slice(0, index + 1),
      recovering: drop.map((lost) => ({ peer: idOf(lost), shares })),
    });
  });
  if (end === 'none') return views;
  const result = resultOf(count, round, drop);
  const view = { ...base, attempt: undefined, result, nextRound: round + 1 };
  return [...views, { atMs: startMs + views.length * everyMs, view }];
}

/** Layers of the model 2-8-1 and the weight. */
export const LAYERS: Inspection['layers'] = [
  { name: 'weights in', length: 16 },
  { name: 'biases', length: 8 },
  { name: 'weights out', length: 8 },
  { name: 'bias', length: 1 },
  { name: 'weight', length: 1 },
];

/** What this tab sent in a round of so many: real masks, added for real. */
export function inspectionOf(count: number, round: number, layers = LAYERS): Inspection {
  const words = layers.reduce((sum, layer) => sum + layer.length, 0);
  const step = (count * 8) / 2 ** 31;
  const encode = (values: Float64Array): Uint32Array =>
    Uint32Array.from(values, (value, at) =>
      at === words - 1 ? value : Math.round(value / step) >>> 0,
    );
  const updates = Array.from({ length: count }, (_, peer) =>
    Float64Array.from({ length: words }, (_, at) =>
      at === words - 1 ? 8 : (scatter(peer + 40, at) - 0.5) ** 3 * 6,
    ),
  );
  const encoded = updates.map(encode);
  const masks = Array.from({ length: count }, (_, at) => ({
    peer: at === 0 ? undefined : idOf(at),
    sign: (at % 3 === 2 ? -1 : 1) as 1 | -1,
    words: Uint32Array.from({ length: words }, (_, word) =>
      Math.floor(scatter(900 + at, word) * 2 ** 32),
    ),
  }));
  const masked = encoded[0]!.slice();
  for (const mask of masks) {
    mask.words.forEach((word, at) => {
      masked[at] = (masked[at]! + mask.sign * word) >>> 0;
    });
  }
  const aggregateWords = new Uint32Array(words);
  for (const one of encoded) {
    one.forEach((word, at) => {
      aggregateWords[at] = (aggregateWords[at]! + word) >>> 0;
    });
  }
  return {
    round,
    roster: Array.from({ length: count }, (_, index) => idOf(index)),
    layers,
    update: updates[0]!,
    updateWords: encoded[0]!,
    masks,
    masked,
    aggregateWords,
    aggregate: Float64Array.from(aggregateWords, (word, at) =>
      at === words - 1 ? word : ((word | 0) * step) / count,
    ),
    included: Array.from({ length: count }, (_, index) => idOf(index)),
  };
}
