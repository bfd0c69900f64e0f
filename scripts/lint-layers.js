/**
 * An ESLint rule that holds the layers of the code: who may import whom, whichever way it imports.
 *
 * It resolves each import against the file it stands in, so neither a deep folder, a re-export, an
 * `import()`, a type nor a worker's `new URL(..., import.meta.url)` gets around it.
 */
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * What each folder of `src` may import beside the files at the root of `src` and its own. A name
 * that ends in a slash is a folder, any other a file.
 */
export const layers = {
  privacy: [],
  secagg: [],
  gossip: [],
  task: [],
  round: ['secagg/index.ts', 'gossip/index.ts'],
  worker: ['task/', 'privacy/', 'secagg/index.ts'],
  simulation: ['round/', 'task/', 'privacy/', 'secagg/index.ts', 'gossip/index.ts'],
  peer: ['round/', 'worker/', 'secagg/index.ts', 'task/', 'privacy/'],
  ui: ['peer/', 'round/', 'simulation/', 'task/', 'privacy/'],
};

/** Folders that hold protocols, and the packages that each may use: arithmetic, never I/O. */
export const pure = { privacy: [], secagg: ['@noble/'], gossip: [], round: [] };

/** Files at the root of `src` that put everything together; the others import only each other. */
const entries = ['index.ts', 'index.browser.ts', 'library.ts', 'elements.ts', 'main.ts'];

/** The one file of `signaling` that both sides share. */
const contract = 'signaling/messages.ts';

/** The rule `murmuration/layers`. */
export const layersRule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { refused: '{{file}} may not import {{target}}: {{allowed}}.' },
  },
  create(context) {
    const file = relative(root, context.filename).split(sep).join('/');
    const check = (source) => {
      if (typeof source?.value !== 'string') return;
      const target = source.value.startsWith('.')
        ? relative(root, resolve(dirname(context.filename), source.value))
            .split(sep)
            .join('/')
        : source.value;
      const allowed = refusal(file, target, source.value.startsWith('.'));
      if (allowed)
        context.report({ node: source, messageId: 'refused', data: { file, target, allowed } });
    };
    return {
      ImportDeclaration: ({ source }) => check(source),
      ExportNamedDeclaration: ({ source }) => check(source),
      ExportAllDeclaration: ({ source }) => check(source),
      ImportExpression: ({ source }) => check(source),
      TSImportType: ({ source }) => check(source),
      NewExpression: ({ callee, arguments: [address] }) => {
        if (callee.name === 'URL' && address?.value?.startsWith?.('.')) check(address);
      },
    };
  },
};

/** What the file may import, when the target is not of it; undefined when it is. */
function refusal(file, target, isRelative) {
  const [top, folder, ...rest] = file.split('/');
  if (top === 'signaling') {
    const isOwn = !isRelative || target.startsWith('signaling/');
    return isOwn ? undefined : 'the server imports nothing from src';
  }
  if (top !== 'src') return undefined;
  if (rest.length === 0) return refusalAtRoot(folder, target, isRelative);
  const allowed = layers[folder];
  if (allowed === undefined) return undefined;
  if (!isRelative) {
    const packages = pure[folder];
    if (packages === undefined || packages.some((name) => target.startsWith(name)))
      return undefined;
    return `protocols are pure, and use ${packages.join(', ') || 'no packages'}`;
  }
  if (pure[folder] === undefined && target === contract) return undefined;
  const inside = target.startsWith('src/') ? target.slice(4) : undefined;
  const isAllowed =
    inside !== undefined &&
    (inside.startsWith(`${folder}/`) ||
      (!inside.includes('/') && !entries.includes(inside)) ||
      allowed.some((name) => (name.endsWith('/') ? inside.startsWith(name) : inside === name)));
  return isAllowed
    ? undefined
    : `src/${folder} uses files at the root of src${allowed.map((name) => `, ${name}`).join('')}`;
}

function refusalAtRoot(name, target, isRelative) {
  if (entries.includes(name) || !isRelative || /^src\/[^/]+$/.test(target)) return undefined;
  return 'files at the root of src use only each other';
}
