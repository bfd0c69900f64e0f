/**
 * Secure aggregation for the other folders: what protects one update from the other peers.
 *
 * @module
 */
export type {
  AttemptEffect,
  AttemptEvent,
  AttemptInspection,
  AttemptOutcome,
  MaskJob,
  ReceivedMessage,
} from './attempt-events.ts';
export {
  attemptEntropyBytes,
  attemptSetting,
  cloneAttempt,
  leadersOf,
  type AttemptSetting,
  type AttemptState,
  type Phase,
} from './attempt.ts';
export { bucketCountOf, drawBuckets, MAX_BUCKETS, MIN_BUCKETS, slotsOf } from './buckets.ts';
export { chunkMapOf, isSplitFor, MAX_SHARE, type Chunk, type Split } from './chunk-map.ts';
export {
  abortThresholdOf,
  assumedMalicious,
  bucketsOfRoster,
  contextOfProposal,
  contributionWords,
  encodingFor,
  encodingOf,
  hashOfParameters,
  MAX_CHANGED,
  MAX_REQUESTS,
  parametersBody,
  proposalBody,
  readParameters,
  readProposal,
  TAG_BYTES,
  thresholdOf,
  type Combining,
  type EpochChange,
  type Mode,
  type Proposal,
  type RoundParameters,
} from './context.ts';
export {
  encodeBare,
  encodeSigned,
  isSignedBy,
  MESSAGE_TYPES,
  openEnvelope,
  type Envelope,
  type MessageType,
  type Signer,
} from './envelope.ts';
export { kernelOfThread } from './kernel/kernel.ts';
export { addByNobleInPlace, addKeystreamsInPlace, checkStreams, keystream } from './keystream.ts';
export { applyMasksInPlace, pairSeed, signOf, type Mask } from './mask.ts';
export { attemptBody, MAX_CLAIM_BYTES, type AttemptMessage } from './messages.ts';
export { countOf, everybody, has, placesOf, type Members } from './members.ts';
export { startAttempt, stepAttempt } from './protocol.ts';
export { readAttemptMessage } from './recording.ts';
export {
  addInPlace,
  decodeAggregate,
  encodeUpdate,
  levelsOf,
  stepOf,
  subtractInPlace,
  wordCountOf,
  type DecodedAggregate,
  type Encoding,
} from './ring.ts';
export { combine, entropyBytesOf, split, type Share } from './shamir.ts';
export { isAdmissibleKey, realSuite } from './suite.ts';
