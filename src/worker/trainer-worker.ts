/**
 * The training worker of a page.
 *
 * @module
 */
import type { ServedPort } from './port.ts';
import { serveTrainer } from './serve.ts';

serveTrainer(self as unknown as ServedPort);
