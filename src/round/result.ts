/**
 * Results, and the certificates by which somebody who was not there believes them.
 *
 * Every member signs DONE over what it computed. DONEs of a threshold of a roster agree only on what
 * honest members computed, so a peer that missed the round copies the model from anybody who has it.
 * Who believes whom is for `catching-up.ts`.
 *
 * @module
 */
import { compareBytes, concat, equalBytes, floatsToBytes, wordsToBytes } from '../bytes.ts';
import { publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import {
  countOf,
  everybody,
  has,
  hashOfParameters,
  isSignedBy,
  thresholdOf,
  type Mode,
} from '../secagg/index.ts';
import { decodeDone, type Done, type ResultMessage } from './messages.ts';
import { minimumFor } from './roster.ts';
import type { RoundSetting } from './state.ts';

/** A result as this peer holds it. */
export interface RoundResult {
  readonly done: Done;
  readonly roster: readonly PeerId[];
  readonly words: Uint32Array;
  readonly model: Float32Array;
  /** DONE messages as sent, by signer; a certificate once there are enough. */
  readonly dones: ReadonlyMap<PeerId, Uint8Array>;
}

/** Peers of a roster whose contribution is in the sum. */
export function includedOf(result: RoundResult): readonly PeerId[] {
  return result.roster.filter((_, place) => has(result.done.included, place));
}

/** Hash of an aggregate: of its words, weight word last, and of nothing else. */
export function hashOfWords(suite: Suite, words: Uint32Array): Uint8Array {
  return suite.hash(wordsToBytes(words));
}

/** Hash of a model's parameters. */
export function hashOfModel(suite: Suite, model: Float32Array): Uint8Array {
  return suite.hash(floatsToBytes(model));
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

/** Whether enough members signed for others to believe it. */
export function hasCertificate(result: RoundResult, mode: Mode): boolean {
  return result.dones.size >= thresholdOf(result.roster.length, mode);
}

/** The message that carries a result. */
export function messageOf(result: RoundResult): ResultMessage {
  const dones = [...result.dones].map(([signer, bytes]) => ({ signer, bytes }));
  return { roster: result.roster, words: result.words, model: result.model, dones };
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
  { room, parameters }: Pick<RoundSetting, 'room' | 'parameters'>,
): RoundResult | string {
  const { mode, dimension, weightCap } = parameters;
  const { roster, words, model } = message;
  // A bare sum has no model, and its vectors may change from round to round.
  const hasLength = words.length === dimension + (weightCap > 0 ? 1 : 0);
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
  if (!equalBytes(agreed.modelHash, hashOfModel(suite, model))) return 'its model is another';
  return { done: agreed, roster, words, model, dones };
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
    equalBytes(a.modelHash, b.modelHash)
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
  const { round, modelHash } = result.done;
  return { round: round + 1, included: includedOf(result).length, base: modelHash };
}
