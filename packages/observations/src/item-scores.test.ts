import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { recommenders, topK, type TrainedRecommender } from '@indistinct/recommenders'
import { describe, expect, test } from 'vitest'
import { briefly, twoGroups } from './fixtures.ts'
import { itemScores } from './item-scores.ts'
import { blockRows, forEachBlock } from './score-source.ts'

const data = twoGroups()

/** That each user's items, best first, have falling scores: the order of `rank`, up to equal scores. */
function expectSameOrder(model: TrainedRecommender, tables: Record<string, Matrix>): void {
  const ids = topK(model, tables, undefined, data.items)
  const scores = itemScores(model, tables, data)
  expect([scores.users, scores.items]).toEqual([data.users, data.items])
  forEachBlock(scores, ({ rows, data: values }, from) => {
    for (let u = 0; u < rows; u++) {
      const row = values.subarray(u * data.items, (u + 1) * data.items)
      const size = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      for (let r = 1; r < data.items; r++) {
        const [better, worse] = [row[ids[(from + u) * data.items + r - 1]!]!, row[ids[(from + u) * data.items + r]!]!]
        expect(better).toBeGreaterThanOrEqual(worse - 1e-5 * size)
      }
    }
  })
}

describe.each(recommenders.map(({ name, userTables }) => ({ name, userTables })))('$name', ({ name, userTables }) => {
  const model = briefly(name, data)
  const random = randomStream(5, 'item-scores-test')
  const moved = (table: string): Matrix => {
    const own = model.userTables[table]!
    return matrix(
      own.rows,
      own.cols,
      own.data.map((value) => value + 0.5 * random.normal()),
    )
  }

  test('scores order items as the model ranks them', () => expectSameOrder(model, {}))

  test('and so they do with any of its user tables replaced, or all', () => {
    for (const table of userTables) expectSameOrder(model, { [table]: moved(table) })
    expectSameOrder(model, Object.fromEntries(userTables.map((table) => [table, moved(table)])))
  })

  test('blocks are parts of one table', () => {
    const scores = itemScores(model, {}, data)
    const all = scores.block(0, data.users)
    expect([...scores.block(7, 9).data]).toEqual([...all.data.subarray(7 * data.items, 9 * data.items)])
  })
})

test('an unknown recommender is refused', () => {
  const model = { ...briefly('bpr-mf', data), name: 'other' }
  expect(() => itemScores(model, {}, data)).toThrow(
    'expected a recommender among lightgcn, nmf, bpr-mf and ials, got "other"',
  )
})

test('blocks are as many as memory allows, and never empty', () => {
  const source = { users: 5, items: 1e7, block: () => matrix(1, 1) }
  expect(blockRows(source)).toBe(1)
  expect(blockRows({ ...source, items: 4000 })).toBe(1000)
})
