/**
 * Joining a room: from what a person or a program gives to a running session.
 *
 * What differs between a tab, a further peer of a tab and Node (WebRTC, stores, workers, identities) comes
 * in a `World`; everything else is the same.
 *
 * @module
 */
import { utf8 } from '../bytes.ts';
import { MAX_COHORT, MAX_MEMBERS, MIN_COHORT } from '../config.ts';
import { UsageError } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import type { Masker, PeerStore, RoomStore, Suite, Transport, TransportName } from '../ports.ts';
import { isBudget } from '../privacy/ledger.ts';
import type { NoiseSetting } from '../privacy/noise.ts';
import type { ANYBODY } from '../round/roster.ts';
import { MAX_SHARE, type Mode } from '../secagg/index.ts';
import type { TaskSettings } from '../task/heat-map.ts';
import type { TrainerPort } from '../worker/port.ts';
import { dataOf } from './account.ts';
import type { Identity } from './identity.ts';
import { inRoom, readKept } from './keeping.ts';
import { settingOf } from './noise-parameters.ts';
import { createRelayingTransport } from './relaying-transport.ts';
import { deriveRoom, parseRoomKey, type Room } from './room-key.ts';
import { roomTaskOf } from './room-task.ts';
import { Session } from './session.ts';
import type { NoiseChoice } from './view.ts';

/** What the room learns; everybody in it must say the same. */
export interface HeatMapTask {
  /** Names the task. */
  readonly type: 'heat-map';
  /** The map to learn. */
  readonly pattern: TaskSettings['pattern'];
  /** Units of each hidden layer: [8] is 2-8-1. */
  readonly hidden: readonly number[];
  /** From 12 peers on, sums of buckets of four or five, and a mean that heeds a bucket less the farther it is from the others. */
  readonly combining?: 'geometric-median' | 'centred-clipping' | undefined;
  /** Everybody consents to search for whose contributions spoil the model: sums of buckets, drawn anew each round. */
  readonly search?: boolean | undefined;
}

/** Spam among messages: the same list of words for all. */
export interface SpamTask {
  /** Names the task. */
  readonly type: 'spam';
}

/** What a person or a program gives. */
export interface RoomOptions {
  /** Address of the server that introduces peers: http, https, ws or wss. */
  readonly server: string;
  /** Name of the room, 1 to 40 characters. */
  readonly room: string;
  /** Room key, base64url of 16 bytes or more. Without it, the open room of that name. */
  readonly key?: string | undefined;
  /** What the others see; "Peer" unless given. */
  readonly name?: string | undefined;
  /** `sum` (the default) waits for `session.aggregate`; the others learn at once. */
  readonly task?: HeatMapTask | SpamTask | { readonly type: 'sum' } | undefined;
  /**
   * Peers that a round waits for, and includes at least: 3 or more, up to 15 where there is noise; 2 only together
   * with `trustsEachOther`. In a room of lines an update is hidden among eight of its line or as many as this, if less.
   */
  readonly minPeers?: number | undefined;
  /**
   * How much of a large vector this peer sums for all, relative to the others: a whole number from 0, for a thin
   * uplink, to 255; 1 unless given.
   */
  readonly uplink?: number | undefined;
  /** Two alone may sum, where both say so: each can then work out the other's values. */
  readonly trustsEachOther?: boolean | undefined;
  /** `honest` where everyone runs honest code: more peers may leave in the middle. All must say the same. */
  readonly mode?: Mode | undefined;
  /** Heat-map: seeds readings; a peer's id unless given. */
  readonly seed?: string | undefined;
  /** Heat-map: the thermometer is broken from the start. */
  readonly isOutlier?: boolean | undefined;
  /** Spam: whose messages this peer starts with, from 0; by turns in a browser, else by its id, unless given. */
  readonly inbox?: number | undefined;
  /** Local steps a second. 0 is as fast as it goes; with spam, none but those that are asked for. */
  readonly stepsPerSecond?: number | undefined;
  /** Heat-map: the noise this peer comes with; a room that has more noise is followed. */
  readonly noise?: NoiseChoice | undefined;
  /** Spending stops before epsilon (the others being honest) exceeds this. */
  readonly budget?: number | undefined;
  /** Calls the joining off. A session that is open already is ended by `leave`. */
  readonly signal?: AbortSignal | undefined;
  /** How peers are linked, `simple-peer` unless given. All must say the same. */
  readonly transport?: TransportName | undefined;
}

/** What the place gives where the peer runs. */
export interface World {
  readonly suite: Suite;
  readonly identity: Identity;
  readonly kind: 'tab' | 'program';
  /** Heat-map: the corner of the map where this peer's thermometer is; the seed chooses unless given. */
  readonly corner?: number | undefined;
  /** Spam: whose messages this peer starts with, from 0; its id chooses unless given. */
  readonly inbox?: number | undefined;
  /** Requests of these peers to leave somebody out are agreed to without asking a person. */
  readonly agreesWith?: PeerId | typeof ANYBODY | undefined;
  createTransport(room: Room, name: TransportName): Transport | Promise<Transport>;
  /** Undefined for an identity that ends with the program: nobody would ask for what it kept. */
  createStore(room: Room): Promise<PeerStore | undefined>;
  /** Puts masks on large vectors away from this thread, where there are workers. */
  readonly masker?: Masker | undefined;
  startTrainer(): TrainerPort;
}

/** The transport of a room that names none. */
export const DEFAULT_TRANSPORT: TransportName = 'simple-peer';

/**
 * Joins a room.
 *
 * @throws UsageError when an option is wrong: its text names the option and says what to do.
 * @throws The reason of `signal`, when that calls the joining off.
 */
export async function enterRoom(options: RoomOptions, world: World): Promise<Session> {
  const { suite, identity } = world;
  options.signal?.throwIfAborted();
  const key = options.key === undefined ? undefined : parseRoomKey(options.key);
  const room = deriveRoom(suite, key, options.room);
  const minPeers = checkedMinPeers(options);
  const hash = suite.hash(utf8(`murmuration room ${room.id}`));
  const transport = options.transport ?? DEFAULT_TRANSPORT;
  const mode = options.mode ?? 'active';
  const task = roomTaskOf(options, world, room, { minPeers, mode, transport });
  const { parameters, model, learner, searching } = task;
  // What was learned or joined under other settings means nothing here.
  const whole = await world.createStore(room);
  const storeOf = (name: string): RoomStore | undefined =>
    whole && inRoom(whole, `${room.id} ${name}`);
  const store = storeOf(`${parameters.task}${parameters.combining ?? ''}`);
  const kept = await readKept(store, dataOf(parameters.task, options.seed));
  const links = await world.createTransport(room, transport);
  options.signal?.throwIfAborted();
  const session = await Session.start({
    suite,
    signer: identity,
    transport: createRelayingTransport(links, { suite, identity, room }),
    masker: world.masker,
    store,
    storeOf,
    kept,
    room: { name: options.room, isOpen: room.isOpen, hash },
    parameters,
    model,
    learner:
      learner &&
      ((restored, onChange, onProblem) => learner({ kept, restored, onChange, onProblem })),
    name: options.name ?? 'Peer',
    kind: world.kind,
    minPeers,
    uplink: checkedUplink(options),
    trustsAnybody: options.trustsEachOther ?? false,
    searching,
    noise: checkedNoise(options.noise, parameters.dimension, minPeers),
    budget: checkedBudget(options),
    agreesWith: world.agreesWith,
  });
  if (options.signal?.aborted === true) {
    await session.leave();
    options.signal.throwIfAborted();
  }
  return session;
}

function checkedUplink({ uplink }: RoomOptions): number | undefined {
  if (uplink === undefined || (Number.isInteger(uplink) && uplink >= 0 && uplink <= MAX_SHARE)) {
    return uplink;
  }
  throw new UsageError(`uplink is ${uplink}: choose a whole number from 0 to ${MAX_SHARE}.`);
}

/**
 * The setting of whoever comes with noise: it counts on as many others as it wants in each sum at least.
 *
 * @throws UsageError when the noise is out of range, or does not fit the vector.
 */
export function checkedNoise(
  noise: NoiseChoice | undefined,
  dimension: number,
  minPeers: number,
): NoiseSetting | undefined {
  if (noise === undefined) return undefined;
  try {
    return settingOf(noise, dimension, minPeers - 1);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function checkedBudget({ budget }: RoomOptions): number | undefined {
  if (budget === undefined || isBudget(budget)) return budget;
  throw new UsageError(
    `budget is ${budget}: choose an epsilon above 0 and below 1,000,000, such as 8.`,
  );
}

function checkedMinPeers({ minPeers = MIN_COHORT, trustsEachOther, noise }: RoomOptions): number {
  const smallest = trustsEachOther === true ? 2 : MIN_COHORT;
  // Noise counts on as many in each sum, and the largest that hides an update by itself is one of a line.
  const most = noise === undefined ? MAX_MEMBERS : MAX_COHORT;
  if (!Number.isInteger(minPeers) || minPeers < smallest || minPeers > most) {
    const hint =
      minPeers === 2
        ? " A sum of two tells each the other's values: both must trust each other."
        : '';
    throw new UsageError(
      `min-peers is ${minPeers}: choose a whole number from ${smallest} to ${most}.${hint}`,
    );
  }
  return minPeers;
}
