/**
 * Finding out who is gone: a ping, then three neighbours that are asked to reach it, then a suspicion.
 *
 * Each period one watched peer is pinged, of the half that was not tried for longest. When it does not answer, or
 * its link closed, up to `PROBE_HELPERS` peers that are linked to both try; their answer carries the
 * target's signature over the asker's nonce, so that no helper can answer for the dead. Only then
 * is it suspected, and not by a peer that meanwhile heard nobody at all: that one is itself cut off.
 *
 * Each period one member of the whole view is looked at too: one that nobody is linked to, such as
 * an old hello that somebody kept, is suspected at once.
 *
 * Das, Gupta, Motivala: SWIM, DSN 2002, section 3.1. Lifeguard, 2018, for the cut-off peer.
 *
 * @module
 */
import { concat, toBase64url, wordsToBytes } from '../bytes.ts';
import { encodeCbor, type CborValue } from '../cbor.ts';
import { MAX_ERRANDS, PROBE_HELPERS, PROBE_TIMEOUT_MS } from '../config.ts';
import { publicKeyOf, type PeerId } from '../ids.ts';
import { suspect } from './believing.ts';
import {
  MAX_PROBES,
  send,
  shortestSuspicionMs,
  violate,
  type Member,
  type MembershipState,
  type ProbeState,
  type Turn,
} from './membership-state.ts';
import { encodeProbe, type Probe, type ProbeKind } from './messages.ts';
import { commonNeighbours, neighboursOf } from './neighbours.ts';
import type { RandomWords } from './random-words.ts';
import { isStatementOf, SIGNATURE_BYTES, signStatement } from './signed.ts';

/** Probes that one tick moves on: each takes a few random words. */
const PROBES_AT_ONCE = 8;

const NO_PROOF = new Uint8Array(0);

/** Begins this period's probe, and looks at one member of the whole view. */
export function probeNext(turn: Turn, random: RandomWords): void {
  const { state } = turn;
  const next = state.probes.size < MAX_PROBES ? nextToProbe(state, random) : undefined;
  if (next !== undefined) begin(turn, next, random);
  const members = [...state.members.values()];
  const some = members[random.below(members.length)];
  if (some === undefined || state.gone.has(some.hello.peer)) return;
  if (isOrphan(turn, some)) suspect(turn, some);
}

/** Moves probes on whose time is up: to the helpers, or to a suspicion. */
export function moveOverdue(turn: Turn, random: RandomWords): void {
  const { state, now } = turn;
  for (const [nonce, { until }] of state.errands) if (until <= now) state.errands.delete(nonce);
  const overdue = [...state.probes].filter(([, { until }]) => until <= now);
  for (const [peer, probe] of overdue.slice(0, PROBES_AT_ONCE)) {
    const member = state.members.get(peer);
    if (member === undefined || state.gone.has(peer) || state.links.size === 0) {
      state.probes.delete(peer);
    } else if (probe.stage === 'waiting') begin(turn, member, random);
    else if (probe.stage === 'direct') askHelpers(turn, member, random);
    else if (state.heardAt <= probe.startedAt) {
      state.probes.set(peer, { ...probe, until: now + PROBE_TIMEOUT_MS });
    } else {
      state.probes.delete(peer);
      suspect(turn, member);
    }
  }
}

/** When the next probe is due, ms. */
export function probesAt(state: MembershipState): number {
  let at = Infinity;
  for (const { until } of state.probes.values()) at = Math.min(at, until);
  return at;
}

/** Answers a probe, runs its errand, or takes its answer. */
export function receiveProbe(turn: Turn, from: PeerId, probe: Probe): void {
  const { state, now } = turn;
  const { suite, signer } = state.setting;
  const { kind, peer, nonce, proof } = probe;
  const key = toBase64url(nonce);
  switch (kind) {
    case 'ping':
      if (peer === signer.id) sendProbe(turn, from, 'ack', peer, nonce);
      return;
    case 'call': {
      if (peer !== signer.id) return;
      const statement = signStatement(suite, signer, 'proof', proofBody(state, peer, nonce));
      return sendProbe(turn, from, 'ack', peer, nonce, statement.subarray(0, SIGNATURE_BYTES));
    }
    case 'ask': {
      const isFull = state.errands.size >= MAX_ERRANDS;
      if (isFull || state.errands.has(key) || !state.links.has(peer)) return;
      state.errands.set(key, { asker: from, peer, until: now + 2 * PROBE_TIMEOUT_MS });
      return sendProbe(turn, peer, 'call', peer, nonce);
    }
    case 'ack': {
      const errand = state.errands.get(key);
      if (errand?.peer === peer && from === peer) {
        state.errands.delete(key);
        if (proof.length > 0) sendProbe(turn, errand.asker, 'ack', peer, nonce, proof);
      } else if (from !== peer) takeProof(turn, from, probe, key);
      return;
    }
  }
}

function takeProof(turn: Turn, from: PeerId, { peer, nonce, proof }: Probe, key: string): void {
  const { state } = turn;
  const own = state.probes.get(peer);
  if (own?.stage !== 'indirect' || toBase64url(own.nonce) !== key) return;
  const statement = concat(proof, encodeCbor(proofBody(state, peer, nonce)));
  if (!isStatementOf(state.setting.suite, peer, 'proof', statement)) {
    return violate(turn, from, 'an answer for another peer is not signed by that peer');
  }
  state.probes.delete(peer);
}

function begin(turn: Turn, member: Member, random: RandomWords): void {
  const { state, now } = turn;
  const { peer } = member.hello;
  member.probedAt = now;
  if (!state.links.has(peer)) return askHelpers(turn, member, random);
  const probe = newProbe(turn, 'direct', random);
  state.probes.set(peer, probe);
  sendProbe(turn, peer, 'ping', peer, probe.nonce);
}

function askHelpers(turn: Turn, member: Member, random: RandomWords): void {
  const { state } = turn;
  const { peer } = member.hello;
  const startedAt = state.probes.get(peer)?.startedAt ?? turn.now;
  const probe = { ...newProbe(turn, 'indirect', random), startedAt };
  const able = commonNeighbours(state, state.setting.signer.id, peer);
  state.probes.set(peer, probe);
  for (const helper of random.some(able, PROBE_HELPERS)) {
    sendProbe(turn, helper, 'ask', peer, probe.nonce);
  }
}

function newProbe({ now }: Turn, stage: ProbeState['stage'], random: RandomWords): ProbeState {
  const nonce = wordsToBytes(Uint32Array.of(random.word(), random.word()));
  const timeoutMs = stage === 'indirect' ? 2 * PROBE_TIMEOUT_MS : PROBE_TIMEOUT_MS;
  return { nonce, stage, startedAt: now, until: now + timeoutMs };
}

/**
 * Of the watched, or else the linked, one of the half that was not probed for longest: chance keeps those
 * who watch the same peer from all probing it in the same period.
 */
function nextToProbe(state: MembershipState, random: RandomWords): Member | undefined {
  const able: Member[] = [];
  for (const peer of state.watched ?? state.links.keys()) {
    const member = state.members.get(peer);
    const isIdle = member !== undefined && !state.gone.has(peer) && !state.probes.has(peer);
    if (isIdle) able.push(member);
  }
  able.sort((a, b) => a.probedAt - b.probedAt);
  return able[random.below(Math.ceil(able.length / 2))];
}

/** Nobody is linked to it, for longer than the hellos of a newcomer and its neighbours take. */
function isOrphan({ state, now }: Turn, member: Member): boolean {
  const { peer } = member.hello;
  if (member.state !== 'alive' || now - member.helloAt < shortestSuspicionMs(state)) return false;
  return !state.links.has(peer) && neighboursOf(state, peer).length === 0;
}

function sendProbe(
  turn: Turn,
  to: PeerId,
  kind: ProbeKind,
  peer: PeerId,
  nonce: Uint8Array,
  proof: Uint8Array = NO_PROOF,
): void {
  send(turn, [to], encodeProbe({ kind, peer, nonce, proof }));
}

function proofBody({ setting }: MembershipState, peer: PeerId, nonce: Uint8Array): CborValue {
  return { room: setting.room, peer: publicKeyOf(peer), nonce };
}
