/**
 * What must hold in every state of every run, whatever the network and a few liars do.
 *
 * It watches what peers do, not what they know: every step, and every message as it goes on the wire.
 * Peers known to lie are believed nothing and held to nothing.
 *
 * @module
 */
import { equalBytes, toHex } from '../bytes.ts';
import {
  GATHER_TIMEOUT_MS,
  LOCK_TIMEOUT_MS,
  MAX_COHORT,
  PREPARE_TIMEOUT_MS,
  RECOVER_TIMEOUT_MS,
  REVEAL_TIMEOUT_MS,
  SETTLED_LINK_MS,
} from '../config.ts';
import type { PeerId } from '../ids.ts';
import { decodeMessage, type Message } from '../round/messages.ts';
import { minimumFor } from '../round/roster.ts';
import type { RoundEffect, RoundEvent, RoundReport } from '../round/round.ts';
import {
  countOf,
  has,
  isSignedBy,
  MESSAGE_TYPES,
  thresholdOf,
  type Members,
  type Proposal,
} from '../secagg/index.ts';
import type { SimulatedPeer, Watcher } from './network.ts';

/** How often gathering begins at most: once, and again for each owner that leaves of those that may. */
const MAX_GATHERINGS = 4;

/** All phases of an attempt, and fetching what was missed, end within this time, ms. */
export const LONGEST_ATTEMPT_MS =
  PREPARE_TIMEOUT_MS +
  2 * MAX_GATHERINGS * GATHER_TIMEOUT_MS +
  LOCK_TIMEOUT_MS +
  REVEAL_TIMEOUT_MS +
  2 * RECOVER_TIMEOUT_MS +
  1_000;

/** What is known of one attempt. */
interface AttemptRecord {
  readonly proposal: Proposal;
  /** LOCKs seen on the wire: signers by what they signed. */
  readonly locks: Map<string, { readonly members: Members; readonly signers: Set<PeerId> }>;
  /** What a threshold signed, and the survivors in it. */
  certificate: string | undefined;
  survivors: Members;
  /** Honest peers that signed LOCK, and ABORT. */
  readonly lockers: Set<PeerId>;
  readonly aborters: Set<PeerId>;
  /** Members whose self seed, and whose mask key, an honest peer gave away. */
  seeds: Members;
  keys: Members;
  /** Contributions as their peers meant them. */
  readonly given: Map<PeerId, { readonly serial: number; readonly words: Uint32Array }>;
  /** Peers that were told they may use their contribution again. */
  readonly released: Set<PeerId>;
  /** Result hash of those who finished. */
  resultHash: string | undefined;
}

/** The update that a peer gives, as the scenario's participant numbers them. */
export interface Giver {
  /** A number for each update: the same update keeps its number when it is given again. */
  readonly serial: number;
  readonly words: Uint32Array;
}

/** A watcher that collects what was broken. */
export class Invariants implements Watcher {
  readonly broken: string[] = [];
  /** States that were looked at. */
  states = 0;
  /** Ids of peers that lie now or have lied. */
  readonly liars = new Set<PeerId>();
  /** Peers whose masked words may be others than they say. */
  readonly forgers = new Set<PeerId>();
  readonly #attempts = new Map<string, AttemptRecord>();
  /** Attempts in which an update was masked: peer, number, then tags. */
  readonly #masked = new Map<string, Set<string>>();
  readonly #hashes = new Set<string>();
  readonly #giverOf: (peer: SimulatedPeer) => Giver | undefined;
  readonly #seen = new WeakSet<Uint8Array>();
  readonly #decoded = new WeakMap<Uint8Array, Message>();
  readonly #startedAt = new WeakMap<SimulatedPeer, number>();

  /** @param giverOf - The update that a peer gives now. */
  constructor(giverOf: (peer: SimulatedPeer) => Giver | undefined) {
    this.#giverOf = giverOf;
  }

  stepped(peer: SimulatedPeer, event: RoundEvent, effects: readonly RoundEffect[]): void {
    this.states++;
    const { current } = peer.state;
    if (current !== undefined) this.#recordOf(toHex(current.setting.tag), current.setting.proposal);
    if (this.liars.has(peer.id)) return;
    this.#checkDuration(peer, event.now);
    for (const effect of effects) {
      if (effect.type === 'send') this.#checkSent(peer, this.#decode(effect.message), event.now);
      else if (effect.type === 'result') this.#checkResult(peer, effect.report);
    }
  }

  before(peer: SimulatedPeer, event: RoundEvent): void {
    const { current } = peer.state;
    const giver = this.#giverOf(peer);
    if (event.type !== 'contribution' || current === undefined || giver === undefined) return;
    const record = this.#recordOf(toHex(current.setting.tag), current.setting.proposal);
    record.given.set(peer.id, { serial: giver.serial, words: giver.words.slice() });
  }

  /** A peer was told how its attempt failed: `isSpent` false lets it use its update again. */
  failed(peer: SimulatedPeer, round: number, attempt: number, isSpent: boolean): void {
    if (isSpent || this.liars.has(peer.id)) return;
    for (const record of this.#attempts.values()) {
      const { proposal } = record;
      if (proposal.round !== round || proposal.attempt !== attempt) continue;
      const giver = this.#giverOf(peer);
      const given = record.given.get(peer.id);
      if (given === undefined || given.serial !== giver?.serial) continue;
      if (!this.#isMasked(peer.id, given.serial, record)) continue;
      record.released.add(peer.id);
      this.#checkReleased(record);
    }
  }

  carried(from: SimulatedPeer, _to: SimulatedPeer, bytes: Uint8Array): void {
    const type = bytes[0];
    if (type !== MESSAGE_TYPES.lock && type !== MESSAGE_TYPES.unmask) return;
    if (this.#seen.has(bytes)) return;
    this.#seen.add(bytes);
    const message = this.#decode(bytes);
    if (message?.type !== 'attempt') return;
    const record = this.#attempts.get(toHex(message.tag));
    if (record === undefined) return;
    const { content } = message.message;
    if (content.type === 'lock') this.#noteLock(record, from.id, content);
    if (content.type !== 'unmask') return;
    for (const { member, bytes: lock } of content.locks) {
      const signer = record.proposal.roster[member];
      const read = this.#decode(lock);
      if (signer === undefined || read?.type !== 'attempt') continue;
      const { content: forwarded, envelope } = read.message;
      if (forwarded.type !== 'lock' || !equalBytes(read.tag, message.tag)) continue;
      if (isSignedBy(from.setting.suite, signer, envelope)) {
        this.#noteLock(record, signer, forwarded);
      }
    }
  }

  /** Whether every attempt ended in time; also at the end of a run. */
  checkPeer(peer: SimulatedPeer, now: number): void {
    if (peer.isAlive && !this.liars.has(peer.id)) this.#checkDuration(peer, now);
  }

  #noteLock(
    record: AttemptRecord,
    signer: PeerId,
    { members, digest }: { readonly members: Members; readonly digest: Uint8Array },
  ): void {
    const name = `${members} ${toHex(digest)}`;
    const known = record.locks.get(name) ?? { members, signers: new Set() };
    record.locks.set(name, known);
    known.signers.add(signer);
    const { roster, parameters } = record.proposal;
    if (known.signers.size < thresholdOf(roster.length, parameters.mode)) return;
    if (record.certificate !== undefined && record.certificate !== name) {
      this.#report('an attempt has two certificates');
    }
    record.certificate = name;
    record.survivors = members;
    this.#checkReleased(record);
  }

  #checkSent(peer: SimulatedPeer, message: Message | undefined, now: number): void {
    if (message?.type === 'propose') {
      this.#checkRoster(peer, message.proposal, now);
      return;
    }
    if (message?.type !== 'attempt') return;
    const { content } = message.message;
    const tag = toHex(message.tag);
    const record = this.#attempts.get(tag);
    if (record === undefined) return; // A refusal of something this peer never was in.
    const { roster, parameters } = record.proposal;
    const threshold = thresholdOf(roster.length, parameters.mode);
    switch (content.type) {
      case 'advertise':
        this.#checkRoster(peer, record.proposal, now);
        break;
      case 'masked':
      case 'digests':
        this.#checkMasked(peer, tag, record);
        break;
      case 'lock': {
        const minimum = minimumFor(roster.length, peer.state.setting.minPeers);
        if (countOf(content.members) < Math.max(threshold, minimum)) {
          this.#report(`${nameOf(peer)} signed LOCK for too few survivors`);
        }
        record.lockers.add(peer.id);
        // Whoever signs the last LOCK of a certificate may open its secrets in the same step.
        this.#noteLock(record, peer.id, content);
        break;
      }
      case 'abort':
        record.aborters.add(peer.id);
        break;
      case 'unmask': {
        const { seeds, seedShares, keys, keyShares } = content;
        const opened = [...seeds, ...seedShares].map(({ member }) => member);
        const rebuilt = [...keys, ...keyShares].map(({ member }) => member);
        const { certificate, survivors } = record;
        if (certificate === undefined) {
          if (opened.length + rebuilt.length > 0) {
            this.#report(`${nameOf(peer)} revealed a secret without a certificate`);
          }
          break;
        }
        for (const member of opened) {
          record.seeds |= 1 << member;
          if (!has(survivors, member)) this.#report('a seed of no survivor was revealed');
        }
        for (const member of rebuilt) {
          record.keys |= 1 << member;
          if (has(survivors, member)) this.#report('a mask key of a survivor was revealed');
        }
        if ((record.seeds & record.keys) !== 0) {
          this.#report('both kinds of secret of one member were revealed');
        }
        break;
      }
      default:
        break;
    }
    if (record.lockers.has(peer.id) && record.aborters.has(peer.id)) {
      this.#report(`${nameOf(peer)} signed LOCK and ABORT of one attempt`);
    }
  }

  /** An update is masked again only where no certificate of the earlier attempt can ever come. */
  #checkMasked(peer: SimulatedPeer, tag: string, record: AttemptRecord): void {
    const given = record.given.get(peer.id);
    if (given === undefined) return;
    const name = `${peer.id} ${given.serial}`;
    const tags = this.#masked.get(name) ?? new Set();
    this.#masked.set(name, tags.add(tag));
    for (const other of tags) {
      if (other === tag) continue;
      const earlier = this.#attempts.get(other)!;
      earlier.released.add(peer.id);
      this.#checkReleased(earlier);
      if (earlier.proposal.round !== record.proposal.round) {
        this.#report(`${nameOf(peer)} masked an update again in another round`);
      }
    }
  }

  #isMasked(peer: PeerId, serial: number, record: AttemptRecord): boolean {
    const tags = this.#masked.get(`${peer} ${serial}`);
    return tags !== undefined && [...tags].some((tag) => this.#attempts.get(tag) === record);
  }

  #checkReleased({ certificate, survivors, released, proposal }: AttemptRecord): void {
    if (certificate === undefined) return;
    for (const peer of released) {
      if (has(survivors, proposal.roster.indexOf(peer))) {
        this.#report('a released contribution is in a certified sum');
      }
    }
  }

  /** Nobody honest takes part in a roster that leaves out a peer it knows to be able, for no reason. */
  #checkRoster(peer: SimulatedPeer, { roster, round }: Proposal, now: number): void {
    if (roster.length === MAX_COHORT) return;
    const { links, base, blame, setting } = peer.state;
    const minimum = minimumFor(roster.length, setting.minPeers);
    if (roster.length < minimum) this.#report(`${nameOf(peer)} joined a roster that is too small`);
    if (isLeading(peer)) return;
    for (const [other, { since, ready }] of links) {
      const end = peer.ends.get(other);
      const isAble =
        ready !== undefined &&
        end !== undefined &&
        now - since >= SETTLED_LINK_MS &&
        ready.call !== 'off' &&
        !ready.isBusy &&
        ready.round === round &&
        toHex(ready.base) === toHex(base) &&
        !blame.has(other) &&
        roster.every((m) => m === setting.signer.id || ready.links.includes(m)) &&
        roster.every(
          (m) => m === setting.signer.id || links.get(m)?.ready?.links.includes(other) === true,
        );
      if (!roster.includes(other) && isAble) {
        this.#report(`${nameOf(peer)} joined a roster that leaves out a ready peer`);
      }
    }
  }

  #checkResult(peer: SimulatedPeer, report: RoundReport): void {
    const result = peer.state.result!;
    const { mode } = peer.setting.parameters;
    const isCertified = result.dones.size >= thresholdOf(report.roster.length, mode);
    if (report.isCopied && !isCertified && !isNamedByMost(peer)) {
      this.#report(`${nameOf(peer)} copied a result without a certificate`);
    }
    const context = toHex(result.done.context.slice(0, 16));
    const record = this.#attempts.get(context);
    if (record === undefined) {
      this.#report(`${nameOf(peer)} has a result of an attempt that never was`);
      return;
    }
    record.resultHash ??= report.resultHash;
    if (record.resultHash !== report.resultHash) {
      this.#report('two peers finished one attempt with other bits');
    }
    const minimum = minimumFor(
      report.roster.length,
      report.isCopied ? 0 : peer.state.setting.minPeers,
    );
    if (report.included.length < minimum) this.#report('a result includes too few');
    if (record.released.size > 0 && report.included.some((id) => record.released.has(id))) {
      this.#report('a result includes a contribution that was released');
    }
    if (this.#hashes.has(context)) return;
    this.#hashes.add(context);
    if (report.included.some((id) => this.forgers.has(id))) return;
    const sum = new Uint32Array(report.words.length);
    for (const id of report.included) {
      const given = record.given.get(id);
      if (given === undefined) {
        this.#report('a result includes a peer that gave nothing');
        return;
      }
      for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + given.words[i]!;
    }
    if (sum.some((word, i) => word !== report.words[i])) {
      this.#report('a result is not the sum over the included');
    }
  }

  #checkDuration(peer: SimulatedPeer, now: number): void {
    const isOpen = peer.state.current !== undefined || peer.state.missed !== undefined;
    if (!isOpen) {
      this.#startedAt.delete(peer);
      return;
    }
    const since = Math.max(this.#startedAt.get(peer) ?? now, peer.frozenUntil);
    if (!this.#startedAt.has(peer)) this.#startedAt.set(peer, now);
    if (now - since > LONGEST_ATTEMPT_MS) {
      this.#report(`${nameOf(peer)} is in an attempt that does not end`);
      this.#startedAt.set(peer, now);
    }
  }

  #recordOf(tag: string, proposal: Proposal): AttemptRecord {
    let record = this.#attempts.get(tag);
    if (record === undefined) {
      record = {
        proposal,
        locks: new Map(),
        certificate: undefined,
        survivors: 0,
        lockers: new Set(),
        aborters: new Set(),
        seeds: 0,
        keys: 0,
        given: new Map(),
        released: new Set(),
        resultHash: undefined,
      };
      this.#attempts.set(tag, record);
    }
    return record;
  }

  /** A message that is sent to many is decoded once. */
  #decode(bytes: Uint8Array): Message | undefined {
    let message = this.#decoded.get(bytes);
    if (message === undefined) {
      try {
        message = decodeMessage(bytes);
      } catch {
        return undefined; // Spoiled on its way: whoever gets it refuses it.
      }
      this.#decoded.set(bytes, message);
    }
    return message;
  }

  #report(what: string): void {
    if (this.broken.length < 20) this.broken.push(what);
  }
}

function nameOf(peer: SimulatedPeer): string {
  return peer.id.slice(0, 6);
}

/** Whether more than half of the linked peers say that they have the newest result of this one. */
function isNamedByMost({ state }: SimulatedPeer): boolean {
  const links = [...state.links.values()];
  const isNaming = (ready: (typeof links)[number]['ready']): boolean =>
    ready?.round === state.round && toHex(ready.base) === toHex(state.base);
  return 2 * links.filter(({ ready }) => isNaming(ready)).length > links.length;
}

/** A leader's own proposal is judged by its members. */
function isLeading(peer: SimulatedPeer): boolean {
  const setting = peer.state.current?.setting;
  return setting !== undefined && setting.leaders[0] === setting.self;
}
