/**
 * A silo: a process with a table that must not leave. Several of them work out how many rows they have together,
 * and the mean and the spread of a column over all rows, by one masked sum.
 *
 * Usage: node silo.js --table FILE --column NAME --server URL --key KEY [--silos 3]
 *
 * Prints one line of JSON, the same in every silo.
 */
import { joinRoom } from 'murmuration';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** No sum of a silo is larger than this: rows, values, squares. All silos say the same. */
const CLIP = 10_000;

/** How long to wait for the others, ms. */
const PATIENCE_MS = 120_000;

const { values } = parseArgs({
  options: {
    table: { type: 'string' },
    column: { type: 'string' },
    server: { type: 'string', default: 'http://localhost:8080' },
    key: { type: 'string' },
    silos: { type: 'string', default: '3' },
  },
});

const numbers = columnOf(readFileSync(values.table, 'utf8'), values.column);
const session = await joinRoom({
  server: values.server,
  room: `column ${values.column}`,
  key: values.key,
  name: values.table,
  // With fewer, no sum begins: each silo holds the others to it.
  minPeers: Number(values.silos),
});
try {
  const sum = (of) => numbers.reduce((total, number) => total + of(number), 0);
  const own = [numbers.length, sum((number) => number), sum((number) => number * number)];
  const result = await session.aggregate(own, {
    clip: CLIP,
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const [rows, total, squares] = result.sum;
  const mean = total / rows;
  const deviation = Math.sqrt(Math.max(0, squares / rows - mean * mean));
  console.log(JSON.stringify({ silos: result.count, rows: Math.round(rows), mean, deviation }));
} finally {
  await session.leave();
}
// Links of WebRTC keep a process alive.
process.exit();

function columnOf(text, name) {
  const [head, ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const at = head.indexOf(name);
  if (at < 0) throw new Error(`There is no column "${name}": choose one of ${head.join(', ')}.`);
  return rows.map((row) => Number(row[at]));
}
