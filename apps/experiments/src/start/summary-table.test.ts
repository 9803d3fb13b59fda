import { expect, test } from 'vitest'
import type { GridResults, ModelResults } from '../nx/grid-results.ts'
import type { StoredAttack } from '../store/results.ts'
import { summaryTable } from './summary-table.ts'

const figure = (value: number) => ({ value, lower: value - 0.05, upper: value + 0.05 })
const attack = (table: string, auc: number) =>
  ({ table, attacker: 'mlp', protocol: 'paper', input: 'raw', auc: figure(auc) }) as Omit<StoredAttack, 'roc'>
const utility = (metric: string, definition: string, value: number) => ({
  metric,
  k: 10,
  definition,
  users: 9,
  ...figure(value),
})
const base = { dataset: 'synthetic', recommender: 'lightgcn', attribute: 'gender', seed: 42 }
const original: ModelResults = {
  ...base,
  attacks: [attack('layer-0', 0.7), attack('propagated', 0.75)],
  observed: [],
  utility: [
    utility('NDCG', 'full ranking', 0.3),
    utility('HR', 'full ranking, any-hit', 0.7),
    utility('HR', 'full ranking, hits/k', 0.1),
  ],
  stages: [
    { id: 'a', stage: 'train', cached: true, seconds: 4 },
    { id: 'b', stage: 'attack', cached: true, seconds: 1 },
    { id: 'c', stage: 'attack', cached: false, seconds: 2 },
  ],
}
const unlearned: ModelResults = {
  ...base,
  method: 'flow',
  options: {},
  attacks: [attack('layer-0', 0.5)],
  observed: [],
  utility: [],
  report: '/there/report.html',
  stages: [{ id: 'd', stage: 'unlearn', cached: false, seconds: 0.44 }],
}
const table = (...models: ModelResults[]): string =>
  summaryTable({ models, releases: [], missing: [] } satisfies GridResults)

test('before and after stand side by side, and what is missing is a dash', () => {
  expect(table(original, unlearned)).toBe(`synthetic, lightgcn, gender, seed 42  before                   after flow
attack AUC [95 % interval]
  layer-0, mlp, paper, raw            0.700 [0.650, 0.750]     0.500 [0.450, 0.550]
  propagated, mlp, paper, raw         0.750 [0.700, 0.800]     -
recommendation [95 % interval]
  NDCG@10 (full ranking)              0.3000 [0.2500, 0.3500]  -
  HR@10 (full ranking, any-hit)       0.7000 [0.6500, 0.7500]  -
seconds
  prepare                             -                        -
  train                               4.0 (cached)             -
  unlearn                             -                        0.4
  evaluate                            -                        -
  attack                              3.0 (1 of 2 cached)      -
report: /there/report.html
`)
})

test('what outsiders see is one line a table, by its worst attack', () => {
  const seen = (name: string, auc: number, attacker: string) => ({
    ...attack(name, auc),
    foldedAuc: figure(auc),
    attacker,
  })
  const text = table(
    {
      ...original,
      observed: [
        seen('scores', 0.6, 'mlp'),
        seen('scores', 0.7, 'xgb'),
        seen('top-10', 0.65, 'mlp'),
        seen('top-10-surrogate', 0.68, 'mlp'),
      ],
    },
    { ...unlearned, observed: [seen('scores', 0.52, 'mlp')] },
  )
  expect(text).toContain(`
seen from outside, worst folded AUC
  scores over all items               0.700 [0.650, 0.750] xgb  0.520 [0.470, 0.570] mlp
  top-10 lists                        0.650 [0.600, 0.700] mlp  -
  top-10 lists, by a surrogate model  0.680 [0.630, 0.730] mlp  -
recommendation`)
})

test('one method under two options is told apart', () => {
  const text = table(original, { ...unlearned, options: { level: 1 } }, { ...unlearned, options: { level: 0.8 } })
  expect(text).toContain('after flow {"level":1}')
  expect(text).toContain('after flow {"level":0.8}')
})

test('each model has a block of its own', () => {
  expect(table(original, { ...original, seed: 43 }).match(/^synthetic/gm)).toHaveLength(2)
})

test('models that are released together have a block of their own, of all their tables at once', () => {
  const together = {
    dataset: 'synthetic',
    recommenders: ['lightgcn', 'nmf'],
    attribute: 'gender',
    seed: 42,
    stages: [],
  }
  const releases = [
    { ...together, attacks: [attack('joined', 0.8)] },
    { ...together, method: 'flow', options: {}, attacks: [attack('joined', 0.51)] },
  ]
  const text = summaryTable({ models: [original], releases, missing: [] })
  expect(text.slice(text.indexOf('synthetic, lightgcn + nmf')))
    .toBe(`synthetic, lightgcn + nmf, gender, seed 42             before                after flow
attack AUC on all tables side by side [95 % interval]
  mlp, paper, raw                                      0.800 [0.750, 0.850]  0.510 [0.460, 0.560]
`)
})
