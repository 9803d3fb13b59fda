/** @file What matrix factorisation trains, whatever its loss: vectors of users and items, ranked by inner products. */

import { gatherRows, type Matrix } from '@indistinct/core'
import { scoreTopK } from '@indistinct/kernels'
import type { History } from './objective.ts'
import { expectParameter } from './parameters.ts'
import type { TrainedRecommender } from './recommender.ts'
import { innerProducts } from './score-source.ts'
import { selectRows, type TrainingData } from './training-data.ts'

/** The recommender of users (N, K) and items (I, K), its one user table `users`. */
export function innerProductModel(
  { name, options }: Pick<TrainedRecommender, 'name' | 'options'>,
  users: Matrix,
  items: Matrix,
  history?: History,
): TrainedRecommender {
  return {
    name,
    options,
    parameters: { users, items },
    userTables: { users },
    ...(history && { history }),
    scores: (tables) => innerProducts(tables['users'] ?? users, items),
    rank(tables, seen, k, some) {
      const rows = tables['users'] ?? users
      if (!some) return scoreTopK(rows, items, seen, k)
      return scoreTopK(gatherRows(rows, some), items, seen && selectRows(seen, some), k)
    },
  }
}

/**
 * That recommender from its `parameters`, with K `factors`.
 * @throws as `expectParameter` does
 */
export function restoredModel(
  named: Pick<TrainedRecommender, 'name' | 'options'>,
  data: TrainingData,
  factors: number,
  parameters: Readonly<Record<string, Matrix>>,
): TrainedRecommender {
  const users = expectParameter(parameters, 'users', data.users, factors)
  return innerProductModel(named, users, expectParameter(parameters, 'items', data.items, factors))
}
