/**
 * What the page and the worker that holds its table say to each other: calls by name, one answer each.
 *
 * @module
 */
import type { TextEncoding } from '../task/table/csv.ts';
import type { PredictedFile, TableEngine } from '../task/table/engine.ts';
import type { TableModel } from '../task/table/prediction.ts';
import type { TableProfile } from '../task/table/columns.ts';

/** What can be called: the engine, with files as files. */
export interface TableCalls extends Omit<TableEngine, 'profile'> {
  profile(file: Blob, encoding: TextEncoding | undefined): Promise<TableProfile>;
  predict(model: TableModel, file: Blob): Promise<PredictedFile>;
}

/** The name of a call. */
export type TableCall = keyof TableCalls;

/** A call. */
export interface TableRequest {
  readonly id: number;
  readonly call: TableCall;
  readonly args: readonly unknown[];
}

/** An answer; progress may come before it. */
export type TableReply =
  | { readonly type: 'done'; readonly id: number; readonly value: unknown }
  | {
      readonly type: 'failed';
      readonly id: number;
      /** Of a mistake in a table; undefined for anything else. */
      readonly code: string | undefined;
      readonly message: string;
    }
  | { readonly type: 'progress'; readonly id: number; readonly share: number };
