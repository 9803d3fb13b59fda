/** @file Made-up data for every figure, for the tests and for looking at them. */

import { gatherRows, labelledRows, randomStream } from '@indistinct/core'
import { balancedHistograms, dimensionHistograms } from '../charts/dimension-histograms.ts'
import { exampleTables } from './example-report.ts'
import type { PaperFigure } from '../figures/paper-figure.ts'
import { paretoFigure, type ParetoData } from '../figures/pareto-figure.ts'
import type { Estimate } from '../report-data.ts'
import { tradeOffFigure, type TradeOffData } from '../figures/trade-off-figure.ts'
import { tSne } from '../t-sne/t-sne.ts'
import { tsneFigure, type TsneFigureData, type TsnePanel } from '../figures/tsne-figure.ts'

export function exampleTradeOff(): TradeOffData {
  const random = randomStream(3, 'example-figures', 'trade-off')
  const around = (value: number, half: number): Estimate => ({ value, low: value - half, high: value + half })
  const series = (name: string, leak: number, cost: number) => ({
    name,
    points: [-6, -5, -4, -3, -2, -1, 0].map((power) => {
      const kept = 1 / (1 + Math.exp(-2 * (power + 2.5 + leak)))
      const auc = (most: number): Estimate => around(0.5 + (most - 0.5) * kept + 0.008 * random.normal(), 0.03)
      return {
        alpha: 10 ** power,
        values: [auc(0.76), auc(0.7), around(0.296 - cost * (1 - kept) + 0.001 * random.normal(), 0.004)],
      }
    }),
  })
  return {
    title: 'Leak and utility against alpha',
    measures: [
      { name: 'AUC of mlp', kind: 'auc' },
      { name: 'AUC of xgb', kind: 'auc' },
      { name: 'NDCG@10', kind: 'utility' },
    ],
    series: [series('U2U-R', 0, 0.05), series('D2D-R', 0.7, 0.012), series('calibrated flow', 1.2, 0.006)],
    baseline: { name: 'original', values: [around(0.756, 0.03), around(0.698, 0.03), around(0.2955, 0.004)] },
  }
}

/** Two rows, one an attacker; predictions are labels with some of them wrong. */
function exampleTsne(users = 300): TsneFigureData {
  const { before, after, labels } = exampleTables(users)
  const rows = labelledRows(labels)
  const codes = Int32Array.from(rows, (i) => labels.codes[i]!)
  const maps = [before, after].map((table) => tSne(gatherRows(table, rows), { seed: 1, steps: 400 }).points)
  const random = randomStream(3, 'example-figures', 't-sne')
  const predicted = (right: number): Int32Array => codes.map((code) => (random.uniform() < right ? code : 1 - code))
  const row = (attacker: string): TsnePanel[] => [
    { heading: 'ground truth', points: maps[0]!, codes },
    { heading: 'original', note: `${attacker}, AUC 0.76`, points: maps[0]!, codes: predicted(0.7) },
    { heading: 'U2U-R', note: `${attacker}, AUC 0.55`, points: maps[1]!, codes: predicted(0.55) },
    { heading: 'D2D-R', note: `${attacker}, AUC 0.48`, points: maps[1]!, codes: predicted(0.5) },
    { heading: 'calibrated flow', note: `${attacker}, AUC 0.51`, points: maps[1]!, codes: predicted(0.5) },
  ]
  return {
    title: 'Users before and after unlearning',
    classes: labels.classes,
    panels: [...row('mlp'), ...row('xgb')],
    colouredBy: 'label and by the class that an attacker predicts',
  }
}

export function examplePareto(): ParetoData {
  const point = (name: string, group: string, loss: number, leak: number) => ({
    name,
    group,
    loss: { value: loss, low: loss - 0.8, high: loss + 0.8 },
    leak: { value: leak, low: Math.max(0.5, leak - 0.025), high: leak + 0.025 },
  })
  return {
    title: 'Utility lost and leak left, by method',
    lossAxis: 'NDCG@10 lost, %',
    gate: 0.55,
    points: [
      point('original', 'none', 0, 0.768),
      point('mean matching', 'closed form', 0.3, 0.66),
      point('leace', 'closed form', 5, 0.559),
      point('gaussian transport', 'closed form', 0.9, 0.542),
      point('calibrated flow', 'iterative', 1.9, 0.525),
      point('D2D-R', 'iterative', 1.6, 0.656),
      point('U2U-R', 'iterative', 11, 0.99),
      point('retrain', 'in training', 3.4, 0.61),
      point('adv-int', 'in training', 6.2, 0.63),
    ],
  }
}

/** Every figure by the name of its file. */
export function exampleFigures(): Record<string, PaperFigure> {
  const { before, after, labels } = exampleTables()
  return {
    'trade-off': tradeOffFigure(exampleTradeOff()),
    't-sne': tsneFigure(exampleTsne()),
    dimensions: dimensionHistograms(balancedHistograms(before, after, labels, { seed: 1 }), {
      title: 'Dimensions before and after unlearning',
    }),
    pareto: paretoFigure(examplePareto()),
  }
}
