/**
 * A command of this project from a checkout: builds first when something changed.
 *
 * It all happens in one process, so that a signal sent to it reaches the command.
 */
import { build } from './build.js';

/** How often to see whether npm is still there, ms. */
const WATCH_MS = 250;

if (process.env.npm_lifecycle_event !== undefined) endWithParent();
if (!(await build({ onlyIfStale: true }))) process.exit(1);
await import('../bin/murmuration.js');

/** npm ends its shell when it is ended, but the shell does not pass that on. */
function endWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, WATCH_MS);
  watch.unref();
}
