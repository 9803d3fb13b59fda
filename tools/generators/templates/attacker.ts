/** @file Template of an attacker: naive Bayes with Gaussian dimensions, on the calling thread. */

import type { Component, Names } from '../src/component.ts'

export function attacker({ kebab, camel }: Names): Component {
  return {
    folder: 'packages/attackers/src/attackers',
    exports: `${camel}Entry`,
    row: {
      file: 'docs/methods.md',
      heading: 'Attackers',
      cells: [`\`${kebab}\``, 'Gaussian naive Bayes: a mean and a variance for each label and dimension'],
    },
    table: { file: 'packages/attackers/src/named-attackers.ts', name: 'byName', entry: `'${kebab}': ${camel}Entry` },
    source: `/** @file The ${kebab} attacker: what someone sees who looks at one dimension after another. */

import { on, type BatteryEntry } from '../battery-entry.ts'
import { scoresOfLogits } from '../models/log-odds-score.ts'
import { syncAttacker, type SyncAttacker } from './sync-attacker.ts'

/**
 * Gaussian naive Bayes: for each label and dimension a mean and a variance, shrunk half-way to the variance of all.
 * Shifting and scaling a dimension changes no score. Draw any chance from the seed in the options of the fit.
 */
export const ${camel}: SyncAttacker = syncAttacker('${kebab}', (x, codes, { classes }) => {
  const { rows: users, cols } = x
  const counts = new Float64Array(classes)
  for (const code of codes) counts[code]!++
  const overall = moments(x.data, cols, codes, () => true, users)
  const models = Array.from(counts, (count, c) => moments(x.data, cols, codes, (code) => code === c, count))
  const variance = (c: number, k: number): number => 0.5 * (models[c]!.variance[k]! + overall.variance[k]!) + 1e-12
  return (rows) => {
    const logits = new Float64Array(rows.rows * classes)
    for (let i = 0; i < rows.rows; i++) {
      for (let c = 0; c < classes; c++) {
        let logit = Math.log(counts[c]! / users)
        for (let k = 0; k < cols; k++) {
          const spread = variance(c, k)
          logit -= 0.5 * (Math.log(spread) + (rows.data[i * cols + k]! - models[c]!.mean[k]!) ** 2 / spread)
        }
        logits[i * classes + c] = logit
      }
    }
    return scoresOfLogits(logits, rows.rows, classes)
  }
}, { scaleFree: true })

/** What runs where it is named: under the paper's protocol, scores held fixed by the permutation test. */
export const ${camel}Entry: BatteryEntry = {
  attacker: ${camel},
  description: 'Gaussian naive Bayes: one dimension after another',
  attacks: on('paper', ['raw'], 0),
}

/** Mean and variance (K) of the \`count\` rows whose code is wanted. */
function moments(
  data: Float32Array, cols: number, codes: Int32Array, wanted: (code: number) => boolean, count: number,
): { mean: Float64Array; variance: Float64Array } {
  const mean = new Float64Array(cols)
  const variance = new Float64Array(cols)
  codes.forEach((code, i) => {
    if (wanted(code)) for (let k = 0; k < cols; k++) mean[k]! += data[i * cols + k]! / count
  })
  codes.forEach((code, i) => {
    if (wanted(code)) for (let k = 0; k < cols; k++) variance[k]! += (data[i * cols + k]! - mean[k]!) ** 2 / count
  })
  return { mean, variance }
}
`,
    test: `import { macroAuc } from '@indistinct/metrics'
import { expect, test } from 'vitest'
import { ${camel} } from './${kebab}.ts'
import { shiftedClasses } from '../testing.ts'

// classical-attackers.test.ts holds every named attacker to what all owe.
// It plants a leak that must be found, and labels that must not.

test('${kebab} scores users it has not seen', () => {
  const known = shiftedClasses([150, 150], 3, 1.5, 1)
  const others = shiftedClasses([150, 150], 3, 1.5, 2)
  const scores = ${camel}.fitSync(known.embedding, known.labels.codes, { classes: 2, seed: 1 })(others.embedding)
  // The best attacker's AUC is Phi(1.5) = 0.93.
  expect(macroAuc(scores, others.labels.codes)).toBeGreaterThan(0.88)
})

test('${kebab} does not mind the units of a dimension', () => {
  const { embedding, labels } = shiftedClasses([40, 50], 2, 1, 3)
  const scaled = { ...embedding, data: embedding.data.map((value, p) => (p % 2 === 0 ? 1024 * value : value)) }
  const scores = [embedding, scaled].map((x) => ${camel}.fitSync(x, labels.codes, { classes: 2, seed: 1 })(x))
  scores[0]!.data.forEach((score, p) => expect(scores[1]!.data[p]).toBeCloseTo(score, 5))
})
`,
  }
}
