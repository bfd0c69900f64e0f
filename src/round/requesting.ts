/**
 * Asking the room to leave somebody out, and answering such a wish.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import { nameOf, withRequest, withVote, type Admission } from './leave-out.ts';
import {
  decodeMessage,
  encodeLeaveOut,
  encodeVote,
  hashOfRequest,
  type LeaveOutRequest,
} from './messages.ts';
import { send, type RoundState, type Effects } from './state.ts';

export function ask(state: RoundState, target: PeerId, effects: Effects): void {
  const { suite, signer, room } = state.setting;
  const request: LeaveOutRequest = { room, by: signer.id, target, fromRound: state.round };
  if (state.requests.has(nameOf(suite, request)) || target === signer.id) return;
  const bytes = encodeLeaveOut(suite, signer, request);
  const message = decodeMessage(bytes);
  if (message.type === 'leave-out') {
    state.requests = withRequest(suite, state.requests, message, admissionOf(state));
  }
  send(effects, [...state.links.keys()], bytes);
}

export function vote(state: RoundState, name: string, agrees: boolean, effects: Effects): void {
  const { suite, signer } = state.setting;
  const open = state.requests.get(name);
  if (open === undefined) return;
  const requestHash = hashOfRequest(suite, open.request);
  const bytes = encodeVote(suite, signer, { by: signer.id, requestHash, agrees });
  const message = decodeMessage(bytes);
  if (message.type === 'vote') {
    state.requests = withVote(suite, state.requests, message, admissionOf(state));
  }
  send(effects, [...state.links.keys()], bytes);
}

/**
 * Whose requests and votes count: those of linked peers and the own ones, since anybody can make fresh
 * keys; and of the roster of a proposal that brings them.
 */
export function admissionOf(state: RoundState, roster: readonly PeerId[] = []): Admission {
  const { room, signer } = state.setting;
  return {
    room,
    round: state.result === undefined ? undefined : state.round,
    peers: new Set([signer.id, ...state.links.keys(), ...roster]),
  };
}

/** Requests and votes, for a peer that has just come. */
export function openMessages(state: RoundState): readonly Uint8Array[] {
  return [...state.requests.values()].flatMap(({ bytes, votes }) => [
    bytes,
    ...[...votes.values()].filter((known) => known.bytes.length > 0).map((known) => known.bytes),
  ]);
}
