/**
 * The messages around an attempt, and `decodeMessage`, the only place that looks at bytes from a peer.
 *
 * @module
 */
import {
  bytesToFloats,
  bytesToWords,
  concat,
  toBase64url,
  viewOfFloats,
  viewOfWords,
} from '../bytes.ts';
import { encodeCbor, Fields, type CborValue } from '../cbor.ts';
import {
  MAX_COHORT,
  MAX_MEMBERS,
  MAX_NOTE_BYTES,
  MAX_VECTOR_WORDS,
  RESULT_PART_BYTES,
} from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import {
  epochBody,
  readEpoch,
  readGossip,
  type Epoch,
  type GossipMessage,
} from '../gossip/index.ts';
import { readDetail } from './detail.ts';
import { isPeerId, publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import {
  encodeBare,
  encodeSigned,
  MESSAGE_TYPES,
  everybody,
  MAX_CLAIM_BYTES,
  openEnvelope,
  MAX_SHARE,
  parametersBody,
  proposalBody,
  readAttemptMessage,
  readParameters,
  readProposal,
  type Envelope,
  type Members,
  type Proposal,
  type ReceivedMessage,
  type RoundParameters,
  type Signer,
} from '../secagg/index.ts';

/**
 * How much a peer wants a round. `off`: takes no part. `willing`: takes part when others call.
 * `soon`: will call by itself. `calling`: its steps are done. `now`: somebody pressed the button.
 */
export type Call = 'off' | 'willing' | 'soon' | 'calling' | 'now';

const CALLS: readonly Call[] = ['off', 'willing', 'soon', 'calling', 'now'];

/** Links that a READY can name: more than a room of one cohort has. */
const MAX_LINKS = 64;

/** What a peer tells everyone it is linked to, whenever it changes. */
export interface Ready {
  /** The round it waits for: one more than the newest result it has. */
  readonly round: number;
  /** The attempt it expects next. */
  readonly attempt: number;
  /** Hash of its global model. */
  readonly base: Uint8Array;
  /** How many are in its newest result: decides between two models of one round. */
  readonly included: number;
  readonly parameters: RoundParameters;
  readonly call: Call;
  /** In an attempt with others right now. */
  readonly isBusy: boolean;
  readonly minPeers: number;
  /** With whom it would sum two by two: '' nobody, '*' anybody, or an id. */
  readonly trusts: string;
  /** How much of a large vector it would sum, relative to the others: 0 to 255. */
  readonly uplink: number;
  /** Ascending. */
  readonly links: readonly PeerId[];
}

/** What the members of a roster sign when they have the result. */
export interface Done {
  /** The room it was made in, 32 bytes. */
  readonly room: Uint8Array;
  /** Hash of the parameters that were summed by, 32 bytes. */
  readonly parameters: Uint8Array;
  readonly round: number;
  readonly attempt: number;
  /** First link of the context chain: names the proposal. */
  readonly context: Uint8Array;
  readonly rosterHash: Uint8Array;
  readonly included: Members;
  readonly resultHash: Uint8Array;
  readonly modelHash: Uint8Array;
  /** Hash of what the result says beside its words, 32 bytes; empty where it says nothing more. */
  readonly detailHash: Uint8Array;
}

/** A result with what proves it. */
export interface ResultMessage {
  readonly roster: readonly PeerId[];
  readonly words: Uint32Array;
  readonly model: Float32Array;
  /** Whom it includes and which epoch it begins; empty where neither has to be said. */
  readonly detail: Uint8Array;
  /** The epoch in whose lines it was summed, for peers that do not know it. */
  readonly within: Epoch | undefined;
  /** DONE messages as sent, each with the peer that signed it. */
  readonly dones: readonly { readonly signer: PeerId; readonly bytes: Uint8Array }[];
}

/** A part of a large result. */
export interface Part {
  /** The round of the result. */
  readonly round: number;
  /** Bytes before this part, of the words and then the model. */
  readonly offset: number;
  /** Words, and parameters of the model, of the whole result. */
  readonly wordCount: number;
  readonly floatCount: number;
  /** The RESULT message without its vectors, in the first part; else empty. */
  readonly head: Uint8Array;
  /** What `head` says, where it was read. */
  readonly resultHead?: ResultMessage | undefined;
  readonly bytes: Uint8Array;
}

/** A signed wish to leave a peer out of rounds, for `LEAVE_OUT_ROUNDS` from `fromRound` on. */
export interface LeaveOutRequest {
  readonly room: Uint8Array;
  readonly by: PeerId;
  readonly target: PeerId;
  readonly fromRound: number;
}

/** A signed answer to such a wish. */
export interface Vote {
  readonly by: PeerId;
  readonly requestHash: Uint8Array;
  readonly agrees: boolean;
}

/** A message, read and bounded; signatures of the signed ones are not checked yet. */
export type Message =
  | { readonly type: 'ready'; readonly ready: Ready }
  | { readonly type: 'propose'; readonly proposal: Proposal; readonly envelope: Envelope }
  | { readonly type: 'attempt'; readonly tag: Uint8Array; readonly message: ReceivedMessage }
  | {
      readonly type: 'done';
      readonly done: Done;
      readonly envelope: Envelope;
      readonly bytes: Uint8Array;
    }
  | { readonly type: 'fetch'; readonly round: number; readonly offset: number }
  | { readonly type: 'part'; readonly part: Part }
  | { readonly type: 'result'; readonly result: ResultMessage }
  | { readonly type: 'profile'; readonly profile: Profile }
  | { readonly type: 'note'; readonly note: Note }
  /** A message of one cohort of a large room. */
  | { readonly type: 'scoped'; readonly scope: Uint8Array; readonly message: CohortMessage }
  /** The sender has taken a seat in a cohort, and wants to be linked to the others in it. */
  | { readonly type: 'seat'; readonly scope: Uint8Array }
  | {
      readonly type: 'leave-out';
      readonly request: LeaveOutRequest;
      readonly envelope: Envelope;
      readonly bytes: Uint8Array;
    }
  | {
      readonly type: 'vote';
      readonly vote: Vote;
      readonly envelope: Envelope;
      readonly bytes: Uint8Array;
    }
  /** For the membership machine, which checks the signatures inside. */
  | { readonly type: 'gossip'; readonly message: GossipMessage };

/** A message that is said inside a cohort. */
export type CohortMessage = Exclude<
  Message,
  { readonly type: 'scoped' | 'seat' | 'profile' | 'note' }
>;

/** What a peer says about itself, for people; nothing depends on it. */
export interface Profile {
  readonly name: string;
  readonly kind: 'tab' | 'program';
  readonly isHidden: boolean;
}

/** What a peer tells others beside rounds: who asks for what, what a table holds. Rounds know nothing of it. */
export interface Note {
  /** What it is about, such as `table`; at most 32 characters. */
  readonly topic: string;
  /** At most `MAX_NOTE_BYTES`; whoever reads it checks it. */
  readonly body: Uint8Array;
}

const MAX_TOPIC = 32;
const MAX_PROFILE_NAME = 40;
/** A RESULT without its vectors: its roster, its DONEs and the detail. */
const MAX_HEAD_BYTES = 2 ** 20;

const MAX_DONE_BYTES = 400;

/** Bytes of a detail: a claim, and the record of an epoch. */
const MAX_DETAIL_BYTES = MAX_CLAIM_BYTES + 32 * MAX_MEMBERS + 1_024;

/** Bytes that name the cohort of a scoped message. */
export const SCOPE_BYTES = 16;

/**
 * Reads a message.
 *
 * @throws ProtocolViolation when no honest peer would have sent these bytes.
 */
export function decodeMessage(bytes: Uint8Array): Message {
  const envelope = openEnvelope(bytes);
  const attempt = readAttemptMessage(envelope, bytes);
  if (attempt !== undefined) return { type: 'attempt', ...attempt };
  switch (envelope.type) {
    case 'ready':
      return { type: 'ready', ready: readReady(envelope.body) };
    case 'propose': {
      const proposal = readProposal(envelope.body);
      proposal.requests.forEach(checkEvidence);
      return { type: 'propose', proposal, envelope };
    }
    case 'done':
      return { type: 'done', done: readDone(envelope.body), envelope, bytes };
    case 'fetch': {
      const fields = Fields.decode('fetch', envelope.body);
      const round = fields.uint('round', 2 ** 32);
      const offset = fields.uint('offset', 2 ** 32);
      fields.end();
      return { type: 'fetch', round, offset };
    }
    case 'result':
      return { type: 'result', result: readResult(envelope.body) };
    case 'part':
      return { type: 'part', part: readPart(envelope.body) };
    case 'profile':
      return { type: 'profile', profile: readProfile(envelope.body) };
    case 'note':
      return { type: 'note', note: readNote(envelope.body) };
    case 'scoped':
      return readScoped(envelope.body);
    case 'seat': {
      const fields = Fields.decode('seat', envelope.body);
      const scope = fields.bytes('scope', SCOPE_BYTES);
      fields.end();
      return { type: 'seat', scope };
    }
    case 'leave-out':
      return { type: 'leave-out', request: readLeaveOut(envelope.body), envelope, bytes };
    case 'vote':
      return { type: 'vote', vote: readVote(envelope.body), envelope, bytes };
    case 'hello':
    case 'rumours':
    case 'probe':
      return { type: 'gossip', message: readGossip(envelope.type, bytes) };
    default:
      throw new ProtocolViolation(`message type ${envelope.type} is not expected here.`);
  }
}

/** The bytes of READY. */
export function encodeReady(ready: Ready): Uint8Array {
  const { parameters, links, isBusy, ...rest } = ready;
  return encodeBare('ready', {
    ...rest,
    busy: isBusy,
    parameters: parametersBody(parameters),
    links: links.map(publicKeyOf),
  });
}

/** The bytes of PROPOSE. */
export function encodeProposal(suite: Suite, signer: Signer, proposal: Proposal): Uint8Array {
  return encodeSigned(suite, signer, 'propose', proposalBody(proposal));
}

/** The bytes of DONE. */
export function encodeDone(suite: Suite, signer: Signer, done: Done): Uint8Array {
  return encodeSigned(suite, signer, 'done', { ...done });
}

/** Reads a DONE that came inside a result. */
export function decodeDone(bytes: Uint8Array): {
  readonly done: Done;
  readonly envelope: Envelope;
} {
  const envelope = openEnvelope(bytes);
  if (envelope.type !== 'done')
    throw new ProtocolViolation('a result holds something that is no DONE.');
  return { done: readDone(envelope.body), envelope };
}

/** The bytes of FETCH: "send me your newest result if it is of this round or later". */
export function encodeFetch(round: number, offset = 0): Uint8Array {
  return encodeBare('fetch', { round, offset });
}

/** The bytes of PART. */
export function encodePart({
  round,
  offset,
  wordCount,
  floatCount,
  head,
  bytes,
}: Part): Uint8Array {
  return encodeBare('part', { round, offset, words: wordCount, floats: floatCount, head, bytes });
}

/** The bytes of RESULT. */
export function encodeResult(result: ResultMessage): Uint8Array {
  return encodeBare('result', {
    roster: result.roster.map(publicKeyOf),
    words: viewOfWords(result.words),
    model: viewOfFloats(result.model),
    detail: result.detail,
    within: result.within === undefined ? null : epochBody(result.within),
    dones: result.dones.map(({ signer, bytes }) => [publicKeyOf(signer), bytes]),
  });
}

/** The bytes of PROFILE; a longer name is cut. */
export function encodeProfile(profile: Profile): Uint8Array {
  return encodeBare('profile', {
    name: profile.name.slice(0, MAX_PROFILE_NAME),
    kind: profile.kind,
    hidden: profile.isHidden,
  });
}

/**
 * The bytes of NOTE.
 *
 * @throws RangeError when topic or body is too long.
 */
export function encodeNote({ topic, body }: Note): Uint8Array {
  if (topic.length > MAX_TOPIC || body.length > MAX_NOTE_BYTES) {
    throw new RangeError(
      `A note has ${body.length} bytes about "${topic}": at most ${MAX_NOTE_BYTES} about ${MAX_TOPIC} characters.`,
    );
  }
  return encodeBare('note', { topic, body });
}

/** The bytes of a message inside a cohort: its scope, then the message as it is. */
export function encodeScoped(scope: Uint8Array, message: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(MESSAGE_TYPES.scoped), scope, message);
}

/** The bytes of SEAT. */
export function encodeSeat(scope: Uint8Array): Uint8Array {
  return encodeBare('seat', { scope });
}

/** The bytes of LEAVE-OUT, and the hash by which votes name it. */
export function encodeLeaveOut(suite: Suite, signer: Signer, request: LeaveOutRequest): Uint8Array {
  return encodeSigned(suite, signer, 'leave-out', leaveOutBody(request));
}

/** The hash by which votes name a request. */
export function hashOfRequest(suite: Suite, request: LeaveOutRequest): Uint8Array {
  return suite.hash(encodeCbor(leaveOutBody(request)));
}

/** The bytes of VOTE. */
export function encodeVote(suite: Suite, signer: Signer, vote: Vote): Uint8Array {
  return encodeSigned(suite, signer, 'vote', {
    by: publicKeyOf(vote.by),
    request: vote.requestHash,
    agrees: vote.agrees,
  });
}

/** What a proposal carries beside itself are requests and votes, whole. */
function checkEvidence(bytes: Uint8Array): void {
  const { type, body } = openEnvelope(bytes);
  if (type === 'leave-out') readLeaveOut(body);
  else if (type === 'vote') readVote(body);
  else throw new ProtocolViolation('proposal.requests holds something that is not a request.');
}

function readScoped(body: Uint8Array): Message {
  if (body.length <= SCOPE_BYTES) throw new ProtocolViolation('scoped holds no message.');
  const message = decodeMessage(body.subarray(SCOPE_BYTES));
  if (
    message.type === 'scoped' ||
    message.type === 'seat' ||
    message.type === 'profile' ||
    message.type === 'note'
  ) {
    throw new ProtocolViolation(`scoped holds ${message.type}, which no cohort says.`);
  }
  return { type: 'scoped', scope: body.slice(0, SCOPE_BYTES), message };
}

function readReady(body: Uint8Array): Ready {
  const fields = Fields.decode('ready', body);
  const ready: Ready = {
    round: fields.uint('round', 2 ** 32),
    attempt: fields.uint('attempt', 2 ** 32),
    base: fields.bytes('base', 32),
    included: fields.uint('included', 2 ** 20),
    parameters: readParameters(fields.map('parameters')),
    call: fields.choice('call', CALLS),
    isBusy: fields.boolean('busy'),
    minPeers: fields.uint('minPeers', 2 ** 16),
    trusts: fields.text('trusts', 43),
    uplink: fields.uint('uplink', MAX_SHARE),
    links: fields.peers('links', MAX_LINKS),
  };
  fields.end();
  return ready;
}

function readDone(body: Uint8Array): Done {
  const fields = Fields.decode('done', body);
  const done: Done = {
    room: fields.bytes('room', 32),
    parameters: fields.bytes('parameters', 32),
    round: fields.uint('round', 2 ** 32),
    attempt: fields.uint('attempt', 2 ** 32),
    context: fields.bytes('context', 32),
    rosterHash: fields.bytes('rosterHash', 32),
    included: fields.uint('included', everybody(MAX_COHORT)),
    resultHash: fields.bytes('resultHash', 32),
    modelHash: fields.bytes('modelHash', 32),
    detailHash: fields.bytesUpTo('detailHash', 32),
  };
  fields.end();
  return done;
}

function readResult(body: Uint8Array): ResultMessage {
  const fields = Fields.decode('result', body);
  const words = fields.bytesUpTo('words', 4 * (MAX_VECTOR_WORDS + 1));
  const model = fields.bytesUpTo('model', 4 * MAX_VECTOR_WORDS);
  if (words.length % 4 !== 0 || model.length % 4 !== 0) {
    throw new ProtocolViolation('result holds a broken vector.');
  }
  const result: ResultMessage = {
    roster: fields.peers('roster', MAX_COHORT),
    words: bytesToWords(words),
    model: bytesToFloats(model),
    detail: checkedDetail(fields.bytesUpTo('detail', MAX_DETAIL_BYTES)),
    within: fields.has('within') ? readEpoch(fields.map('within')) : undefined,
    dones: fields.list('dones', MAX_COHORT, (value) => {
      const [key, bytes] = Array.isArray(value) && value.length === 2 ? (value as unknown[]) : [];
      const signer = key instanceof Uint8Array ? toBase64url(key) : undefined;
      if (!isPeerId(signer) || !(bytes instanceof Uint8Array) || bytes.length > MAX_DONE_BYTES) {
        throw new ProtocolViolation('result.dones holds something that is no DONE.');
      }
      decodeDone(bytes);
      return { signer, bytes };
    }),
  };
  fields.end();
  return result;
}

function readPart(body: Uint8Array): Part {
  const fields = Fields.decode('part', body);
  const part = {
    round: fields.uint('round', 2 ** 32),
    offset: fields.uint('offset', 2 ** 32),
    wordCount: fields.uint('words', MAX_VECTOR_WORDS + 1),
    floatCount: fields.uint('floats', MAX_VECTOR_WORDS),
    head: fields.bytesUpTo('head', MAX_HEAD_BYTES),
    bytes: fields.bytesUpTo('bytes', RESULT_PART_BYTES),
  };
  fields.end();
  if (part.offset > 0) return part;
  const { type, body: head } = openEnvelope(part.head);
  if (type !== 'result') throw new ProtocolViolation('part.head is no result.');
  return { ...part, resultHead: readResult(head) };
}

function checkedDetail(bytes: Uint8Array): Uint8Array {
  readDetail(bytes);
  return bytes;
}

function readProfile(body: Uint8Array): Profile {
  const fields = Fields.decode('profile', body);
  const profile: Profile = {
    name: fields.text('name', MAX_PROFILE_NAME),
    kind: fields.choice('kind', ['tab', 'program']),
    isHidden: fields.boolean('hidden'),
  };
  fields.end();
  return profile;
}

function readNote(body: Uint8Array): Note {
  const fields = Fields.decode('note', body);
  const note: Note = {
    topic: fields.text('topic', MAX_TOPIC),
    body: fields.bytesUpTo('body', MAX_NOTE_BYTES),
  };
  fields.end();
  return note;
}

function leaveOutBody(request: LeaveOutRequest): CborValue {
  return {
    room: request.room,
    by: publicKeyOf(request.by),
    target: publicKeyOf(request.target),
    fromRound: request.fromRound,
  };
}

function readLeaveOut(body: Uint8Array): LeaveOutRequest {
  const fields = Fields.decode('leave-out', body);
  const request: LeaveOutRequest = {
    room: fields.bytes('room', 32),
    by: fields.peer('by'),
    target: fields.peer('target'),
    fromRound: fields.uint('fromRound', 2 ** 32),
  };
  fields.end();
  return request;
}

function readVote(body: Uint8Array): Vote {
  const fields = Fields.decode('vote', body);
  const vote: Vote = {
    by: fields.peer('by'),
    requestHash: fields.bytes('request', 32),
    agrees: fields.boolean('agrees'),
  };
  fields.end();
  return vote;
}
