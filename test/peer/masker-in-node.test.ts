import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MASK_RANGE_WORDS } from '../../src/config.ts';
import { maskerOfProcess, startMaskThread } from '../../src/peer/masker-in-node.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import type { Masker, StreamTerm } from '../../src/ports.ts';
import { createMaskPool, type MaskPort } from '../../src/worker/mask-pool.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const LENGTH = 9 * MASK_RANGE_WORDS + 1;
const terms: readonly StreamTerm[] = ([1, -1, 1, 1] as const).map((sign, i) => ({
  key: new Uint8Array(32).fill(i + 1),
  sign,
}));

let folder: string;
let script: URL;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'murmuration-threads-'));
  script = pathToFileURL(join(folder, 'mask-thread.js'));
  await build({
    root,
    configFile: join(root, 'vite.node.config.ts'),
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      outDir: folder,
      rolldownOptions: {
        input: { 'mask-thread': join(root, 'src/peer/mask-thread-in-node.ts') },
        output: { entryFileNames: '[name].js', format: 'es' },
      },
    },
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('masks in threads of a program', () => {
  it('are those of one thread, for several vectors at once', async () => {
    const started: MaskPort[] = [];
    const masker = poolOf(2, started);
    const results = await Promise.all([1, 2, 3].map((seed) => masker.apply(words(seed), terms)));
    for (const [i, result] of results.entries()) {
      const alone = words(i + 1);
      nodeSuite.addStreamsInPlace(alone, terms);
      expect(result.every((word, at) => word === alone[at])).toBe(true);
    }
    expect(started.length).toBe(2);
    masker.close();
  });

  it('that end in the middle of the work are made up for', async () => {
    const started: MaskPort[] = [];
    const masker = poolOf(2, started);
    const masked = masker.apply(words(1), terms);
    for (const port of started) port.close();
    const alone = words(1);
    nodeSuite.addStreamsInPlace(alone, terms);
    expect((await masked).every((word, at) => word === alone[at])).toBe(true);
    masker.close();
  });

  it('that fail say why', async () => {
    const masker = poolOf(1, []);
    const bad: StreamTerm[] = [{ key: new Uint8Array(31), sign: 1 }];
    await expect(masker.apply(words(1), bad)).rejects.toThrow('key is 31 bytes');
    masker.close();
  });

  it('are done without threads where their script was not built', async () => {
    const missing = pathToFileURL(join(folder, 'missing.js'));
    expect(() => startMaskThread(missing)).toThrow('npm run build');
    const [masked, alone] = [words(1), words(1)];
    nodeSuite.addStreamsInPlace(alone, terms);
    expect(await maskerOfProcess().apply(masked, terms)).toBe(masked);
    expect(masked.every((word, at) => word === alone[at])).toBe(true);
  });
});

function poolOf(workerCount: number, started: MaskPort[]): Masker {
  return createMaskPool({
    suite: nodeSuite,
    workerCount,
    fromWords: 1,
    start() {
      const port = startMaskThread(script);
      started.push(port);
      return port;
    },
  });
}

function words(seed: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: LENGTH }, (_, i) => Math.imul(i, 0x9e3779b1) + seed);
}
