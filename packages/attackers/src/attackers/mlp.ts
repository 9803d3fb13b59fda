/**
 * @file The paper's MLP attacker: scikit-learn's MLPClassifier with L2 1.0 and at most 1,000 epochs, else its defaults.
 */

import { checkOptions, randomStream } from '@indistinct/core'
import { nextTurn } from '@indistinct/core/platform'
import type { Attacker } from '../attacker.ts'
import { checkCounts, checkSizes } from './checked-settings.ts'
import { mlpProbabilities, trainMlp, type MlpOptions } from '../models/mlp-network.ts'

/** An MLP attacker with other settings, under a name of its own. */
export function mlpAttacker(name: string, options: MlpOptions): Attacker {
  checkOptions('mlpAttacker', options, {
    hidden: 'number',
    alpha: 'number',
    learningRate: 'number',
    batch: 'number',
    maxEpochs: 'number',
    tolerance: 'number',
    patience: 'number',
    reorder: 'boolean',
  })
  const { hidden, alpha, learningRate, batch, maxEpochs, tolerance, patience } = options
  checkCounts('mlpAttacker', { hidden, batch, maxEpochs, patience })
  checkSizes('mlpAttacker', { learningRate })
  checkSizes('mlpAttacker', { alpha, tolerance }, { zero: true })
  return {
    name,
    scaleFree: false,
    async fit(x, codes, { classes, seed }) {
      // Training holds the thread: attackers in worker threads are handed their next task first.
      await nextTurn()
      const network = trainMlp(x, codes, classes, randomStream(seed, 'mlp'), options)
      return { scores: async (rows) => mlpProbabilities(network, rows) }
    },
  }
}

export const mlp: Attacker = mlpAttacker('mlp', {})
