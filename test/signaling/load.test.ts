/** A thousand sockets in a hundred rooms on loopback: every message arrives, once, in its room. */
import { afterEach, describe, expect, it } from 'vitest';
import { startSignaling, type Signaling } from '../../signaling/server.ts';
import { Client, roomId } from './client.ts';

const ROOMS = 100;
const MEMBERS = 10;
const ROUNDS = 3;

let server: Signaling;

afterEach(() => server.close());

describe('a server with a thousand members', () => {
  it(
    'delivers each of 27,000 payloads to its addressee, in order, and to nobody else',
    { timeout: 60_000 },
    async () => {
      server = await startSignaling({ port: 0, host: '127.0.0.1' });
      const rooms: Client[][] = [];
      for (let room = 0; room < ROOMS; room++) {
        rooms.push(
          await Promise.all(
            Array.from({ length: MEMBERS }, () => Client.join(server.port, roomId(room))),
          ),
        );
      }
      for (let round = 0; round < ROUNDS; round++) {
        for (const room of rooms) {
          for (const from of room) {
            for (const to of room) if (to !== from) from.relay(to, payload(from, to, round));
          }
        }
      }
      const counts = await Promise.all(
        rooms.flatMap((room) => room.map((to) => receiveAll(to, room))),
      );
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(
        ROOMS * MEMBERS * (MEMBERS - 1) * ROUNDS,
      );
      // Whatever had come besides would be waiting; a message to oneself marks the end of the queue.
      for (const client of rooms.flat()) {
        client.relay(client, 'AAAA');
        expect(await client.next('error')).toMatchObject({ code: 'unknown-member' });
      }
    },
  );
});

function payload(from: Client, to: Client, round: number): string {
  return `${from.member}_${to.member}_${round}`;
}

/** Takes every message of a member and checks it; returns how many payloads there were. */
async function receiveAll(to: Client, room: readonly Client[]): Promise<number> {
  const heard = new Map<string, number>();
  const total = (room.length - 1) * ROUNDS;
  for (let count = 0; count < total;) {
    const message = await to.any();
    if (message.type === 'member-joined') continue;
    if (message.type !== 'relayed') throw new Error(`Unexpected ${message.type}.`);
    const from = room.find(({ member }) => member === message.from);
    const round = heard.get(message.from) ?? 0;
    expect(message.payload).toBe(payload(from!, to, round));
    heard.set(message.from, round + 1);
    count += 1;
  }
  return total;
}
