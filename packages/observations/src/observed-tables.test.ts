import { encodeLabels, matrix } from '@indistinct/core'
import { auc } from '@indistinct/metrics'
import { topK } from '@indistinct/recommenders'
import { describe, expect, test } from 'vitest'
import { briefly, twoGroups } from './testing.ts'
import { listIndicators, observedTables } from './observed-tables.ts'

const data = twoGroups()
const model = briefly('lightgcn', data)

/** AUC of the axis that tells the labels apart best, folded. */
function bestAxis(
  { rows, cols, data: values }: { rows: number; cols: number; data: Float32Array },
  codes: Int32Array,
): number {
  return Math.max(
    ...Array.from({ length: cols }, (_, c) => {
      const value = auc(
        Array.from({ length: rows }, (_, i) => values[i * cols + c]!),
        codes,
      )
      return Math.max(value, 1 - value)
    }),
  )
}

describe('observedTables', () => {
  const groups = encodeLabels(Array.from({ length: data.users }, (_, u) => (u % 2 === 0 ? 'a' : 'b'))).codes

  test('has a row a user, from all scores and from the recommended items', () => {
    const [scores, lists, rebuilt] = observedTables(model, {}, data, { seed: 1, top: 5, width: 8 })
    expect([scores!.name, scores!.table.rows, scores!.table.cols, scores!.exact]).toEqual(['scores', 60, 16, true])
    expect([lists!.name, lists!.table.rows, lists!.table.cols, lists!.exact]).toEqual(['top-5', 60, 8, false])
    expect(scores!.description).toBe("the user's scores over all 48 items, as 16 numbers with the same distances")
    expect(lists!.description).toMatch(
      /^which 5 of 48 items are recommended, seen ones left out, as 8 principal components that hold \d+ % of the variance$/,
    )
    expect([rebuilt!.name, rebuilt!.table.rows, rebuilt!.table.cols]).toEqual(['top-5-surrogate', 60, 16])
    expect(rebuilt!.description).toMatch(/^the user's vector of 16 numbers, rebuilt from those 5 items by a surrogate/)
    expect(bestAxis(rebuilt!.table, groups)).toBeGreaterThan(0.95)
    // The two groups like different items: whoever sees either tells them apart.
    expect(bestAxis(scores!.table, groups)).toBeGreaterThan(0.95)
    expect(bestAxis(lists!.table, groups)).toBeGreaterThan(0.95)
  })

  test('follows replaced user tables: equal users have equal scores', () => {
    const own = model.userTables['propagated']!
    const equal = matrix(
      own.rows,
      own.cols,
      own.data.map((_, p) => own.data[p % own.cols]!),
    )
    const [scores, lists] = observedTables(model, { propagated: equal }, data, { seed: 1 })
    expect(Math.max(...scores!.table.data.map(Math.abs))).toBeLessThan(1e-4)
    // Lists leave out what users have seen, and that differs still.
    expect(bestAxis(lists!.table, groups)).toBeGreaterThan(0.7)
  })

  test('works for scores that are no inner products', () => {
    const [scores] = observedTables(briefly('nmf', data), {}, data, { seed: 1, width: 6 })
    expect([scores!.table.cols, scores!.exact]).toEqual([6, false])
    expect(scores!.explained).toBeGreaterThan(0.8)
    expect(bestAxis(scores!.table, groups)).toBeGreaterThan(0.95)
  })
})

test('listIndicators marks the items of each list', () => {
  const lists = topK(model, {}, data, 4)
  const source = listIndicators(lists, data.users, data.items)
  const { data: marks, rows } = source.block(10, 13)
  expect(rows).toBe(3)
  for (let u = 0; u < 3; u++) {
    const marked = [...marks.subarray(u * data.items, (u + 1) * data.items).keys()].filter(
      (i) => marks[u * data.items + i] === 1,
    )
    expect(marked).toEqual([...lists.subarray((10 + u) * 4, (11 + u) * 4)].sort((a, b) => a - b))
  }
  expect(listIndicators(Int32Array.of(-1, 2), 1, 3).block(0, 1).data).toEqual(Float32Array.of(0, 0, 1))
})
