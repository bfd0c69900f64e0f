/**
 * The shape of the code, held by lint: who may import whom, which folders are pure, how docs read.
 * The layers are those of docs/architecture.md; change both in one commit.
 */
import lit from 'eslint-plugin-lit';
import tsdoc from 'eslint-plugin-tsdoc';
import tseslint from 'typescript-eslint';

/** What each folder of `src` may import beside the files at the root of `src` and its own. */
const layers = {
  privacy: [],
  secagg: [],
  gossip: [],
  task: [],
  round: ['secagg/index.ts', 'gossip/index.ts'],
  worker: ['task/', 'privacy/', 'secagg/index.ts'],
  simulation: ['round/', 'task/', 'privacy/', 'secagg/index.ts'],
  peer: ['round/', 'worker/', 'secagg/index.ts', 'task/'],
  ui: ['peer/', 'round/', 'simulation/', 'task/', 'privacy/'],
};

/** Folders that hold protocols: no clock, no timer, no randomness, no network. */
const pure = ['privacy', 'secagg', 'gossip', 'round'];

const escape = (text) => text.replaceAll('.', '\\.');

const layerRules = Object.entries(layers).map(([folder, allowed]) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^\\.\\./(?!${[...allowed.map(escape), '[^/]*\\.ts$'].join('|')})(?!\\.\\./signaling/messages\\.ts$)`,
            message: `src/${folder} may import: files of src itself, ${allowed.join(', ') || 'nothing else'}.`,
          },
        ],
      },
    ],
  },
}));

const pureRules = {
  files: pure.map((folder) => `src/${folder}/**/*.ts`),
  rules: {
    'no-restricted-globals': [
      'error',
      ...['setTimeout', 'setInterval', 'queueMicrotask', 'Date', 'performance', 'fetch', 'WebSocket', 'crypto'].map(
        (name) => ({ name, message: 'Protocols are pure: time and randomness arrive in events.' }),
      ),
    ],
  },
};

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'test/vectors'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strict],
    plugins: { tsdoc, lit },
    rules: {
      ...lit.configs['flat/recommended'].rules,
      'tsdoc/syntax': 'error',
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Use crypto.getRandomValues or a seeded generator.' },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/unified-signatures': 'off',
    },
  },
  ...layerRules,
  {
    files: ['signaling/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '/src/', message: 'The server imports nothing from src.' }] },
      ],
    },
  },
  pureRules,
  { files: ['*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['src/cli/**/*.ts', 'bench/**/*.ts'], rules: { 'no-console': 'off' } },
);
