/**
 * The room machine against a model: what each member was told adds up to who is there, and no
 * sequence of events, however hostile, breaks a bound.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS, type Limits } from '../../signaling/limits.ts';
import {
  emptyRooms,
  stepRooms,
  type Rooms,
  type RoomsEffect,
  type RoomsEvent,
} from '../../signaling/rooms.ts';
import { roomId } from './client.ts';

const small: Limits = {
  ...LIMITS,
  connections: 6,
  rooms: 2,
  roomMembers: 2,
  messageBurst: 5,
  messagesPerSecond: 1,
  joinTimeoutMs: 3_000,
  idleMs: 8_000,
};

/** The nth name: 22 characters, as the server draws them. */
const name = (n: number): string => `member-${n}`.padEnd(22, '_');

const join = (room: number): string =>
  JSON.stringify({ type: 'join', version: 1, room: roomId(room) });

const relay = (to: number, payload = 'c2VhbGVk'): string =>
  JSON.stringify({ type: 'relay', to: name(to), payload });

/** Steps through events, and returns all effects. */
function play(state: Rooms, ...events: readonly RoomsEvent[]): RoomsEffect[] {
  return events.flatMap((event) => stepRooms(state, event)[1]);
}

/** Connects and joins the nth member, and returns the effects of joining. */
function enter(state: Rooms, n: number, room: number, now = 0): RoomsEffect[] {
  return play(
    state,
    { type: 'connected', member: name(n), now },
    { type: 'received', member: name(n), text: join(room), now },
  );
}

/** The codes of the errors that a member was sent. */
function errorsTo(effects: readonly RoomsEffect[], n: number): string[] {
  return effects.flatMap((effect) =>
    effect.type === 'send' && effect.to === name(n) && effect.message.type === 'error'
      ? [effect.message.code]
      : [],
  );
}

const moments = fc.integer({ min: 0, max: 500 });
const members = fc.integer({ min: 0, max: 7 });

/** An event without its time: how much later than the one before it comes is drawn beside it. */
const texts = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 3 }).map(join) },
  { weight: 4, arbitrary: members.map((to) => relay(to)) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string() },
);
const refusals = fc.constantFrom('too-slow' as const, 'message-too-large' as const);
const actions = fc.oneof(
  { weight: 12, arbitrary: action('connected', { member: members }) },
  { weight: 16, arbitrary: action('received', { member: members, text: texts }) },
  { weight: 2, arbitrary: action('heard', { member: members }) },
  { weight: 1, arbitrary: action('refused', { member: members, code: refusals }) },
  { weight: 2, arbitrary: action('closed', { member: members }) },
  { weight: 1, arbitrary: action('sweep', {}) },
);

function action<const Type extends string, Fields>(
  type: Type,
  fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> },
): fc.Arbitrary<Fields & { type: Type }> {
  return fc.record(fields).map((drawn) => ({ ...drawn, type }));
}

describe('stepRooms', () => {
  it('keeps every bound, and tells each member exactly who is in its room', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(actions, moments), { maxLength: 150, size: 'max' }),
        (script: readonly (readonly [Action, number])[]) => {
          const state = emptyRooms(small, []);
          const known = new Map<string, Set<string>>();
          const open = new Set<string>();
          let now = 0;
          for (const [action, wait] of script) {
            now += wait;
            // A name is drawn once: the server never connects one that is connected.
            if (action.type === 'connected' && open.has(name(action.member))) continue;
            const event = toEvent(action, now);
            if (event.type === 'connected') open.add(event.member);
            if (event.type === 'closed') {
              open.delete(event.member);
              known.delete(event.member);
            }
            for (const effect of stepRooms(state, event)[1]) {
              expect(open).toContain(effect.to);
              observe(effect, open, known);
            }
            checkInvariants(state, known);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('hands a payload on as it came, for any payload of the alphabet', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{1,200}$/), (payload) => {
        const state = emptyRooms(LIMITS, []);
        enter(state, 1, 0);
        enter(state, 2, 0);
        expect(
          play(state, { type: 'received', member: name(1), text: relay(2, payload), now: 0 }),
        ).toEqual([
          { type: 'send', to: name(2), message: { type: 'relayed', from: name(1), payload } },
        ]);
      }),
    );
  });

  it('never tells of a payload, a room or a name in an error', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12, maxLength: 60 }), (secret) => {
        const state = emptyRooms(LIMITS, []);
        enter(state, 1, 0);
        const effects = play(
          state,
          { type: 'received', member: name(1), text: relay(9, 'c2VjcmV0'), now: 0 },
          { type: 'received', member: name(1), text: secret, now: 0 },
        );
        expect(errorsTo(effects, 1)).toEqual(['unknown-member', 'bad-message']);
        const said = JSON.stringify(effects.filter((effect) => effect.type === 'send'));
        for (const part of [secret, 'c2VjcmV0', name(9), roomId(0)])
          expect(said).not.toContain(part);
      }),
    );
  });

  it('lets nobody reach a member of another room, or itself', () => {
    const state = emptyRooms(LIMITS, []);
    enter(state, 1, 0);
    enter(state, 2, 1);
    for (const to of [1, 2, 3]) {
      const effects = play(state, { type: 'received', member: name(1), text: relay(to), now: 0 });
      expect(errorsTo(effects, 1)).toEqual(['unknown-member']);
      expect(effects).toHaveLength(1);
    }
  });

  it('earns messages back with time, up to the burst', () => {
    const state = emptyRooms({ ...small, messageBurst: 3, messagesPerSecond: 2 }, []);
    const tries = (now: number, count: number): string[] =>
      Array.from({ length: count }, () =>
        play(state, { type: 'received', member: name(1), text: relay(9), now }),
      ).flatMap((effects) => errorsTo(effects, 1));
    enter(state, 1, 0, 0);
    expect(tries(0, 2)).toEqual(['unknown-member', 'unknown-member']);
    expect(tries(500, 1)).toEqual(['unknown-member']);
    expect(tries(60_000, 4)).toEqual([
      ...Array<string>(3).fill('unknown-member'),
      'too-many-messages',
    ]);
  });

  it('forgets a room with its last member, so that rooms are free again', () => {
    const state = emptyRooms({ ...small, rooms: 1 }, []);
    enter(state, 1, 0);
    expect(errorsTo(enter(state, 2, 1), 2)).toEqual(['too-many-rooms']);
    play(state, { type: 'closed', member: name(1) });
    expect(errorsTo(enter(state, 3, 1), 3)).toEqual([]);
  });

  it('closes whoever is silent or never joins, and pings the others', () => {
    const state = emptyRooms(small, []);
    enter(state, 1, 0, 0);
    enter(state, 2, 0, 0);
    play(state, { type: 'connected', member: name(3), now: 5_000 });
    play(state, { type: 'heard', member: name(2), now: 7_999 });
    const effects = play(state, { type: 'sweep', now: 8_000 });
    expect(errorsTo(effects, 1)).toEqual(['idle']);
    expect(errorsTo(effects, 3)).toEqual(['not-joined']);
    expect(effects.filter(({ type }) => type === 'ping')).toEqual([{ type: 'ping', to: name(2) }]);
    expect(effects).toContainEqual({
      type: 'send',
      to: name(2),
      message: { type: 'member-left', member: name(1) },
    });
  });

  it('asks for a new version before it looks at the rest of a message', () => {
    const state = emptyRooms(LIMITS, []);
    play(state, { type: 'connected', member: name(1), now: 0 });
    const text = JSON.stringify({ type: 'join', version: 2, place: 'elsewhere' });
    const effects = play(state, { type: 'received', member: name(1), text, now: 0 });
    expect(errorsTo(effects, 1)).toEqual(['version-differs']);
  });
});

type Action = typeof actions extends fc.Arbitrary<infer T> ? T : never;

function toEvent(action: Action, now: number): RoomsEvent {
  switch (action.type) {
    case 'sweep':
      return { type: 'sweep', now };
    case 'refused':
    case 'closed':
      return { ...action, member: name(action.member) };
    default:
      return { ...action, member: name(action.member), now };
  }
}

/** What a member learns from an effect; a closed one must not hear anything more. */
function observe(effect: RoomsEffect, open: Set<string>, known: Map<string, Set<string>>): void {
  if (effect.type === 'close') {
    open.delete(effect.to);
    known.delete(effect.to);
    return;
  }
  if (effect.type === 'ping') return;
  const { message, to } = effect;
  switch (message.type) {
    case 'welcome':
      known.set(to, new Set(message.members));
      return;
    case 'member-joined':
      known.get(to)!.add(message.member);
      return;
    case 'member-left':
      expect(known.get(to)!.delete(message.member)).toBe(true);
      return;
    case 'relayed':
      expect(known.get(to)).toContain(message.from);
      return;
    case 'error':
      return;
  }
}

function checkInvariants(state: Rooms, known: ReadonlyMap<string, ReadonlySet<string>>): void {
  expect(state.members.size).toBeLessThanOrEqual(small.connections);
  expect(state.rooms.size).toBeLessThanOrEqual(small.rooms);
  const placed = [...state.rooms].flatMap(([room, present]) => {
    expect(present.size).toBeGreaterThan(0);
    expect(present.size).toBeLessThanOrEqual(small.roomMembers);
    for (const member of present) {
      expect(state.members.get(member)?.room).toBe(room);
      expect([...known.get(member)!, member].sort()).toEqual([...present].sort());
    }
    return [...present];
  });
  expect(new Set(placed).size).toBe(placed.length);
  expect([...known.keys()].sort()).toEqual(placed.sort());
}
