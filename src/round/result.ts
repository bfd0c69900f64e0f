/**
 * Results, and the certificates by which somebody who was not there believes them.
 *
 * Every member signs DONE over what it computed. DONEs of a threshold of a roster agree only on what
 * honest members computed, so a peer that missed the round copies the model from anybody who has it.
 * Who believes whom is for `catching-up.ts`.
 *
 * @module
 */
import { compareBytes, concat, equalBytes, viewOfFloats, viewOfWords } from '../bytes.ts';
import {
  childrenOf,
  gridOf,
  levelsOfGrid,
  linesOf,
  type Epoch,
  type Grid,
} from '../gossip/index.ts';
import { publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import {
  bucketsOfRoster,
  countOf,
  decodeAggregate,
  encodingFor,
  everybody,
  has,
  hashOfParameters,
  isSignedBy,
  MIN_BUCKETS,
  slotsOf as slotsOfVector,
  thresholdOf,
  type Mode,
  type RoundParameters,
} from '../secagg/index.ts';
import { countOfClaim, isClaimOf, linesOfClaim, peersOfClaim } from './claims.ts';
import {
  cohortRoom,
  haveOwnSeats,
  slotsOf,
  topCohort,
  upperParameters,
  type Cohort,
} from './cohort.ts';
import { robustOf, totalOfBuckets, weightedMean } from './combining.ts';
import { readDetail } from './detail.ts';
import { decodeDone, type Done, type ResultMessage } from './messages.ts';
import { minimumFor } from './roster.ts';
import type { RoundSetting } from './state.ts';

/** A result as this peer holds it. */
export interface RoundResult {
  readonly done: Done;
  readonly roster: readonly PeerId[];
  readonly words: Uint32Array;
  readonly model: Float32Array;
  /** Hash of `model`. */
  readonly base: Uint8Array;
  /** What it says beside its words, as signed. */
  readonly detail: Uint8Array;
  /** The epoch in whose grid it was summed; undefined in a room of one cohort. */
  readonly within: Epoch | undefined;
  /** DONE messages as sent, by signer; a certificate once there are enough. */
  readonly dones: ReadonlyMap<PeerId, Uint8Array>;
}

const counts = new WeakMap<RoundResult, number>();

/** How many are in a sum; remembered, since every step asks. */
export function includedCount(result: RoundResult): number {
  const known = counts.get(result);
  if (known !== undefined) return known;
  const { claim } = readDetail(result.detail);
  const count = claim.length > 0 ? countOfClaim(claim) : includedOf(result).length;
  counts.set(result, count);
  return count;
}

/** Peers of a roster whose contribution is in the sum. */
export function includedOf(result: RoundResult): readonly PeerId[] {
  return result.roster.filter((_, place) => has(result.done.included, place));
}

/** Hash of an aggregate: of its words, weight word last, and of nothing else. */
export function hashOfWords(suite: Suite, words: Uint32Array): Uint8Array {
  return suite.hash(viewOfWords(words));
}

/** Hash of a model's parameters. */
export function hashOfModel(suite: Suite, model: Float32Array): Uint8Array {
  return suite.hash(viewOfFloats(model));
}

/** Hash of a roster. */
export function hashOfRoster(suite: Suite, roster: readonly PeerId[]): Uint8Array {
  return suite.hash(concat(...roster.map(publicKeyOf)));
}

/** The next model: each parameter moved by the mean update, in one fixed way, so that all get the same bits. */
export function applyMean(model: Float32Array, mean: Float64Array): Float32Array {
  const next = new Float32Array(model.length);
  for (let i = 0; i < next.length; i++) next[i] = Math.fround(model[i]! + mean[i]!);
  return next;
}

/** The model after a sum of sums, and its hash: the same bits for everybody who had the one before. */
export function modelAfter(
  { suite, parameters }: Pick<RoundSetting, 'suite' | 'parameters'>,
  within: Epoch,
  words: Uint32Array,
  detail: Uint8Array,
  before: Float32Array,
): { readonly model: Float32Array; readonly base: Uint8Array } {
  const unmoved = { model: before, base: hashOfModel(suite, before) };
  if (before.length === 0) return unmoved;
  const encoding = encodingFor(parameters, within.members.length);
  const count = countOfClaim(readDetail(detail).claim);
  const slots = slotsOfTop(suite, parameters, within);
  const { mean, totalWeight } = decodeAggregate(
    totalOfBuckets(words, slots).subarray(0, -1),
    count,
    encoding,
  );
  // Somebody stood in for a line falsely, and moves nobody.
  if (!isPlausibleWeight(totalWeight, count, parameters)) return unmoved;
  const sums = sumsInSlots(words, slots).map((sum) => {
    const count = sum.at(-1)!;
    const { mean, totalWeight } = decodeAggregate(sum.subarray(0, -1), count, encoding);
    return { mean, totalWeight, count };
  });
  const honest = sums.filter((sum) => isPlausibleWeight(sum.totalWeight, sum.count, parameters));
  if (sums.length > 0 && honest.length === 0) return unmoved;
  const means = honest.map((sum) => sum.mean.slice(0, before.length));
  const update =
    means.length >= MIN_BUCKETS
      ? robustOf(means, parameters.combining ?? 'bucket-mean')
      : honest.length === sums.length
        ? mean
        : weightedMean(
            means,
            honest.map((sum) => sum.totalWeight),
          );
  const model = applyMean(before, update);
  return { model, base: hashOfModel(suite, model) };
}

/** Sums of seats that somebody brought, with the number of those in it last; none where there is one sum of all. */
function sumsInSlots(words: Uint32Array, slots: number): readonly Uint32Array[] {
  if (slots === 1) return [];
  return slotsOfVector(words, slots).filter((sum) => sum.at(-1)! > 0);
}

function slotsOfTop(suite: Suite, parameters: RoundParameters, within: Epoch): number {
  const grid = gridOf(suite, within);
  return slotsOf(parameters, grid, levelsOfGrid(grid));
}

/** Whether so many honest weights can add up to one. */
function isPlausibleWeight(weight: number, count: number, { weightCap }: RoundParameters): boolean {
  return weight >= count && weight <= count * Math.max(1, weightCap);
}

/** The sum over everybody, without the number of those in it: what a room of lines and a cohort have alike. */
export function sumOfRoom(
  { suite, parameters }: Pick<RoundSetting, 'suite' | 'parameters'>,
  within: Epoch,
  words: Uint32Array,
): Uint32Array {
  return totalOfBuckets(words, slotsOfTop(suite, parameters, within)).slice(0, -1);
}

/**
 * Whose updates are in the smallest sum that this peer's update was seen in: those of its line, or of the
 * room where that has no lines. Empty when this peer is in none.
 */
export function companyOf(
  { suite, signer }: Pick<RoundSetting, 'suite' | 'signer'>,
  result: RoundResult,
): readonly PeerId[] {
  const { within, detail } = result;
  if (within === undefined) return includedOf(result);
  const grid = gridOf(suite, within);
  const line = grid.lineOf.get(signer.id);
  if (line === undefined) return [];
  return peersOfClaim(grid, readDetail(detail).claim).filter(
    (peer) => grid.lineOf.get(peer) === line,
  );
}

/** The result of the room, from that of its highest cohort. */
export function totalOfTop(
  setting: RoundSetting,
  { epoch }: Grid,
  top: RoundResult,
  before: Float32Array,
): RoundResult {
  return { ...top, ...modelAfter(setting, epoch, top.words, top.detail, before), within: epoch };
}

/** Whether enough members signed for others to believe it. */
export function hasCertificate(result: RoundResult, mode: Mode): boolean {
  return result.dones.size >= thresholdOf(result.roster.length, mode);
}

/** The message that carries a result. */
export function messageOf(result: RoundResult): ResultMessage {
  const dones = [...result.dones].map(([signer, bytes]) => ({ signer, bytes }));
  const { roster, words, model, detail, within } = result;
  return { roster, words, model, detail, within, dones };
}

/** The last round that a result may name: room for more rounds than anybody waits for. */
const MAX_ROUND = 2 ** 31;

/**
 * Checks a result that somebody sent, or that was kept.
 *
 * @param place - The room and parameters of this peer: a result of another room or task is none here.
 * @returns The result, or what is wrong with it. At least one of its roster signed it; whether its
 *   signers are enough, and mean anything to this peer, is for the caller to decide.
 */
export function verifyResult(
  suite: Suite,
  message: ResultMessage,
  place: Pick<RoundSetting, 'room' | 'parameters' | 'cohort'>,
): RoundResult | string {
  const { within } = message;
  if (place.cohort !== undefined && within !== undefined) return 'it is not one of this cohort';
  const { room, parameters } = within === undefined ? place : topOf(suite, place, within);
  const { mode, dimension, weightCap } = parameters;
  const { roster, words, model, detail } = message;
  // A bare sum has no model, and its vectors may change from round to round.
  const sums = bucketsOfRoster(parameters, roster.length);
  const hasLength = words.length === sums * (dimension + (weightCap > 0 ? 1 : 0));
  if (model.length > 0 && !hasLength) return 'its words are too many or few';
  const dones = new Map<PeerId, Uint8Array>();
  let agreed: Done | undefined;
  for (const { signer, bytes } of message.dones) {
    const { done, envelope } = decodeDone(bytes);
    if (!roster.includes(signer)) return 'a signer is not in its roster';
    if (!isSignedBy(suite, signer, envelope)) return 'a signature is wrong';
    if (agreed !== undefined && !isSameDone(agreed, done)) return 'its signers disagree';
    agreed = done;
    dones.set(signer, bytes);
  }
  if (agreed === undefined) return 'nobody signed it';
  if (!equalBytes(agreed.room, room)) return 'it is of another room';
  if (model.length > 0 && !equalBytes(agreed.parameters, hashOfParameters(suite, parameters))) {
    return 'its parameters are others';
  }
  if (agreed.round > MAX_ROUND) return 'its round is out of reach';
  if (!model.every(Number.isFinite)) return 'its model is not finite';
  const smallest = Math.max(thresholdOf(roster.length, mode), minimumFor(roster.length, 0));
  if (agreed.included > everybody(roster.length) || countOf(agreed.included) < smallest) {
    return 'it includes too few';
  }
  if (!equalBytes(agreed.rosterHash, hashOfRoster(suite, roster))) return 'its roster is another';
  if (!equalBytes(agreed.resultHash, hashOfWords(suite, words))) return 'its words are others';
  const base = hashOfModel(suite, model);
  // Sums of sums are signed without a model: whoever was in the round computes it from the words.
  const isModelSigned = within === undefined;
  if (isModelSigned && !equalBytes(agreed.modelHash, base)) return 'its model is another';
  const signed = detail.length === 0 ? detail : suite.hash(detail);
  if (!equalBytes(agreed.detailHash, signed)) return 'its detail is another';
  const cohort =
    place.cohort ??
    (within && topCohort(gridOf(suite, within), slotsOfTop(suite, place.parameters, within)));
  const wrong = cohort && wrongClaim(cohort, roster, words, detail);
  if (wrong !== undefined) return wrong;
  return { done: agreed, roster, words, model, base, detail, within, dones };
}

/** The highest cohort of a grid, where the sum of the whole room is made. */
function topOf(
  suite: Suite,
  { room, parameters }: Pick<RoundSetting, 'room' | 'parameters'>,
  within: Epoch,
): Pick<RoundSetting, 'room' | 'parameters'> {
  const level = levelsOfGrid(gridOf(suite, within));
  return {
    room: cohortRoom(suite, room, within, level, 0),
    parameters: upperParameters(parameters, gridOf(suite, within), level),
  };
}

/** What is wrong with whom a cohort's result says it includes, if anything is. */
function wrongClaim(
  cohort: Cohort,
  roster: readonly PeerId[],
  words: Uint32Array,
  detail: Uint8Array,
): string | undefined {
  const { grid, level, group, slots } = cohort;
  if (!haveOwnSeats(cohort, roster)) return 'its roster has a seat twice, or none';
  const { claim } = readDetail(detail);
  if (!isClaimOf(grid, claim, linesOf(grid, level, group))) return 'it includes whom it cannot';
  if (level === 0) return undefined;
  const counts = slotsOfVector(words, slots).map((sum) => sum.at(-1));
  return isEqualCounts(counts, countsOfClaim(cohort, claim))
    ? undefined
    : 'it counts others than it names';
}

/** How many a claim names in each slot. */
function countsOfClaim(
  { grid, level, group, slots }: Cohort,
  claim: Uint8Array,
): readonly number[] {
  if (slots === 1) return [countOfClaim(claim)];
  return childrenOf(grid, level, group).map((child) => {
    const lines = linesOf(grid, level - 1, child);
    return linesOfClaim(claim)
      .filter(({ line }) => lines.includes(line))
      .reduce((count, { members }) => count + countOf(members), 0);
  });
}

function isEqualCounts(one: readonly (number | undefined)[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((count, at) => count === other[at]);
}

/** Whether two members say the same. */
export function isSameDone(a: Done, b: Done): boolean {
  return (
    a.round === b.round &&
    a.attempt === b.attempt &&
    a.included === b.included &&
    equalBytes(a.room, b.room) &&
    equalBytes(a.parameters, b.parameters) &&
    equalBytes(a.context, b.context) &&
    equalBytes(a.rosterHash, b.rosterHash) &&
    equalBytes(a.resultHash, b.resultHash) &&
    equalBytes(a.modelHash, b.modelHash) &&
    equalBytes(a.detailHash, b.detailHash)
  );
}

/** Where a peer stands: the round it waits for, how many are in its newest result, its model. */
export interface Standing {
  readonly round: number;
  readonly included: number;
  readonly base: Uint8Array;
}

/** Positive when `a` is ahead of `b`: the higher round, then more included, then the smaller hash. */
export function compareStanding(a: Standing, b: Standing): number {
  return a.round - b.round || a.included - b.included || compareBytes(b.base, a.base);
}

/** Where a peer with this result stands. */
export function standingOfResult(result: RoundResult): Standing {
  return {
    round: result.done.round + 1,
    included: includedCount(result),
    base: result.base,
  };
}
