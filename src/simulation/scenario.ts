/**
 * A room under faults: a seed, a number of peers and some faults make one run, always the same.
 *
 * The room does a round undisturbed, unless the scenario is brief. Then the faults last for a while, then everything heals: links
 * open again, liars turn honest, who crashed is back. From then on the room must make progress.
 *
 * @module
 */
import { utf8 } from '../bytes.ts';
import { MIN_COHORT } from '../config.ts';
import { peerIdOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import type { GridEffect } from '../round/grid.ts';
import type { RoundSetting } from '../round/round.ts';
import { leadersOf, type RoundParameters, type Signer } from '../secagg/index.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { Fault } from './faults.ts';
import { Invariants, LONGEST_ATTEMPT_MS, type Giver } from './invariants.ts';
import {
  SimulatedNetwork,
  type Copy,
  type Machine,
  type Participant,
  type SimulatedPeer,
} from './network.ts';

/** Whom a fault strikes: the leader of the first attempt under faults, or another member. */
export type Role = 'leader' | 'member' | 'other';

/** A fault and whom it strikes. */
export interface Strike {
  readonly fault: Fault;
  readonly role: Role;
}

/** One run. */
export interface Scenario {
  readonly seed: string;
  readonly peers: number;
  readonly strikes: readonly Strike[];
  readonly suite: Suite;
  readonly minPeers?: number;
  /** Own minimum of the leader, where it differs. */
  readonly leaderMinPeers?: number;
  readonly machine?: Machine;
  /** Vectors are scattered: long enough for several parts of a chunk, in tiles of one block. */
  readonly isScattered?: boolean;
  /** Faults strike the first round already, and last so long at most, ms. */
  readonly briefMs?: number;
}

/** What came of a run. */
export interface Outcome {
  /** Broken invariants; empty in a good run. */
  readonly broken: readonly string[];
  readonly states: number;
  readonly virtualMs: number;
  readonly messages: number;
  readonly rounds: number;
  /** Attempts that failed, by reason. */
  readonly failures: Readonly<Record<string, number>>;
}

/** Changes what is on its way; `copies` is what earlier faults left of the message. */
export type Tamper = (
  copies: readonly Copy[],
  from: SimulatedPeer,
  to: SimulatedPeer,
  run: Run,
) => readonly Copy[];

/** Time for a round undisturbed, and for the room to recover, ms. */
const CALM_MS = 20_000;
const RECOVERY_MS = 240_000;

/** Links that closed open again at the next look, ms. */
const RELINK_MS = 700;

/** Runs a scenario to its end. */
export function runScenario(scenario: Scenario): Outcome {
  return new Run(scenario).play();
}

/** An update, and the pace of a peer that learns. */
class Learner implements Participant {
  giver: Giver | undefined;
  serial = 0;
  round = 0;
  readonly #random: SeededRandom;
  readonly #dimension: number;
  readonly #onReport: (effect: GridEffect) => void;

  constructor(seed: string, dimension: number, onReport: (effect: GridEffect) => void) {
    this.#random = new SeededRandom(seed);
    this.#dimension = dimension;
    this.#onReport = onReport;
  }

  contribute(): Uint32Array {
    this.giver ??= {
      serial: ++this.serial,
      words: Uint32Array.from({ length: this.#dimension }, () => this.#random.word() >>> 8),
    };
    return this.giver.words.slice();
  }

  report(effect: GridEffect): void {
    this.#onReport(effect);
    if (effect.type === 'result') {
      this.giver = undefined;
      this.round = effect.report.round;
    } else if (effect.type === 'failed' && effect.isSpent) this.giver = undefined;
  }
}

const DIMENSION = 2;

/** Of a scattered vector: five owners have a chunk of one part and a bit each, or two parts. */
const SCATTERED_DIMENSION = 330;
const SCATTER = { fromWords: 1, tileWords: 16 } as const;

const PARAMETERS: Omit<RoundParameters, 'dimension'> = {
  task: 'simulation',
  clip: 1,
  step: 0,
  weightCap: 0,
  capacity: 0,
  noise: 'off',
  mode: 'active',
  transport: 'memory',
};

/** A run under way, as faults see it. */
export class Run {
  readonly scenario: Scenario;
  readonly random: SeededRandom;
  readonly network: SimulatedNetwork;
  readonly invariants: Invariants;
  /** The present life of every peer, by id. */
  readonly members = new Map<PeerId, SimulatedPeer>();
  readonly tampers: Tamper[] = [];
  /** What undoes the faults. */
  readonly healing: (() => void)[] = [];
  /** Peers whose random bytes or whose store are slow, ms. */
  readonly drawMs = new Map<PeerId, number>();
  readonly storeMs = new Map<PeerId, number>();
  /** Whether two peers may be linked, while faults last. */
  isApart: (a: PeerId, b: PeerId) => boolean = () => false;
  /** When the faults began and when they end, ms. */
  beginMs = 0;
  endMs = Infinity;
  /** How long a peer learns from one result to its next call, ms. */
  paceMs: readonly [low: number, high: number] = [500, 2_500];
  leader!: SimulatedPeer;
  readonly #banned = new Set<string>();
  readonly #failures: Record<string, number> = {};
  #born = 0;
  readonly #dimension: number;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.#dimension = scenario.isScattered === true ? SCATTERED_DIMENSION : DIMENSION;
    this.random = new SeededRandom(scenario.seed);
    this.invariants = new Invariants((peer) => (peer.participant as Learner).giver);
    const random = new SeededRandom(`network ${scenario.seed}`);
    this.network = new SimulatedNetwork(
      new SeededRandom(`entropy ${scenario.seed}`),
      (message, from, to) => {
        let copies: readonly Copy[] = [{ message, delayMs: random.between(1, 40) }];
        for (const tamper of this.tampers) copies = tamper(copies, from, to, this);
        return copies;
      },
      {
        machine: scenario.machine,
        watcher: this.invariants,
        drawMs: (peer) => this.drawMs.get(peer.id) ?? 0,
        storeMs: (peer) => this.storeMs.get(peer.id) ?? 0,
      },
    );
    for (let i = 0; i < scenario.peers; i++) this.join();
  }

  /** Peers of the present that are alive. */
  living(): SimulatedPeer[] {
    return [...this.members.values()].filter((peer) => peer.isAlive);
  }

  /** The peer of a role; `other` is a second member. */
  peerOf(role: Role): SimulatedPeer {
    const rest = [...this.members.values()].filter((peer) => peer.id !== this.leader.id);
    return role === 'leader' ? this.leader : rest[role === 'member' ? 0 : 1]!;
  }

  /** A newcomer, linked to all that may be. */
  join(): SimulatedPeer {
    const { suite } = this.scenario;
    const secretKey = suite.hash(utf8(`${this.scenario.seed} ${this.#born++}`));
    const signer: Signer = { id: peerIdOf(suite.signingKey(secretKey)), secretKey };
    const setting: RoundSetting = {
      suite,
      signer,
      room: new Uint8Array(32),
      parameters: { ...PARAMETERS, dimension: this.#dimension },
      scatter: this.scenario.isScattered === true ? SCATTER : undefined,
      minPeers: this.scenario.minPeers ?? 3,
    };
    return this.revive(setting);
  }

  /** A peer, or a new life of one, from what it kept. */
  revive(setting: RoundSetting, kept?: SimulatedPeer['kept']): SimulatedPeer {
    const seed = `${this.scenario.seed} ${setting.signer.id} ${this.network.peers.length}`;
    const pace = new SeededRandom(`pace ${seed}`);
    const learner = new Learner(`data ${seed}`, this.#dimension, (effect) => {
      this.#react(peer, effect, pace);
    });
    learner.serial = 1_000 * this.network.peers.length;
    const peer: SimulatedPeer = this.network.add(
      setting,
      new Float32Array(this.#dimension),
      learner,
      kept,
    );
    this.members.set(peer.id, peer);
    this.#call(peer, 'calling');
    this.linkAll();
    return peer;
  }

  /** Opens every link that may be open. */
  linkAll(): void {
    const peers = this.living();
    for (const [i, a] of peers.entries()) {
      for (const b of peers.slice(i + 1)) {
        const isOpen = a.ends.has(b.id) || b.ends.has(a.id);
        const isFrozen = Math.max(a.frozenUntil, b.frozenUntil) > this.network.now;
        if (isOpen || isFrozen || this.isApart(a.id, b.id)) continue;
        if (!this.#banned.has(pairOf(a.id, b.id))) this.network.link(a, b);
      }
    }
  }

  /** Plays it all. */
  play(): Outcome {
    const { network, scenario } = this;
    this.#lookAfterLinks();
    const { briefMs = Infinity } = scenario;
    if (briefMs < Infinity) this.paceMs = [2_500, 4_000];
    const isCalm =
      briefMs < Infinity ||
      network.run(() => this.living().every((peer) => peer.state.round > 1), CALM_MS);
    if (!isCalm) this.invariants.broken.push('the undisturbed round has no result');
    this.#chooseLeader();
    this.beginMs = network.now;
    this.endMs = Math.max(
      ...scenario.strikes.map(({ fault }) => network.now + Math.min(fault.lastsMs, briefMs)),
      network.now,
    );
    for (const { fault, role } of scenario.strikes) {
      const target = this.peerOf(role);
      if (fault.isLie) this.invariants.liars.add(target.id);
      if (fault.isForgery === true) this.invariants.forgers.add(target.id);
      fault.start(this, target);
    }
    network.run(() => false, this.endMs);
    network.skipTo(this.endMs);
    this.#heal();
    const round = Math.max(...this.living().map((peer) => peer.state.round));
    const smallest = Math.max(MIN_COHORT, scenario.minPeers ?? 0);
    const withinMs = this.living().length < smallest ? LONGEST_ATTEMPT_MS : RECOVERY_MS;
    const isAlive = network.run(() => this.#isTogether(round), this.endMs + withinMs);
    // Two alone wait for a third, and whatever was under way has ended meanwhile.
    const canSum = this.living().length >= smallest;
    if (canSum && !isAlive) {
      this.invariants.broken.push('the room makes no progress after the faults');
    } else if (!canSum && isAlive) {
      this.invariants.broken.push('too few peers have a new result');
    }
    for (const peer of this.living()) this.invariants.checkPeer(peer, network.now);
    return {
      broken: this.invariants.broken,
      states: this.invariants.states,
      virtualMs: network.now,
      messages: network.peers.reduce((sum, peer) => sum + peer.messagesSent, 0),
      rounds: Math.max(...this.living().map((peer) => peer.state.round)) - 1,
      failures: this.#failures,
    };
  }

  /** Everybody alive is linked to all, waits for the same round with the same model, later than `round`. */
  #isTogether(round: number): boolean {
    const [first, ...rest] = this.living();
    if (first === undefined) return false;
    const hash = first.state.result?.done.modelHash.join();
    return (
      first.state.round > round &&
      rest.every(
        ({ state, ends }) =>
          state.round === first.state.round &&
          ends.size === rest.length &&
          state.result?.done.modelHash.join() === hash,
      )
    );
  }

  #chooseLeader(): void {
    const peers = this.living();
    const { setting, state } = peers[0]!;
    const { suite, room } = setting;
    const roster = peers.map(({ id }) => id).sort();
    const [leader] = leadersOf(suite, { room, round: state.round, attempt: 1, roster });
    this.leader = this.members.get(leader!)!;
    const { leaderMinPeers } = this.scenario;
    if (leaderMinPeers !== undefined) {
      (this.leader.state as { setting: RoundSetting }).setting = {
        ...this.leader.setting,
        minPeers: leaderMinPeers,
      };
    }
  }

  #heal(): void {
    this.tampers.length = 0;
    this.drawMs.clear();
    this.storeMs.clear();
    this.#banned.clear();
    this.isApart = () => false;
    for (const heal of this.healing) heal();
    this.invariants.liars.clear();
    this.linkAll();
  }

  #lookAfterLinks(): void {
    this.network.at(this.network.now + RELINK_MS, () => {
      this.linkAll();
      this.#lookAfterLinks();
    });
  }

  #react(peer: SimulatedPeer, effect: GridEffect, pace: SeededRandom): void {
    if (effect.type === 'failed') {
      const { round, attempt, reason, isSpent } = effect;
      this.invariants.failed(peer, round, attempt, isSpent);
      this.#failures[reason] = (this.#failures[reason] ?? 0) + 1;
    } else if (effect.type === 'violation' && this.network.now < this.endMs) {
      this.#banned.add(pairOf(peer.id, effect.peer));
    } else if (effect.type === 'result') {
      this.network.at(this.network.now, () => {
        this.#call(peer, 'soon');
      });
      const [low, high] = this.paceMs;
      this.network.at(this.network.now + pace.between(low, high), () => {
        this.#call(peer, 'calling');
      });
    }
  }

  #call(peer: SimulatedPeer, call: 'soon' | 'calling'): void {
    this.network.step(peer, { type: 'call', call, after: 'soon', now: this.network.now });
  }
}

function pairOf(a: PeerId, b: PeerId): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
