/** @file What attackers still read from tables that U2U-R has unlearned. */

import { attack, logistic, radius, transferredAttack } from '@indistinct/attackers'
import { matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import { u2uClosedForm } from './u2u-closed-form.ts'

const options = { protocol: 'five-fold', seed: 1, repeats: 1 } as const

test("at the paper's trade-off classes collapse, and their spreads tell them apart", async () => {
  const { embedding, labels } = shifted([420, 180], 16, 0.7)
  // As recommenders have it: small numbers, off centre.
  for (let p = 0; p < embedding.data.length; p++) embedding.data[p] = 0.05 * embedding.data[p]! + 0.02
  const collapsed = u2uClosedForm(embedding, labels).embedding
  const found = await attack(collapsed, labels, radius, options)
  const linear = await attack(collapsed, labels, logistic, options)
  expect(found.foldedAuc.value).toBeGreaterThan(0.95)
  expect(linear.foldedAuc.value).toBeLessThan(0.65)
})

test('what it leaves of positions tells another attribute, which it was not to touch', async () => {
  const { embedding, labels } = shifted([160, 200], 6, 1)
  const other = {
    classes: ['low', 'high'],
    codes: labels.codes.map((_, i) => (embedding.data[6 * i + 4]! > 0 ? 1 : 0)),
  }
  const unlearned = u2uClosedForm(embedding, labels, { tradeOff: 500 }).embedding
  const result = await transferredAttack(embedding, unlearned, other, logistic, { ...options, input: 'standardised' })
  expect(result.auc.value).toBeGreaterThan(0.95)
})

/** Standard normal (N, K); users of class c have `shift * c` added to the first two dimensions. */
function shifted(counts: readonly number[], K: number, shift: number): { embedding: Matrix; labels: Labels } {
  const random = randomStream(1, 'shifted-classes')
  const codes = Int32Array.from(counts.flatMap((count, c) => new Array<number>(count).fill(c)))
  const embedding = matrix(codes.length, K)
  codes.forEach((code, i) => {
    for (let k = 0; k < K; k++) embedding.data[i * K + k] = random.normal() + (k < 2 ? shift * code : 0)
  })
  return { embedding, labels: { classes: counts.map((_, c) => `label-${c}`), codes } }
}
