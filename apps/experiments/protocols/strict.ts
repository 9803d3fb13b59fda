/**
 * @file The protocol `strict`: ours. Nothing is chosen on test data, every user table is protected and attacked, raw
 * and standardised; the attacker knows 10 % of a balanced sample, drawn ten times in every run, and intervals count
 * users and draws.
 *
 *     npx indistinct reproduce table-3 --protocol strict --datasets ml-100k
 */

import type { ExperimentProtocol } from './protocol.ts'

export const strict: ExperimentProtocol = {
  name: 'strict',
  title: 'nothing chosen on test data; the attacker knows 10 % of a balanced sample, drawn ten times a run',
  recommenders: { nmf: { gmf: 16, mlp: 16 }, lightgcn: { factors: 16 } },
  tuned: true,
  methods: {
    'u2u-r': { tradeOff: 1e-4 },
    'd2d-r': { tradeOff: 1e-4 },
    retrain: {},
    adversarial: {},
    'u2u-r-closed': { tradeOff: 1e-4 },
    flow: {},
  },
  attackers: [{ name: 'mlp' }, { name: 'xgb' }],
  attacks: [{ name: 'paper', options: { repeats: 10 } }],
  epochBy: 'validation',
  alphas: [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1],
}
