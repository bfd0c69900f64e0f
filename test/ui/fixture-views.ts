/**
 * Views of every state that the page can show, computed: surfaces are functions, curves a formula.
 *
 * @module
 */
import { MERGE_EVERY_STEPS } from '../../src/config.ts';
import { peerIdOf } from '../../src/ids.ts';
import type { PeerId } from '../../src/ids.ts';
import { SURFACE_SIDE } from '../../src/peer/view.ts';
import type { NoiseSetting } from '../../src/privacy/noise.ts';
import { rhoOf } from '../../src/privacy/zcdp.ts';
import type {
  AttemptView,
  CurveView,
  Inspection,
  PeerView,
  PrivacyView,
  Reading,
  SearchView,
  SessionView,
  Stage,
} from '../../src/peer/view.ts';

/** Every state with a fixture. */
export const FIXTURE_STATES = [
  'alone',
  'alone-server-away',
  'two',
  'two-asked',
  'two-trusting',
  'three',
  'connecting',
  'training',
  'by-hand',
  'gathering',
  'sending',
  'locking',
  'unmasking',
  'dropout',
  'failed',
  'left-out',
  'asked',
  'server-gone',
  'wrong-link',
  'room-full',
  'no-webrtc',
  'open-room',
  'many',
  'noise',
  'noise-asked',
  'noise-followed',
  'budget-spent',
  'search',
] as const;

/** A state with a fixture. */
export type FixtureState = (typeof FIXTURE_STATES)[number];

/** Whether a text names a state. */
export function isFixtureState(text: string): text is FixtureState {
  return (FIXTURE_STATES as readonly string[]).includes(text);
}

/** The id of the n-th fixture peer. */
export function fixtureId(index: number): PeerId {
  return peerIdOf(new Uint8Array(32).fill(17 * (index + 1)));
}

const NAMES = ['Amara', 'Bence', 'Chloé', 'Dov', 'Emi', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jonas', 'Kaya', 'Lior', 'Mina', 'Nils', 'Oona']; // prettier-ignore

const READINGS: readonly Reading[] = [
  { x: 0.55, y: 0.9, isHot: false },
  { x: 0.1, y: 0.74, isHot: false },
  { x: 0.14, y: 0.68, isHot: false },
  { x: 0.5, y: 0.8, isHot: true },
  { x: 0.4, y: 0.74, isHot: true },
  { x: 0.58, y: 0.76, isHot: true },
  { x: 0.45, y: 0.56, isHot: true },
  { x: 0.4, y: 0.43, isHot: true },
];

/** Logits of a tab that knows only its corner; `step` turns it a little, as training would. */
export function localSurface(step: number): Float32Array {
  const turn = 0.02 * Math.sin(step / 30);
  return surfaceOf((x, y) =>
    READINGS.reduce((logit, reading) => {
      const distance = Math.hypot(reading.x - x + turn, reading.y - y);
      return logit + (reading.isHot ? 7 : -9) * Math.exp((-distance * distance) / 0.035);
    }, 0.6),
  );
}

/** A room in which nothing but masks hides updates, and a dozen rounds were had. */
export const MASKS_ONLY_VIEW: PrivacyView = {
  noise: undefined,
  revision: 0,
  least: undefined,
  asked: [],
  apart: [],
  spent: {
    rounds: 0,
    bareRounds: 12,
    rho: 0,
    delta: 1e-5,
    othersHonest: 0,
    halfColluding: 0,
    allColluding: 0,
  },
  budget: undefined,
  isSpent: false,
  dimension: 33,
};

/** Noise of four clip norms among six. */
const STRONG: NoiseSetting = {
  kind: 'distributed',
  clip: 0.5,
  multiplier: 4,
  honest: 5,
  colluding: 1,
  share: 1024,
  delta: 1e-5,
};

function privacyOf(state: FixtureState, peers: readonly PeerView[]): PrivacyView {
  if (!['noise', 'noise-asked', 'noise-followed', 'budget-spent'].includes(state))
    return MASKS_ONLY_VIEW;
  const spent = { rounds: 8, bareRounds: 4, rho: rhoOf(3.412, 1e-5), delta: 1e-5 };
  const epsilons = { othersHonest: 3.412, halfColluding: 4.63, allColluding: 8.91 };
  const isAsked = state === 'noise-asked';
  return {
    ...MASKS_ONLY_VIEW,
    noise: STRONG,
    revision: 1,
    spent: { ...spent, ...epsilons },
    asked: isAsked
      ? [{ peers: [peers[1]!.id], noise: { ...STRONG, multiplier: 0.5 }, isTooWeak: false }]
      : [],
    followed:
      state === 'noise-followed'
        ? { peer: peers[0]!.id, noise: STRONG, isStronger: true, isArrival: false }
        : undefined,
    apart: isAsked ? [peers[1]!.id] : [],
    budget: state === 'budget-spent' ? 3.5 : 8,
    isSpent: state === 'budget-spent',
  };
}

/** Votes of forty rounds: one peer stands out, one is unclear. */
function searchOf(roster: readonly PeerId[]): SearchView {
  const scores = [9.4, 2.6, 1.2, 0.9, 0.7, 0.4, 0.1, -0.1, -0.3, -0.6, -0.9, -1.1, -1.6];
  return {
    rounds: 41,
    buckets: 3,
    among: 13,
    smallest: 4,
    suspicions: scores.map((score, at) => ({
      peer: roster[(at + 3) % roster.length]!,
      score,
      error: 0.8,
      isSuspect: at === 0,
    })),
  };
}

/** The view of a state. */
export function fixtureView(
  state: FixtureState,
  self: { readonly name: string; readonly id: number } = { name: 'Amara', id: 0 },
): SessionView {
  const counts: Partial<Record<FixtureState, number>> = {
    alone: 0,
    'alone-server-away': 0,
    'no-webrtc': 0,
    'wrong-link': 0,
    'room-full': 0,
    two: 1,
    'two-asked': 1,
    'two-trusting': 1,
    three: 2,
    many: 14,
    search: 12,
  };
  const count = counts[state] ?? 5;
  const isEarly = count < 2;
  const rounds = isEarly ? 0 : 12;
  const step = isEarly ? 140 : 13 * MERGE_EVERY_STEPS - 9;
  const curve = curveOf(step, rounds);
  const peers = Array.from({ length: count }, (_, index) => peerOf(state, index + 1));
  const roster = [fixtureId(self.id), ...peers.map((peer) => peer.id)];
  const attempt = attemptOf(state, roster);
  return {
    room: { name: 'quiet-heron', isOpen: state === 'open-room', task: 'heat-map:circle:8' },
    self: { id: fixtureId(self.id), name: self.name, colour: 0, isLeftOut: state === 'left-out' },
    peers,
    server: state === 'server-gone' || state === 'alone-server-away' ? 'away' : 'connected',
    attempt,
    result: isEarly
      ? undefined
      : {
          round: rounds,
          attempt: 1,
          roster,
          included: roster,
          dropped: [],
          durationMs: 243,
          bytesSent: 4_210,
          bytesReceived: 4_180,
          resultHash: 'ab'.repeat(32),
          isCopied: false,
        },
    failure:
      state === 'failed'
        ? {
            round: 13,
            attempt: 1,
            reason: 'too-few-peers',
            message: 'Three peers left, and five of the six had to stay.',
          }
        : undefined,
    nextRound: rounds + 1,
    merging: {
      mode: state === 'by-hand' ? 'by-hand' : 'automatic',
      everySteps: MERGE_EVERY_STEPS,
      stepsLeft: 9,
      isCalling: false,
      minPeers: 3,
    },
    search: state === 'search' ? searchOf(roster) : undefined,
    trust: {
      own: state === 'two-trusting',
      other: state === 'two-trusting' || state === 'two-asked',
    },
    learning: {
      isRunning: true,
      step,
      readings: READINGS,
      isOutlier: false,
      local: {
        accuracy: curve.local.at(-1)!.accuracy,
        ownAccuracy: 1,
        surface: localSurface(step),
        at: step,
      },
      federation: isEarly
        ? undefined
        : {
            accuracy: curve.merges.at(-1)!.accuracy,
            ownAccuracy: 0.875,
            surface: surfaceOf((x, y) => 26 * (0.34 - Math.hypot(x - 0.47, 0.9 * (y - 0.48)))),
            at: rounds,
          },
      curve,
      evaluation: isEarly
        ? undefined
        : { round: rounds, accuracy: 0.845, loss: 0.41, peers: count + 1 },
    },
    privacy: privacyOf(state, peers),
    requests: requestsOf(state),
    problems: problemsOf(state),
  };
}

/** What the others saw, consistent modulo 2^32. */
export function fixtureInspection(view: SessionView): Inspection {
  const length = 34;
  const word = generator(2024);
  const update = Float64Array.from({ length }, (_, at) =>
    at === 33 ? 8 : Math.sin(at * 1.7) * 0.6,
  );
  const updateWords = Uint32Array.from(update, (value) => Math.round(value * 2 ** 20) >>> 0);
  const partners = [...view.peers.map((peer) => peer.id), undefined];
  const masks = partners.map((peer, at) => ({
    peer,
    sign: at % 2 === 0 ? (1 as const) : (-1 as const),
    words: Uint32Array.from({ length }, word),
  }));
  const masked = updateWords.map((value, at) =>
    masks.reduce((sum, mask) => sum + mask.sign * mask.words[at]!, value),
  );
  return {
    round: view.result!.round,
    roster: view.result!.roster,
    layers: [
      { name: 'weights in', length: 16 },
      { name: 'biases', length: 8 },
      { name: 'weights out', length: 8 },
      { name: 'bias', length: 1 },
      { name: 'weight', length: 1 },
    ],
    update,
    updateWords,
    masks,
    masked,
    aggregateWords: updateWords.map((value) => value * 5),
    aggregate: update.map((value) => value * 0.8),
    included: view.result!.included,
  };
}

function peerOf(state: FixtureState, index: number): PeerView {
  const isGone = state === 'dropout' && index === 3;
  const isJoining = state === 'connecting' && index === 5;
  return {
    id: fixtureId(index),
    name: NAMES[index]!,
    colour: index,
    kind: index === 5 ? 'program' : 'tab',
    link: isGone ? 'gone' : isJoining ? 'linking' : 'linked',
    doing: isGone ? 'gone' : 'training',
    isHidden: index === 2,
    leftOut: undefined,
    silentMs: state === 'many' && index === 9 ? 12_000 : 0,
    bytesSent: 4_210 * index,
    bytesReceived: 4_180 * index,
  };
}

function attemptOf(state: FixtureState, roster: readonly PeerId[]): AttemptView | undefined {
  const stages: Partial<Record<FixtureState, Stage>> = {
    gathering: 'keys',
    sending: 'send',
    locking: 'lock',
    unmasking: 'unmask',
    dropout: 'unmask',
    many: 'send',
  };
  const stage = stages[state];
  if (!stage) return undefined;
  const at = ['gather', 'keys', 'send', 'lock', 'unmask'].indexOf(stage);
  const until = (of: number) => (at > of ? roster : at === of ? roster.slice(0, 4) : []);
  const gone = state === 'dropout' ? [roster[3]!] : [];
  const stayed = roster.filter((id) => !gone.includes(id));
  return {
    round: 13,
    attempt: 1,
    stage,
    roster,
    leader: roster[2]!,
    threshold: Math.floor((2 * roster.length) / 3) + 1,
    advertised: until(1),
    shared: until(1),
    masked: at > 2 ? stayed : until(2),
    locked: at > 3 ? stayed : until(3),
    unmasked: until(4).filter((id) => !gone.includes(id)),
    aborted: [],
    gone,
    survivors: at >= 4 ? stayed : [],
    recovering: gone.map((peer) => ({ peer, shares: 3 })),
  };
}

function requestsOf(state: FixtureState): SessionView['requests'] {
  if (state !== 'left-out' && state !== 'asked') return [];
  const isAgreed = state === 'left-out';
  return [
    {
      name: 'request-1',
      by: fixtureId(1),
      target: fixtureId(isAgreed ? 0 : 3),
      untilRound: 23,
      agreeing: isAgreed ? [1, 2, 3, 4].map(fixtureId) : [fixtureId(1)],
      refusing: [],
      isAgreed,
      isWaitingForMe: !isAgreed,
    },
  ];
}

function problemsOf(state: FixtureState): SessionView['problems'] {
  const codes: Partial<Record<FixtureState, string>> = {
    'wrong-link': 'wrong-key',
    'room-full': 'room-full',
    'no-webrtc': 'no-webrtc',
  };
  const code = codes[state];
  if (code) return [{ code, message: 'The headline says what to do.' }];
  return state === 'by-hand'
    ? [
        {
          code: 'parameters-differ',
          message: 'Jonas learns another pattern (spiral): ask for the link of the same room.',
        },
      ]
    : [];
}

function curveOf(step: number, rounds: number): CurveView {
  const merges = Array.from({ length: rounds }, (_, index) => ({
    step: (index + 1) * MERGE_EVERY_STEPS,
    round: index + 1,
    accuracy: 0.36 + 0.54 * (1 - Math.exp(-(index + 1) / 4.5)),
    isCopied: index === 4,
  }));
  const local = Array.from({ length: step + 1 }, (_, at) => {
    const since = at % MERGE_EVERY_STEPS;
    const base = merges[Math.floor(at / MERGE_EVERY_STEPS) - 1]?.accuracy ?? 0.45;
    const drift = rounds === 0 ? -0.025 : 0.045 * (1 - Math.exp(-since / 6));
    return { step: at, accuracy: Math.max(0.3, base - 3 * drift + 0.015 * Math.sin(at / 3)) };
  });
  return { local, merges };
}

function surfaceOf(logit: (x: number, y: number) => number): Float32Array {
  const surface = new Float32Array(SURFACE_SIDE * SURFACE_SIDE);
  for (let j = 0; j < SURFACE_SIDE; j++)
    for (let i = 0; i < SURFACE_SIDE; i++)
      surface[j * SURFACE_SIDE + i] = logit(i / (SURFACE_SIDE - 1), 1 - j / (SURFACE_SIDE - 1));
  return surface;
}

/** A small seeded generator of words: the pictures must be the same in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state ^ (state >>> 13)) >>> 0;
  };
}
