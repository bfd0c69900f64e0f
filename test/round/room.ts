/**
 * A room of simulated peers that are all linked to each other and sum random words.
 *
 * @module
 */
import { peerIdOf } from '../../src/ids.ts';
import type { Suite } from '../../src/ports.ts';
import type { Call } from '../../src/round/messages.ts';
import type { Restored, RoundEffect, RoundReport, RoundSetting } from '../../src/round/round.ts';
import { realSuite, type RoundParameters, type Signer } from '../../src/secagg/index.ts';
import { SeededRandom } from '../../src/seeded-random.ts';
import {
  SimulatedNetwork,
  type Delivery,
  type Participant,
  type SimulatedPeer,
} from '../../src/simulation/network.ts';

export type Failure = RoundEffect & { type: 'failed' };

/** Parameters that every test room shares unless it says otherwise. */
export const PARAMETERS: RoundParameters = {
  task: 'sum',
  dimension: 3,
  clip: 1,
  step: 0,
  weightCap: 0,
  capacity: 0,
  noise: 'off',
  mode: 'active',
  transport: 'memory',
};

/** A participant that gives random words and remembers what it saw. */
export class Recorder implements Participant {
  readonly results: RoundReport[] = [];
  readonly failures: Failure[] = [];
  readonly others: RoundEffect[] = [];
  /** Words of each contribution, in order. */
  readonly given: Uint32Array[] = [];

  readonly random: SeededRandom;
  readonly dimension: number;

  constructor(random: SeededRandom, dimension: number) {
    this.random = random;
    this.dimension = dimension;
  }

  contribute(): Uint32Array {
    const words = Uint32Array.from({ length: this.dimension }, () => this.random.word() >>> 8);
    this.given.push(words);
    return words.slice();
  }

  report(effect: RoundEffect): void {
    if (effect.type === 'result') this.results.push(effect.report);
    else if (effect.type === 'failed') this.failures.push(effect);
    else if (effect.type === 'violation' || effect.type === 'differs') this.others.push(effect);
  }
}

export interface RoomOptions {
  readonly suite?: Suite;
  readonly seed?: string;
  readonly parameters?: Partial<RoundParameters>;
  readonly minPeers?: number;
  /** From how many words on vectors are scattered, and in which tiles. */
  readonly scatter?: RoundSetting['scatter'];
  readonly delivery?: (random: SeededRandom) => Delivery;
  /** What everybody wants before the first link opens; `off` unless it says otherwise. */
  readonly call?: Call;
  readonly isLinked?: boolean;
  /** Peers learn a model, as large as their vectors, instead of summing. */
  readonly hasModel?: boolean;
}

/** A whole room. */
export class Room {
  readonly network: SimulatedNetwork;
  readonly peers: SimulatedPeer[] = [];
  readonly random: SeededRandom;
  /** Everything that was sent, in order. */
  readonly sent: { readonly from: SimulatedPeer; readonly message: Uint8Array }[] = [];

  readonly options: RoomOptions;

  constructor(count: number, options: RoomOptions = {}) {
    this.options = options;
    this.random = new SeededRandom(options.seed ?? '7');
    const delivery =
      options.delivery?.(this.random) ??
      ((message) => [{ message, delayMs: this.random.between(1, 20) }]);
    this.network = new SimulatedNetwork(this.random, (message, from, to) => {
      this.sent.push({ from, message });
      return delivery(message, from, to);
    });
    for (let i = 0; i < count; i++) this.add(`${options.seed ?? '7'} ${i}`);
  }

  add(name: string, over: Partial<RoundSetting> = {}): SimulatedPeer {
    const suite = this.options.suite ?? realSuite;
    const secretKey = suite.hash(new TextEncoder().encode(name));
    const signer: Signer = { id: peerIdOf(suite.signingKey(secretKey)), secretKey };
    const parameters = { ...PARAMETERS, ...this.options.parameters };
    const setting: RoundSetting = {
      suite,
      signer,
      room: new Uint8Array(32),
      parameters,
      minPeers: this.options.minPeers ?? 3,
      scatter: this.options.scatter,
      ...over,
    };
    const recorder = new Recorder(
      new SeededRandom(`data ${name}`),
      setting.parameters.dimension + (setting.parameters.weightCap > 0 ? 1 : 0),
    );
    return this.#enter(setting, recorder, { joined: undefined, result: undefined });
  }

  /** A new life of a peer that vanished, with what it kept. */
  revive({ setting, kept, participant }: SimulatedPeer): SimulatedPeer {
    const { random, dimension } = participant as Recorder;
    return this.#enter(setting, new Recorder(random, dimension), kept);
  }

  #enter(setting: RoundSetting, recorder: Recorder, kept: Restored): SimulatedPeer {
    const model = new Float32Array(
      this.options.hasModel === true ? setting.parameters.dimension : 0,
    );
    const peer = this.network.add(setting, model, recorder, kept);
    const { call } = this.options;
    if (call !== undefined) this.call(call, call, [peer]);
    if (this.options.isLinked !== false) {
      for (const other of this.peers) if (other.isAlive) this.network.link(peer, other);
    }
    this.peers.push(peer);
    return peer;
  }

  /** Everybody (or these) wants a round; each wants `after` once it has one. */
  call(call: Call, after = call, peers = this.peers): void {
    for (const peer of peers) {
      this.network.step(peer, { type: 'call', call, after, now: this.network.now });
    }
  }

  /** Runs until every living peer has had so many results. */
  untilResults(count: number, withinMs = 120_000): boolean {
    return this.network.run(
      () => this.living().every((peer) => recorderOf(peer).results.length >= count),
      this.network.now + withinMs,
    );
  }

  living(): SimulatedPeer[] {
    return this.peers.filter((peer) => peer.isAlive);
  }
}

/** What a peer of a test room saw. */
export function recorderOf(peer: SimulatedPeer): Recorder {
  return peer.participant as Recorder;
}
