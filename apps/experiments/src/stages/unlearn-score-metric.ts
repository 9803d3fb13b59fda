/**
 * @file What moving users costs in the scores that a stored model makes of them: items and graph as trained, no label.
 */

import { scoreGradients, type TrainedRecommender, type TrainingData } from '@indistinct/recommenders'
import { scoreMetric, type ScoreMetric } from '@indistinct/unlearners'

/** The metric of the scores of each user's best 100 items by his row of `table`, a user table of `model`. */
export function tableMetric(model: TrainedRecommender, data: TrainingData, table: string): ScoreMetric {
  const { top, cols, write } = scoreGradients(model, data, [table])
  const users = model.userTables[table]!
  // Scores that are inner products keep their order when a user's row is stretched; those of a perceptron do not.
  const linear = model.scores({}).factors !== undefined
  return scoreMetric(
    data.users,
    cols,
    (row, gradients) => {
      write(row, gradients)
      return linear ? { scaleFree: users.data.subarray(row * cols, (row + 1) * cols) } : undefined
    },
    { top },
  )
}
