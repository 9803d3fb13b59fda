import { csrFromPairs, csrHas } from '@indistinct/core'
import { expect, test } from 'vitest'
import { epochOrder } from './epoch-order.ts'
import { interactionGraph, seenInTraining } from './index.ts'
import { selectRows } from './training-data.ts'
import { twoWorlds } from './testing.ts'
import { validationNdcg } from './validation.ts'

test('the graph is symmetric, users first, ascending', () => {
  const interactions = csrFromPairs(2, 3, Int32Array.of(0, 0, 1), Int32Array.of(2, 0, 2))
  expect(interactionGraph(interactions)).toEqual({
    rows: 5,
    cols: 5,
    indptr: Int32Array.of(0, 2, 3, 4, 4, 6),
    indices: Int32Array.of(2, 4, 4, 0, 0, 1),
  })
})

test('seen items are those of training and validation', () => {
  const data = twoWorlds(2)
  const seen = seenInTraining(data)
  for (let u = 0; u < data.users; u++) {
    for (let i = 0; i < data.items; i++) {
      expect(csrHas(seen, u, i)).toBe(csrHas(data.train, u, i) || csrHas(data.validation, u, i))
    }
  }
})

test('rows are selected in the order given', () => {
  const m = csrFromPairs(3, 4, Int32Array.of(0, 0, 2), Int32Array.of(1, 3, 0))
  expect(selectRows(m, Int32Array.of(2, 1, 0))).toEqual({
    rows: 3,
    cols: 4,
    indptr: Int32Array.of(0, 1, 1, 3),
    indices: Int32Array.of(0, 1, 3),
  })
})

test('an epoch holds every training interaction once, with unseen negatives, in an order of its own', () => {
  const { train } = twoWorlds()
  const order = epochOrder(train, 3, 5)
  const orders = [1, 2, 1].map((epoch) => {
    order.draw(epoch)
    const pairs = [...order.users].map((user, e) => user * train.cols + order.positives[e]!)
    expect([...pairs].sort((a, b) => a - b)).toEqual(
      [...train.indices].map((item, p) => train.indptr.findLastIndex((start) => start <= p) * train.cols + item),
    )
    order.negatives.forEach((item, at) => expect(csrHas(train, order.users[Math.floor(at / 3)]!, item)).toBe(false))
    return { pairs, negatives: order.negatives.slice() }
  })
  expect(orders[2]).toEqual(orders[0])
  expect(orders[1]!.pairs).not.toEqual(orders[0]!.pairs)
  expect(orders[1]!.negatives).not.toEqual(orders[0]!.negatives)
  order.release()
})

test('a user who has seen everything gives no training interactions', () => {
  const order = epochOrder(csrFromPairs(2, 2, Int32Array.of(0, 0, 1), Int32Array.of(0, 1, 1)), 1, 0)
  order.draw(1)
  expect([order.count, [...order.users], [...order.positives], [...order.negatives]]).toEqual([1, [1], [1], [0]])
  order.release()
})

test('validation NDCG@10 by hand: hits at ranks 1 and 3 of two wanted, none of one wanted', () => {
  const train = csrFromPairs(3, 5, Int32Array.of(0, 1, 2), Int32Array.of(0, 0, 0))
  const validation = csrFromPairs(3, 5, Int32Array.of(0, 0, 2), Int32Array.of(1, 3, 4))
  const measure = validationNdcg({ users: 3, items: 5, train, validation }, Infinity, 0)
  const ndcg = measure((users, seen, k) => {
    expect([...users]).toEqual([0, 2])
    expect(seen).toEqual(selectRows(train, users))
    const ids = new Int32Array(2 * k).fill(-1)
    ids.set([1, 2, 3])
    ids.set([1, 2, 3], k)
    return ids
  })
  expect(ndcg).toBeCloseTo((1 + 1 / Math.log2(4)) / (1 + 1 / Math.log2(3)) / 2, 12)
})

test('validation looks at a fixed part of the users where they are many', () => {
  const data = twoWorlds(40)
  const looked = [1, 2, 2].map((seed) => {
    let users = new Int32Array()
    validationNdcg(
      data,
      10,
      seed,
    )((rows, _, k) => {
      users = rows.slice()
      return new Int32Array(rows.length * k)
    })
    return users
  })
  expect(looked[0]!.length).toBe(10)
  expect(looked[1]).toEqual(looked[2])
  expect(looked[0]).not.toEqual(looked[1])
  expect(looked[0]).toEqual(looked[0]!.slice().sort())
})
