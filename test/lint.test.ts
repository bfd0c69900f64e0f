/**
 * The rules of the code bite: small violations, each of which the ESLint configuration refuses, and
 * their legal neighbours, which it lets pass.
 */
import { ESLint } from 'eslint';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const eslint = new ESLint({ cwd: fileURLToPath(new URL('..', import.meta.url)) });

/** The rules that a file breaks, each once. */
async function rulesBroken(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath });
  return [...new Set(result!.messages.map(({ ruleId }) => ruleId ?? 'not parsed'))];
}

const uses = (path: string): string => `import { thing } from '${path}';\nthing();`;
const loads = (path: string): string => `await import('${path}');`;
const passesOn = (path: string): string => `export { thing } from '${path}';`;
const namesTypeOf = (path: string): string => `export type Thing = import('${path}').Thing;`;

const LAYERS = 'murmuration/layers';
const SYNTAX = 'no-restricted-syntax';
const GLOBALS = 'no-restricted-globals';
const PROPERTIES = 'no-restricted-properties';

describe('who may import whom', () => {
  it.each([
    ['src/peer/session.ts', '../gossip/membership.ts'],
    ['src/peer/session.ts', '../gossip/index.ts'],
    ['src/peer/session.ts', '../secagg/shamir.ts'],
    ['src/peer/session.ts', '../simulation/network.ts'],
    ['src/peer/session.ts', '../ui/app-shell.ts'],
    ['src/peer/session.ts', '../cli/peer.ts'],
    ['src/peer/session.ts', '../../signaling/server.ts'],
    ['src/peer/deep/down.ts', '../../gossip/membership.ts'],
    ['src/round/machine.ts', '../secagg/shamir.ts'],
    ['src/round/machine.ts', '../gossip/membership.ts'],
    ['src/round/machine.ts', '../peer/driver.ts'],
    ['src/round/machine.ts', '../worker/messages.ts'],
    ['src/round/machine.ts', 'simple-peer'],
    ['src/round/machine.ts', 'node:crypto'],
    ['src/secagg/mask.ts', '../worker/messages.ts'],
    ['src/secagg/mask.ts', '../privacy/clip.ts'],
    ['src/secagg/mask.ts', '../gossip/index.ts'],
    ['src/secagg/mask.ts', '../../signaling/messages.ts'],
    ['src/gossip/membership.ts', '../secagg/index.ts'],
    ['src/privacy/clip.ts', '../secagg/index.ts'],
    ['src/task/model.ts', '../worker/messages.ts'],
    ['src/worker/serve-trainer.ts', '../secagg/mask.ts'],
    ['src/worker/serve-trainer.ts', '../peer/view.ts'],
    ['src/simulation/network.ts', '../peer/driver.ts'],
    ['src/simulation/network.ts', '../worker/messages.ts'],
    ['src/ui/app-shell.ts', '../worker/messages.ts'],
    ['src/ui/app-shell.ts', '../secagg/mask.ts'],
    ['src/ui/app-shell.ts', '../../signaling/server.ts'],
    ['src/bytes.ts', './secagg/index.ts'],
    ['src/machine.ts', './peer/view.ts'],
    ['signaling/rooms.ts', '../src/bytes.ts'],
  ])('%s may not use %s', async (file, path) => {
    for (const code of [uses(path), passesOn(path), loads(path), namesTypeOf(path)]) {
      expect(await rulesBroken(file, code)).toContain(LAYERS);
    }
  });

  it.each([
    ['src/peer/session.ts', '../round/machine.ts'],
    ['src/peer/session.ts', '../worker/messages.ts'],
    ['src/peer/session.ts', '../secagg/index.ts'],
    ['src/peer/session.ts', '../../signaling/messages.ts'],
    ['src/peer/session.ts', '../ports.ts'],
    ['src/peer/session.ts', './view.ts'],
    ['src/peer/session.ts', 'simple-peer'],
    ['src/round/machine.ts', '../secagg/index.ts'],
    ['src/round/machine.ts', '../gossip/index.ts'],
    ['src/round/machine.ts', '../machine.ts'],
    ['src/secagg/mask.ts', './shamir.ts'],
    ['src/secagg/suite.ts', '@noble/curves/ed25519.js'],
    ['src/worker/serve-trainer.ts', '../task/training.ts'],
    ['src/simulation/network.ts', '../round/machine.ts'],
    ['src/ui/app-shell.ts', '../peer/session.ts'],
    ['src/cli/serve.ts', '../../signaling/server.ts'],
    ['src/index.ts', './peer/session.ts'],
    ['src/bytes.ts', './machine.ts'],
    ['signaling/server.ts', './rooms.ts'],
  ])('%s may use %s', async (file, path) => {
    for (const code of [uses(path), passesOn(path), loads(path)]) {
      expect(await rulesBroken(file, code)).toEqual([]);
    }
  });

  it('a worker is loaded from a folder that may be imported', async () => {
    const starts = (path: string): string =>
      `export const at = new URL('${path}', import.meta.url);`;
    expect(await rulesBroken('src/peer/session.ts', starts('../worker/entry.ts'))).toEqual([]);
    expect(await rulesBroken('src/ui/app-shell.ts', starts('../worker/entry.ts'))).toEqual([
      LAYERS,
    ]);
  });
});

describe('the pure folders', () => {
  const impure: readonly (readonly [code: string, rule: string])[] = [
    ['setTimeout(() => undefined, 1);', GLOBALS],
    ['queueMicrotask(() => undefined);', GLOBALS],
    ['export const now = Date.now();', GLOBALS],
    ['export const now = new Date();', GLOBALS],
    ['export const now = performance.now();', GLOBALS],
    ['export const bytes = crypto.getRandomValues(new Uint8Array(4));', GLOBALS],
    ['export const bytes = globalThis.crypto.getRandomValues(new Uint8Array(4));', GLOBALS],
    ['export const answer = fetch("/");', GLOBALS],
    ['export const socket = new WebSocket("ws://a");', GLOBALS],
    ['export const channel = new MessageChannel();', GLOBALS],
    ['export const mode = process.env["MODE"];', GLOBALS],
    ['export const page = document.title;', GLOBALS],
    ['export const lucky = Math.random();', PROPERTIES],
  ];
  for (const folder of ['privacy', 'secagg', 'gossip', 'round']) {
    it.each(impure)(`src/${folder} may not hold: %s`, async (code, rule) => {
      expect(await rulesBroken(`src/${folder}/machine.ts`, code)).toContain(rule);
    });
  }

  it.each([
    ['src/peer/driver.ts', 'setTimeout(() => undefined, 1);'],
    ['src/peer/identity.ts', 'export const bytes = crypto.getRandomValues(new Uint8Array(4));'],
    ['src/secagg/ring.ts', 'export const largest = Math.max(1, 2);'],
    ['src/round/machine.ts', "export const message = { type: 'date', crypto: 'real' };"],
  ])('but %s may hold: %s', async (file, code) => {
    expect(await rulesBroken(file, code)).toEqual([]);
  });
});

describe('every file', () => {
  it.each([
    ['src/peer/session.ts', 'export const lucky = Math.random();', PROPERTIES],
    ['test/lint.test.ts', 'export const lucky = Math.random();', PROPERTIES],
    ['src/ui/app-shell.ts', 'const { random } = Math;\nrandom();', PROPERTIES],
    ['src/task/model.ts', 'export default class Model {}', SYNTAX],
    ['src/task/model.ts', 'const model = 1;\nexport { model as default };', SYNTAX],
    ['src/task/model.ts', 'console.log(1);', 'no-console'],
    ['signaling/server.ts', 'console.log(1);', 'no-console'],
    ['src/task/model.ts', '/** @returs A model. */\nexport const model = 1;', 'tsdoc/syntax'],
    ['src/task/model.ts', 'export const model: any = 1;', '@typescript-eslint/no-explicit-any'],
  ])('%s may not hold: %s', async (file, code, rule) => {
    expect(await rulesBroken(file, code)).toContain(rule);
  });

  it('prints from the command line', async () => {
    expect(await rulesBroken('src/cli/main.ts', 'console.log(1);')).toEqual([]);
  });
});
