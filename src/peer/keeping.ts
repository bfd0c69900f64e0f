/**
 * What a peer keeps over a reload, and how it is read back: never trusted, since a store may be old,
 * broken or written by another version.
 *
 * @module
 */
import type { PeerStore, RoomStore, Store } from '../ports.ts';
import { decodeMessage, encodeResult, type ResultMessage } from '../round/messages.ts';
import type { Reading } from '../task/readings.ts';
import { openAccount, type Account } from './account.ts';
import { isKeptSpam, type KeptSpam } from './kept-spam.ts';
import type { KeptDisguise } from './disguise.ts';
import type { CurveView } from './view.ts';

/** Kept before the first masked word of an attempt leaves. */
export interface Joined {
  readonly round: number;
  readonly attempt: number;
}

/** The learning side of a peer. */
export interface KeptLearning {
  /** The result that `parameters` were trained on from, 0 for the first model. */
  readonly round: number;
  readonly parameters: Float32Array;
  readonly step: number;
  readonly readings: readonly Reading[];
  readonly isOutlier: boolean;
  readonly disguise?: KeptDisguise | undefined;
  readonly curve: CurveView;
}

/** Everything that was kept. */
export interface Kept {
  readonly joined: Joined | undefined;
  readonly result: ResultMessage | undefined;
  readonly learning: KeptLearning | undefined;
  readonly spam: KeptSpam | undefined;
  /** Undefined where nothing is kept. */
  readonly spending: Account | undefined;
}

/** The part of a peer's store that belongs to one room and task. */
export function inRoom(store: PeerStore, room: string): RoomStore {
  const name = (key: string): string => `${key} ${room}`;
  return {
    get: (key) => store.get(name(key)),
    set: (key, value) => store.set(name(key), value),
    delete: (key) => store.delete(name(key)),
    async elsewhere(key) {
      const kept = await store.list(`${key} `);
      const others = [...kept].filter(([other]) => other !== name(key));
      return new Map(others.map(([other, value]) => [other.slice(key.length + 1), value]));
    },
  };
}

/**
 * Reads what an earlier life of this peer kept in this room.
 *
 * @param data - Names the data that it will learn from.
 */
export async function readKept(store: RoomStore | undefined, data: string): Promise<Kept> {
  const [joined, result, learning, spending] = await Promise.all([
    store?.get('joined'),
    store?.get('result'),
    store?.get('learning'),
    store && openAccount(store, data),
  ]);
  return {
    joined: isJoined(joined) ? joined : undefined,
    result: readResult(result),
    learning: isLearning(learning) ? learning : undefined,
    spam: isKeptSpam(learning) ? learning : undefined,
    spending,
  };
}

/** Keeps the newest result. */
export function keepResult(store: Store, result: ResultMessage): Promise<void> {
  return store.set('result', encodeResult(result));
}

function isJoined(value: unknown): value is Joined {
  const joined = value as Partial<Joined> | undefined;
  return Number.isInteger(joined?.round) && Number.isInteger(joined?.attempt);
}

function readResult(value: unknown): ResultMessage | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  try {
    const message = decodeMessage(value);
    return message.type === 'result' ? message.result : undefined;
  } catch {
    return undefined; // Written by another version: the room has newer ones.
  }
}

function isLearning(value: unknown): value is KeptLearning {
  const kept = value as Partial<KeptLearning> | undefined;
  return (
    Number.isInteger(kept?.round) &&
    kept?.parameters instanceof Float32Array &&
    kept.parameters.every(Number.isFinite) &&
    Number.isInteger(kept.step) &&
    typeof kept.isOutlier === 'boolean' &&
    Array.isArray(kept.readings) &&
    kept.readings.every(isReading) &&
    (kept.disguise === undefined || isDisguise(kept.disguise)) &&
    Array.isArray(kept.curve?.local) &&
    Array.isArray(kept.curve.merges)
  );
}

function isDisguise({ choice, made, released, rho }: Partial<KeptDisguise>): boolean {
  return (
    ['none', 'blur', 'randomise'].includes(choice?.type ?? '') &&
    Array.isArray(made) &&
    made.every(isReading) &&
    Number.isInteger(released) &&
    typeof rho === 'number' &&
    rho >= 0
  );
}

function isReading(value: unknown): value is Reading {
  const { x, y, isHot } = (value ?? {}) as Partial<Reading>;
  return (
    typeof x === 'number' &&
    x >= 0 &&
    x <= 1 &&
    typeof y === 'number' &&
    y >= 0 &&
    y <= 1 &&
    typeof isHot === 'boolean'
  );
}
