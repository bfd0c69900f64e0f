import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from 'vite';
import { deriveRoom, newRoomKey, parseRoomKey } from '../../src/peer/room-key.ts';
import { realSuite } from '../../src/secagg/index.ts';
import { untilMesh } from '../contract/witness.ts';
import { startLyingServer } from './lying-server.ts';
import { Peers } from './peers.ts';

describe('a peer whose process is killed', () => {
  /** Inside node_modules, so that the program finds its packages. */
  const folder = mkdtempSync(join('node_modules', '.lone-peer-'));

  beforeAll(async () => {
    await build({
      configFile: false,
      logLevel: 'silent',
      build: {
        ssr: 'test/peer/lone-peer.ts',
        outDir: folder,
        emptyOutDir: false,
        target: 'node20',
      },
    });
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('is gone after an unanswered ping; a living one of whom the server says the same stays', async () => {
    const server = await startLyingServer();
    const key = newRoomKey();
    const room = deriveRoom(realSuite, parseRoomKey(key), 'killed');
    const peers = new Peers();
    const [a, b] = [peers.join(server.url, room), peers.join(server.url, room)];
    await untilMesh([a, b]);
    const [, nameOfB] = server.members as [string, string];
    const program = join(folder, readdirSync(folder)[0]!);
    const child: ChildProcess = spawn(process.execPath, [program, server.url, key, 'killed'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    try {
      await Promise.all([a, b].map((peer) => peer.until(() => peer.linked.size === 2)));
      const killed = [...a.linked].find((id) => id !== b.id)!;
      server.say(server.members[0]!, { type: 'member-left', member: nameOfB });
      child.kill('SIGKILL');
      await Promise.all([a, b].map((peer) => peer.until(() => !peer.linked.has(killed))));
      expect(a.of('unlinked')).toEqual([{ type: 'unlinked', peer: killed, reason: 'silent' }]);
      expect(a.linked).toEqual(new Set([b.id]));
      expect(b.linked).toEqual(new Set([a.id]));
    } finally {
      child.kill('SIGKILL');
      await peers.close();
      await server.close();
    }
  });
});
