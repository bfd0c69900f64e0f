/**
 * The shape of the code, held by lint: who may import whom (scripts/lint-layers.js), which folders
 * are pure, how docs read. Change the layers and docs/architecture.md in one commit.
 */
import lit from 'eslint-plugin-lit';
import tsdoc from 'eslint-plugin-tsdoc';
import tseslint from 'typescript-eslint';
import { layersRule, pure } from './scripts/lint-layers.js';

/** What a protocol must not reach for: clocks, timers, randomness, the network, the page. */
const impure = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'requestAnimationFrame',
  'Date',
  'performance',
  'crypto',
  'fetch',
  'XMLHttpRequest',
  'WebSocket',
  'RTCPeerConnection',
  'MessageChannel',
  'BroadcastChannel',
  'Worker',
  'localStorage',
  'sessionStorage',
  'indexedDB',
  'navigator',
  'document',
  'window',
  'self',
  'globalThis',
  'process',
];

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'test/vectors'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strict],
    plugins: { tsdoc, lit, murmuration: { rules: { layers: layersRule } } },
    rules: {
      ...lit.configs['flat/recommended'].rules,
      'murmuration/layers': 'error',
      'tsdoc/syntax': 'error',
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        { selector: 'ExportSpecifier[exported.name="default"]', message: 'Named exports only.' },
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'Use crypto.getRandomValues or a seeded generator.',
        },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/unified-signatures': 'off',
    },
  },
  {
    files: Object.keys(pure).map((folder) => `src/${folder}/**/*.ts`),
    rules: {
      'no-restricted-globals': [
        'error',
        ...impure.map((name) => ({
          name,
          message: 'Protocols are pure: time and randomness arrive in events.',
        })),
      ],
    },
  },
  { files: ['**/*.js'], rules: { 'no-unused-vars': 'error' } },
  { files: ['*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['src/cli/**/*.ts', 'bench/**/*.ts'], rules: { 'no-console': 'off' } },
);
