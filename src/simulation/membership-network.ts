/**
 * A large room that only gossips: membership machines over a partial mesh on a virtual clock, with
 * lost messages, frozen and vanished peers, and partitions.
 *
 * Real links lose nothing; here a share of the messages is lost, which stands for pages that a
 * browser throttles or links that break and come again.
 *
 * @module
 */
import { MEMBERSHIP_PERIOD_MS, STATEMENTS_PER_PERIOD } from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import {
  createMembership,
  membershipDeadlineOf,
  memberOf,
  stepMembership,
  TICK_WORDS,
  type MembershipEffect,
  type MembershipEvent,
  type MembershipState,
  type MemberState,
} from '../gossip/index.ts';
import { peerIdOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import { decodeMessage } from '../round/messages.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { VirtualClock } from './clock.ts';

/** A peer of the simulated room. */
export interface GossipPeer {
  readonly id: PeerId;
  readonly secretKey: Uint8Array;
  state: MembershipState;
  isAlive: boolean;
  /** It handles nothing before this time, ms. */
  frozenUntil: number;
  readonly links: Map<PeerId, GossipPeer>;
  messagesSent: number;
  bytesSent: number;
  messagesReceived: number;
  bytesReceived: number;
}

/** How a member was last held by somebody. */
export interface Change {
  readonly at: number;
  readonly by: GossipPeer;
  readonly peer: PeerId;
  readonly state: MemberState;
}

/** What the network is like. */
export interface MembershipNetworkOptions {
  readonly random: SeededRandom;
  readonly suite: Suite;
  /** Share of the messages that is lost. */
  readonly loss?: number;
  /** Shortest and longest way of a message, ms. */
  readonly latencyMs?: readonly [least: number, most: number];
  /** Sees and may replace what a peer sends; undefined lets it pass, an empty list loses it. */
  readonly tamper?: (
    from: GossipPeer,
    to: GossipPeer,
    message: Uint8Array,
  ) => readonly Uint8Array[] | undefined;
  /** Sees every step. */
  readonly stepped?: (peer: GossipPeer, event: MembershipEvent) => void;
}

/** The room in which all of a run takes place, 32 bytes. */
export const SIMULATED_ROOM = new Uint8Array(32).fill(7);

/** Hellos that a peer looks at in one period, with some to spare. */
const HELLOS_AT_ONCE = STATEMENTS_PER_PERIOD / 2;

/** The clock, the links and the peers. */
export class MembershipNetwork {
  readonly peers: GossipPeer[] = [];
  readonly byId = new Map<PeerId, GossipPeer>();
  /** Everything that anybody's machine reported about a member. */
  readonly changes: Change[] = [];
  /** Who reported whom for breaking the protocol, and why. */
  readonly violations: {
    readonly by: GossipPeer;
    readonly peer: PeerId;
    readonly evidence: string;
  }[] = [];
  readonly #clock = new VirtualClock(1_000_000);
  readonly #timers = new Map<GossipPeer, number>();
  readonly #options: MembershipNetworkOptions;
  #isQuiet = false;

  constructor(options: MembershipNetworkOptions) {
    this.#options = options;
  }

  /** Virtual time, ms. */
  get now(): number {
    return this.#clock.now;
  }

  /** Adds a peer without links; its first period begins at a random moment. */
  add(status = new Uint8Array(0)): GossipPeer {
    const { random, suite } = this.#options;
    const secretKey = new Uint8Array(32).map(() => random.word() & 0xff);
    const id = peerIdOf(suite.signingKey(secretKey));
    const setting = {
      suite,
      signer: { id, secretKey },
      room: SIMULATED_ROOM,
      incarnation: 1,
      status,
    };
    const peer: GossipPeer = {
      id,
      secretKey,
      state: createMembership(setting, this.now - random.between(0, MEMBERSHIP_PERIOD_MS)),
      isAlive: true,
      frozenUntil: 0,
      links: new Map(),
      messagesSent: 0,
      bytesSent: 0,
      messagesReceived: 0,
      bytesReceived: 0,
    };
    this.peers.push(peer);
    this.byId.set(id, peer);
    this.#schedule(peer);
    return peer;
  }

  /** A room that has stood for long: each linked to `degree` others, everybody known to everybody. */
  standing(count: number, degree: number): void {
    for (let i = 0; i < count; i++) this.add();
    this.#isQuiet = true;
    this.linkAtRandom(this.peers, degree);
    // Each signs a hello with its links.
    this.#clock.skipTo(this.now + MEMBERSHIP_PERIOD_MS);
    for (const peer of this.peers) {
      this.step(peer, { type: 'status', status: peer.state.status, now: this.now });
      peer.state.periodAt = Infinity;
      peer.state.helloAt = this.now;
      this.step(peer, { type: 'tick', random: this.#words(), now: this.now });
    }
    this.#acquaint();
    for (const peer of this.peers) {
      peer.state.rumours.clear();
      peer.state.periodAt = this.now + this.#options.random.between(0, MEMBERSHIP_PERIOD_MS);
      this.#schedule(peer);
    }
    this.#isQuiet = false;
  }

  /** A room that begins now: everybody links to `degree` others, and knows nobody. */
  beginning(count: number, degree: number): void {
    for (let i = 0; i < count; i++) this.add();
    this.linkAtRandom(this.peers, degree);
  }

  /** Links peers among themselves: a ring, and chance. */
  linkAtRandom(peers: readonly GossipPeer[], degree: number): void {
    const { random } = this.#options;
    const wanted = Math.min(degree, peers.length - 1);
    peers.forEach((peer, i) => {
      this.link(peer, peers[(i + 1) % peers.length]!);
    });
    let tries = 0;
    for (const peer of peers) {
      while (peer.links.size < wanted && tries++ < 100 * peers.length) {
        const other = peers[Math.floor(random.uniform() * peers.length)]!;
        if (other.links.size <= wanted) this.link(peer, other);
      }
    }
  }

  /** Opens a link, now. */
  link(a: GossipPeer, b: GossipPeer): void {
    if (a === b || a.links.has(b.id) || !a.isAlive || !b.isAlive) return;
    a.links.set(b.id, b);
    b.links.set(a.id, a);
    this.step(a, { type: 'linked', peer: b.id, now: this.now });
    this.step(b, { type: 'linked', peer: a.id, now: this.now });
  }

  /** Closes a link, now on both sides. */
  unlink(a: GossipPeer, b: GossipPeer): void {
    if (!a.links.delete(b.id)) return;
    b.links.delete(a.id);
    this.step(a, { type: 'unlinked', peer: b.id, now: this.now });
    this.step(b, { type: 'unlinked', peer: a.id, now: this.now });
  }

  /** A peer vanishes; those linked to it notice after `noticeMs`, or by probing alone. */
  vanish(peer: GossipPeer, noticeMs = Infinity): void {
    peer.isAlive = false;
    if (noticeMs === Infinity) return;
    for (const other of peer.links.values()) {
      this.at(this.now + noticeMs, () => {
        if (other.links.delete(peer.id)) {
          this.step(other, { type: 'unlinked', peer: peer.id, now: this.now });
        }
      });
    }
  }

  /** A peer handles nothing for a while: a tab that the system froze. */
  freeze(peer: GossipPeer, forMs: number): void {
    peer.frozenUntil = this.now + forMs;
  }

  /** Lets something happen at a time. */
  at(time: number, run: () => void): void {
    this.#clock.at(time, run);
  }

  /** Runs until `isDone`, or the virtual time is up; whether it became true. */
  run(isDone: () => boolean, forMs: number): boolean {
    const until = this.now + forMs;
    const ended = this.#clock.run(isDone, until);
    if (!ended) this.#clock.skipTo(until);
    return ended;
  }

  /** One step of a living peer, with all that follows. */
  step(peer: GossipPeer, event: MembershipEvent): void {
    if (!peer.isAlive) return;
    if (peer.frozenUntil > this.now) {
      this.at(peer.frozenUntil, () => {
        this.step(peer, { ...event, now: this.now });
      });
      return;
    }
    const [state, effects] = stepMembership(peer.state, event);
    peer.state = state;
    this.#options.stepped?.(peer, event);
    for (const effect of effects) this.#perform(peer, effect);
    this.#schedule(peer);
  }

  /** Puts a message on a link, as if the peer had sent it. */
  send(from: GossipPeer, to: GossipPeer, message: Uint8Array): void {
    const { random, loss = 0, latencyMs = [20, 120] } = this.#options;
    if (from.links.get(to.id) !== to || !from.isAlive) return;
    from.messagesSent++;
    from.bytesSent += message.length;
    if (random.uniform() < loss) return;
    this.at(this.now + random.between(...latencyMs), () => {
      this.#deliver(from, to, message);
    });
  }

  /** Living peers that know of a member and hold it for this. */
  holding(peer: PeerId, state: MemberState): readonly GossipPeer[] {
    return this.living().filter(
      (other) => other.id !== peer && memberOf(other.state, peer)?.state === state,
    );
  }

  /** Those that have not vanished or left. */
  living(): readonly GossipPeer[] {
    return this.peers.filter(({ isAlive }) => isAlive);
  }

  /** Everybody gets everybody's hello, in one message that no link would carry. */
  #acquaint(): void {
    const hellos = this.peers.map(({ state }) => state.own);
    const rumours = {
      suspicions: [],
      sums: undefined,
      listing: undefined,
      wants: [],
      hasMore: false,
    };
    for (const peer of this.peers) {
      const [from] = peer.links.keys();
      for (let at = 0; at < hellos.length; at += HELLOS_AT_ONCE) {
        const some = hellos.slice(at, at + HELLOS_AT_ONCE);
        peer.state.links.get(from!)!.statementsLeft.left = STATEMENTS_PER_PERIOD;
        this.step(peer, {
          type: 'received',
          from: from!,
          message: { type: 'rumours', rumours: { ...rumours, hellos: some } },
          now: this.now,
        });
      }
    }
    this.changes.length = 0;
  }

  #words(): Uint32Array {
    return new Uint32Array(TICK_WORDS).map(() => this.#options.random.word());
  }

  #deliver(from: GossipPeer, to: GossipPeer, message: Uint8Array): void {
    if (!to.isAlive || to.links.get(from.id) !== from) return;
    if (to.frozenUntil > this.now) {
      this.at(to.frozenUntil, () => {
        this.#deliver(from, to, message);
      });
      return;
    }
    to.messagesReceived++;
    to.bytesReceived += message.length;
    try {
      const decoded = decodeMessage(message);
      if (decoded.type !== 'gossip') throw new ProtocolViolation('no gossip');
      this.step(to, { type: 'received', from: from.id, message: decoded.message, now: this.now });
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.#perform(to, { type: 'violation', peer: from.id, evidence: error.message });
    }
  }

  #perform(peer: GossipPeer, effect: MembershipEffect): void {
    if (this.#isQuiet) return;
    switch (effect.type) {
      case 'send':
        for (const id of effect.to) {
          const to = peer.links.get(id);
          if (to === undefined) continue;
          const messages = this.#options.tamper?.(peer, to, effect.message) ?? [effect.message];
          for (const message of messages) this.send(peer, to, message);
        }
        return;
      case 'changed':
        this.changes.push({ at: this.now, by: peer, peer: effect.peer, state: effect.state });
        return;
      case 'violation': {
        this.violations.push({ by: peer, peer: effect.peer, evidence: effect.evidence });
        const other = peer.links.get(effect.peer);
        if (other !== undefined) this.unlink(peer, other);
      }
    }
  }

  #schedule(peer: GossipPeer): void {
    if (this.#isQuiet) return;
    const deadline = Math.max(membershipDeadlineOf(peer.state), peer.frozenUntil);
    if (deadline === Infinity || this.#timers.get(peer) === deadline) return;
    this.#timers.set(peer, deadline);
    this.at(Math.max(deadline, this.now), () => {
      if (this.#timers.get(peer) === deadline) this.#timers.delete(peer);
      if (Math.max(membershipDeadlineOf(peer.state), peer.frozenUntil) > this.now) {
        this.#schedule(peer);
        return;
      }
      this.step(peer, { type: 'tick', random: this.#words(), now: this.now });
    });
  }
}
