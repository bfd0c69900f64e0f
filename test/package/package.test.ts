/**
 * What is published: packed as npm would, looked at, installed into an empty folder, and used from there.
 *
 * The folder gets the project's own lock file, so that an installation needs nothing that `npm ci` has not
 * brought already.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packInto, publintOf, typesWrongWith } from '../../scripts/check-package.js';

interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

interface LockEntry {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
}

const own = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
};

let folder: string;
let tarball: string;
let files: readonly string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'murmuration-package-'));
  const packed = await packInto(folder);
  tarball = packed.tarball;
  files = packed.files;
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An empty folder with this package and its dependencies, and nothing that a script would have made. */
function install(name: string, ...flags: string[]): string {
  const place = join(folder, name);
  mkdirSync(place);
  const file = `file:../${basename(tarball)}`;
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
  const needed = Object.entries(packages).filter(
    ([path, { dev, link }]) => path !== '' && !dev && !link,
  );
  const manifest = { name, private: true, type: 'module', dependencies: { murmuration: file } };
  const { dependencies, optionalDependencies } = own;
  const murmuration = { version: '0.1.0', resolved: file, dependencies, optionalDependencies };
  const lock = {
    ...{ name, lockfileVersion: 3, requires: true },
    packages: {
      '': manifest,
      'node_modules/murmuration': murmuration,
      ...Object.fromEntries(needed),
    },
  };
  writeFileSync(join(place, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(place, 'package-lock.json'), JSON.stringify(lock));
  const args = ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  execFileSync('npm', [...args, ...flags], { cwd: place, timeout: 240_000 });
  return place;
}

/** Runs a module in a folder. */
function run(
  place: string,
  code: string,
): { readonly status: number | null; readonly out: string } {
  writeFileSync(join(place, 'run.js'), code);
  const args = { cwd: place, encoding: 'utf8', timeout: 60_000 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['run.js'], args);
  return { status, out: stdout + stderr };
}

describe('the tarball', () => {
  it('holds programs, libraries, the page, types and documents, and nothing else', () => {
    const kinds = [
      /^(?:README|CHANGELOG)\.md$|^LICENSE$|^package\.json$/,
      /^bin\/murmuration\.js$/,
      /^dist\/(?:browser|cli|lib)\/[\w.-]+\.js$/,
      /^dist\/page\/(?:index\.html|licenses\.txt|assets\/[\w.-]+\.(?:js|css|svg|woff2?))(?:\.gz|\.br)?$/,
      /^dist\/types\/(?:src|signaling)\/[\w./-]+\.d\.ts$/,
      /^dist\/custom-elements\.json$/,
      /^docs\/[\w/-]+\.(?:md|png|svg|service|conf)$/,
    ];
    expect(files.filter((file) => !kinds.some((kind) => kind.test(file)))).toEqual([]);
    for (const kind of kinds)
      expect(
        files.some((file) => kind.test(file)),
        `${kind}`,
      ).toBe(true);
  });

  it('is clean to publint', async () => {
    expect(await publintOf(tarball)).toEqual([]);
  });

  it('is clean to are-the-types-wrong', () => {
    expect(typesWrongWith(tarball)).toBe('');
  });

  it('runs nothing when it is installed', () => {
    const hooks = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];
    expect(hooks.filter((hook) => own.scripts[hook] !== undefined)).toEqual([]);
  });
});

describe('an installation without scripts', () => {
  it('sums among three peers over WebRTC, introduced by its own server', () => {
    const place = install('whole');
    const { status, out } = run(
      place,
      `import { spawn } from 'node:child_process';
       import { once } from 'node:events';
       import { joinRoom, newRoomKey } from 'murmuration';
       const args = ['node_modules/murmuration/bin/murmuration.js', 'serve', '--port', '0', '--host', '127.0.0.1', '--json'];
       const child = spawn(process.execPath, args);
       const [line] = await once(child.stdout, 'data');
       const server = 'http://127.0.0.1:' + JSON.parse(line).port;
       const key = newRoomKey();
       const sessions = await Promise.all([1, 2, 3].map(() => joinRoom({ server, room: 'a', key })));
       const told = await Promise.all(sessions.map((session, i) => session.aggregate([i], { clip: 4 })));
       console.log(told.map(({ count, sum }) => count + ' ' + Math.round(sum[0])).join(', '));
       child.kill();
       process.exit();`,
    );
    expect(out).toBe('3 3, 3 3, 3 3\n');
    expect(status).toBe(0);
  }, 300_000);
});

describe('an installation without scripts and without what is optional', () => {
  let place: string;
  beforeAll(() => {
    place = install('plain', '--omit=optional');
  }, 300_000);

  it('imports, makes a key, and says what is missing for WebRTC', () => {
    const { status, out } = run(
      place,
      `import { joinRoom, newRoomKey, RoundFailed, UsageError } from 'murmuration';
       const key = newRoomKey();
       const error = await joinRoom({ server: 'http://127.0.0.1:9', room: 'a', key }).catch((e) => e);
       console.log(key.length, new RoundFailed('spent', '').reason, error instanceof UsageError, error.message);`,
    );
    expect(out).toMatch(
      /^22 spent true This peer needs WebRTC for Node: run "npm install @roamhq\/wrtc"/,
    );
    expect(status).toBe(0);
  });

  it('has no native code', () => {
    const names = readdirSync(join(place, 'node_modules'), { recursive: true }) as string[];
    expect(names.filter((name) => name.endsWith('.node'))).toEqual([]);
  });

  it('has a command line', () => {
    const args = ['node_modules/murmuration/bin/murmuration.js', '--help'];
    expect(execFileSync(process.execPath, args, { cwd: place, encoding: 'utf8' })).toContain(
      'serve',
    );
  });

  it('type-checks without skipping the types of libraries', () => {
    writeFileSync(
      join(place, 'use.ts'),
      `import { joinRoom, type Session } from 'murmuration';
       import { HeatMap, PeerGraph, MurmurationRoom } from 'murmuration/elements';
       export const mean = async (session: Session): Promise<Float64Array> =>
         (await session.aggregate([1], { clip: 2, signal: AbortSignal.timeout(5) })).mean;
       export const open = (): Promise<Session> => joinRoom({ server: 'http://a', room: 'b', name: 'c' });
       export const train = (session: Session): Promise<unknown> =>
         session.train<number>(
           { init: () => [], loss: ([weights]: readonly { shape: number[]; size: number; dispose(): void }[]) => weights! },
           { batch: (step) => step, name: 'mine', signal: AbortSignal.timeout(5) },
         );
       export const elements = [new HeatMap(), new PeerGraph(), new MurmurationRoom()] as const;
       document.querySelector('heat-map')!.label = 'A map';`,
    );
    const compilerOptions = {
      ...{ noEmit: true, strict: true, skipLibCheck: false, types: [] },
      ...{ target: 'es2022', module: 'nodenext', lib: ['es2023', 'dom', 'dom.iterable'] },
    };
    const config = { compilerOptions, files: ['use.ts'] };
    writeFileSync(join(place, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(process.cwd(), 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc], { cwd: place, encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  it('gives a bundler for pages the entry for pages, which loads nothing by a bare name', async () => {
    const output = await bundle(
      place,
      `import { joinRoom } from 'murmuration'; globalThis.join = joinRoom;`,
    );
    expect(output).not.toMatch(/node:|@roamhq/);
    const folderOfPages = join(place, 'node_modules/murmuration/dist/browser');
    for (const name of readdirSync(folderOfPages)) {
      const text = readFileSync(join(folderOfPages, name), 'utf8');
      const imports = [
        ...text.matchAll(/(?:^|[;}])import(?:[\w{}$*, ]+from)?["'\`]([^"'\`]+)["'\`]/g),
      ];
      for (const [, specifier] of imports) expect(specifier, name).toMatch(/^\.\.?\//);
    }
  });

  it('lets a bundler drop what is not used', async () => {
    const key = await bundle(
      place,
      `import { newRoomKey } from 'murmuration'; console.log(newRoomKey());`,
    );
    expect(key.length).toBeLessThan(6_000);
    const nothing = await bundle(place, `import { newRoomKey, joinRoom } from 'murmuration';`);
    expect(nothing.trim()).toBe('');
    const elements = await bundle(place, `import 'murmuration/elements';`);
    expect(elements).toMatch(/["'\`]peer-graph["'\`]/);
  });
});

/** The code that a page gets at first for a module: of what is loaded later, nothing. */
async function bundle(place: string, code: string): Promise<string> {
  writeFileSync(join(place, 'page.js'), code);
  const built = await build({
    root: place,
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: false,
      modulePreload: false,
      target: 'es2022',
      rolldownOptions: { input: join(place, 'page.js') },
    },
  });
  const { output } = (Array.isArray(built) ? built[0] : built) as {
    output: {
      type: string;
      isEntry?: boolean;
      code?: string;
      fileName: string;
      imports?: string[];
    }[];
  };
  const parts = new Map(output.map((part) => [part.fileName, part]));
  const entry = output.find((part) => part.type === 'chunk' && part.isEntry === true)!;
  const first = new Set<string>();
  const add = (name: string): void => {
    if (first.has(name)) return;
    first.add(name);
    for (const needed of parts.get(name)?.imports ?? []) add(needed);
  };
  add(entry.fileName);
  return [...first].map((name) => parts.get(name)?.code ?? '').join('\n');
}
