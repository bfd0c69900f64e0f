/** Types of `examples.js`, for the tests. */
import type { Server } from 'node:http';
export function serveExamples(port: number): Promise<Server>;
