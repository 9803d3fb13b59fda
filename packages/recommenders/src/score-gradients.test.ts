import { matrix, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { bprMf, lightgcn, nmf, scoreGradients, topK, type TrainedRecommender } from './index.ts'
import { twoWorlds } from './testing.ts'

const data = twoWorlds()
const quick = { epochs: 10, batch: 90, lr: 0.02, validateEvery: 2 }

/** NeuMF's logit, written out. */
function logit({ parameters }: TrainedRecommender, gmf: Float64Array, mlp: Float64Array, item: number): number {
  const row = (name: string): number[] => [
    ...parameters[name]!.data.subarray(item * parameters[name]!.cols, (item + 1) * parameters[name]!.cols),
  ]
  let layer = [...mlp, ...row('item-mlp')]
  for (let at = 1; parameters[`hidden-${at}-weights`]; at++) {
    const { data: weights, cols } = parameters[`hidden-${at}-weights`]!
    const bias = parameters[`hidden-${at}-bias`]!.data
    const below = layer
    layer = Array.from({ length: cols }, (_, j) =>
      Math.max(
        0,
        below.reduce((sum, x, i) => sum + x * weights[i * cols + j]!, bias[j]!),
      ),
    )
  }
  const output = parameters['output-weights']!.data
  return [...row('item-gmf').map((q, k) => q * gmf[k]!), ...layer].reduce((sum, x, k) => sum + x * output[k]!, 0)
}

describe('scoreGradients', () => {
  test('nmf: both tables side by side, against differences of the logit', () => {
    const model = nmf.train(data, quick)
    const { top, cols, write } = scoreGradients(model, data, ['gmf', 'mlp'], 8)
    expect([top, cols]).toEqual([8, 32])
    const best = topK(model, {}, undefined, 8)
    const out = new Float64Array(8 * 32)
    const [gmf, mlp] = [model.userTables['gmf']!, model.userTables['mlp']!]
    for (const user of [0, 7, 33]) {
      write(user, out)
      const own = [gmf, mlp].map((table: Matrix) => Float64Array.from(table.data.subarray(user * 16, user * 16 + 16)))
      for (let t = 0; t < 8; t++) {
        for (let k = 0; k < 32; k++) {
          const stepped = (step: number): number => {
            const [g, m] = own.map((row) => row.slice())
            ;(k < 16 ? g : m)![k % 16]! += step
            return logit(model, g!, m!, best[user * 8 + t]!)
          }
          expect(Math.abs((stepped(1e-6) - stepped(-1e-6)) / 2e-6 - out[t * 32 + k]!)).toBeLessThan(1e-5)
        }
      }
    }
  })

  test.each([
    ['lightgcn', lightgcn, 'propagated'],
    ['bpr-mf', bprMf, 'users'],
  ] as const)('%s: a long step along the gradient of one item over another puts it first', (_, each, table) => {
    const model = each.train(data, quick)
    const { top, cols, write } = scoreGradients(model, data, [table], 6)
    const best = topK(model, {}, undefined, 6)
    const out = new Float64Array(top * cols)
    for (let user = 0; user < 10; user++) {
      write(user, out)
      for (let t = 0; t + 1 < top; t++) {
        const moved = matrix(data.users, cols, model.userTables[table]!.data.slice())
        for (let k = 0; k < cols; k++)
          moved.data[user * cols + k]! += 1e4 * (out[(t + 1) * cols + k]! - out[t * cols + k]!)
        const now = topK(model, { [table]: moved }, undefined, data.items).subarray(
          user * data.items,
          (user + 1) * data.items,
        )
        expect(now.indexOf(best[user * 6 + t + 1]!)).toBeLessThan(now.indexOf(best[user * 6 + t]!))
      }
    }
  })

  test('refuses a table that the model does not have', () => {
    const model = bprMf.train(data, quick)
    expect(() => scoreGradients(model, data, ['propagated'])).toThrow(
      'scoreGradients: expected tables among users, got propagated',
    )
  })
})
