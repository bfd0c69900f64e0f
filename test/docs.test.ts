import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../signaling/limits.ts';
import * as config from '../src/config.ts';
import { CARRY, CARRY_KINDS, MAX_PIECE_BYTES } from '../src/peer/carry-messages.ts';
import { abortThresholdOf, thresholdOf, type Mode } from '../src/secagg/index.ts';
import { MESSAGE_TYPES, openEnvelope } from '../src/secagg/envelope.ts';
import { minimumFor } from '../src/round/roster.ts';

const PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.startsWith('api'))
    .map((file) => join('docs', file)),
];

const textOf = (file: string): string => readFileSync(file, 'utf8');
const protocol = textOf('docs/protocol.md');

describe.each(PAGES)('%s', (page) => {
  const text = textOf(page);

  it('links to files and headings that are there', () => {
    const prose = text.replace(/^```[^]*?^```/gm, '');
    const links = [...prose.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)]
      .map((match) => match[1] ?? match[2]!)
      .filter((link) => !/^https?:/.test(link));
    const broken = links.filter((link) => !isThere(page, link));
    expect(broken).toEqual([]);
  });

  it('names files that are there', () => {
    const named = [...text.matchAll(/`((?:src|test|scripts|signaling|bench|docs)\/[\w./-]+)`/g)];
    expect(named.map(([, file]) => file!).filter((file) => !existsSync(file))).toEqual([]);
  });

  it('names commands that package.json has', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)];
    const missing = named.map((match) => match[1] ?? match[2]!).filter((name) => !scripts[name]);
    expect(missing).toEqual([]);
  });

  it('quotes bounds as they are in the code', () => {
    const known: Readonly<Record<string, unknown>> = { ...config };
    const quoted = [...text.matchAll(/`([A-Z][A-Z0-9_]{3,})` \(([\d.,]+)\)/g)];
    for (const [, name, value] of quoted) {
      expect(Number(value!.replaceAll(',', '')), name).toBe(known[name!]);
    }
    const limits = [...text.matchAll(/`(\w+)` \(([\d,]+)\)/g)].filter(([, name]) =>
      Object.hasOwn(LIMITS, name!),
    );
    for (const [, name, value] of limits) {
      expect(Number(value!.replaceAll(',', '')), name).toBe(LIMITS[name as keyof typeof LIMITS]);
    }
  });
});

describe('the protocol page', () => {
  it('has the thresholds of the code', () => {
    const [, table] = /<!-- thresholds -->\n([^]*?)\n<!-- \/thresholds -->/.exec(protocol)!;
    expect(table).toBe(thresholdTable());
  });

  it('lists every message with its byte, and whether it is signed', () => {
    const rows = [...protocol.matchAll(/^\| (\d+) \| ([\w-]+) \| (yes|no)/gm)];
    const listed = rows.map(([, type, name, signed]) => [name, Number(type), signed === 'yes']);
    const actual = Object.entries(MESSAGE_TYPES).map(([name, type]) => [
      name,
      type,
      isSigned(type),
    ]);
    expect(listed).toEqual(actual);
  });

  it('quotes exactly the byte strings that enter hashes, keys and signatures', () => {
    const files = [
      ...['src/secagg', 'src/peer', 'src/gossip', 'src/round'].flatMap(filesIn),
      'src/gossip/signed.ts',
    ];
    const sources = files.map(textOf).join('\n');
    const used = [
      ...sources.matchAll(
        /'(murmuration(?:\/1\/\w+| introduction 1| link 1| link proof 1| relayed \w+ 1| room 1| open room: [^'\\]+))/g,
      ),
    ].map(([, text]) => text!);
    expect(used.length).toBeGreaterThan(10);
    expect([...new Set(used)].filter((text) => !protocol.includes(`\`${text}\``))).toEqual([]);
    const quoted = [...protocol.matchAll(/`(murmuration\/1\/\w+)`/g)].map(([, text]) => text!);
    expect(quoted.filter((text) => !used.includes(text))).toEqual([]);
  });
});

describe('the table of who can see what', () => {
  const [, table] = /## Who learns what from which message\n\n([^]*?)\n\n/.exec(
    textOf('docs/privacy.md'),
  )!;
  const rows = table!.split('\n').map((row) => row.split('|').slice(1, -1));
  const named = rows
    .map(([messages]) => messages!.trim())
    .filter((messages) => messages === messages.toUpperCase() && /[A-Z]/.test(messages))
    .flatMap((messages) => messages.toLowerCase().split(', '));

  it('has each message once, those that neighbours pass on included', () => {
    const known = [...Object.keys(MESSAGE_TYPES), ...CARRY_KINDS];
    expect([...named].sort()).toEqual([...known].sort());
  });

  it('knows every type that the rounds and the sums can read', () => {
    // What only wraps a message of another list has no row.
    const wrappers = ['attempt', 'gossip'];
    const types = ['src/round/messages.ts', 'src/secagg/messages.ts'].flatMap((file) =>
      [...textOf(file).matchAll(/\breadonly type: '([\w-]+)'/g)].map(([, type]) => type!),
    );
    expect(types.length).toBeGreaterThan(20);
    expect(types.filter((type) => ![...named, ...wrappers].includes(type))).toEqual([]);
  });

  it('tells the server, a relay and a carrier apart, in every row', () => {
    expect(rows[0]!.map((cell) => cell.trim()).slice(-3)).toEqual([
      'the server',
      'a libp2p relay',
      'a carrier',
    ]);
    for (const row of rows) expect(row.map((cell) => cell.trim()).filter(Boolean)).toHaveLength(7);
  });
});

describe('the section on relayed links', () => {
  it('lists every message between neighbours with its byte', () => {
    const [, section] = /## 18\. Relayed links\n([^]*?)\n## /.exec(protocol)!;
    const rows = [...section!.matchAll(/^\| (\d) \| (\w+) \|/gm)];
    expect(rows.map(([, kind, name]) => [Number(kind), name])).toEqual([...CARRY_KINDS.entries()]);
    expect(section).toContain(`first byte ${CARRY},`);
    expect(section).toContain(`1 to ${MAX_PIECE_BYTES.toLocaleString('en')} bytes`);
    expect(Object.values(MESSAGE_TYPES)).not.toContain(CARRY);
  });
});

describe('the glossary', () => {
  const terms = [...textOf('docs/glossary.md').matchAll(/^- \*\*([^*]+)\*\*/gm)].flatMap(
    ([, list]) => list!.split(', '),
  );

  it('defines each term once, and only terms that the code or a page uses', () => {
    expect(new Set(terms).size).toBe(terms.length);
    const code = ['src', 'signaling', 'test'].flatMap(filesIn);
    const pages = PAGES.filter((page) => page !== 'docs/glossary.md');
    const text = [...code, ...pages].map(textOf).join('\n').toLowerCase();
    const words = (term: string): string => term.toLowerCase().replace(/ /g, '[\\s*-]+');
    expect(terms.filter((term) => !new RegExp(words(term)).test(text))).toEqual([]);
  });

  it('defines every message, phase, failure and level of call', () => {
    const unions = [
      unionOf('src/secagg/attempt.ts', 'Phase'),
      unionOf('src/errors.ts', 'FailureReason'),
      unionOf('src/round/messages.ts', 'Call'),
      unionOf('src/secagg/context.ts', 'Mode'),
      Object.keys(MESSAGE_TYPES),
    ].flat();
    expect(unions.length).toBeGreaterThan(35);
    const defined = new Set(terms.map((term) => term.toLowerCase()));
    expect([...new Set(unions)].filter((word) => !defined.has(word))).toEqual([]);
  });
});

describe('the README', () => {
  const text = textOf('README.md');

  it('says what it is, shows it, starts it, proves it and limits it in 30 lines', () => {
    const opening = text.split('\n').slice(0, 30).join('\n');
    for (const part of ['room.png', 'npm ci && npm start', 'npm ci && npm test', 'Not protected'])
      expect(opening).toContain(part);
    const claims = opening.split('\n').filter((line) => /^\d\. /.test(line));
    expect(claims.length).toBe(5);
    for (const claim of claims) expect(claim).toMatch(/\]\((?:test|bench)\/[\w./-]+\)/);
  });

  it('has pictures that load fast', () => {
    for (const name of ['room.png', 'room-dark.png'])
      expect(statSync(join('docs/images', name)).size).toBeLessThan(300_000);
  });

  it('imports from the library what the library exports', () => {
    const library = ['src/index.ts', 'src/library.ts'].map(textOf).join('\n');
    const guide = textOf('docs/library.md');
    const imports = [...(text + guide).matchAll(/import \{([^}]+)\} from 'murmuration'/g)];
    expect(imports.length).toBeGreaterThan(0);
    for (const [, names] of imports)
      for (const name of names!.split(','))
        expect(library).toMatch(new RegExp(`\\b${name.trim()}\\b`));
  });
});

/** The table between the marks of the protocol page: write it there when this changes. */
function thresholdTable(): string {
  const cells = (n: number, mode: Mode): readonly number[] => {
    const t = thresholdOf(n, mode);
    const smallest = Math.max(t, minimumFor(n, config.MIN_COHORT));
    return [t, abortThresholdOf(n, mode), n - smallest, n - t];
  };
  return [
    '| n | active: t | ABORTs | may leave before LOCK | after LOCK | honest: t | ABORTs | before LOCK | after LOCK |',
    '|---:|---:|---:|---:|---:|---:|---:|---:|---:|',
    ...Array.from({ length: config.MAX_COHORT - config.MIN_COHORT + 1 }, (_, i) => {
      const n = config.MIN_COHORT + i;
      return `| ${[n, ...cells(n, 'active'), ...cells(n, 'honest')].join(' | ')} |`;
    }),
  ].join('\n');
}

/** A message of one byte is too short for a signed type, and whole for any other. */
function isSigned(type: number): boolean {
  try {
    openEnvelope(Uint8Array.of(type));
    return false;
  } catch {
    return true;
  }
}

function isThere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(file)) return false;
  return anchor === undefined || anchorsOf(file).includes(anchor);
}

/** Anchors of headings, as the usual viewers make them. */
function anchorsOf(file: string): readonly string[] {
  return [...textOf(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** The words of a union of texts, such as `'a' | 'b'`. */
function unionOf(file: string, name: string): readonly string[] {
  const [, body] = new RegExp(`type ${name} =([^;]+);`).exec(textOf(file))!;
  return [...body!.matchAll(/'([\w-]+)'/g)].map(([, word]) => word!);
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path);
    return path.endsWith('.ts') && path !== 'test/docs.test.ts' ? [path] : [];
  });
}
