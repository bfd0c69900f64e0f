/**
 * The context of an attempt: everything its members must agree on, hashed in a chain that enters every key.
 *
 * Two members that differ in anything (who is in, the base model, the clip, a key) end up with other
 * keys, and the attempt fails where the difference is first seen, never as a wrong sum.
 *
 * @module
 */
import { concat, utf8 } from '../bytes.ts';
import { encodeCbor, Fields, type CborValue } from '../cbor.ts';
import { MAX_COHORT, MAX_VECTOR_WORDS } from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import { publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import { bucketCountOf, MIN_BUCKETS, MIN_BUCKETS_OF_LINE } from './buckets.ts';
import { MAX_SHARE, MAX_TILE_WORDS, type Split } from './chunk-map.ts';
import { wordCountOf, type Encoding } from './ring.ts';

/**
 * How far members are trusted. `active`: up to a third may break the protocol. `honest`: everyone
 * here runs honest code; then more may leave, but one member who signs twice can have a victim opened.
 */
export type Mode = 'active' | 'honest';

/**
 * How the updates of a cohort become one where it sums in buckets: as a mean in spite of them, which serves the search
 * for a spoiled contribution, or by a way that heeds a bucket less, the farther it is from the others.
 */
export type Combining = 'bucket-mean' | 'geometric-median' | 'centred-clipping';

const COMBININGS: readonly Combining[] = ['bucket-mean', 'geometric-median', 'centred-clipping'];

const SEARCHES = ['votes'] as const;

/** What peers must have in common to sum together, beside the base model. */
export interface RoundParameters {
  /** What is summed, in words: `sum`, or `heat-map:circle:8`. */
  readonly task: string;
  /** Values of a vector, without the weight. */
  readonly dimension: number;
  /** `off`, or the noise mechanism with its settings, and how often the room has changed it. */
  readonly noise: string;
  /** Bound of |value| per coordinate; with noise, of the Euclidean norm of a vector. */
  readonly clip: number;
  /** The value of one step, which noise fixes; 0 where clip and roster give it. */
  readonly step: number;
  /** Largest weight, or 0 where every weight is 1. */
  readonly weightCap: number;
  /** Peers that all sums together may include, so that nothing wraps; 0 where it is the roster alone. */
  readonly capacity: number;
  readonly mode: Mode;
  readonly transport: string;
  /** Where sums are made in buckets; undefined for one sum over everybody, and its mean. */
  readonly combining?: Combining | undefined;
  /** Members vote on the sums of buckets to find who spoils the model; then lines, too, are summed in buckets. */
  readonly search?: 'votes' | undefined;
}

/** What a leader proposes: the context before any key. */
export interface Proposal {
  /** SHA-256 of what names the room; keeps rooms apart. */
  readonly room: Uint8Array;
  readonly round: number;
  /** From 1; each attempt has fresh keys. */
  readonly attempt: number;
  /** 16 random bytes of the leader. */
  readonly nonce: Uint8Array;
  /** Hash of the model that the updates are differences from. */
  readonly base: Uint8Array;
  readonly parameters: RoundParameters;
  /** Ascending. */
  readonly roster: readonly PeerId[];
  /** Signed requests to leave a peer out, and the votes for them, as sent. */
  readonly requests: readonly Uint8Array[];
  /** How the room is to be divided from the next round on; undefined where it stays as it is. */
  readonly change?: EpochChange | undefined;
  /** How a large vector is split among owners; undefined where words are broadcast. */
  readonly split?: Split | undefined;
}

/** Who comes into the division of a room into lines, and who leaves it. */
export interface EpochChange {
  /** Number of the new epoch, one more than the newest. */
  readonly number: number;
  /** Ascending, and no member yet. */
  readonly joining: readonly PeerId[];
  /** Ascending. */
  readonly leaving: readonly PeerId[];
}

/** Peers that a change of epoch may name on either side: what fits into a control message. */
export const MAX_CHANGED = 384;

/** Signed requests and votes that fit into a proposal. */
export const MAX_REQUESTS = 64;

/** Bytes of a signed request or vote. */
const MAX_REQUEST_BYTES = 400;

/** Peers that a room may have: with more, too few bits would be left for a value. */
const MAX_CAPACITY = 2 ** 20;

/** Bounds of a clip: beyond them, the quotients that scale a value are no normal numbers. */
const MIN_CLIP = 1e-30;
const MAX_CLIP = 1e30;

/** Bytes that name an attempt in its messages: the start of its context. */
export const TAG_BYTES = 16;

/** Shares that rebuild a secret, and LOCKs that make a certificate. Fixed with the roster. */
export function thresholdOf(memberCount: number, mode: Mode): number {
  return mode === 'active'
    ? Math.floor((2 * memberCount) / 3) + 1
    : Math.floor(memberCount / 2) + 1;
}

/** Members who may break the protocol: fewer than a third, or nobody. */
export function assumedMalicious(memberCount: number, mode: Mode): number {
  return mode === 'active' ? Math.ceil(memberCount / 3) - 1 : 0;
}

/** ABORTs after which no certificate of LOCKs can come about. */
export function abortThresholdOf(memberCount: number, mode: Mode): number {
  return memberCount - thresholdOf(memberCount, mode) + 1 + assumedMalicious(memberCount, mode);
}

/** How the members of a proposal encode their vectors. */
export function encodingOf({ parameters, roster }: Proposal): Encoding {
  return encodingFor(parameters, roster.length);
}

/** How so many peers encode their vectors under some parameters. */
export function encodingFor(parameters: RoundParameters, memberCount: number): Encoding {
  const { clip, step, weightCap, capacity, noise } = parameters;
  return { members: Math.max(memberCount, capacity), clip, step, weightCap, noise };
}

/** Words of a contribution to a proposal. */
export function contributionWords(proposal: Proposal): number {
  return wordCountOf(proposal.parameters.dimension, encodingOf(proposal));
}

/** Sums that the vector of a proposal holds: one a bucket. */
export function bucketsOfProposal({ parameters, roster }: Proposal): number {
  return bucketsOfRoster(parameters, roster.length);
}

/** Sums that a vector of so many members holds under some parameters. */
export function bucketsOfRoster(
  { combining, capacity }: RoundParameters,
  memberCount: number,
): number {
  if (combining === undefined) return 1;
  return bucketCountOf(memberCount, capacity > 0 ? MIN_BUCKETS_OF_LINE : MIN_BUCKETS);
}

/** The body of PROPOSE. */
export function proposalBody(proposal: Proposal): CborValue {
  return {
    room: proposal.room,
    round: proposal.round,
    attempt: proposal.attempt,
    nonce: proposal.nonce,
    base: proposal.base,
    parameters: parametersBody(proposal.parameters),
    roster: proposal.roster.map(publicKeyOf),
    requests: proposal.requests,
    change: proposal.change === undefined ? null : changeBody(proposal.change),
    ...(proposal.split && {
      plane: 'scatter',
      tile: proposal.split.tileWords,
      shares: proposal.split.shares,
    }),
  };
}

function changeBody({ number, joining, leaving }: EpochChange): CborValue {
  return { number, joining: joining.map(publicKeyOf), leaving: leaving.map(publicKeyOf) };
}

function readChange(fields: Fields): EpochChange {
  const change = {
    number: fields.uint('number', 2 ** 32),
    joining: fields.peers('joining', MAX_CHANGED),
    leaving: fields.peers('leaving', MAX_CHANGED),
  };
  fields.end();
  return change;
}

/** Parameters as they are sent. */
export function parametersBody(parameters: RoundParameters): CborValue {
  const { combining, search, ...common } = parameters;
  return { ...common, ...(combining && { combining }), ...(search && { search }) };
}

/** Reads the body of PROPOSE. */
export function readProposal(body: Uint8Array): Proposal {
  const fields = Fields.decode('proposal', body);
  const proposal: Proposal = {
    room: fields.bytes('room', 32),
    round: fields.uint('round', 2 ** 32),
    attempt: fields.uint('attempt', 2 ** 32),
    nonce: fields.bytes('nonce', 16),
    base: fields.bytes('base', 32),
    parameters: readParameters(fields.map('parameters')),
    roster: fields.peers('roster', MAX_COHORT),
    requests: fields.list('requests', MAX_REQUESTS, (value) => {
      if (value instanceof Uint8Array && value.length <= MAX_REQUEST_BYTES) return value;
      throw new ProtocolViolation('proposal.requests holds something that is not a request.');
    }),
    change: fields.has('change') ? readChange(fields.map('change')) : undefined,
    split: fields.has('plane') ? readSplit(fields) : undefined,
  };
  fields.end();
  return proposal;
}

/** Whether a split fits the vector and the roster is for the members to check. */
function readSplit(fields: Fields): Split {
  fields.choice('plane', ['scatter']);
  return {
    tileWords: fields.uint('tile', MAX_TILE_WORDS),
    shares: fields.list('shares', MAX_COHORT, (value) => {
      if (typeof value === 'number' && value >= 0 && value <= MAX_SHARE) return value;
      throw new ProtocolViolation('proposal.shares holds something that is not a share.');
    }),
  };
}

/** Reads parameters; their values are only bounded here, and compared by the caller. */
export function readParameters(fields: Fields): RoundParameters {
  const parameters: RoundParameters = {
    task: fields.text('task', 128),
    dimension: fields.uint('dimension', MAX_VECTOR_WORDS),
    noise: fields.text('noise', 256),
    clip: fields.number('clip', MIN_CLIP, MAX_CLIP),
    step: fields.number('step', 0, MAX_CLIP),
    weightCap: fields.uint('weightCap', 2 ** 24),
    capacity: fields.uint('capacity', MAX_CAPACITY),
    mode: fields.choice('mode', ['active', 'honest']),
    transport: fields.text('transport', 32),
    ...(fields.has('combining') && { combining: fields.choice('combining', COMBININGS) }),
    ...(fields.has('search') && { search: fields.choice('search', SEARCHES) }),
  };
  fields.end();
  return parameters;
}

/** The first link of the chain: the proposal as its leader sent it. */
export function contextOfProposal(suite: Suite, body: Uint8Array): Uint8Array {
  return suite.hash(concat(utf8('murmuration/1/ctx0'), body));
}

/** The second link: the ordered roster with the hash of each member's keys. */
export function contextOfKeys(
  suite: Suite,
  first: Uint8Array,
  roster: readonly PeerId[],
  keyHashes: readonly Uint8Array[],
): Uint8Array {
  const members = roster.flatMap((member, i) => [publicKeyOf(member), keyHashes[i]!]);
  return suite.hash(concat(utf8('murmuration/1/ctx1'), first, ...members));
}

/** Hash of parameters, by which peers recognise those they can sum with. */
export function hashOfParameters(suite: Suite, parameters: RoundParameters): Uint8Array {
  return suite.hash(encodeCbor(parametersBody(parameters)));
}
