/**
 * One round of a large room, watched from above: what each of hundreds of peers knows of the mean, level by level.
 *
 * The machines, the division into lines and the words are those of a room; only the network, its clock and its
 * cryptography are simulated. Nobody in a room could see what is kept here: all numbers side by side, and how
 * far each peer's mean is from the one that everybody will have.
 *
 * @module
 */
import { utf8 } from '../bytes.ts';
import { LINE_SIZE, MAX_COHORT, MIN_COHORT } from '../config.ts';
import { gridOf, groupOf, levelsOfGrid, type Epoch, type Grid } from '../gossip/index.ts';
import { compareIds, peerIdOf, type PeerId } from '../ids.ts';
import { decodeAggregate, encodeUpdate, type Encoding } from '../secagg/index.ts';
import { SeededRandom } from '../seeded-random.ts';
import { parametersFor } from './measured-room.ts';
import { SimulatedNetwork, type SimulatedPeer } from './network.ts';
import { simulatedSuite } from './simulated-suite.ts';

/** Fewest peers that stand in lines. */
export const FEWEST_IN_LINES = MAX_COHORT + 1;

/** Time of a message on its way, virtual ms, on average: the unit in which a round is told. */
const MESSAGE_MS = 20;

/** Who stands where: never changes. Peers are numbers from 0, line by line. */
export interface WatchedRoom {
  /** Peers of each line. */
  readonly lines: readonly (readonly number[])[];
  /** The group of each line, at each level above the lines; the last level has one. */
  readonly groups: readonly (readonly number[])[];
  /** The number of each peer, 0 to 1. */
  readonly numbers: Float64Array;
}

/** What is known at a moment. */
export interface WatchedMoment {
  /** Since the call for the round, in times that a message takes. */
  readonly messageTimes: number;
  /** Messages that a peer has sent since then, on average. */
  readonly messagesEach: number;
  /** Of each peer: 0 knows its own number, 1 its line's mean, and so on; `levels + 2` the room's. */
  readonly known: Uint8Array;
  /** What each holds to be the mean, 0 to 1. */
  readonly estimates: Float64Array;
  readonly isHere: readonly boolean[];
  /** Peers in the room's sum; undefined before anybody has it. */
  readonly included: number | undefined;
  /** Mean of the numbers of those that are in it; before, of all who are here. */
  readonly truth: number;
  /** Everybody who is here has the room's mean. */
  readonly isOver: boolean;
}

/** A room in a round. */
export class WatchedGrid {
  readonly room: WatchedRoom;
  private readonly network: SimulatedNetwork;
  private readonly peers: SimulatedPeer[] = [];
  private readonly places = new Map<PeerId, number>();
  private readonly known: Uint8Array;
  private readonly estimates: Float64Array;
  private readonly enterAll: () => void;
  /** When the round began, virtual ms; undefined before. */
  private begun: number | undefined;
  private sentBefore = 0;
  private readonly encoding: Encoding;
  /** Who took steps since somebody last looked. */
  private readonly stepping = new Set<SimulatedPeer>();
  private included: readonly PeerId[] | undefined;
  /** Counts what peers come to know. */
  private changes = 0;

  /**
   * @param count - Peers, at least `FEWEST_IN_LINES`.
   * @param seed - Decides numbers, lines and delays.
   */
  constructor(count: number, seed: string) {
    if (count < FEWEST_IN_LINES)
      throw new RangeError(`${count} peers make no lines: choose ${FEWEST_IN_LINES} at least.`);
    const latency = new SeededRandom(`latency ${seed}`);
    const delayMs = (): number => MESSAGE_MS * latency.between(0.5, 1.5);
    this.network = new SimulatedNetwork(
      new SeededRandom(`entropy ${seed}`),
      (message) => [{ message, delayMs: delayMs() }],
      {
        grid: { isMesh: false },
        topicMs: delayMs,
        maxAtOnce: 1_000 * count,
        watcher: { before: (peer) => this.stepping.add(peer) },
      },
    );
    const signers = Array.from({ length: count }, (_, at) => {
      const secretKey = simulatedSuite.hash(utf8(`${seed} ${at}`));
      return { id: peerIdOf(simulatedSuite.signingKey(secretKey)), secretKey };
    });
    const epoch: Epoch = {
      number: 1,
      since: 1,
      beacon: simulatedSuite.hash(utf8(`beacon ${seed}`)),
      lineSize: LINE_SIZE,
      members: signers.map(({ id }) => id).sort(compareIds),
    };
    const grid = gridOf(simulatedSuite, epoch);
    for (const id of grid.lines.flat()) this.places.set(id, this.places.size);
    this.room = roomOf(grid, this.places, seed);
    this.encoding = { members: count, clip: 1, weightCap: 0 };
    this.known = new Uint8Array(count);
    this.estimates = this.room.numbers.slice();
    const byId = new Map(signers.map((signer) => [signer.id, signer]));
    this.enterAll = () => {
      for (const id of this.places.keys()) this.enter(byId.get(id)!, epoch, seed);
    };
  }

  /** Levels above the lines. */
  get levels(): number {
    return this.room.groups.length;
  }

  /**
   * Lets time pass until somebody has come to know more, and a little longer, so that those who learn it
   * together are seen together.
   */
  advance(): void {
    this.begin();
    const before = this.changes;
    const hasNews = (): boolean => this.look() > before;
    this.network.run(hasNews, this.network.now + LONGEST_WAIT_MS);
    this.network.run(() => false, this.network.now + TOGETHER_MS);
    this.look();
  }

  /** Somebody vanishes, now; one is always left. */
  drop(place: number): void {
    this.begin();
    if (this.peers.filter(({ isAlive }) => isAlive).length > 1)
      this.network.vanish(this.peers[place]!);
  }

  /** Lets everybody in, open their links, and call for a round; takes a second for some hundreds. */
  begin(): void {
    if (this.begun !== undefined) return;
    this.enterAll();
    this.call('willing');
    this.network.run(() => false, SETTLING_MS);
    this.stepping.clear();
    this.begun = this.network.now;
    this.sentBefore = this.sent;
    this.call('calling');
  }

  /** What is known now. */
  moment(): WatchedMoment {
    const isHere = Array.from(this.known, (_, place) => this.peers[place]?.isAlive ?? true);
    const top = this.levels + 2;
    const counted =
      this.included?.map((id) => this.places.get(id)!) ??
      isHere.flatMap((here, place) => (here ? [place] : []));
    return {
      messageTimes: (this.network.now - (this.begun ?? 0)) / MESSAGE_MS,
      messagesEach: (this.sent - this.sentBefore) / this.known.length,
      known: this.known.slice(),
      estimates: this.estimates.slice(),
      isHere,
      included: this.included?.length,
      truth:
        counted.reduce((sum, place) => sum + this.room.numbers[place]!, 0) /
        Math.max(1, counted.length),
      isOver: isHere.every((here, place) => !here || this.known[place] === top),
    };
  }

  private get sent(): number {
    return this.peers.reduce((sum, { messagesSent }) => sum + messagesSent, 0);
  }

  private enter(signer: SimulatedPeer['setting']['signer'], epoch: Epoch, seed: string): void {
    const place = this.peers.length;
    const random = new SeededRandom(`rounding ${seed} ${place}`);
    const setting = {
      suite: simulatedSuite,
      signer,
      room: simulatedSuite.hash(utf8(seed)),
      parameters: parametersFor(1),
      minPeers: MIN_COHORT,
    };
    const peer = this.network.add(setting, new Float32Array(), {
      contribute: (encoding) =>
        encodeUpdate(Float64Array.of(this.room.numbers[place]!), 1, encoding, () => random.word()),
      report: (effect) => {
        if (effect.type !== 'result') return;
        const { words, included } = effect.report;
        this.included ??= included;
        this.learn(place, this.levels + 2, words, included.length);
      },
    });
    this.peers.push(peer);
    peer.state.epoch ??= epoch;
    this.network.step(peer, { type: 'tick', now: this.network.now });
  }

  /** What those who took steps know since; returns how often anybody came to know anything. */
  private look(): number {
    for (const peer of this.stepping) {
      const place = this.places.get(peer.id)!;
      const sums = peer.grid!.sums;
      const sum = sums.at(-1);
      if (sum === undefined || sums.length <= this.known[place]!) continue;
      this.learn(place, sums.length, sum.words, sum.words.at(-1)!);
    }
    this.stepping.clear();
    return this.changes;
  }

  private learn(place: number, known: number, words: Uint32Array, count: number): void {
    this.known[place] = known;
    this.estimates[place] = decodeAggregate(words.slice(0, 1), count, this.encoding).mean[0]!;
    this.changes++;
  }

  private call(call: 'willing' | 'calling'): void {
    for (const peer of this.peers)
      this.network.step(peer, { type: 'call', call, after: 'willing', now: this.network.now });
  }
}

function roomOf(grid: Grid, places: ReadonlyMap<PeerId, number>, seed: string): WatchedRoom {
  const random = new SeededRandom(`numbers ${seed}`);
  const lines = grid.lines.map((line) => line.map((id) => places.get(id)!));
  return {
    lines,
    groups: Array.from({ length: levelsOfGrid(grid) }, (_, level) =>
      lines.map((_, line) => groupOf(grid, line, level + 1)),
    ),
    // The mean is two thirds, so that it is another colour than half-way.
    numbers: Float64Array.from(places, () => Math.sqrt(random.uniform())),
  };
}

/** Virtual time in which links open before the round, ms. */
const SETTLING_MS = 700;

/** Virtual time that passes at most until something is shown, ms: attempts that lost somebody take seconds. */
const LONGEST_WAIT_MS = 4_000;

/** Who learns something within so much virtual time learns it together, ms. */
const TOGETHER_MS = MESSAGE_MS / 2;
