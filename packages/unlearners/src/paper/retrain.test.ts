import { matrix, type Labels, type Matrix } from '@indistinct/core'
import { setThreads, threads } from '@indistinct/kernels'
import { d2d } from '@indistinct/losses'
import { recommender, recommenders } from '@indistinct/recommenders'
import { afterEach, describe, expect, test } from 'vitest'
import { d2dRegulariser } from './retrain.ts'
import { leakyTable } from '../testing/leaky-tables.ts'
import { leakyInteractions } from '../testing/leaky-interactions.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

const at = (step: number) => ({ epoch: 1, step })

/** Recommenders that are trained by gradients, which a method that acts during training adds to. */
const gradual = recommenders.filter(({ defaults }) => 'lr' in defaults).map(({ name }) => name)

describe('d2dRegulariser', () => {
  test('is the gradient of weight times MMD^2 on every table, whatever their widths', () => {
    const { embedding: wide, labels } = leakyTable([30, 20], 6, 1, 1, 3)
    const narrow = leakyTable([30, 20], 4, 1, 2, 3).embedding
    const given = d2dRegulariser(labels, { weight: 0.25 })({ wide, narrow }, at(1))
    expect(Object.keys(given)).toEqual(['wide', 'narrow'])
    for (const [name, table] of Object.entries({ wide, narrow })) {
      expect(given[name]!.data).toEqual(d2d(table, labels).gradient.data.map((value) => 0.25 * value))
    }
    expect(Object.keys(d2dRegulariser(labels, { tables: ['narrow'] })({ wide, narrow }, at(1)))).toEqual(['narrow'])
  })

  test.each([[[400, 300]], [[300, 40, 250]]])(
    'sampled from classes of %j: on average the gradient of all users',
    (sizes) => {
      const { embedding, labels } = leakyTable(sizes, 3, 1.5, 3, 5)
      const exact = d2dRegulariser(labels, { sample: 400 })({ embedding }, at(1))['embedding']!.data
      const sampled = d2dRegulariser(labels, { sample: 100, seed: 4 })
      const mean = new Float64Array(exact.length)
      const draws = 400
      for (let step = 1; step <= draws; step++) {
        const gradient = sampled({ embedding }, at(step))['embedding']!.data
        const rows = labels.codes.map((code, i) =>
          gradient.subarray(3 * i, 3 * i + 3).some((value) => value !== 0) ? code : -1,
        )
        sizes.forEach((size, c) => expect(rows.filter((code) => code === c).length).toBe(Math.min(100, size)))
        expect(rows.slice(0, 5).every((code) => code === -1)).toBe(true)
        gradient.forEach((value, p) => (mean[p]! += value / draws))
      }
      let [dot, own, other] = [0, 0, 0]
      exact.forEach((value, p) => {
        dot += value * mean[p]!
        own += value ** 2
        other += mean[p]! ** 2
      })
      expect(dot / Math.sqrt(own * other)).toBeGreaterThan(0.97)
      expect(dot / own).toBeGreaterThan(0.9)
      expect(dot / own).toBeLessThan(1.1)
    },
  )

  test('every third step, three times as large', () => {
    const { embedding, labels } = leakyTable([30, 20], 4, 1, 5)
    const plain = d2dRegulariser(labels, { weight: 0.5 })
    const sparse = d2dRegulariser(labels, { weight: 0.5, every: 3 })
    for (let step = 1; step <= 7; step++) {
      const given = sparse({ embedding }, at(step))['embedding']
      if (step % 3 === 1)
        expect(given!.data).toEqual(plain({ embedding }, at(step))['embedding']!.data.map((value) => 3 * value))
      else expect(given).toBeUndefined()
    }
  })

  test.each(gradual)('%s: brings MMD^2 down on every user table, three classes and two', (name) => {
    for (const classes of [2, 3]) {
      const { data, labels } = leakyInteractions(classes)
      const options = { epochs: 20, lr: 0.02, batch: 100, validateEvery: 20, patience: 1, seed: 2 }
      const train = (weight: number) =>
        recommender(name).train(data, options, { regulariser: d2dRegulariser(labels, { weight, seed: 2 }) })
      const [plain, treated] = [train(0), train(1)]
      for (const table of recommender(name).userTables) {
        const ratio = (model: { userTables: Readonly<Record<string, Matrix>> }): number =>
          d2d(model.userTables[table]!, labels).value
        expect(ratio(treated)).toBeLessThan(0.5 * ratio(plain))
      }
      expect(plain.userTables).toEqual(recommender(name).train(data, options).userTables)
    }
  })

  test('same seed, same bytes, on any number of threads; another seed, another sample', () => {
    const { data, labels } = leakyInteractions(2)
    const run = (count: number, seed: number) => {
      setThreads(count)
      return recommender('lightgcn').train(
        data,
        { epochs: 2, batch: 300 },
        { regulariser: d2dRegulariser(labels, { sample: 20, seed }) },
      ).parameters
    }
    const first = run(1, 0)
    expect(run(2, 0)).toEqual(first)
    expect(run(5, 0)).toEqual(first)
    expect(run(1, 1)).not.toEqual(first)
  })

  test('refuses labels and tables that do not fit', () => {
    const { embedding, labels } = leakyTable([6, 4], 3, 1, 6)
    const only = (codes: number[], classes = ['a', 'b']): Labels => ({ classes, codes: Int32Array.from(codes) })
    expect(() => d2dRegulariser(only([0, 0, -1]))).toThrow(
      'd2dRegulariser: expected users of at least two classes, got 1; check',
    )
    expect(() => d2dRegulariser(only([0, 0, 1]))).toThrow(
      "d2dRegulariser: expected at least two users of every class, got one of 'b'",
    )
    expect(() => d2dRegulariser(only([0, 0, 2, 1, 1]))).toThrow(
      'd2dRegulariser: expected a label code from -1 to 1 in row 2, got 2',
    )
    expect(() => d2dRegulariser(labels, { weight: -1 })).toThrow(
      'd2dRegulariser: expected weight of at least 0, got -1',
    )
    expect(() => d2dRegulariser(labels, { sample: 1 })).toThrow('d2dRegulariser: expected sample of at least 2, got 1')
    expect(() => d2dRegulariser(labels, { tables: ['users'] })({ embedding }, at(1))).toThrow(
      'd2dRegulariser: expected tables among embedding, got users',
    )
    expect(() => d2dRegulariser(labels)({ embedding: matrix(3, 3) }, at(1))).toThrow(
      'expected one label for each of the 3 rows of table embedding, got 10',
    )
  })
})
