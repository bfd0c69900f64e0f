/**
 * The state of one attempt at a secure sum, on one member.
 *
 * Whatever arrives is only recorded here, once a sender and kind; `protocol.ts` then looks at what is
 * known and moves on. So the order in which links deliver does not matter, and a state can be
 * copied, compared and explored.
 *
 * @module
 */
import { SLOWEST_BYTES_PER_MS, TILES_PER_PART } from '../config.ts';
import { chunkMapOf, type Chunk } from './chunk-map.ts';
import {
  TAG_BYTES,
  abortThresholdOf,
  contextOfProposal,
  contributionWords,
  thresholdOf,
} from './context.ts';
import type { Proposal } from './context.ts';
import type { Signer } from './envelope.ts';
import { everybody, NOBODY, type Members } from './members.ts';
import type { Mask } from './mask.ts';
import { cloneScatter, scatterOf, type Scatter } from './scatter.ts';
import { compareBytes, concat } from '../bytes.ts';
import type { FailureReason } from '../errors.ts';
import { publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import { entropyBytesOf } from './shamir.ts';

/** What does not change during an attempt, and is shared by copies of its state. */
export interface AttemptSetting {
  readonly suite: Suite;
  readonly signer: Signer;
  readonly proposal: Proposal;
  /** First link of the context chain. */
  readonly context: Uint8Array;
  readonly tag: Uint8Array;
  /** Own place in the roster. */
  readonly self: number;
  readonly threshold: number;
  readonly abortThreshold: number;
  /** Smallest number of survivors this member accepts. */
  readonly minimum: number;
  /** Places, in the order in which members lead. */
  readonly leaders: readonly number[];
  /** Keep what "what the others saw" shows. */
  readonly isInspected: boolean;
  /** Whom the own contribution stands for; empty for the own update. */
  readonly claim: Uint8Array;
  /** Of a vector that is scattered: who sums what. Undefined where words are broadcast. */
  readonly chunks: readonly Chunk[] | undefined;
  /** Words of one message of a chunk. */
  readonly partWords: number;
  /** How much longer than small words large ones are awaited, ms. */
  readonly transferMs: number;
}

/**
 * Where an attempt is. `storing`: waiting until "contributed" is kept durably. `aborting`: own ABORT
 * is out after own masked words. `done`: finished, still helping the others. `over`: nothing follows.
 */
export type Phase =
  'advertise' | 'share' | 'storing' | 'gather' | 'lock' | 'aborting' | 'reveal' | 'done' | 'over';

/** What a member advertised. */
export interface Advertised {
  readonly maskKey: Uint8Array;
  readonly sealKey: Uint8Array;
  readonly commitment: Uint8Array;
  readonly claim: Uint8Array;
  /** Hash of the body as sent. */
  readonly hash: Uint8Array;
}

/** A LOCK as received. */
export interface Lock {
  readonly members: Members;
  readonly digest: Uint8Array;
  /** The whole message, for those who missed it. */
  readonly message: Uint8Array;
}

/** An ABORT that follows no other, and who signed it. */
export interface Cause {
  readonly member: number;
  readonly reason: FailureReason;
  /** The whole message, for those who hear of it from a follower first. */
  readonly bytes: Uint8Array;
}

/** Lists are indexed by place; an entry is undefined until it is known. */
export interface AttemptState {
  readonly setting: AttemptSetting;
  phase: Phase;
  /** When the phase gives up, ms on the driver's clock. */
  deadline: number;
  /** How often this phase's deadline has passed. */
  patience: number;
  /** Own secrets; emptied when they are no longer needed. */
  maskSecret: Uint8Array;
  sealSecret: Uint8Array;
  selfSecret: Uint8Array;
  shareEntropy: Uint8Array;
  advertised: (Advertised | undefined)[];
  keyHashes: readonly Uint8Array[] | undefined;
  /** Second link of the context chain, once all keys are known. */
  context: Uint8Array | undefined;
  sealed: (Uint8Array | undefined)[];
  /** Shares dealt to this member, by dealer. */
  seedShares: (Uint8Array | undefined)[];
  keyShares: (Uint8Array | undefined)[];
  /** Own update as words. */
  contribution: Uint32Array | undefined;
  /** Members of each bucket, drawn when the contribution is masked. */
  buckets: readonly Members[];
  masks: readonly Mask[];
  masked: (Uint32Array | undefined)[];
  digests: (Uint8Array | undefined)[];
  haves: ({ readonly members: Members; readonly digests: readonly Uint8Array[] } | undefined)[];
  /** What a scattered vector needs besides; undefined where words are broadcast. */
  scatter: Scatter | undefined;
  /** Survivor sets proposed, by sender. */
  proposed: (Members | undefined)[];
  locks: (Lock | undefined)[];
  certificate: { readonly members: Members; readonly digest: Uint8Array } | undefined;
  /** The masked sum over the certified survivors, if all of it is here. */
  total: Uint32Array | undefined;
  /** Opened self seeds of survivors and rebuilt mask keys of the others. */
  seeds: (Uint8Array | undefined)[];
  keys: (Uint8Array | undefined)[];
  /** Shares received: [member whose secret][holder]. */
  seedPieces: (Uint8Array | undefined)[][];
  keyPieces: (Uint8Array | undefined)[][];
  /** Survivors whose seed shares this member has sent. */
  sharedSeedsOf: Members;
  /** This member has asked the others for what it lacks. */
  hasAsked: boolean;
  /** Members that asked for what they lack. */
  asking: Members;
  /** Members whose question was answered. */
  answered: Members;
  aborted: Members;
  /** The first ABORT of somebody that stopped by itself, while stopping is free. */
  cause: Cause | undefined;
  gone: Members;
  /** Members that failed this attempt, in this member's eyes. */
  failed: Members;
  hasOutcome: boolean;
}

/** Random bytes that `createAttempt` takes. */
export function attemptEntropyBytes(memberCount: number, proposal: Proposal): number {
  return 96 + 2 * entropyBytesOf(32, thresholdOf(memberCount, proposal.parameters.mode));
}

/** What is fixed when a member accepts a proposal. */
export function attemptSetting(
  suite: Suite,
  signer: Signer,
  proposal: Proposal,
  body: Uint8Array,
  options: {
    readonly minimum: number;
    readonly isInspected: boolean;
    readonly claim?: Uint8Array | undefined;
  },
): AttemptSetting {
  const { roster, parameters, split } = proposal;
  const wordCount = contributionWords(proposal);
  const context = contextOfProposal(suite, body);
  const threshold = thresholdOf(roster.length, parameters.mode);
  return {
    suite,
    signer,
    proposal,
    context,
    tag: context.slice(0, TAG_BYTES),
    self: roster.indexOf(signer.id),
    threshold,
    abortThreshold: abortThresholdOf(roster.length, parameters.mode),
    minimum: Math.max(threshold, options.minimum),
    leaders: leadersOf(suite, proposal).map((id) => roster.indexOf(id)),
    claim: options.claim ?? new Uint8Array(),
    // A picture of millions of words would take as many copies of them as there are masks.
    isInspected: options.isInspected && split === undefined,
    chunks: split && chunkMapOf(wordCount, split),
    partWords: TILES_PER_PART * (split?.tileWords ?? 0),
    transferMs: split === undefined ? 0 : Math.ceil((4 * wordCount) / SLOWEST_BYTES_PER_MS),
  };
}

/** The members of a roster in the order in which they lead this attempt: by hash, so nobody chooses. */
export function leadersOf(
  suite: Suite,
  attempt: Pick<Proposal, 'room' | 'round' | 'attempt' | 'roster'>,
): readonly PeerId[] {
  const words = new Uint8Array(16);
  const view = new DataView(words.buffer);
  view.setBigUint64(0, BigInt(attempt.round));
  view.setBigUint64(8, BigInt(attempt.attempt));
  return attempt.roster
    .map((id) => ({ id, rank: suite.hash(concat(attempt.room, words, publicKeyOf(id))) }))
    .sort((a, b) => compareBytes(a.rank, b.rank))
    .map(({ id }) => id);
}

/** The state before anything was sent. `entropy` is owned by the state from here on. */
export function createAttempt(setting: AttemptSetting, entropy: Uint8Array): AttemptState {
  const count = setting.proposal.roster.length;
  if (entropy.length !== attemptEntropyBytes(count, setting.proposal)) {
    throw new RangeError(`entropy is ${entropy.length} bytes: ask attemptEntropyBytes.`);
  }
  const unknown = <Value>(): (Value | undefined)[] =>
    Array.from({ length: count }, () => undefined);
  return {
    setting,
    phase: 'advertise',
    deadline: Infinity,
    patience: 0,
    maskSecret: entropy.slice(0, 32),
    sealSecret: entropy.slice(32, 64),
    selfSecret: entropy.slice(64, 96),
    shareEntropy: entropy.slice(96),
    advertised: unknown(),
    keyHashes: undefined,
    context: undefined,
    sealed: unknown(),
    seedShares: unknown(),
    keyShares: unknown(),
    contribution: undefined,
    buckets: [everybody(count)],
    masks: [],
    masked: unknown(),
    digests: unknown(),
    haves: unknown(),
    scatter: setting.chunks && scatterOf(setting.chunks, count),
    proposed: unknown(),
    locks: unknown(),
    certificate: undefined,
    total: undefined,
    seeds: unknown(),
    keys: unknown(),
    seedPieces: Array.from({ length: count }, unknown<Uint8Array>),
    keyPieces: Array.from({ length: count }, unknown<Uint8Array>),
    sharedSeedsOf: NOBODY,
    hasAsked: false,
    asking: NOBODY,
    answered: NOBODY,
    aborted: NOBODY,
    cause: undefined,
    gone: NOBODY,
    failed: NOBODY,
    hasOutcome: false,
  };
}

/**
 * An independent copy, so that an explorer can branch. Arrays of bytes are never changed, so they are
 * shared; but for the secrets, which are wiped in the end, and scattered words, which come in parts.
 */
export function cloneAttempt(state: AttemptState): AttemptState {
  const scatter = state.scatter && cloneScatter(state.scatter);
  return {
    ...state,
    maskSecret: state.maskSecret.slice(),
    sealSecret: state.sealSecret.slice(),
    selfSecret: state.selfSecret.slice(),
    shareEntropy: state.shareEntropy.slice(),
    advertised: [...state.advertised],
    sealed: [...state.sealed],
    seedShares: [...state.seedShares],
    keyShares: [...state.keyShares],
    masked: [...state.masked],
    digests: [...state.digests],
    haves: [...state.haves],
    contribution: state.scatter === undefined ? state.contribution : state.contribution?.slice(),
    scatter,
    total: state.total && (scatter?.total ?? state.total),
    proposed: [...state.proposed],
    locks: [...state.locks],
    seeds: [...state.seeds],
    keys: [...state.keys],
    seedPieces: state.seedPieces.map((row) => [...row]),
    keyPieces: state.keyPieces.map((row) => [...row]),
  };
}
