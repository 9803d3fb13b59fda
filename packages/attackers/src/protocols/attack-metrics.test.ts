import { matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import { attackMetrics } from './attack-metrics.ts'
import { fiveFoldProtocol } from './five-fold-protocol.ts'
import type { SplitScores } from './scoring.ts'

test('of many labels of few users every interval holds its value', () => {
  const labels = 12
  const codes = Int32Array.from({ length: 10 * labels }, (_, i) => i % labels)
  const rowsOfClass = Array.from({ length: labels }, (_, c) =>
    Int32Array.from(codes.keys()).filter((row) => codes[row] === c),
  )
  const splits = [0, 1].flatMap((repeat) =>
    fiveFoldProtocol.splits(rowsOfClass, { seed: 1, repeat }).map(({ shadow, scored }, fold): SplitScores => {
      const probabilities = matrix(scored.length, labels)
      scored.forEach((row, i) => (probabilities.data[i * labels + codes[row]!] = 1))
      return { repeat, fold, shadow, users: scored, codes: scored.map((row) => codes[row]!), probabilities }
    }),
  )
  const metrics = attackMetrics(
    splits,
    Array.from({ length: labels }, (_, c) => `label ${c}`),
    { seed: 1, crossValidated: true },
  )
  for (const name of ['auc', 'balancedAccuracy', 'accuracy', 'precision', 'recall', 'microF1'] as const) {
    const { value, lower, upper } = metrics[name]
    expect([name, value, lower <= value, upper >= value]).toEqual([name, 1, true, true])
  }
})
