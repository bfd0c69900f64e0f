/**
 * The engine of a page's table: every call goes to a worker.
 *
 * @module
 */
import type { TableProfile } from '../task/table/columns.ts';
import type { ByteSource, CsvOptions } from '../task/table/csv.ts';
import type { Loaded, PredictedFile, Started, TableEngine } from '../task/table/engine.ts';
import type { Evaluation } from '../task/table/evaluation.ts';
import type { RoundLosses } from '../task/table/learner.ts';
import { TableMistake, type TableMistakeCode } from '../task/table/mistakes.ts';
import type { TableModel } from '../task/table/prediction.ts';
import type { Schema } from '../task/table/schema.ts';
import type { TableCall, TableCalls, TableReply, TableRequest } from './table-messages.ts';

/** A call whose answer has not come. */
interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
  readonly onProgress: CsvOptions['onProgress'];
}

/** A file of a page as a source; it is read in the worker. */
export class FileSource implements ByteSource {
  readonly file: Blob;

  constructor(file: Blob) {
    this.file = file;
  }

  get size(): number {
    return this.file.size;
  }

  chunks(): AsyncIterable<Uint8Array> {
    throw new TypeError('A file of a page is read in its worker.');
  }
}

/** Learns in a worker. */
export class WorkerEngine implements TableEngine {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private calls = 0;

  constructor() {
    this.worker = new Worker(new URL('./table-worker.ts', import.meta.url), { type: 'module' });
    this.worker.addEventListener('message', ({ data }: MessageEvent<TableReply>) => {
      this.take(data);
    });
    this.worker.addEventListener('error', ({ message }) => {
      for (const { reject } of this.waiting.values()) {
        reject(new Error(`The table's worker broke (${message}): reload the page.`));
      }
      this.waiting.clear();
    });
  }

  profile(source: ByteSource, options: CsvOptions = {}): Promise<TableProfile> {
    if (!(source instanceof FileSource)) throw new TypeError('A page reads files.');
    return this.call('profile', [source.file, options.encoding], options.onProgress);
  }

  load(schema: Schema): Promise<Loaded> {
    return this.call('load', [schema]);
  }

  statistics(): Promise<Float64Array> {
    return this.call('statistics', []);
  }

  start(hash: string, sums: Float64Array): Promise<Started> {
    return this.call('start', [hash, sums]);
  }

  contribute(): Promise<Float64Array> {
    return this.call('contribute', []);
  }

  apply(sum: Float64Array): Promise<RoundLosses> {
    return this.call('apply', [sum]);
  }

  evaluation(): Promise<Float64Array> {
    return this.call('evaluation', []);
  }

  readEvaluation(sums: Float64Array): Promise<Evaluation> {
    return this.call('readEvaluation', [sums]);
  }

  model(): Promise<TableModel> {
    return this.call('model', []);
  }

  /** Predicts every row of a new file. */
  predict(
    model: TableModel,
    file: Blob,
    onProgress?: CsvOptions['onProgress'],
  ): Promise<PredictedFile> {
    return this.call('predict', [model, file], onProgress);
  }

  /** Ends the worker; calls that wait are never answered. */
  close(): void {
    this.worker.terminate();
  }

  private call<Name extends TableCall>(
    call: Name,
    args: Parameters<TableCalls[Name]>,
    onProgress?: CsvOptions['onProgress'],
  ): ReturnType<TableCalls[Name]> {
    const id = ++this.calls;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, onProgress });
      const request: TableRequest = { id, call, args };
      this.worker.postMessage(request);
    });
    return answer as ReturnType<TableCalls[Name]>;
  }

  private take(reply: TableReply): void {
    const waiting = this.waiting.get(reply.id);
    if (waiting === undefined) return;
    if (reply.type === 'progress') {
      waiting.onProgress?.(reply.share);
      return;
    }
    this.waiting.delete(reply.id);
    if (reply.type === 'done') waiting.resolve(reply.value);
    else if (reply.code === undefined) waiting.reject(new Error(reply.message));
    else waiting.reject(new TableMistake(reply.code as TableMistakeCode, reply.message));
  }
}
