/**
 * Serves the example pages, and runs beside them the server that introduces peers.
 *
 * Usage: node scripts/examples.js
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import { build } from './build.js';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));

/** What the pages of the examples load, and nothing else of this folder. */
const SERVED = [
  '/examples/',
  '/dist/browser/',
  '/node_modules/@observablehq/runtime/',
  '/node_modules/@tensorflow/tfjs-core/dist/',
];

/**
 * Serves the example pages on this computer.
 *
 * @param {number} port - 0 for a free one.
 * @returns {Promise<import('node:http').Server>} Listening.
 */
export function serveExamples(port) {
  const files = sirv(root, { dev: true, etag: true });
  const server = createServer((request, response) => {
    const missing = () => response.writeHead(404).end();
    if (SERVED.some((folder) => request.url.startsWith(folder))) files(request, response, missing);
    else missing();
  });
  return new Promise((settle, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => settle(server));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!(await build({ onlyIfStale: true }))) process.exit(1);
  await serveExamples(8000);
  const frames = ['--allow-frame', 'http://localhost:8000'];
  const args = [join(root, 'bin/murmuration.js'), 'serve', '--host', '127.0.0.1', ...frames];
  spawn(process.execPath, args, { stdio: 'inherit' }).once('exit', (status) =>
    process.exit(status),
  );
  for (const page of ['private-average/', 'embed/element.html', 'embed/iframe.html', 'notebook/']) {
    console.log(`http://localhost:8000/examples/${page}`);
  }
}
