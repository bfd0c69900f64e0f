/** Three clinics on this computer: a process and a table each. */
import { fileURLToPath } from 'node:url';
import { runPeers } from '../run-peers.js';

const tables = ['clinic-a.csv', 'clinic-b.csv', 'clinic-c.csv'];
await runPeers(
  new URL('silo.js', import.meta.url),
  tables.map((name) => {
    const table = fileURLToPath(new URL(name, import.meta.url));
    return ['--table', table, '--column', 'stay_days'];
  }),
);
