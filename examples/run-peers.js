/**
 * Runs one of the examples for Node on one computer: a server that introduces peers, and a process for each peer.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { newRoomKey } from 'murmuration';

const murmuration = fileURLToPath(new URL('../bin/murmuration.js', import.meta.url));

/**
 * Starts the server, then the peers; resolves when all peers have ended.
 *
 * @param {URL} program - What each peer runs.
 * @param {readonly (readonly string[])[]} peers - The arguments of each, beside --server and --key.
 */
export async function runPeers(program, peers) {
  const args = [murmuration, 'serve', '--host', '127.0.0.1', '--port', '0', '--json'];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = await once(createInterface({ input: server.stdout }), 'line');
    const url = `http://127.0.0.1:${JSON.parse(line).port}`;
    const shared = [fileURLToPath(program), '--server', url, `--key=${newRoomKey()}`];
    const running = peers.map((own) =>
      spawn(process.execPath, [...shared, ...own], { stdio: ['ignore', 'inherit', 'inherit'] }),
    );
    const statuses = await Promise.all(running.map(async (peer) => (await once(peer, 'exit'))[0]));
    process.exitCode = statuses.every((status) => status === 0) ? 0 : 1;
  } finally {
    server.kill();
  }
}
