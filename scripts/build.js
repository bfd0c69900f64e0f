/**
 * Builds everything into `dist`: the page, the command line, the library for Node and for pages, its types,
 * and the manifest of its elements.
 *
 * All messages go to stderr, since a command that builds first may print JSON on stdout.
 *
 * Usage: node scripts/build.js [--if-stale]
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { elementsManifest } from './elements-manifest.js';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const dist = join(root, 'dist');

/** Written last: newer than every source means that nothing has to be built. */
const stamp = join(dist, 'built');

/** Names the process that builds: two at once would empty each other's folders. */
const lock = join(dist, 'building');

/** Waiting for another process: how often to look, ms, and how long at most. */
const LOCK_POLL_MS = 200;
const LOCK_TIMEOUT_MS = 180_000;

/** What the build reads. */
const sources = [
  'src',
  'signaling',
  'index.html',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.lib.json',
  'vite.config.ts',
  'vite.browser.config.ts',
  'vite.node.config.ts',
  'scripts/build.js',
  'scripts/elements-manifest.js',
];

/** What runs in threads of a program: files of their own, beside the one that starts them. */
const threads = { 'mask-thread': 'src/peer/mask-thread-in-node.ts' };

/** Files that shrink; pictures and fonts have their own compression. */
const compressible = /\.(?:html|js|css|svg|json|wasm|txt|webmanifest)$/;

/**
 * Builds, or finds that everything is built.
 *
 * @param {{ readonly onlyIfStale?: boolean }} [options]
 * @returns {Promise<boolean>} Whether `dist` is good now; what went wrong is on stderr.
 */
export async function build({ onlyIfStale = false } = {}) {
  if (onlyIfStale && !isStale()) return true;
  await takeLock();
  // Another process may have built in the meantime.
  const isDone = onlyIfStale && !isStale();
  const isGood = isDone || (await buildAll());
  rmSync(lock, { force: true });
  return isGood;
}

async function buildAll() {
  // A test runner that builds says "test" here, and would get the libraries' versions for development.
  process.env.NODE_ENV = 'production';
  const startedAt = performance.now();
  rmSync(stamp, { force: true });
  try {
    const vite = await import('vite');
    await buildPage(vite);
    await buildNode(vite, 'cli', { main: 'src/cli/main.ts', ...threads });
    await buildNode(vite, 'lib', { index: 'src/index.ts', ...threads });
    await vite.build({ root, configFile: join(root, 'vite.browser.config.ts'), logLevel: 'error' });
    buildTypes();
    const manifest = elementsManifest(root);
    writeFileSync(join(dist, 'custom-elements.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    writeFileSync(stamp, '');
    say(`Built dist in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
    return true;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    say('The build failed: nothing in dist can be relied on.');
    return false;
  }
}

async function takeLock() {
  mkdirSync(dist, { recursive: true });
  for (let waitedMs = 0; waitedMs < LOCK_TIMEOUT_MS; waitedMs += LOCK_POLL_MS) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return;
    } catch {
      if (!isHeld()) rmSync(lock, { force: true });
      else await setTimeout(LOCK_POLL_MS);
    }
  }
  throw new Error(`Another build does not end: delete ${lock}, then try again.`);
}

/** Whether the process that took the lock still runs. */
function isHeld() {
  try {
    const owner = Number(readFileSync(lock, 'utf8'));
    // The name may be read before it is written.
    if (owner === 0) return true;
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function buildPage(vite) {
  if (!existsSync(join(root, 'index.html'))) throw new Error('index.html is missing.');
  await vite.build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'error' });
  writeFileSync(join(dist, 'page', 'licenses.txt'), licenses());
  for (const file of filesIn(join(dist, 'page'))) {
    if (!compressible.test(file)) continue;
    const bytes = readFileSync(file);
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
    const quality = { [constants.BROTLI_PARAM_QUALITY]: 9 };
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: quality }));
  }
}

/** The licences of every package that may be part of the page: the comments that hold them are cut. */
function licenses() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const bundled = needsOf(packages, (name) => /^(?:libp2p$|@libp2p\/|@multiformats\/)/.test(name));
  return Object.entries(packages)
    .filter(
      ([path, { dev, optional }]) => path !== '' && ((!dev && !optional) || bundled.has(path)),
    )
    .flatMap(([path, { version, license = 'see the package' }]) => {
      const folder = join(root, path);
      if (!existsSync(folder)) return [];
      const texts = readdirSync(folder)
        .filter(
          (name) => /^(?:licen[cs]e|notice)/i.test(name) && statSync(join(folder, name)).isFile(),
        )
        .map((name) => readFileSync(join(folder, name), 'utf8').trim());
      const name = path.slice(path.lastIndexOf('node_modules/') + 13);
      return [`${name} ${version} (${license})`, ...texts].join('\n\n');
    })
    .join(`\n\n${'-'.repeat(80)}\n\n`);
}

/** Paths of the development dependencies of certain names, and of everything that they need in turn. */
function needsOf(packages, isWanted) {
  const found = new Set();
  const waiting = Object.keys(packages[''].devDependencies).filter(isWanted);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    for (const path of Object.keys(packages)) {
      const isIt = path === `node_modules/${name}` || path.endsWith(`/node_modules/${name}`);
      if (!isIt || packages[path].link || found.has(path)) continue;
      found.add(path);
      waiting.push(...Object.keys(packages[path].dependencies ?? {}));
    }
  }
  return found;
}

async function buildNode(vite, folder, entries) {
  const input = Object.entries(entries).map(([name, entry]) => [name, join(root, entry)]);
  await vite.build({
    root,
    configFile: join(root, 'vite.node.config.ts'),
    logLevel: 'error',
    build: {
      outDir: join(dist, folder),
      rolldownOptions: {
        input: Object.fromEntries(input),
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
}

/** Declarations beside the library, for those who write in TypeScript: those that its entries reach. */
function buildTypes() {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  rmSync(join(dist, 'types'), { recursive: true, force: true });
  execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.lib.json')], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  pruneTypes();
}

/** Removes declarations that no entry leads to: they name packages that are not installed with this one. */
function pruneTypes() {
  const types = join(dist, 'types');
  const reached = new Set();
  const waiting = ['index', 'elements'].map((name) => join(types, 'src', `${name}.d.ts`));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, path] of text.matchAll(/(?:from|import\(|import) ?'(\.[^']+)\.ts'/g)) {
      waiting.push(join(file, '..', `${path}.d.ts`));
    }
  }
  for (const file of filesIn(types)) if (!reached.has(file)) rmSync(file);
}

function isStale() {
  if (!existsSync(stamp)) return true;
  const builtAt = statSync(stamp).mtimeMs;
  return sources
    .map((name) => join(root, name))
    .filter((path) => existsSync(path))
    .some((path) => newest(path) > builtAt);
}

/** When something in a file or folder last changed, ms; a file that went away changes its folder. */
function newest(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isBuilt = await build({ onlyIfStale: process.argv.includes('--if-stale') });
  process.exitCode = isBuilt ? 0 : 1;
}
