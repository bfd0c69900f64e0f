/**
 * Rounds of a room on the simulated network, measured: what `murmuration simulate` prints.
 *
 * Every peer gives fresh inputs each round. Some vanish in the middle of what they say, and come
 * back for the next round from what they kept. The aggregate is compared with the mean, in double
 * precision, of the inputs that it includes.
 *
 * @module
 */
import { utf8 } from '../bytes.ts';
import { MIN_COHORT } from '../config.ts';
import { peerIdOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import type { CohortMessage, Message } from '../round/messages.ts';
import type { RoundReport, RoundSetting } from '../round/round.ts';
import {
  decodeAggregate,
  encodeUpdate,
  type Encoding,
  type RoundParameters,
} from '../secagg/index.ts';
import { SeededRandom } from '../seeded-random.ts';
import { LONGEST_ATTEMPT_MS } from './invariants.ts';
import { SimulatedNetwork, type SimulatedPeer } from './network.ts';

/** What is simulated. */
export interface RoomOptions {
  readonly suite: Suite;
  readonly peers: number;
  readonly rounds: number;
  /** Values of an input. */
  readonly dimension: number;
  /** Probability that a peer vanishes in a round. */
  readonly drop: number;
  /** Mean time of a message on its way, ms; each takes from half to one and a half of it. */
  readonly latencyMs: number;
  readonly seed: string;
}

/** One round, as it is told. */
export type RoundEvent =
  | {
      readonly event: 'round';
      readonly round: number;
      readonly attempt: number;
      readonly roster: number;
      readonly included: readonly PeerId[];
      readonly dropped: readonly PeerId[];
      /** On the virtual clock, from the call to the last living peer's result. */
      readonly durationMs: number;
      readonly resultHash: string;
      readonly maxErrorVsIncludedMean: number;
    }
  | {
      readonly event: 'round-failed';
      readonly round: number;
      readonly attempt: number;
      readonly reason: string;
      readonly message: string;
    };

/** All rounds together. Words and messages are those of one peer in one round, on average. */
export interface Summary {
  readonly peers: number;
  readonly maxErrorVsIncludedMean: number;
  /** Of all inputs there were, how many are in an aggregate. */
  readonly includedShare: number;
  /** Living peers whose result is not the commonest of its round, over all rounds. */
  readonly disagreeing: number;
  readonly wordsSentPerPeer: number;
  readonly messagesPerPeer: number;
  /** Most attempts that a peer took part in until it had a result. */
  readonly steps: number;
}

/** A round that has no result after so much virtual time has none, ms: two longest attempts. */
const ROUND_LIMIT_MS = 2 * LONGEST_ATTEMPT_MS;

const CLIP = 1;

/** Simulates, telling each round as it ends. */
export function simulateRoom(options: RoomOptions, tell: (event: RoundEvent) => void): Summary {
  const room = new MeasuredRoom(options);
  for (let round = 0; round < options.rounds; round++) tell(room.round());
  return room.summary();
}

/** The latest of everything about one peer. */
interface Record {
  peer: SimulatedPeer;
  /** By round. */
  readonly results: Map<number, RoundReport>;
  failure: { readonly attempt: number; readonly reason: string; readonly message: string };
  /** Attempts since the newest result. */
  attempts: number;
  update: Float64Array | undefined;
}

class MeasuredRoom {
  readonly #options: RoomOptions;
  readonly #random: SeededRandom;
  readonly #network: SimulatedNetwork;
  readonly #records: Record[] = [];
  /** Inputs of an attempt, by round and attempt, then peer. */
  readonly #inputs = new Map<string, Map<PeerId, Float64Array>>();
  /** Messages that each peer sends before it vanishes. */
  readonly #fuses = new Map<PeerId, number>();
  #played = 0;
  #maxError = 0;
  #includedCount = 0;
  #disagreeing = 0;
  #words = 0;
  #steps = 0;

  constructor(options: RoomOptions) {
    this.#options = options;
    const { suite, seed, latencyMs, dimension } = options;
    this.#random = new SeededRandom(`room ${seed}`);
    const latency = new SeededRandom(`latency ${seed}`);
    this.#network = new SimulatedNetwork(new SeededRandom(`entropy ${seed}`), (message, from) => {
      const fuse = this.#fuses.get(from.id);
      if (fuse === 0) {
        this.#network.vanish(from);
        return [];
      }
      if (fuse !== undefined) this.#fuses.set(from.id, fuse - 1);
      this.#words += wordsIn(this.#network.decode(message));
      return [{ message, delayMs: latencyMs * latency.between(0.5, 1.5) }];
    });
    for (let i = 0; i < options.peers; i++) {
      const secretKey = suite.hash(utf8(`${seed} ${i}`));
      const signer = { id: peerIdOf(suite.signingKey(secretKey)), secretKey };
      this.#enter({
        suite,
        signer,
        room: suite.hash(utf8(seed)),
        parameters: parametersFor(dimension),
        minPeers: MIN_COHORT,
      });
    }
    this.#bringBack();
  }

  /** Plays one round to its end. */
  round(): RoundEvent {
    const begin = this.#network.now;
    const number = Math.max(...this.#records.map(({ peer }) => peer.state.round));
    this.#lightFuses();
    this.#call('calling');
    const isDone = (): boolean => this.#living().every(({ peer }) => peer.state.round > number);
    this.#network.run(isDone, begin + ROUND_LIMIT_MS);
    const durationMs = this.#network.now - begin;
    this.#fuses.clear();
    this.#played++;
    const event = this.#tell(number, durationMs);
    this.#call('willing');
    this.#bringBack();
    return event;
  }

  summary(): Summary {
    const { peers } = this.#options;
    const share = peers * this.#played;
    const messages = this.#network.peers.reduce((sum, peer) => sum + peer.messagesSent, 0);
    return {
      peers,
      maxErrorVsIncludedMean: this.#maxError,
      includedShare: this.#includedCount / share,
      disagreeing: this.#disagreeing,
      wordsSentPerPeer: this.#words / share,
      messagesPerPeer: messages / share,
      steps: this.#steps,
    };
  }

  #living(): readonly Record[] {
    return this.#records.filter(({ peer }) => peer.isAlive);
  }

  #enter(setting: RoundSetting): void {
    const failure = { attempt: 0, reason: 'timeout', message: 'too few peers stayed' };
    const results = new Map<number, RoundReport>();
    const record = {
      results,
      failure,
      attempts: 0,
      update: undefined,
    } as Partial<Record> as Record;
    record.peer = this.#revive(record, setting);
    this.#records.push(record);
  }

  /** A life of a peer, from what the one before kept. */
  #revive(record: Record, setting: RoundSetting, before?: SimulatedPeer): SimulatedPeer {
    const random = new SeededRandom(
      `inputs ${this.#options.seed} ${setting.signer.id} ${this.#network.peers.length}`,
    );
    return this.#network.add(
      setting,
      new Float32Array(),
      {
        contribute: (encoding) => this.#contribute(record, encoding, random),
        report: (effect) => {
          if (effect.type === 'result') {
            record.results.set(effect.report.round, effect.report);
            record.update = undefined;
            this.#network.at(this.#network.now, () => {
              this.#call('willing', [record]);
            });
            this.#steps = Math.max(this.#steps, record.attempts);
            record.attempts = 0;
          } else if (effect.type === 'failed') {
            record.failure = effect;
            if (effect.isSpent) record.update = undefined;
          }
        },
      },
      before?.kept,
    );
  }

  #contribute(record: Record, encoding: Encoding, random: SeededRandom): Uint32Array {
    const { dimension } = this.#options;
    record.attempts++;
    record.update ??= Float64Array.from({ length: dimension }, () => random.between(-1, 1));
    const { proposal } = record.peer.state.current!.setting;
    const name = `${proposal.round} ${proposal.attempt}`;
    const inputs = this.#inputs.get(name) ?? new Map<PeerId, Float64Array>();
    this.#inputs.set(name, inputs.set(record.peer.id, record.update));
    return encodeUpdate(record.update, 1, encoding, () => random.word());
  }

  #call(call: 'calling' | 'willing', records = this.#living()): void {
    for (const { peer } of records) {
      this.#network.step(peer, { type: 'call', call, after: 'willing', now: this.#network.now });
    }
  }

  /** Chooses who vanishes, and after which of its messages; a round has about eight for each other peer. */
  #lightFuses(): void {
    const { drop, peers } = this.#options;
    for (const { peer } of this.#records) {
      const isChosen = this.#random.uniform() < drop;
      const fuse = Math.floor(this.#random.uniform() * 8 * (peers - 1));
      if (isChosen) this.#fuses.set(peer.id, fuse);
    }
  }

  /** Who vanished is back, and everybody catches up before the next round. */
  #bringBack(): void {
    for (const record of this.#records) {
      if (record.peer.isAlive) continue;
      record.update = undefined;
      record.attempts = 0;
      record.peer = this.#revive(record, record.peer.setting, record.peer);
    }
    this.#network.run(() => false, this.#network.now + NOTICE_MS);
    this.#linkAll();
    const newest = Math.max(...this.#records.map(({ peer }) => peer.state.round));
    this.#network.run(
      () =>
        this.#records.every(
          ({ peer }) => peer.state.round === newest && peer.state.current === undefined,
        ),
      this.#network.now + ROUND_LIMIT_MS,
    );
    this.#call('willing');
    this.#network.run(() => false, this.#network.now + NOTICE_MS + 3 * this.#options.latencyMs);
    this.#inputs.clear();
  }

  #linkAll(): void {
    for (const [i, { peer }] of this.#records.entries()) {
      for (const { peer: other } of this.#records.slice(i + 1)) {
        if (!peer.ends.has(other.id)) this.#network.link(peer, other);
      }
    }
  }

  #tell(round: number, durationMs: number): RoundEvent {
    const living = this.#living();
    const reports = living.map(({ results }) => results.get(round));
    const report = commonest(reports);
    if (report === undefined) {
      const { failure } = living[0] ?? this.#records[0]!;
      return { event: 'round-failed', round, ...failureOf(failure) };
    }
    const { attempt, roster, included, resultHash } = report;
    const error = this.#errorOf(report);
    this.#maxError = Math.max(this.#maxError, error);
    this.#includedCount += included.length;
    this.#disagreeing += reports.filter((other) => other?.resultHash !== resultHash).length;
    return {
      event: 'round',
      round,
      attempt,
      roster: roster.length,
      included,
      dropped: roster.filter((id) => !included.includes(id)),
      durationMs,
      resultHash,
      maxErrorVsIncludedMean: error,
    };
  }

  /** Largest difference of the aggregate's mean to that of the included inputs. */
  #errorOf({ round, attempt, words, roster, included }: RoundReport): number {
    const encoding: Encoding = { members: roster.length, clip: CLIP, weightCap: 0 };
    const { mean } = decodeAggregate(words, included.length, encoding);
    const inputs = this.#inputs.get(`${round} ${attempt}`)!;
    return mean.reduce((largest, value, at) => {
      const sum = included.reduce((total, id) => total + inputs.get(id)![at]!, 0);
      return Math.max(largest, Math.abs(value - sum / included.length));
    }, 0);
  }
}

/** Time in which the end of a link is noticed, ms. */
const NOTICE_MS = 100;

/** What is summed in a simulated room. */
export function parametersFor(dimension: number): RoundParameters {
  return {
    task: 'simulate',
    dimension,
    clip: CLIP,
    step: 0,
    weightCap: 0,
    capacity: 0,
    noise: 'off',
    mode: 'active',
    transport: 'memory',
  };
}

function failureOf({ attempt, reason, message }: Record['failure']): Record['failure'] {
  return { attempt, reason, message };
}

/** The report that most peers have. */
export function commonest(reports: readonly (RoundReport | undefined)[]): RoundReport | undefined {
  const counts = new Map<string, number>();
  let best: RoundReport | undefined;
  for (const report of reports) {
    if (report === undefined) continue;
    const count = (counts.get(report.resultHash) ?? 0) + 1;
    counts.set(report.resultHash, count);
    if (best === undefined || count > counts.get(best.resultHash)!) best = report;
  }
  return best;
}

/** Words of vectors in a message. */
export function wordsIn(message: Message | CohortMessage): number {
  switch (message.type) {
    case 'scoped':
      return wordsIn(message.message);
    case 'attempt': {
      const { content } = message.message;
      if (content.type === 'masked') return content.words.length;
      return content.type === 'chunk' || content.type === 'sum' ? content.bytes.length / 4 : 0;
    }
    case 'part':
      return message.part.bytes.length / 4;
    case 'result':
      return message.result.words.length + message.result.model.length;
    default:
      return 0;
  }
}
