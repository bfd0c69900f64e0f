/** The manifest of the elements for any page says what the sources say, and names looks that there are. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { elementsManifest } from '../../scripts/elements-manifest.js';

interface Member {
  readonly name: string;
  readonly attribute?: string;
  readonly description?: string;
}

interface Declaration extends Member {
  readonly tagName: string;
  readonly attributes: readonly Member[];
  readonly members: readonly Member[];
  readonly events: readonly Member[];
  readonly cssProperties?: readonly Member[];
}

const SOURCES: Readonly<Record<string, readonly string[]>> = {
  'heat-map': ['src/ui/heat-map.ts'],
  'murmuration-room': ['src/ui/alone/murmuration-room.ts'],
  'peer-graph': ['src/ui/alone/peer-graph.ts', 'src/ui/flock.ts'],
};

const { schemaVersion, modules } = elementsManifest(process.cwd());
const module = modules[0]!;
const declarations = module.declarations as readonly Declaration[];

const textOf = (tag: string): string =>
  SOURCES[tag]!.map((file) => readFileSync(file, 'utf8')).join('\n');

it('is of the schema, of one module, and of the elements that stand alone', () => {
  expect(schemaVersion).toBe('1.0.0');
  expect(modules.map(({ path }) => path)).toEqual(['dist/browser/elements.js']);
  expect(declarations.map(({ tagName }) => tagName)).toEqual(Object.keys(SOURCES));
  const defined = module.exports.filter(({ kind }) => kind === 'custom-element-definition');
  expect(defined.map(({ name }) => name)).toEqual(Object.keys(SOURCES));
});

describe.each(declarations)('$tagName', (declaration) => {
  const text = textOf(declaration.tagName);

  it('has every public property of the source, described', () => {
    const written = [...text.matchAll(/@property\(([^)]*)\)\s+(\w+)/g)].map(([, , name]) => name!);
    const told = declaration.members.map(({ name }) => name);
    expect(written.filter((name) => !told.includes(name))).toEqual([]);
    expect(declaration.members.filter(({ description }) => !description)).toEqual([]);
  });

  it('has an attribute for each property that is one, and for no other', () => {
    const written = [...text.matchAll(/@property\(([^)]*)\)\s+(\w+)/g)]
      .filter(([, options]) => !options!.includes('attribute: false'))
      .map(([, options, name]) => /attribute: '([\w-]+)'/.exec(options!)?.[1] ?? name!);
    expect(declaration.attributes.map(({ name }) => name).toSorted()).toEqual(written.toSorted());
  });

  it('has every event that is documented, and none that the element never sends', () => {
    const names = declaration.events.map(({ name }) => name).toSorted();
    const documented = [...text.matchAll(/@fires ([\w-]+)/g)].map(([, name]) => name!);
    expect(names).toEqual([...new Set(documented)].toSorted());
    const classes = [...text.matchAll(/static readonly (?:type|eventName) = '([\w-]+)'/g)];
    const sent = classes.map(([, name]) => name!);
    for (const name of names) expect(sent).toContain(name);
  });

  it('names looks that a page can set', () => {
    const tokens = readFileSync('src/ui/tokens.ts', 'utf8');
    const names = (declaration.cssProperties ?? []).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      expect(name).toMatch(/^--murmuration-/);
      expect(tokens).toContain(`${name.replace('--murmuration-', '--')}: `);
    }
  });
});
