/**
 * Everything that is done with one table, in slices: reading, learning and testing leave room for others.
 *
 * In a page it lives in a worker, in a program on the main thread beside the links, which must not wait.
 *
 * @module
 */
import { TRAIN_SLICE_MS } from '../../config.ts';
import { profileOf, type TableProfile } from './columns.ts';
import type { ByteSource, CsvOptions } from './csv.ts';
import type { Evaluation } from './evaluation.ts';
import { examplesOf, type Layout } from './layout.ts';
import { TableLearner, type RoundLosses } from './learner.ts';
import { loadTable, type TableData } from './load.ts';
import { TableMistake } from './mistakes.ts';
import { predict, type Predictions, type TableModel } from './prediction.ts';
import type { Schema } from './schema.ts';
import { statisticDigits, type TableStatistics } from './statistics.ts';

/** What can be told of a loaded table. */
export interface Loaded {
  readonly rows: number;
  readonly dropped: TableData['dropped'];
}

/** What the statistics of a room decide. */
export interface Started {
  readonly layout: Layout;
  readonly statistics: TableStatistics;
}

/** What is done with a table; a worker answers the same calls. */
export interface TableEngine {
  /** Reads a file for the first time. */
  profile(source: ByteSource, options?: CsvOptions): Promise<TableProfile>;
  /** Reads it again, by the schema that was agreed. */
  load(schema: Schema): Promise<Loaded>;
  /** Digits for the first sum. */
  statistics(): Promise<Float64Array>;
  /** Begins to learn. @param sums - Summed digits of the statistics. */
  start(hash: string, sums: Float64Array): Promise<Started>;
  /** Trains for a round, and gives what the sum wants, shape [dimension]. */
  contribute(): Promise<Float64Array>;
  /** Moves the merged model by a round's sum. */
  apply(sum: Float64Array): Promise<RoundLosses>;
  /** Digits for the last sum. */
  evaluation(): Promise<Float64Array>;
  readEvaluation(sums: Float64Array): Promise<Evaluation>;
  /** The merged model. */
  model(): Promise<TableModel>;
}

/** The engine on this thread. */
export class LocalEngine implements TableEngine {
  private source: ByteSource | undefined;
  private options: CsvOptions = {};
  private found: TableProfile | undefined;
  private schema: Schema | undefined;
  private data: TableData | undefined;
  private learner: TableLearner | undefined;

  async profile(source: ByteSource, options: CsvOptions = {}): Promise<TableProfile> {
    this.source = source;
    this.options = options;
    this.found = await profileOf(source, options);
    return this.found;
  }

  async load(schema: Schema): Promise<Loaded> {
    const { source, found } = this;
    if (source === undefined || found === undefined) throw notYet();
    const { encoding, signal } = this.options;
    this.data = await loadTable(source, schema, found, { encoding, signal });
    this.schema = schema;
    this.learner = undefined;
    return { rows: this.data.rows, dropped: this.data.dropped };
  }

  statistics(): Promise<Float64Array> {
    const { schema, data } = this.loaded();
    return Promise.resolve(statisticDigits(schema, data));
  }

  start(hash: string, sums: Float64Array): Promise<Started> {
    const { schema, data } = this.loaded();
    this.learner = new TableLearner(schema, hash, data, sums);
    const { layout, statistics } = this.learner;
    return Promise.resolve({ layout, statistics });
  }

  async contribute(): Promise<Float64Array> {
    const training = this.learning().contribute();
    let paidUntil = performance.now();
    for (;;) {
      const step = training.next();
      if (step.done === true) return step.value;
      if (performance.now() - paidUntil < TRAIN_SLICE_MS) continue;
      await pause();
      paidUntil = performance.now();
    }
  }

  apply(sum: Float64Array): Promise<RoundLosses> {
    return Promise.resolve(this.learning().apply(sum));
  }

  evaluation(): Promise<Float64Array> {
    return Promise.resolve(this.learning().evaluationDigits());
  }

  readEvaluation(sums: Float64Array): Promise<Evaluation> {
    return Promise.resolve(this.learning().readEvaluation(sums));
  }

  model(): Promise<TableModel> {
    return Promise.resolve(this.learning().model);
  }

  private loaded(): { readonly schema: Schema; readonly data: TableData } {
    const { schema, data } = this;
    if (schema === undefined || data === undefined) throw notYet();
    return { schema, data };
  }

  private learning(): TableLearner {
    if (this.learner === undefined) throw notYet();
    return this.learner;
  }
}

/** A file with a prediction for each row. */
export interface PredictedFile extends Predictions {
  readonly rows: number;
  /** The truth, where the file has the target: places of classes, or numbers; else all 0. */
  readonly truths: Float64Array;
}

/**
 * Predicts every row of a new file.
 *
 * @throws TableMistake when the file lacks a column that the model needs.
 */
export async function predictFile(
  model: TableModel,
  source: ByteSource,
  options: CsvOptions = {},
): Promise<PredictedFile> {
  const schema = schemaOf(model.layout);
  const found = await profileOf(source, options);
  const data = await loadTable(source, schema, found, options, true);
  const examples = examplesOf(schema, model.layout, data, 'all');
  return { ...predict(model, examples), rows: data.rows, truths: data.targets };
}

/** The schema that a layout was made of, without the columns that it does not use. */
function schemaOf(layout: Layout): Schema {
  const { target, kind, hidden, classes, numbers, categories } = layout;
  return {
    target,
    kind,
    hidden,
    rounds: 1,
    steps: 1,
    classes,
    features: [
      ...numbers.map(({ name }) => ({ name, type: 'number', categories: [] }) as const),
      ...categories.map(
        ({ name, categories: names }) => ({ name, type: 'category', categories: names }) as const,
      ),
    ],
  };
}

function notYet(): TableMistake {
  return new TableMistake('settings', 'There is no table yet: choose a file, then agree.');
}

/** Lets timers, links and drawing have their turn. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
