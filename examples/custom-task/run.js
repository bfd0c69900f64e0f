/** Three peers on this computer, each with a third of the curve. */
import { runPeers } from '../run-peers.js';

await runPeers(
  new URL('peer.js', import.meta.url),
  [0, 1, 2].map((part) => ['--part', String(part), ...process.argv.slice(2)]),
);
