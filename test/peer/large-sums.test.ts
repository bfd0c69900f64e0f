/**
 * Sums of large vectors among real peers over WebRTC: exact, and cheaper than a broadcast.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { startSignaling, type Signaling } from '../../signaling/server.ts';
import { joinInNode } from '../../src/peer/join-in-node.ts';
import type { Session } from '../../src/peer/session.ts';

const DIMENSION = 200_000;
const sessions: Session[] = [];
let server: Signaling | undefined;

afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.leave()));
  await server?.close();
});

async function join(count: number): Promise<readonly Session[]> {
  server = await startSignaling({ port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${server.port}`;
  for (let i = 0; i < count; i++) {
    sessions.push(await joinInNode({ server: url, room: 'large', minPeers: count }));
  }
  return sessions;
}

/** Whole numbers, so that their sum is exact but for the rounding of the encoding. */
function valuesOf(place: number): Float64Array {
  return Float64Array.from({ length: DIMENSION }, (_, at) => ((at * (place + 1)) % 2001) - 1000);
}

describe('a sum of 200,000 values among four peers', () => {
  it(
    'is that of all, the same for all, and sends each value about one and a half times',
    { timeout: 60_000 },
    async () => {
      const peers = await join(4);
      const answers = await Promise.all(
        peers.map((peer, place) => peer.aggregate(valuesOf(place))),
      );
      const [first] = answers as [(typeof answers)[number]];
      expect(new Set(answers.map(({ resultHash }) => resultHash)).size).toBe(1);
      expect(first.count).toBe(4);
      const all = [0, 1, 2, 3].map(valuesOf);
      let worst = 0;
      for (let at = 0; at < DIMENSION; at++) {
        const sum = all.reduce((total, values) => total + values[at]!, 0);
        worst = Math.max(worst, Math.abs(first.sum[at]! - sum));
      }
      expect(worst).toBeLessThan(1e-4);
      for (const peer of peers) {
        const { bytesSent } = peer.view.result!;
        // 2 (n - 1) / n vectors of 4 bytes a value, and some kilobytes of control.
        expect(bytesSent).toBeLessThan(1.06 * 1.5 * 4 * DIMENSION);
        expect(bytesSent).toBeGreaterThan(0.94 * 1.5 * 4 * DIMENSION);
      }
    },
  );
});
