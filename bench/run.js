/**
 * The measurements: bundles them with the code that they measure into `dist/bench`, and runs them.
 *
 * Usage: npm run bench -- [--json] [--only NAME] [--quick]. docs/benchmarks.md tells what each number means.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, loadConfigFromFile } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const outDir = join(root, 'dist', 'bench');
const fromHere = (path) => fileURLToPath(new URL(path, import.meta.url));

const { config } = await loadConfigFromFile(
  { command: 'build', mode: 'production' },
  join(root, 'vite.node.config.ts'),
);

/** Peers that learn by the library's own tape need the module that holds its gradients: it is bundled. */
const external = config.ssr.external.filter((name) => !name.startsWith('@tensorflow/'));

/** What runs in Node: this process, and the programs that it starts. */
await build({
  root,
  configFile: false,
  logLevel: 'error',
  ssr: { ...config.ssr, external: [...external, 'playwright-core'] },
  build: {
    ...config.build,
    outDir: join(outDir, 'node'),
    rolldownOptions: {
      input: {
        main: fromHere('main.ts'),
        'mask-thread': fromHere('../src/peer/mask-thread-in-node.ts'),
        flock: fromHere('rounds/flock.ts'),
        'plain-peer': fromHere('rounds/plain-peer.ts'),
        'relay-server': fromHere('signaling/relay-server.ts'),
        'rival-peer': fromHere('rivals/rival-peer.ts'),
        'wire-peer': fromHere('wire/wire-peer.ts'),
      },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
});

/** What runs in a worker of a page, minified as the page is. */
await build({
  root,
  configFile: false,
  logLevel: 'error',
  // The bare import of simple-peer needs Node's globals; its own browser bundle does not.
  resolve: { alias: [{ find: /^simple-peer$/, replacement: 'simple-peer/simplepeer.min.js' }] },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    outDir: join(outDir, 'page'),
    emptyOutDir: true,
    modulePreload: false,
    rolldownOptions: {
      input: {
        worker: fromHere('browser/worker.ts'),
        'wire-page': fromHere('wire/wire-page.ts'),
      },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js', comments: false },
    },
  },
});

/** The page over fixtures, for rooms that no machine holds. */
await build({
  root,
  logLevel: 'error',
  build: {
    outDir: join(outDir, 'fixture'),
    emptyOutDir: true,
    rolldownOptions: { input: fromHere('../test/ui/fixture.html') },
  },
});

const { main } = await import(join(outDir, 'node', 'main.js'));
process.exitCode = await main(process.argv.slice(2));
