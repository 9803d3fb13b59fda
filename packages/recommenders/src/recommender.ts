/** @file What every recommender offers: training, its tables by name, and full rankings from replaced user tables. */

import { checkMatrix, type Csr, type Json, type Matrix } from '@indistinct/core'
import type { ScoreSource } from './score-source.ts'
import type { History } from './objective.ts'
import type { TrainingHooks, TrainingOptions } from './train.ts'
import { seenInTraining, type TrainingData } from './training-data.ts'
import type { UserTables } from './user-tables.ts'

export interface Recommender<Options extends TrainingOptions = TrainingOptions> {
  readonly name: string
  /** Every table that holds a row a user, and so can leak its attributes. */
  readonly userTables: readonly string[]
  /**
   * Those of them that no score depends on where the others are published too: changing one costs nothing in ranking.
   */
  readonly unscoredTables: readonly string[]
  readonly defaults: Options
  /** Trains on `data.train` and stops by `data.validation`. Equal arguments give equal bytes. */
  train(data: TrainingData, options?: Partial<Options>, hooks?: TrainingHooks): TrainedRecommender
  /** The recommender whose `parameters` these are; `data` as in training. */
  restore(
    data: TrainingData,
    options: Partial<Options>,
    parameters: Readonly<Record<string, Matrix>>,
  ): TrainedRecommender
}

export interface TrainedRecommender {
  readonly name: string
  /** All options of training, defaults filled in. */
  readonly options: Json
  /** Everything trained, by name: enough to restore. */
  readonly parameters: Readonly<Record<string, Matrix>>
  readonly userTables: UserTables
  /** Absent on a restored recommender. */
  readonly history?: History
  /**
   * The k best items of each user, or of the users named, best first: (number of users * k) ids, equal scores by
   * ascending id, -1 where fewer than k remain. `seen` (users, items) is left out.
   */
  rank(tables: Partial<UserTables>, seen: Csr | undefined, k: number, users?: Int32Array): Int32Array
  /** Scores of every user over all items, in the order in which `rank` sorts; `tables` replace those of the model. */
  scores(tables: Partial<UserTables>): ScoreSource
}

/**
 * Full ranking: the k best items of every user (users * k), best first, -1 where fewer than k remain. `tables` replace
 * user tables of the model, by name and any number of them. `seen` is left out of each user's ranking; a split stands
 * for its training and validation items, as a test on held-out items wants it.
 * @throws RangeError for an unknown table name, a shape that does not fit, or values that are not finite.
 */
export function topK(
  model: TrainedRecommender,
  tables: Partial<UserTables>,
  seen: Csr | TrainingData | undefined,
  k: number,
): Int32Array {
  for (const [name, table] of Object.entries(tables)) {
    const own = model.userTables[name]
    if (!own)
      throw new RangeError(`topK: expected tables among ${Object.keys(model.userTables).join(', ')}, got ${name}`)
    if (!table) continue
    checkMatrix('topK', table, `table ${name}`)
    if (table.rows !== own.rows || table.cols !== own.cols) {
      throw new RangeError(
        `topK: expected table ${name} (${own.rows}, ${own.cols}), got (${table.rows}, ${table.cols})`,
      )
    }
    const at = table.data.findIndex((value) => !Number.isFinite(value))
    if (at >= 0)
      throw new RangeError(
        `topK: expected finite values in table ${name}, got ${table.data[at]} at row ${Math.floor(at / table.cols)}`,
      )
  }
  return model.rank(tables, seen && 'train' in seen ? seenInTraining(seen) : seen, k)
}
