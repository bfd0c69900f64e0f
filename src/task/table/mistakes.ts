/**
 * What can be wrong with a table, told before anything is learned from it.
 *
 * @module
 */

/** Why a table cannot be learned from. */
export type TableMistakeCode =
  | 'empty'
  | 'encoding'
  | 'quotes'
  | 'header'
  | 'ragged'
  | 'too-large'
  | 'no-target'
  | 'target-type'
  | 'one-class'
  | 'too-few-rows'
  | 'no-columns'
  | 'columns-differ'
  | 'not-a-number'
  | 'settings'
  | 'out-of-step'
  | 'left-alone'
  | 'model-file';

/** A table, or the settings for it, that cannot be used: the text says what is wrong and what to do. */
export class TableMistake extends Error {
  override readonly name = 'TableMistake';
  readonly code: TableMistakeCode;
  constructor(code: TableMistakeCode, message: string) {
    super(message);
    this.code = code;
  }
}
