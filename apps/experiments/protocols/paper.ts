/**
 * @file The protocol `paper`: the settings that the paper states.
 *
 *     npx indistinct reproduce all --protocol paper
 *
 * Stated: 16 dimensions, 50 epochs of NMF and 400 of LightGCN at most, alpha 1e-4, 5,000 steps of U2U-R and 1,000 of
 * D2D-R under a learning rate of 0.001; attackers that know 10 % of a balanced sample, scikit-learn's MLP and XGBoost
 * with the settings of `mlp` and `xgb`; the mean of ten runs.
 *
 * Deviation: training has larger batches and learning rates than the paper's 0.001, whose batch size is not stated, and
 * keeps the epoch with the best validation NDCG@10.
 * Deviation: all user tables are protected, not only the one that the paper attacks.
 */

import type { ExperimentProtocol } from './protocol.ts'

export const paper: ExperimentProtocol = {
  name: 'paper',
  title: "the paper's stated settings; the attacker knows 10 % of a balanced sample",
  recommenders: { nmf: { gmf: 16, mlp: 16, epochs: 50 }, lightgcn: { factors: 16, epochs: 400 } },
  tuned: false,
  methods: {
    'u2u-r': { tradeOff: 1e-4, steps: 5000, learningRate: 0.001 },
    'd2d-r': { tradeOff: 1e-4, steps: 1000, learningRate: 0.001 },
    retrain: {},
    adversarial: {},
    'u2u-r-closed': { tradeOff: 1e-4 },
    flow: {},
  },
  attackers: [{ name: 'mlp' }, { name: 'xgb' }],
  // One draw of users a run: the repetitions are the seeds.
  attacks: [{ name: 'paper', options: { repeats: 1 } }],
  epochBy: 'validation',
  alphas: [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1],
}
