/**
 * One peer's learning from its table: what it gives to each sum, and what it makes of the answer.
 *
 * Rounds are federated averaging: everybody starts from the merged model, makes some steps on the own rows, and
 * gives the difference, weighted by the share of all rows that it has. Beside it a second model learns from the
 * own rows alone and is never merged, to compare with.
 *
 * McMahan et al.: Communication-Efficient Learning of Deep Networks from Decentralized Data, AISTATS 2017.
 *
 * @module
 */
import { TABLE_BATCH_ROWS, TABLE_MAX_DRIFT } from '../../config.ts';
import { evaluationDigits, readEvaluation, type Evaluation } from './evaluation.ts';
import { Fitting } from './fitting.ts';
import { examplesOf, layoutOf, type Examples, type Layout } from './layout.ts';
import type { TableData } from './load.ts';
import { TableMistake } from './mistakes.ts';
import { firstParametersOf, Network, parameterCountOf } from './network.ts';
import type { TableModel } from './prediction.ts';
import type { Schema } from './schema.ts';
import { checkStatistics, readStatistics, type TableStatistics } from './statistics.ts';

/** Bound of |value| of everything in a round's vector. */
export const ROUND_CLIP = TABLE_MAX_DRIFT;

/** Numbers at the end of a round's vector: shares of rows, and losses weighted by them. */
const LOSS_VALUES = 4;

/** Length of a round's vector. */
export function roundLengthOf(layout: Layout): number {
  return parameterCountOf(layout) + LOSS_VALUES;
}

/** Mean losses: of the merged model over the room before a round, and of the model learned alone. */
export interface RoundLosses {
  /** Nats, or half the squared error in standard deviations; at most `ROUND_CLIP`. */
  readonly training: number;
  readonly heldOut: number;
  /** Of the model learned alone, on the own held-out rows. */
  readonly localHeldOut: number;
}

/** Learns from one table. */
export class TableLearner {
  readonly layout: Layout;
  readonly statistics: TableStatistics;
  private readonly schema: Schema;
  private readonly training: Examples;
  private readonly heldOut: Examples;
  private readonly network: Network;
  private readonly shared: Fitting;
  private readonly alone: Fitting;
  private merged: Float64Array;
  private localHeldOut = 0;

  /**
   * @param hash - Of the schema: names the first model.
   * @param sums - Summed digits of everybody's statistics.
   * @throws TableMistake when nothing can be learned from all tables together.
   */
  constructor(schema: Schema, hash: string, data: TableData, sums: ArrayLike<number>) {
    this.schema = schema;
    this.statistics = readStatistics(schema, sums);
    checkStatistics(schema, this.statistics);
    this.layout = layoutOf(schema, this.statistics);
    this.training = examplesOf(schema, this.layout, data, 'training');
    this.heldOut = examplesOf(schema, this.layout, data, 'held-out');
    this.network = new Network(this.layout);
    this.merged = firstParametersOf(this.layout, hash);
    this.shared = new Fitting(this.layout, this.training, this.merged);
    this.alone = new Fitting(this.layout, this.training, this.merged);
  }

  /** The merged model as it is now. */
  get model(): TableModel {
    return { layout: this.layout, parameters: this.merged.slice() };
  }

  /**
   * Trains for a round; each turn is a step, after which others may have theirs.
   *
   * @returns What to give to the masked sum, shape [roundLengthOf], each |value| at most `ROUND_CLIP`.
   * @throws TableMistake when training diverged.
   */
  *contribute(): Generator<undefined, Float64Array> {
    const { shared, merged, statistics } = this;
    const count = merged.length;
    const values = new Float64Array(roundLengthOf(this.layout));
    const share = this.training.rows / statistics.trainingRows;
    const heldOutShare = this.heldOut.rows / Math.max(statistics.heldOutRows, 1);
    values[count] = share;
    values[count + 1] = share * this.lossOf(merged, this.training);
    values[count + 2] = heldOutShare;
    values[count + 3] = heldOutShare * this.lossOf(merged, this.heldOut);
    yield;
    this.localHeldOut = this.lossOf(this.alone.parameters, this.heldOut);
    shared.parameters.set(merged);
    for (let step = 0; step < this.schema.steps; step++) {
      shared.step();
      this.alone.step();
      yield;
    }
    for (let i = 0; i < count; i++) {
      const moved = shared.parameters[i]! - merged[i]!;
      if (!Number.isFinite(moved)) {
        throw new TableMistake('settings', 'Training diverged: choose fewer steps in a round.');
      }
      values[i] = share * Math.max(-ROUND_CLIP, Math.min(moved, ROUND_CLIP));
    }
    return values;
  }

  /** Moves the merged model by a round's sum, the same for everybody. */
  apply(sum: Float64Array): RoundLosses {
    const count = this.merged.length;
    const share = sum[count]!;
    const moved = this.merged.slice();
    for (let i = 0; i < count; i++) moved[i] = moved[i]! + sum[i]! / share;
    this.merged = moved;
    return {
      training: sum[count + 1]! / share,
      heldOut: sum[count + 2]! > 0 ? sum[count + 3]! / sum[count + 2]! : 0,
      localHeldOut: this.localHeldOut,
    };
  }

  /** Digits of the test of the merged model and of the one learned alone. */
  evaluationDigits(): Float64Array {
    return evaluationDigits(this.layout, this.heldOut, this.merged, this.alone.parameters);
  }

  /** The test that summed digits stand for. */
  readEvaluation(sums: ArrayLike<number>): Evaluation {
    return readEvaluation(this.layout, sums);
  }

  private lossOf(parameters: Float64Array, examples: Examples): number {
    const loss = this.network.loss(parameters, examples, TABLE_BATCH_ROWS);
    return Number.isFinite(loss) ? Math.min(loss, ROUND_CLIP) : ROUND_CLIP;
  }
}
