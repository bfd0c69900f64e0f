/**
 * A room of lines under faults: every peer runs the real machine, and what must hold is watched.
 *
 * @module
 */
import { compareBytes, toHex, utf8 } from '../../src/bytes.ts';
import { gridOf, rankOf, type Epoch, type Grid } from '../../src/gossip/index.ts';
import { compareIds, peerIdOf, type PeerId } from '../../src/ids.ts';
import { summing, type GridEffect } from '../../src/round/grid.ts';
import { totalOfBuckets } from '../../src/round/combining.ts';
import { decodeMessage, type Message } from '../../src/round/messages.ts';
import type { RoundReport, RoundSetting } from '../../src/round/round.ts';
import { addInPlace, has, thresholdOf, type Members } from '../../src/secagg/index.ts';
import { SeededRandom } from '../../src/seeded-random.ts';
import { wrongBuckets } from '../../src/simulation/bucket-invariants.ts';
import { SimulatedNetwork, type Copy, type SimulatedPeer } from '../../src/simulation/network.ts';
import { simulatedSuite as suite } from '../../src/simulation/simulated-suite.ts';
import { PARAMETERS } from '../round/room.ts';

/** How a room begins. */
export interface GridRoomOptions {
  readonly seed: string;
  readonly peers: number;
  /** Peers learn a model; else they add up bare vectors, each until it is in a sum or spent. */
  readonly hasModel?: boolean;
  /** Everybody is linked to everybody; else links are opened where they are needed. */
  readonly isMesh?: boolean;
  /** Lines sum in buckets, to search for who spoils the model. */
  readonly isSearched?: boolean;
}

/** Changes what is on its way. */
export type Tamper = (
  copies: readonly Copy[],
  from: SimulatedPeer,
  to: SimulatedPeer,
) => readonly Copy[];

/** An update, as its peer gave it. */
interface Update {
  readonly serial: number;
  readonly words: Uint32Array;
}

/** What is known of one attempt to sum updates. */
interface Attempt {
  readonly round: number;
  readonly roster: readonly PeerId[];
  readonly given: Map<PeerId, Update>;
  readonly locks: Map<string, Set<PeerId>>;
}

const DIMENSION = 2;

/** Links that closed open again at the next look, ms. */
const RELINK_MS = 700;

/** Time for the room to recover, ms. */
const RECOVERY_MS = 240_000;

/** The room, and what was broken in it. */
export class GridRoom {
  readonly options: GridRoomOptions;
  readonly random: SeededRandom;
  readonly network: SimulatedNetwork;
  /** The present life of every peer. */
  readonly members = new Map<PeerId, SimulatedPeer>();
  readonly tampers: Tamper[] = [];
  readonly liars = new Set<PeerId>();
  readonly broken = new Set<string>();
  /** Sums of buckets that peers saw, by how many were in one result. */
  readonly bucketCounts = new Map<number, number>();
  /** Whether two peers may be linked. */
  isApart: (a: PeerId, b: PeerId) => boolean = () => false;
  readonly grid: Grid;
  readonly #epoch: Epoch;
  readonly #attempts = new Map<string, Attempt>();
  /** Survivor sets that each update is in. */
  readonly #sets = new Map<string, Set<string>>();
  /** Updates in a certified sum of their line or room, by peer and round. */
  readonly #certified = new Map<string, Update[]>();
  readonly #signed = new Map<string, 'lock' | 'abort'>();
  readonly #results = new Map<string, string>();
  #born = 0;
  #serial = 0;

  constructor(options: GridRoomOptions) {
    this.options = options;
    const { seed, peers, isMesh = true } = options;
    this.random = new SeededRandom(seed);
    const latency = new SeededRandom(`latency ${seed}`);
    this.network = new SimulatedNetwork(
      new SeededRandom(`entropy ${seed}`),
      (message, from, to) => {
        let copies: readonly Copy[] = [{ message, delayMs: latency.between(1, 40) }];
        for (const tamper of this.tampers) copies = tamper(copies, from, to);
        return copies;
      },
      { grid: { isMesh }, topicMs: () => latency.between(1, 40) },
    );
    const settings = Array.from({ length: peers }, () => this.#setting());
    this.#epoch = {
      number: 1,
      since: 1,
      beacon: suite.hash(utf8(`beacon ${seed}`)),
      lineSize: 11,
      members: settings.map(({ signer }) => signer.id).sort(compareIds),
    };
    this.grid = gridOf(suite, this.#epoch);
    for (const setting of settings) this.#live(setting, this.#epoch);
    if (isMesh) {
      this.linkAll();
      this.#lookAfterLinks();
    }
    for (const peer of this.living()) this.#call(peer);
  }

  living(): SimulatedPeer[] {
    return [...this.members.values()].filter(({ isAlive }) => isAlive);
  }

  /** The furthest round that anybody waits for. */
  round(): number {
    return Math.max(...this.living().map(({ state }) => state.round));
  }

  /** Members of a line in the order in which they stand in for it in a round. */
  standIns(line: number, round: number): readonly SimulatedPeer[] {
    return this.grid.lines[line]!.map((peer) => ({
      peer,
      rank: rankOf(suite, this.#epoch, peer, round),
    }))
      .sort((a, b) => compareBytes(a.rank, b.rank))
      .map(({ peer }) => this.members.get(peer)!);
  }

  join(): SimulatedPeer {
    const peer = this.#live(this.#setting(), undefined);
    this.#call(peer);
    this.linkAll();
    return peer;
  }

  /** A new life of a peer, from what it kept. */
  restart(peer: SimulatedPeer): SimulatedPeer {
    const next = this.#live(peer.setting, undefined, peer.kept);
    this.#call(next);
    this.linkAll();
    return next;
  }

  linkAll(): void {
    if (this.options.isMesh === false) return;
    const peers = this.living();
    for (const [i, a] of peers.entries()) {
      for (const b of peers.slice(i + 1)) {
        const isOpen = a.ends.has(b.id) || b.ends.has(a.id);
        const isFrozen = Math.max(a.frozenUntil, b.frozenUntil) > this.network.now;
        if (!isOpen && !isFrozen && !this.isApart(a.id, b.id)) this.network.link(a, b);
      }
    }
  }

  /** Closes the links between peers that are apart now. */
  closeApart(): void {
    const peers = this.living();
    for (const [i, a] of peers.entries()) {
      for (const b of peers.slice(i + 1)) {
        if (this.isApart(a.id, b.id)) this.network.unlink(a, b, 500);
      }
    }
  }

  wait(ms: number): void {
    const until = this.network.now + ms;
    this.network.run(() => false, until);
    this.network.skipTo(until);
  }

  /** Plays until everybody waits for a round, or notes that it never came. */
  play(rounds = 1, withinMs = RECOVERY_MS): boolean {
    const target = this.round() + rounds;
    const isThere = (): boolean => this.living().every(({ state }) => state.round >= target);
    return this.network.run(isThere, this.network.now + withinMs);
  }

  /** The faults are over: the room goes on, with one model. */
  recover(): void {
    this.tampers.length = 0;
    this.isApart = () => false;
    this.liars.clear();
    this.linkAll();
    const round = this.round();
    const isTogether = (): boolean => {
      const peers = this.living();
      return (
        peers.every(({ state }) => state.round > round) &&
        new Set(peers.map(({ state }) => `${state.round} ${state.base.join()}`)).size === 1
      );
    };
    if (!this.network.run(isTogether, this.network.now + RECOVERY_MS)) {
      const rounds = this.living().map(({ state }) => state.round);
      this.#report(`the room makes no progress after the faults: ${[...new Set(rounds)].join()}`);
    }
  }

  #setting(): RoundSetting {
    const secretKey = suite.hash(utf8(`${this.options.seed} ${this.#born++}`));
    return {
      suite,
      signer: { id: peerIdOf(suite.signingKey(secretKey)), secretKey },
      room: new Uint8Array(32),
      parameters: {
        ...PARAMETERS,
        dimension: DIMENSION,
        ...(this.options.isSearched && { combining: 'bucket-mean', search: 'votes' }),
      },
      minPeers: 3,
    };
  }

  #live(
    setting: RoundSetting,
    epoch: Epoch | undefined,
    kept?: SimulatedPeer['kept'],
  ): SimulatedPeer {
    const { hasModel = true, seed } = this.options;
    const random = new SeededRandom(`data ${seed} ${setting.signer.id} ${this.#serial}`);
    let pending: Update | undefined;
    const peer: SimulatedPeer = this.network.add(
      setting,
      new Float32Array(hasModel ? DIMENSION : 0),
      {
        contribute: () => {
          pending ??= {
            serial: ++this.#serial,
            words: Uint32Array.from({ length: DIMENSION }, () => random.word() >>> 8),
          };
          this.#noteGiven(peer, pending);
          return pending.words.slice();
        },
        report: (effect) => {
          this.#note(peer, effect);
          const isUsed = effect.type === 'result' && (hasModel || !effect.report.isCopied);
          if (isUsed || (effect.type === 'failed' && effect.isSpent)) pending = undefined;
        },
      },
      kept,
    );
    if (epoch !== undefined) peer.state.epoch ??= epoch;
    this.members.set(peer.id, peer);
    return peer;
  }

  #call(peer: SimulatedPeer): void {
    const { now } = this.network;
    this.network.step(peer, { type: 'call', call: 'calling', after: 'calling', now });
  }

  #lookAfterLinks(): void {
    this.network.at(this.network.now + RELINK_MS, () => {
      this.linkAll();
      this.#lookAfterLinks();
    });
  }

  #noteGiven(peer: SimulatedPeer, update: Update): void {
    const current = summing(peer.grid!).current;
    if (current === undefined) return;
    const { tag, proposal } = current.setting;
    const name = toHex(tag);
    const attempt = this.#attempts.get(name) ?? {
      round: proposal.round,
      roster: proposal.roster,
      given: new Map<PeerId, Update>(),
      locks: new Map<string, Set<PeerId>>(),
    };
    this.#attempts.set(name, attempt);
    attempt.given.set(peer.id, update);
  }

  #note(peer: SimulatedPeer, effect: GridEffect): void {
    if (this.liars.has(peer.id)) return;
    if (effect.type === 'violation' && !this.liars.has(effect.peer) && this.liars.size === 0) {
      this.#report(`an honest peer was cut off: ${effect.evidence}`);
    }
    if (effect.type === 'send') this.#noteSent(peer, decodeMessage(effect.message));
    if (effect.type === 'result') {
      const { round, included, words, resultHash } = effect.report;
      const name = `${round} ${included.join()}`;
      if ((this.#results.get(name) ?? resultHash) !== resultHash) {
        this.#report(`round ${round} has two results for one set`);
      }
      this.#results.set(name, resultHash);
      this.#checkSum(round, included, totalOfBuckets(words, words.length / DIMENSION));
      this.#checkBuckets(peer, effect.report);
    }
  }

  #checkBuckets(peer: SimulatedPeer, report: RoundReport): void {
    const { sums, round } = report;
    if (sums === undefined) return;
    const count = sums.buckets.length;
    this.bucketCounts.set(count, (this.bucketCounts.get(count) ?? 0) + 1);
    const wrong = wrongBuckets(report, peer.id, (id) => {
      const updates = this.#certified.get(`${id} ${round}`) ?? [];
      return updates.length === 1 ? updates[0]!.words : undefined;
    });
    if (wrong !== undefined) this.#report(`in round ${round} ${wrong}`);
  }

  #noteSent(peer: SimulatedPeer, outer: Message): void {
    const message = outer.type === 'scoped' ? outer.message : outer;
    if (message.type !== 'attempt') return;
    const { content } = message.message;
    if (content.type !== 'lock' && content.type !== 'abort') return;
    const tag = toHex(message.tag);
    const name = `${peer.id} ${tag}`;
    if ((this.#signed.get(name) ?? content.type) !== content.type) {
      this.#report('a peer signed LOCK and ABORT of one attempt');
    }
    this.#signed.set(name, content.type);
    const attempt = this.#attempts.get(tag);
    if (content.type !== 'lock' || attempt === undefined) return;
    const set = `${content.members} ${toHex(content.digest)}`;
    const signers = attempt.locks.get(set) ?? new Set();
    attempt.locks.set(set, signers.add(peer.id));
    if (signers.size < thresholdOf(attempt.roster.length, 'active')) return;
    this.#noteCertified(`${tag} ${set}`, attempt, content.members);
  }

  #noteCertified(set: string, { round, roster, given }: Attempt, survivors: Members): void {
    for (const [place, id] of roster.entries()) {
      const update = given.get(id);
      if (!has(survivors, place) || update === undefined) continue;
      const name = `${id} ${update.serial}`;
      const sets = this.#sets.get(name) ?? new Set();
      this.#sets.set(name, sets.add(set));
      if (sets.size > 1 && !this.liars.has(id)) {
        this.#report('an update is in two survivor sets');
      }
      const known = this.#certified.get(`${id} ${round}`) ?? [];
      if (!known.includes(update)) this.#certified.set(`${id} ${round}`, [...known, update]);
    }
  }

  #checkSum(round: number, included: readonly PeerId[], words: Uint32Array): void {
    const sum = new Uint32Array(words.length);
    for (const id of included) {
      const updates = this.#certified.get(`${id} ${round}`) ?? [];
      if (updates.length > 1) return; // Which of them it was, is not known here.
      if (updates[0] === undefined) {
        this.#report(`round ${round} includes somebody who gave nothing`);
        return;
      }
      addInPlace(sum, updates[0].words);
    }
    if (!sum.every((word, at) => word === words[at])) {
      this.#report(`round ${round} is not the sum of what the included gave`);
    }
  }

  #report(what: string): void {
    this.broken.add(what);
  }
}
