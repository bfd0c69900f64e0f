/**
 * Holds a table and learns from it away from the page's thread: 100 MB are read while the page stays alive.
 *
 * @module
 */
import { bytesOfBlob } from '../task/table/csv.ts';
import { LocalEngine, predictFile } from '../task/table/engine.ts';
import { TableMistake } from '../task/table/mistakes.ts';
import type { TableCalls, TableReply, TableRequest } from './table-messages.ts';

declare const self: {
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  postMessage(reply: TableReply): void;
};

/** Progress is told this often at most, ms. */
const PROGRESS_EVERY_MS = 60;

const engine = new LocalEngine();

self.addEventListener('message', ({ data }) => {
  const request = data as TableRequest;
  answer(request).then(
    (value) => {
      self.postMessage({ type: 'done', id: request.id, value });
    },
    (error: unknown) => {
      const code = error instanceof TableMistake ? error.code : undefined;
      const message = error instanceof Error ? error.message : String(error);
      self.postMessage({ type: 'failed', id: request.id, code, message });
    },
  );
});

async function answer({ id, call, args }: TableRequest): Promise<unknown> {
  let toldAt = -Infinity;
  const onProgress = (share: number | undefined): void => {
    const now = performance.now();
    if (share === undefined || now - toldAt < PROGRESS_EVERY_MS) return;
    toldAt = now;
    self.postMessage({ type: 'progress', id, share });
  };
  const calls: TableCalls = {
    profile: (file, encoding) => engine.profile(bytesOfBlob(file), { encoding, onProgress }),
    predict: (model, file) => predictFile(model, bytesOfBlob(file), { onProgress }),
    load: (schema) => engine.load(schema),
    statistics: () => engine.statistics(),
    start: (hash, sums) => engine.start(hash, sums),
    contribute: () => engine.contribute(),
    apply: (sum) => engine.apply(sum),
    evaluation: () => engine.evaluation(),
    readEvaluation: (sums) => engine.readEvaluation(sums),
    model: () => engine.model(),
  };
  const run = calls[call] as (...given: readonly unknown[]) => Promise<unknown>;
  return run(...args);
}
