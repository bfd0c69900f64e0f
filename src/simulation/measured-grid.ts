/**
 * Rounds of a room of hundreds or thousands on the simulated network, measured: what `murmuration simulate`
 * prints above 15 peers.
 *
 * The room is divided from the start, by a record that everybody is given; links are opened where lines
 * and seats ask for them. Every peer gives a fresh input each round; some vanish at a random moment of
 * it and are back for the next. What a round ends with is taken from the peers, never computed here:
 * their words are compared with each other, bit for bit, with the integer sum of the words that the
 * included gave, and with the mean, in double precision, of their inputs.
 *
 * @module
 */
import { utf8 } from '../bytes.ts';
import { MIN_COHORT } from '../config.ts';
import { childrenOf, gridOf, levelsOfGrid, type Epoch, type Grid } from '../gossip/index.ts';
import { compareIds, peerIdOf, type PeerId } from '../ids.ts';
import { summing, type GridEffect } from '../round/grid.ts';
import type { RoundReport, RoundSetting } from '../round/round.ts';
import { addInPlace, decodeAggregate, encodeUpdate, type Encoding } from '../secagg/index.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { RoomOptions, RoundEvent, Summary } from './measured-room.ts';
import { commonest, parametersFor, wordsIn } from './measured-room.ts';
import { SimulatedNetwork, type SimulatedPeer } from './network.ts';

/** What is simulated beside what small rooms have. */
export interface GridOptions extends RoomOptions {
  /** Members of a line, about. */
  readonly lineSize: number;
}

/** What large rooms are asked beside. Bytes are those of one peer in one round, on average. */
export interface GridSummary extends Summary {
  readonly lines: number;
  /** Levels above the lines. */
  readonly levels: number;
  /** Living peers, over all rounds, whose set of included peers is not the commonest of the round. */
  readonly includedDiffers: number;
  /** Rounds in which the words differ from the integer sum of what the included gave. */
  readonly wrongSums: number;
  /** Everything that is not a word of a vector. */
  readonly controlBytesPerPeer: number;
  readonly bytesPerPeer: number;
  /** Most links that a peer had at the end of a round. */
  readonly mostLinks: number;
}

/** A round without a result after so much virtual time has none, ms. */
const ROUND_LIMIT_MS = 180_000;

const CLIP = 1;

/** Simulates, telling each round as it ends. */
export function simulateGrid(options: GridOptions, tell: (event: RoundEvent) => void): GridSummary {
  const room = new MeasuredGrid(options);
  for (let round = 0; round < options.rounds; round++) tell(room.round());
  return room.summary();
}

/** The latest of everything about one peer. */
interface Record {
  peer: SimulatedPeer;
  report: RoundReport | undefined;
  /** Its inputs, and as the words that it gave last, by round: some ask for the next before all have this one. */
  readonly given: Map<number, { readonly input: Float64Array; readonly words: Uint32Array }>;
  /** Among all peers: its inputs are the same whatever keys it has. */
  readonly place: number;
  lives: number;
}

class MeasuredGrid {
  readonly #options: GridOptions;
  readonly #random: SeededRandom;
  readonly #network: SimulatedNetwork;
  readonly #epoch: Epoch;
  readonly #grid: Grid;
  readonly #records = new Map<PeerId, Record>();
  #round = 1;
  #played = 0;
  #maxError = 0;
  #includedCount = 0;
  #disagreeing = 0;
  #includedDiffers = 0;
  #wrongSums = 0;
  #words = 0;
  #steps = 0;
  #mostLinks = 0;

  constructor(options: GridOptions) {
    this.#options = options;
    const { suite, seed, latencyMs, peers } = options;
    this.#random = new SeededRandom(`room ${seed}`);
    const latency = new SeededRandom(`latency ${seed}`);
    const delayMs = (): number => latencyMs * latency.between(0.5, 1.5);
    this.#network = new SimulatedNetwork(
      new SeededRandom(`entropy ${seed}`),
      (message) => {
        this.#words += wordsIn(this.#network.decode(message));
        return [{ message, delayMs: delayMs() }];
      },
      { grid: { isMesh: false }, topicMs: delayMs, maxAtOnce: 1_000 * peers },
    );
    const signers = Array.from({ length: peers }, (_, i) => {
      const secretKey = suite.hash(utf8(`${seed} ${i}`));
      return { id: peerIdOf(suite.signingKey(secretKey)), secretKey };
    });
    this.#epoch = {
      number: 1,
      since: 1,
      beacon: suite.hash(utf8(`beacon ${seed}`)),
      lineSize: options.lineSize,
      members: signers.map(({ id }) => id).sort(compareIds),
    };
    this.#grid = gridOf(suite, this.#epoch);
    for (const signer of signers) {
      const record: Partial<Record> = {
        report: undefined,
        given: new Map(),
        place: this.#records.size,
        lives: 0,
      };
      this.#records.set(signer.id, record as Record);
      this.#live(record as Record, {
        suite,
        signer,
        room: suite.hash(utf8(seed)),
        parameters: parametersFor(options.dimension),
        minPeers: MIN_COHORT,
      });
    }
    this.#calm();
  }

  /** Plays one round to its end. */
  round(): RoundEvent {
    const round = this.#round;
    const begin = this.#network.now;
    for (const record of this.#records.values()) {
      record.report = undefined;
      for (const earlier of record.given.keys()) if (earlier < round) record.given.delete(earlier);
    }
    this.#letVanish();
    this.#call();
    const isDone = (): boolean => this.#living().every(({ peer }) => peer.state.round > round);
    const check = { at: 0, isDone: false };
    this.#network.run(() => {
      // Thousands of peers are asked now and then, not after each step.
      if (this.#network.steps >= check.at) {
        check.at = this.#network.steps + this.#records.size / 4;
        check.isDone = isDone();
      }
      return check.isDone;
    }, begin + ROUND_LIMIT_MS);
    const durationMs = this.#network.now - begin;
    const event = this.#tell(round, durationMs);
    this.#played++;
    for (const record of this.#records.values()) {
      this.#mostLinks = Math.max(this.#mostLinks, record.peer.ends.size);
      if (!record.peer.isAlive) this.#live(record, record.peer.setting);
    }
    this.#calm();
    this.#round = Math.max(...this.#living().map(({ peer }) => peer.state.round));
    return event;
  }

  summary(): GridSummary {
    const { peers } = this.#options;
    const share = peers * this.#played;
    const everybody = this.#network.peers;
    const bytes = everybody.reduce((sum, peer) => sum + peer.bytesSent, 0);
    return {
      peers,
      lines: this.#grid.lines.length,
      levels: levelsOfGrid(this.#grid),
      maxErrorVsIncludedMean: this.#maxError,
      includedShare: this.#includedCount / share,
      disagreeing: this.#disagreeing,
      includedDiffers: this.#includedDiffers,
      wrongSums: this.#wrongSums,
      wordsSentPerPeer: this.#words / share,
      messagesPerPeer: everybody.reduce((sum, peer) => sum + peer.messagesSent, 0) / share,
      bytesPerPeer: bytes / share,
      controlBytesPerPeer: (bytes - 4 * this.#words) / share,
      mostLinks: this.#mostLinks,
      steps: this.#steps,
    };
  }

  #living(): readonly Record[] {
    return [...this.#records.values()].filter(({ peer }) => peer.isAlive);
  }

  /** A life of a peer, from what the one before kept. */
  #live(record: Record, setting: RoundSetting): void {
    const random = new SeededRandom(
      `inputs ${this.#options.seed} ${record.place} ${record.lives++}`,
    );
    const before = record.lives > 1 ? record.peer.kept : undefined;
    record.peer = this.#network.add(
      setting,
      new Float32Array(),
      {
        contribute: (encoding) => this.#contribute(record, encoding, random),
        report: (effect) => {
          this.#note(record, effect);
        },
      },
      before,
    );
    record.peer.state.epoch ??= this.#epoch;
    this.#network.step(record.peer, { type: 'tick', now: this.#network.now });
  }

  #note(record: Record, effect: GridEffect): void {
    if (effect.type === 'result') {
      record.report = effect.report;
      this.#network.at(this.#network.now, () => {
        const { now } = this.#network;
        this.#network.step(record.peer, { type: 'call', call: 'willing', after: 'willing', now });
      });
    }
  }

  #contribute(record: Record, encoding: Encoding, random: SeededRandom): Uint32Array {
    const { dimension } = this.#options;
    const round = summing(record.peer.grid!).round;
    const input =
      record.given.get(round)?.input ??
      Float64Array.from({ length: dimension }, () => random.between(-1, 1));
    const words = encodeUpdate(input, 1, encoding, () => random.word());
    record.given.set(round, { input, words });
    return words.slice();
  }

  #call(): void {
    const { now } = this.#network;
    for (const { peer } of this.#living()) {
      this.#network.step(peer, { type: 'call', call: 'calling', after: 'willing', now });
    }
  }

  /** Lets links open and newcomers catch up. */
  #calm(): void {
    const { now } = this.#network;
    for (const { peer } of this.#living()) {
      this.#network.step(peer, { type: 'call', call: 'willing', after: 'willing', now });
    }
    this.#network.run(() => false, now + CALM_MS + 10 * this.#options.latencyMs);
    this.#network.run(
      () => this.#living().every(({ peer }) => summing(peer.grid!).current === undefined),
      this.#network.now + ROUND_LIMIT_MS,
    );
  }

  /** Chooses who vanishes, and when: anywhere between the call and the end of a round of usual length. */
  #letVanish(): void {
    const { drop, latencyMs } = this.#options;
    const usual = USUAL_HOPS * (levelsOfGrid(this.#grid) + 1) * latencyMs;
    for (const { peer } of this.#living()) {
      const isChosen = this.#random.uniform() < drop;
      const at = this.#network.now + this.#random.uniform() * usual;
      if (isChosen) {
        this.#network.at(at, () => {
          this.#network.vanish(peer);
        });
      }
    }
  }

  #tell(round: number, durationMs: number): RoundEvent {
    const living = this.#living();
    const reports = living.map(({ report }) => (report?.round === round ? report : undefined));
    const report = commonest(reports);
    if (report === undefined) {
      const message = 'nobody has a result';
      return { event: 'round-failed', round, attempt: 0, reason: 'timeout', message };
    }
    const { attempt, roster, included, resultHash } = report;
    const error = this.#errorOf(report);
    this.#maxError = Math.max(this.#maxError, error);
    this.#includedCount += included.length;
    const set = included.join();
    for (const other of reports) {
      if (other?.resultHash !== resultHash) this.#disagreeing++;
      if (other?.included.join() !== set) this.#includedDiffers++;
    }
    if (!this.#isSumOfWords(report)) this.#wrongSums++;
    this.#steps = Math.max(this.#steps, this.#chain());
    const known = new Set(included);
    return {
      event: 'round',
      round,
      attempt,
      roster: roster.length,
      included,
      dropped: roster.filter((id) => !known.has(id)),
      durationMs,
      resultHash,
      maxErrorVsIncludedMean: error,
    };
  }

  /** Attempts one after the other on the longest way from a line to the room's result. */
  #chain(): number {
    const attempts = new Map<string, number>();
    for (const { peer } of this.#records.values()) {
      const { line, past } = peer.grid!;
      for (const seat of line === undefined ? past : [line, ...past]) {
        const { machine } = seat;
        const { level, group } = machine.setting.cohort!;
        const done = machine.result?.done;
        if (done?.round === this.#round) attempts.set(`${level} ${group}`, done.attempt);
      }
    }
    const chain = (level: number, group: number): number => {
      const own = attempts.get(`${level} ${group}`) ?? 0;
      if (level === 0) return own;
      return (
        own +
        Math.max(...childrenOf(this.#grid, level, group).map((child) => chain(level - 1, child)))
      );
    };
    return chain(levelsOfGrid(this.#grid), 0);
  }

  /** Whether the words are those of the included, added up modulo 2^32. */
  #isSumOfWords({ round, words, included }: RoundReport): boolean {
    const sum = new Uint32Array(words.length);
    for (const id of included) {
      const given = this.#records.get(id)!.given.get(round);
      if (given === undefined) return false;
      addInPlace(sum, given.words);
    }
    return sum.every((word, at) => word === words[at]);
  }

  /** Largest difference of the aggregate's mean to that of the included inputs. */
  #errorOf({ round, words, roster, included }: RoundReport): number {
    const encoding: Encoding = { members: roster.length, clip: CLIP, weightCap: 0 };
    const { mean } = decodeAggregate(words, included.length, encoding);
    const inputs = included.map((id) => this.#records.get(id)!.given.get(round)!.input);
    return mean.reduce((largest, value, at) => {
      const sum = inputs.reduce((total, input) => total + input[at]!, 0);
      return Math.max(largest, Math.abs(value - sum / included.length));
    }, 0);
  }
}

/** Time in which links open and the ends of links are noticed, ms. */
const CALM_MS = 500;

/** Messages one after the other that a level takes, about. */
const USUAL_HOPS = 11;
