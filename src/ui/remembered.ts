/**
 * What this browser remembers between visits: its room, and the name of the person.
 *
 * The room is shared by all tabs of the browser, so that a second tab at the bare address joins the
 * same room. A drawn name belongs to one tab: it is taken out of the tab's storage on load and put
 * back when the page goes, so that a duplicated tab finds none and draws another. Tabs of one browser
 * take turns at the names, so that no two of them have the same one.
 *
 * @module
 */
import { newRoomKey } from '../peer/room-key.ts';
import { personName, ROOM_NAME_BYTES, roomName } from './room-names.ts';
import { DEFAULT_TASK, formatDataRoute, formatRoute, nameMistake, parseRoute } from './route.ts';
import type { RoomAddress } from './route.ts';

const ROOM_KEY = 'murmuration.room';
const DATA_ROOM_KEY = 'murmuration.data-room';
const NAME_KEY = 'murmuration.name';
const TAB_NAME_KEY = 'murmuration.tab-name';
const NAME_TURN_KEY = 'murmuration.name-turn';

/** The remembered room; undefined when there is none, or storage is switched off or spoilt. */
export function rememberedRoom(): RoomAddress | undefined {
  const kept = read(localStorageOf(), ROOM_KEY);
  const route = kept === undefined ? undefined : parseRoute(kept);
  return route?.type === 'room' ? route.address : undefined;
}

/** Remembers a room. */
export function rememberRoom(address: RoomAddress): void {
  write(localStorageOf(), ROOM_KEY, formatRoute(address));
}

/** The remembered room for questions and tables: another one, since maps and tables share no sums. */
export function rememberedDataRoom(): RoomAddress | undefined {
  const kept = read(localStorageOf(), DATA_ROOM_KEY);
  const route = kept === undefined ? undefined : parseRoute(kept);
  return route?.type === 'data' ? route.address : undefined;
}

/** Remembers a room for questions and tables. */
export function rememberDataRoom(address: RoomAddress): void {
  write(localStorageOf(), DATA_ROOM_KEY, formatDataRoute(address));
}

/** A room that nobody has been in: a friendly name and a new key. */
export function freshRoom(): RoomAddress {
  return {
    room: roomName(crypto.getRandomValues(new Uint8Array(ROOM_NAME_BYTES))),
    key: newRoomKey(),
    task: DEFAULT_TASK,
  };
}

/** The name of the person in this tab: chosen once, or drawn for this tab. */
export function tabName(): string {
  const storage = sessionStorageOf();
  const chosen = usable(read(localStorageOf(), NAME_KEY));
  const drawn = usable(read(storage, TAB_NAME_KEY)) ?? personName(nextNameTurn());
  write(storage, TAB_NAME_KEY, undefined);
  addEventListener('pagehide', () => write(storage, TAB_NAME_KEY, drawn));
  return chosen ?? drawn;
}

/** Remembers the name that a person chose, for all tabs of the browser. */
export function rememberName(name: string): void {
  write(localStorageOf(), NAME_KEY, name);
}

/** Which name the next tab of this browser draws: from a random start, one after the other. */
function nextNameTurn(): number {
  const last = read(localStorageOf(), NAME_TURN_KEY);
  const isTurn = last !== undefined && /^\d{1,3}$/.test(last);
  const turn = isTurn ? (Number(last) + 1) % 256 : crypto.getRandomValues(new Uint8Array(1))[0]!;
  write(localStorageOf(), NAME_TURN_KEY, String(turn));
  return turn;
}

function usable(name: string | undefined): string | undefined {
  return name !== undefined && nameMistake(name) === undefined ? name : undefined;
}

// A browser may forbid storage altogether, by an exception at the first touch: then nothing is remembered.

function localStorageOf(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

function sessionStorageOf(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

function read(storage: Storage | undefined, key: string): string | undefined {
  try {
    return storage?.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(storage: Storage | undefined, key: string, value: string | undefined): void {
  try {
    if (value === undefined) storage?.removeItem(key);
    else storage?.setItem(key, value);
  } catch {
    // Full or forbidden: the page goes on and forgets.
  }
}
