/** One suite over every recommender, on data whose right ranking is known. */

import { csrHas, matrix, randomStream, rowOf, type Matrix } from '@indistinct/core'
import { setThreads, threads } from '@indistinct/kernels'
import { afterEach, describe, expect, test } from 'vitest'
import {
  recommender,
  recommenders,
  restore,
  seenInTraining,
  topK,
  type EpochProgress,
  type Recommender,
  type TrainedRecommender,
} from './index.ts'
import { twoWorlds } from './testing.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

const data = twoWorlds()
const gradual = { epochs: 40, batch: 90, lr: 0.02, validateEvery: 2, patience: 10 }
const solved = { epochs: 40, validateEvery: 2, patience: 10 }

function doubled(m: Matrix): Matrix {
  return matrix(
    m.rows,
    m.cols,
    m.data.map((value) => 2 * value),
  )
}

function squares(m: Matrix): number {
  return m.data.reduce((sum, value) => sum + value * value, 0)
}

/** Share of the ranked items that belong to the other group than `groupOfUser` says. */
function strayed(ids: Int32Array, k: number, groupOfUser: (u: number) => number): number {
  let wrong = 0
  ids.forEach((item, at) => {
    if (data.groupOf(item) !== groupOfUser(Math.floor(at / k))) wrong++
  })
  return wrong / ids.length
}

/** That each user's items, best first, have falling scores: the order of `rank`, up to equal scores. */
function expectSameOrder(model: TrainedRecommender, tables: Record<string, Matrix>): void {
  const ids = topK(model, tables, undefined, data.items)
  const scores = model.scores(tables)
  expect([scores.users, scores.items]).toEqual([data.users, data.items])
  const { data: values } = scores.block(0, data.users)
  for (let u = 0; u < data.users; u++) {
    const row = values.subarray(u * data.items, (u + 1) * data.items)
    const size = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    for (let r = 1; r < data.items; r++) {
      const [better, worse] = [row[ids[u * data.items + r - 1]!]!, row[ids[u * data.items + r]!]!]
      expect(better).toBeGreaterThanOrEqual(worse - 1e-5 * size)
    }
  }
}

describe.each(recommenders.map((each) => ({ name: each.name, each })))(
  '$name',
  ({ name, each }: { name: string; each: Recommender }) => {
    // Some are trained by gradients, others solved in closed form.
    const byGradients = 'lr' in each.defaults
    const quick = byGradients ? gradual : solved
    const model = each.train(data, quick)

    test('ranks the items of the own group first', () => {
      // After training and validation items are left out, 9 items of the own group remain.
      expect(strayed(topK(model, {}, data, 9), 9, data.groupOf)).toBe(0)
    })

    test('names its user tables, one row a user', () => {
      expect(Object.keys(model.userTables)).toEqual(each.userTables)
      for (const table of Object.values(model.userTables)) expect(table.rows).toBe(data.users)
      expect(recommender(name)).toBe(each)
    })

    test('ranks the same whatever stands in a table that is not scored with, and not so with one that is', () => {
      const scored = each.userTables.filter((table) => !each.unscoredTables.includes(table))
      const ids = topK(model, model.userTables, data, 9)
      const swap = (m: Matrix): Matrix => {
        const out = matrix(m.rows, m.cols)
        for (let u = 0; u < m.rows; u++) rowOf(out, u).set(rowOf(m, u ^ 1))
        return out
      }
      const swapped = (tables: readonly string[]) =>
        topK(
          model,
          {
            ...model.userTables,
            ...Object.fromEntries(tables.map((table) => [table, swap(model.userTables[table]!)])),
          },
          data,
          9,
        )
      expect(swapped(each.unscoredTables)).toEqual(ids)
      expect(swapped(scored)).not.toEqual(ids)
    })

    test('leaves seen items out and fills up with -1', () => {
      const seen = seenInTraining(data)
      const ids = topK(model, {}, data, data.items)
      expect(ids).toEqual(topK(model, {}, seen, data.items))
      for (let u = 0; u < data.users; u++) {
        const row = ids.subarray(u * data.items, (u + 1) * data.items)
        const ranked = row.filter((item) => item >= 0)
        expect(ranked.length).toBe(data.items - 15)
        expect(row.subarray(ranked.length).every((item) => item === -1)).toBe(true)
        expect(new Set(ranked).size).toBe(ranked.length)
        expect(ranked.some((item) => csrHas(seen, u, item))).toBe(false)
      }
      const everything = topK(model, {}, undefined, data.items)
      expect(everything.every((item) => item >= 0)).toBe(true)
    })

    test('ranks some users as it ranks all', () => {
      const users = Int32Array.of(7, 3, 50)
      const seen = seenInTraining(data)
      const all = model.rank({}, seen, 5)
      expect(model.rank({}, seen, 5, users)).toEqual(
        Int32Array.of(...[...users].flatMap((u) => [...all.subarray(u * 5, u * 5 + 5)])),
      )
    })

    test('ranks from replaced user tables, all of them or any', () => {
      expect(topK(model, model.userTables, data, 9)).toEqual(topK(model, {}, data, 9))
      const swapped: Record<string, Matrix> = {}
      for (const [table, m] of Object.entries(model.userTables)) {
        swapped[table] = matrix(m.rows, m.cols)
        for (let u = 0; u < m.rows; u++) rowOf(swapped[table], u).set(rowOf(m, u ^ 1))
      }
      // A user with its neighbour's embeddings is recommended the other group's items.
      expect(strayed(topK(model, swapped, undefined, 9), 9, (u) => 1 - data.groupOf(u))).toBe(0)
      for (const table of each.userTables) {
        const ids = topK(model, { [table]: doubled(model.userTables[table]!) }, data, 9)
        expect(strayed(ids, 9, data.groupOf)).toBe(0)
        const zero = matrix(data.users, model.userTables[table]!.cols)
        expect(topK(model, { [table]: zero }, data, 9)).not.toEqual(topK(model, {}, data, 9))
      }
    })

    test('scores order items as it ranks them, whatever user tables are replaced', () => {
      const random = randomStream(5, 'scores of a contract')
      const moved = Object.fromEntries(
        Object.entries(model.userTables).map(([table, { rows, cols, data }]) => [
          table,
          matrix(
            rows,
            cols,
            data.map((value) => value + 0.5 * random.normal()),
          ),
        ]),
      )
      expectSameOrder(model, {})
      for (const table of each.userTables) expectSameOrder(model, { [table]: moved[table]! })
      expectSameOrder(model, moved)
      expectSameOrder(restore(name, model.options as object, model.parameters, data), moved)
    })

    test('scores come in blocks that are parts of one table', () => {
      const scores = model.scores({})
      const all = scores.block(0, data.users)
      expect([...scores.block(7, 9).data]).toEqual([...all.data.subarray(7 * data.items, 9 * data.items)])
    })

    test('refuses tables that do not fit', () => {
      const table = each.userTables[0]!
      const own = model.userTables[table]!
      expect(() => topK(model, { other: own }, data, 5)).toThrow(
        `expected tables among ${each.userTables.join(', ')}, got other`,
      )
      expect(() => topK(model, { [table]: matrix(2, 3) }, data, 5)).toThrow(
        `expected table ${table} (${own.rows}, ${own.cols}), got (2, 3)`,
      )
      const broken = matrix(own.rows, own.cols, own.data.slice().fill(NaN, 7, 8))
      expect(() => topK(model, { [table]: broken }, data, 5)).toThrow(
        `expected finite values in table ${table}, got NaN at row`,
      )
    })

    test('gives the same bytes again, on any number of threads, and others with another seed', () => {
      const bytes = [1, 2, 5].map((count) => {
        setThreads(count)
        const { parameters, userTables, history } = each.train(data, { ...quick, epochs: 4 })
        return { parameters, userTables, history }
      })
      expect(bytes[1]).toEqual(bytes[0])
      expect(bytes[2]).toEqual(bytes[0])
      expect(each.train(data, { ...quick, epochs: 4, seed: 1 }).parameters).not.toEqual(bytes[0]!.parameters)
    })

    test('is restored from its parameters and options', () => {
      const restored: TrainedRecommender = restore(name, model.options as object, model.parameters, data)
      expect(restored.userTables).toEqual(model.userTables)
      expect(restored.options).toEqual(model.options)
      expect(topK(restored, {}, data, 9)).toEqual(topK(model, {}, data, 9))
      const [first] = Object.keys(model.parameters) as [string]
      expect(() => restore(name, {}, { ...model.parameters, [first]: matrix(1, 1) }, data)).toThrow(
        `expected parameter ${first}`,
      )
      expect(() => restore(name, {}, {}, data)).toThrow(`expected a parameter ${first}, got none`)
    })

    test('keeps the epoch with the best validation ranking, and never reads the test part', () => {
      const guarded = {
        ...data,
        get test(): never {
          throw new Error('the test part was read')
        },
      }
      const seen: EpochProgress[] = []
      const patient = { ...quick, epochs: 60, patience: 2, validateEvery: 1 }
      const { history } = each.train(guarded, patient, { onEpoch: (progress) => seen.push(progress) })
      const looks = history!.epochs.map((record) => record.ndcg!)
      const { bestNdcg } = history!
      expect(bestNdcg).toBe(Math.max(...looks))
      expect(history!.bestEpoch).toBe(looks.indexOf(bestNdcg!) + 1)
      expect(history!.epochs.length).toBe(Math.min(60, history!.bestEpoch + 2))
      expect(seen.map(({ epoch, loss, ndcg }) => ({ epoch, loss, ndcg }))).toEqual(history!.epochs)
      // A run that ends at the best epoch has the same parameters.
      const short = each.train(data, { ...patient, epochs: history!.bestEpoch })
      expect(each.train(data, patient).parameters).toEqual(short.parameters)
    })

    test('trains every epoch where there is nothing to validate with, and refuses to train on nothing', () => {
      const none = { ...data.validation, indptr: new Int32Array(data.users + 1), indices: new Int32Array(0) }
      const { history } = each.train(
        { ...data, validation: none },
        { ...quick, epochs: 5, patience: 1, validateEvery: 1 },
      )
      expect(history!.epochs.length).toBe(5)
      expect(history!.bestEpoch).toBe(5)
      expect(history!.bestNdcg).toBeUndefined()
      expect(() => each.train({ ...data, train: none }, quick)).toThrow(
        'expected a training interaction of a user with an item yet unseen, got none',
      )
    })

    test.runIf(byGradients)('adds the gradients of a regulariser on any user table', () => {
      const plain = each.train(data, { ...quick, epochs: 6, patience: 6, validateEvery: 6 })
      for (const table of each.userTables) {
        const steps: number[] = []
        const regularised = each.train(
          data,
          { ...quick, epochs: 6, patience: 6, validateEvery: 6 },
          {
            regulariser(tables, at) {
              expect(Object.keys(tables)).toEqual(each.userTables)
              steps.push(at.step)
              return { [table]: doubled(tables[table]!) }
            },
          },
        )
        expect(steps).toEqual(steps.map((_, at) => at + 1))
        expect(squares(regularised.userTables[table]!)).toBeLessThan(0.5 * squares(plain.userTables[table]!))
      }
      const misfit = { regulariser: () => ({ [each.userTables[0]!]: matrix(1, 1) }) }
      expect(() => each.train(data, quick, misfit)).toThrow(`of table ${each.userTables[0]}, got (1, 1)`)
      const misnamed = { regulariser: () => ({ items: matrix(1, 1) }) }
      expect(() => each.train(data, quick, misnamed)).toThrow(
        `expected gradients of ${each.userTables.join(', ')}, got items`,
      )
    })

    test.runIf(byGradients)('stops with step and loss when training diverges', () => {
      expect(() => each.train(data, { ...quick, lr: 1e30 })).toThrow(
        /expected a finite loss, got (NaN|Infinity) at epoch 1, step \d+/,
      )
    })

    test('refuses options that make no sense', () => {
      if (byGradients) {
        expect(() => each.train(data, { lr: -1 })).toThrow('expected a positive lr, got -1')
        expect(() => each.train(data, { batch: 1.5 })).toThrow(
          'expected a positive integer batch or a share below 1, got 1.5',
        )
      }
      expect(() => each.train(data, { epochs: 0 })).toThrow('expected a positive integer epochs, got 0')
      expect(() => each.train(data, { rate: 1 })).toThrow('got rate')
    })
  },
)

test('an unknown recommender is named', () => {
  expect(() => recommender('svd')).toThrow(
    `unknown recommender "svd": expected one of ${recommenders.map(({ name }) => name).join(', ')}`,
  )
})
