#!/usr/bin/env node
/** The command line, from the bundle that `npm run build` wrote. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bundle = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(fileURLToPath(bundle))) {
  console.error('murmuration: nothing is built yet: run npm run build, then try again.');
  process.exit(1);
}
const { main } = await import(bundle.href);
const status = await main(process.argv.slice(2));
// Links of WebRTC keep a process alive: end it once what was printed is written.
process.stdout.write('', () => process.exit(status));
