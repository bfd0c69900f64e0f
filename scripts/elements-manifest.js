/**
 * The manifest of the elements that may stand alone (`custom-elements.json`, schema 1.0.0): what editors and
 * documentation tools read of attributes, properties, events and looks.
 */
import { create, ts } from '@custom-elements-manifest/analyzer';
import { litPlugin } from '@custom-elements-manifest/analyzer/src/features/framework-plugins/lit/lit.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the elements are written. */
const SOURCES = [
  'src/ui/flock.ts',
  'src/ui/heat-map.ts',
  'src/ui/alone/murmuration-room.ts',
  'src/ui/alone/peer-graph.ts',
];

/** The elements that `murmuration/elements` is for; `peer-flock` is what `peer-graph` is made of. */
const TAGS = ['heat-map', 'murmuration-room', 'peer-graph'];

/** The file that defines them, from the root of the package. */
const MODULE = 'dist/browser/elements.js';

/**
 * Reads the sources.
 *
 * @param {string} root - Folder of the project.
 * @returns {object} The manifest: public members alone, all of one module.
 */
export function elementsManifest(root) {
  const sources = SOURCES.map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  });
  const { modules } = create({ modules: sources, plugins: litPlugin() });
  const all = modules.flatMap(({ declarations }) => declarations);
  const declarations = TAGS.map((tag) => publicPart(all.find(({ tagName }) => tagName === tag)));
  const reference = (name) => ({ declaration: { name, module: MODULE } });
  return {
    schemaVersion: '1.0.0',
    readme: '',
    modules: [
      {
        kind: 'javascript-module',
        path: MODULE,
        declarations,
        exports: declarations.flatMap(({ name, tagName }) => [
          { kind: 'js', name, ...reference(name) },
          { kind: 'custom-element-definition', name: tagName, ...reference(name) },
        ]),
      },
    ],
  };
}

/** A declaration without what is private, inherited in private, or only of the project's own files. */
function publicPart({ members = [], events = [], superclass, mixins, source, ...rest }) {
  void [superclass, mixins, source];
  const isPublic = ({ name, privacy, static: isStatic }) =>
    privacy !== 'private' && privacy !== 'protected' && !name.startsWith('#') && !isStatic;
  const attributes = (rest.attributes ?? []).map(withoutOrigin);
  return {
    ...rest,
    attributes: attributes.filter(
      ({ fieldName }) => !members.some((m) => m.name === fieldName && !isPublic(m)),
    ),
    members: members
      .filter((member) => member.kind === 'field' && isPublic(member))
      .map(withoutOrigin),
    // What a class dispatches is told by its documentation, once.
    events: events
      .filter(({ name, description }) => name !== '' && description)
      .map(({ name, description, type }) => ({ name, type, description })),
  };
}

function withoutOrigin({ inheritedFrom, ...rest }) {
  void inheritedFrom;
  return rest;
}
