/**
 * One attempt at a secure sum among 3 to 15 members: gather, then reveal.
 *
 * Everyone advertises fresh keys, deals shares of two secrets, sends its masked update to everyone,
 * and signs LOCK on one survivor set and the masked sum over it. Only a certificate, that is LOCKs of
 * a threshold of members, opens anything: the self seed of each survivor, or the mask key of each
 * member that is not one. Whoever left is thereby rebuilt from shares, and the masks cancel exactly.
 *
 * Invariants, asserted by the simulator in every state:
 * - of one member, either its self seed or its mask key is ever revealed, never both;
 * - nothing is revealed without a certificate; two certificates of an attempt are equal;
 * - a member sends LOCK or ABORT, never both, and LOCK at most once;
 * - whoever finishes has the same words, equal to the sum over the survivors.
 *
 * Bonawitz et al., CCS 2017 (double masking, consistency round). The rule LOCK-or-ABORT and the
 * reveal after the sum are ours: docs/protocol.md argues for them.
 *
 * In order of an attempt: `preparing.ts`, `gathering.ts` (for large vectors `scattering.ts` and `chunk-sums.ts`), `certificate.ts`, `revealing.ts`, `ending.ts`;
 * `recording.ts` is what arrives, `sending.ts` what leaves, `knowledge.ts` what a member can tell
 * from its state.
 *
 * @module
 */
import { PREPARE_TIMEOUT_MS } from '../config.ts';
import { unreachable, type Step } from '../machine.ts';
import type { AttemptEffect, AttemptEvent, Effects, MaskJob } from './attempt-events.ts';
import { createAttempt, type AttemptSetting, type AttemptState } from './attempt.ts';
import { abort, checkAborts, passDeadline } from './ending.ts';
import { openEnvelope } from './envelope.ts';
import { contribute, gather } from './gathering.ts';
import { placeOf } from './knowledge.ts';
import { only } from './members.ts';
import type { AttemptMessage } from './messages.ts';
import { agreeKeys, checkPreparation, openShares } from './preparing.ts';
import { keepContribution, record } from './recording.ts';
import { keepUnmasked, recognise, remind, reveal } from './revealing.ts';
import { sendToAll } from './sending.ts';
import { gatherChunks, scatter } from './scattering.ts';
import { commitmentOf } from './unmasking.ts';

/** Accepts a proposal: draws keys from `entropy` and advertises them. */
export function startAttempt(
  setting: AttemptSetting,
  entropy: Uint8Array,
  now: number,
): Step<AttemptState, AttemptEffect> {
  const state = createAttempt(setting, entropy);
  const { suite, self } = setting;
  const effects: Effects = [];
  state.deadline = now + PREPARE_TIMEOUT_MS;
  const message: AttemptMessage = {
    type: 'advertise',
    maskKey: suite.agreementKey(state.maskSecret),
    sealKey: suite.agreementKey(state.sealSecret),
    commitment: commitmentOf(state, self, state.selfSecret),
    claim: setting.claim,
  };
  const bytes = sendToAll(state, message, effects);
  const { body } = openEnvelope(bytes);
  state.advertised[self] = { ...message, hash: suite.hash(body) };
  return [state, effects];
}

/** One step of an attempt. */
export function stepAttempt(
  state: AttemptState,
  event: AttemptEvent,
): Step<AttemptState, AttemptEffect> {
  const effects: Effects = [];
  const { now } = event;
  switch (event.type) {
    case 'received':
      record(state, event.from, event.message, effects);
      break;
    case 'contribution':
      keepContribution(state, event.words);
      break;
    case 'stored':
      if (state.scatter !== undefined) state.scatter.isStored = true;
      else if (state.phase === 'storing') contribute(state, now, effects);
      break;
    case 'masked':
      takeMasked(state, event.job, event.words, now, effects);
      break;
    case 'gone': {
      const place = placeOf(state, event.peer);
      if (place >= 0) state.gone |= only(place);
      break;
    }
    case 'linked':
      remind(state, event.peer, effects);
      break;
    case 'abort':
      abort(state, event.reason, 'this peer left the attempt', now, effects);
      break;
    case 'tick':
      if (now >= state.deadline) passDeadline(state, now, effects);
      break;
    default:
      unreachable(event);
  }
  advance(state, now, effects);
  return [state, effects];
}

/** Moves on as far as what is known allows. */
function advance(state: AttemptState, now: number, effects: Effects): void {
  let before: string;
  do {
    before = state.phase;
    recognise(state, now, effects);
    switch (state.phase) {
      case 'advertise':
        agreeKeys(state, now, effects);
        break;
      case 'share':
        openShares(state, now, effects);
        break;
      case 'storing':
        if (checkPreparation(state, now, effects) && isReadyToScatter(state)) {
          scatter(state, now, effects);
        }
        break;
      case 'gather':
        if (state.scatter === undefined) gather(state, now, effects);
        else gatherChunks(state, now, effects);
        break;
      case 'aborting':
      case 'lock':
        checkAborts(state, effects);
        break;
      case 'reveal':
      case 'done':
        reveal(state, effects);
        break;
      case 'over':
        break;
      default:
        unreachable(state.phase);
    }
  } while (state.phase !== before);
}

/** Takes words back from the masker; without them, the attempt ends where that is free, or misses its sum. */
function takeMasked(
  state: AttemptState,
  job: MaskJob,
  words: Uint32Array | undefined,
  now: number,
  effects: Effects,
): void {
  if (job === 'off') keepUnmasked(state, words, effects);
  else if (state.phase !== 'storing' || state.scatter === undefined) return;
  else if (words === undefined) {
    abort(state, 'aborted', 'the masks could not be put on', now, effects);
  } else state.scatter.own = words;
}

function isReadyToScatter({ scatter }: AttemptState): boolean {
  return scatter?.isStored === true && scatter.own !== undefined;
}
