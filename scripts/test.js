/**
 * All tests: finds or installs a Chromium, builds what is stale, runs every project of Vitest.
 *
 * Simulations run in full (`MURMURATION_THOROUGH`); `npm run test:quick` runs a slice of each.
 * Arguments are handed to Vitest. The last line of the output is `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.js';
import { findChromium } from './find-chromium.js';

const root = fileURLToPath(new URL('..', import.meta.url));

process.exitCode = await test(process.argv.slice(2));

async function test(args) {
  let chromium;
  try {
    chromium = findChromium() ?? installChromium();
  } catch (error) {
    console.error(error.message);
    return 1;
  }
  if (chromium === undefined) {
    console.error(advice());
    return 1;
  }
  console.error(`Chromium for the tests: ${chromium}`);
  if (!(await build({ onlyIfStale: true }))) {
    console.log('0 passed, 1 failed');
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'murmuration-test-'));
  try {
    return runVitest(args, chromium, join(folder, 'report.json'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runVitest(args, chromium, report) {
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...args,
    ],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, CHROMIUM_PATH: chromium, MURMURATION_THOROUGH: '1' },
    },
  );
  const { passed, failed } = count(report);
  // A file that does not load and an error between tests fail the run without failing a test.
  const isUncounted = status !== 0 && failed === 0;
  console.log(`${passed} passed, ${isUncounted ? 1 : failed} failed`);
  return status ?? 1;
}

function count(report) {
  if (!existsSync(report)) return { passed: 0, failed: 0 };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const broken = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}

/** Debian's package, where this process may install it. */
function installChromium() {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync('/etc/debian_version') || !existsSync('/usr/bin/apt-get')) return;
  console.error('There is no Chromium: installing the package chromium.');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    // What apt says goes to stderr, too.
    const { status } = spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env });
    if (status !== 0) return;
  }
  return findChromium();
}

function advice() {
  return [
    'The tests drive a real Chromium, and there is none here. Install one:',
    '  Debian:  sudo apt-get install chromium',
    '  Ubuntu:  sudo snap install chromium',
    '  Fedora:  sudo dnf install chromium',
    '  macOS:   brew install --cask google-chrome',
    'or say where one is: CHROMIUM_PATH=/path/to/chrome npm test',
    'Without a browser: npm run test:quick',
  ].join('\n');
}
