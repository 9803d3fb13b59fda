import { copyMatrix, gatherRows, matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { setThreads, threads } from '@indistinct/kernels'
import { afterEach, describe, expect, test } from 'vitest'
import { fittedFromJson, fittedToJson } from '../fitted/fitted-json.ts'
import { meanMatching } from '../closed/mean-matching.ts'
import { centroidAuc, leakyTable, spreadAuc, type LeakyTable } from '../testing/leaky-tables.ts'
import { unlearnTables } from '../unlearn-tables.ts'
import { blind, fitBlind } from './blind.ts'

const given = threads()
afterEach(() => setThreads(given))

/** Normal users whose classes differ in mean and in how wide they are. */
function widerClass(sizes: readonly number[], K: number, seed: number): LeakyTable {
  const { embedding, labels } = leakyTable(sizes, K, 2, seed)
  const data = embedding.data.map((value, p) => value * (labels.codes[Math.floor(p / K)] === 1 ? 1.5 : 1))
  return { embedding: { ...embedding, data }, labels }
}

const table = widerClass([900, 500], 6, 3)
const fitted = fitBlind(table.embedding, table.labels)
const after: LeakyTable = { embedding: fitted.unlearned.embedding, labels: table.labels }

test('attackers of means and of spread tell classes apart before and not after, and are not below chance', () => {
  expect(centroidAuc(table, 2)).toBeGreaterThan(0.75)
  expect(spreadAuc(table, 2)).toBeGreaterThan(0.65)
  expect(Math.abs(centroidAuc(after, 5) - 0.5)).toBeLessThan(0.03)
  expect(Math.abs(spreadAuc(after, 5) - 0.5)).toBeLessThan(0.05)
  expect(fitted.unlearned.parameters).toMatchObject({ outcome: 'landed', erased: 1 })
})

test('means and covariances end on their null, not below', () => {
  const { differencesAfter } = fitted.unlearned.parameters as { differencesAfter: Record<string, number> }
  expect(differencesAfter['mean']).toBeGreaterThan(0.9)
  expect(differencesAfter['mean']).toBeLessThan(1.3)
  expect(differencesAfter['covariance']).toBeGreaterThan(0.9)
  expect(differencesAfter['covariance']).toBeLessThan(1.05)
})

test('users whose labels it never saw: mapped without a label, they are near chance', () => {
  const all = widerClass([3000, 1800], 6, 8)
  const seen: Labels = { classes: all.labels.classes, codes: all.labels.codes.map((code, i) => (i % 2 ? code : -1)) }
  const unseen: Labels = { classes: all.labels.classes, codes: all.labels.codes.map((code, i) => (i % 2 ? -1 : code)) }
  const moved = fitBlind(all.embedding, seen).apply(all.embedding)
  expect(centroidAuc({ embedding: all.embedding, labels: unseen }, 1)).toBeGreaterThan(0.75)
  expect(centroidAuc({ embedding: moved, labels: unseen }, 2)).toBeLessThan(0.55)
  expect(spreadAuc({ embedding: moved, labels: unseen }, 2)).toBeLessThan(0.55)
})

test('equal rows stay equal, whatever their labels and wherever they stand', () => {
  const embedding = copyMatrix(table.embedding)
  const same = [5, 77, 400, 1399]
  for (const i of same) embedding.data.copyWithin(i * 6, 0, 6)
  expect(new Set(same.map((i) => table.labels.codes[i])).size).toBe(2)
  const moved = blind(embedding, table.labels).embedding
  for (const i of same) expect(moved.data.subarray(i * 6, i * 6 + 6)).toEqual(moved.data.subarray(0, 6))
})

test("a user's own label is next to nothing in his own move", () => {
  const shift = meanMatching(table.embedding, table.labels).embedding
  const distance = (a: Matrix, b: Matrix, i: number): number => {
    let sum = 0
    for (let k = 0; k < 6; k++) sum += (a.data[i * 6 + k]! - b.data[i * 6 + k]!) ** 2
    return Math.sqrt(sum)
  }
  for (const i of [3, 200, 711, 1200]) {
    const codes = table.labels.codes.slice()
    codes[i] = 1 - codes[i]!
    const flipped = { classes: table.labels.classes, codes }
    const own = distance(blind(table.embedding, flipped).embedding, after.embedding, i)
    expect(own).toBeLessThan(0.1 * distance(table.embedding, after.embedding, i))
    // A method that moves by the label throws him to the other side.
    expect(distance(meanMatching(table.embedding, flipped).embedding, shift, i)).toBeGreaterThan(10 * own)
  }
})

test('who knows the vector learns nothing from its move, where a move by the label tells all', () => {
  // The best guess from the vector, and from the way it went: the share of labels that a centroid attacker of the move
  // orders rightly.
  const moveOf = (to: Matrix): LeakyTable => ({
    embedding: matrix(
      to.rows,
      6,
      to.data.map((value, p) => value - table.embedding.data[p]!),
    ),
    labels: table.labels,
  })
  const told = centroidAuc(table, 2)
  expect(centroidAuc(moveOf(after.embedding), 2)).toBeLessThan(told + 0.05)
  expect(centroidAuc(moveOf(meanMatching(table.embedding, table.labels).embedding), 2)).toBeGreaterThan(0.99)
})

describe('smooth', () => {
  const smooth = fitBlind(table.embedding, table.labels, { smooth: 10 })
  const moved = smooth.unlearned.embedding

  test('draws rows together by one map that JSON keeps, and leaves no more', () => {
    const spread = (m: Matrix): number => m.data.reduce((sum, value) => sum + value ** 2, 0)
    expect(spread(moved)).toBeLessThan(0.92 * spread(after.embedding))
    expect(Math.abs(centroidAuc({ ...after, embedding: moved }, 5) - 0.5)).toBeLessThan(0.04)
    expect(Math.abs(spreadAuc({ ...after, embedding: moved }, 5) - 0.5)).toBeLessThan(0.05)
    const read = fittedFromJson(JSON.parse(JSON.stringify(fittedToJson(smooth))))
    expect(read.apply(gatherRows(table.embedding, [17, 3]))).toEqual(gatherRows(moved, [17, 3]))
  })

  test('goes half the way to the mean of the nearest, itself among them', () => {
    const { data } = after.embedding
    const scales = Array.from({ length: 6 }, (_, k) => {
      const column = Array.from({ length: 1400 }, (__, i) => data[i * 6 + k]!)
      const mean = column.reduce((sum, value) => sum + value / 1400, 0)
      return Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2 / 1400, 0))
    })
    const distance = (i: number, j: number): number =>
      scales.reduce((sum, scale, k) => sum + ((data[i * 6 + k]! - data[j * 6 + k]!) / scale) ** 2, 0)
    const near = Array.from({ length: 1400 }, (_, j) => j).sort((a, b) => distance(17, a) - distance(17, b))
    for (let k = 0; k < 6; k++) {
      const mean = near.slice(0, 10).reduce((sum, j) => sum + data[j * 6 + k]! / 10, 0)
      expect(moved.data[17 * 6 + k]).toBeCloseTo((data[17 * 6 + k]! + mean) / 2, 4)
    }
  })

  test.each([-1, 0.5, NaN])('refuses %j', (count) => {
    expect(() => blind(table.embedding, table.labels, { smooth: count })).toThrow('smooth')
  })
})

describe('bytes', () => {
  test('the same for any number of threads, other for another seed', () => {
    const runs = [1, 3].map((count) => {
      setThreads(count)
      return blind(table.embedding, table.labels).embedding.data
    })
    expect(runs[1]).toEqual(runs[0])
    expect(runs[0]).toEqual(after.embedding.data)
    expect(blind(table.embedding, table.labels, { seed: 1 }).embedding.data).not.toEqual(runs[0])
  })

  test('a fit that went through JSON maps rows one by one to the bytes that the table has', () => {
    const read = fittedFromJson(JSON.parse(JSON.stringify(fittedToJson(fitted))))
    const rows = [17, 3, 1203]
    expect(read.apply(gatherRows(table.embedding, rows))).toEqual(gatherRows(after.embedding, rows))
    expect(read.apply(gatherRows(table.embedding, [3]))).toEqual(gatherRows(after.embedding, [3]))
  })

  test('columns in other units move alike', () => {
    const units = [1e-6, 1e6, 1, 1e3, 1e-3, 1]
    const scaled = matrix(
      1400,
      6,
      table.embedding.data.map((value, p) => value * units[p % 6]!),
    )
    const moved = blind(scaled, table.labels).embedding
    moved.data.forEach((value, p) =>
      expect(Math.abs(value / units[p % 6]! - after.embedding.data[p]!)).toBeLessThan(1e-3),
    )
  })

  test.each<[string, (map: Record<string, unknown>) => unknown, string]>([
    ['a scale of 0', (map) => ((map['scales'] as number[])[2] = 0), 'expected scales above 0'],
    [
      'weights of another model',
      (map) => (map['posterior'] as { weights: number[] }).weights.pop(),
      'expected weights as a list of',
    ],
    [
      'a move of no known kind',
      (map) => ((map['moves'] as { kind: string }[])[0]!.kind = 'spin'),
      'expected kind affine, linear, shells, along, waves or neighbours, got "spin"',
    ],
    [
      'a move by a class that is not there',
      (map) => ((map['moves'] as { of?: number }[])[1]!.of = 2),
      'expected of as one of 2 classes, got 2',
    ],
  ])('a fit file with %s is refused', (_, damage, message) => {
    const json = JSON.parse(JSON.stringify(fittedToJson(fitted))) as { map: { maps: [Record<string, unknown>] } }
    damage(json.map.maps[0])
    expect(() => fittedFromJson(json, 'blind.fit')).toThrow(message)
  })
})

test('three classes', () => {
  const { embedding, labels } = widerClass([400, 300, 350], 5, 6)
  const moved = { embedding: blind(embedding, labels).embedding, labels }
  expect(centroidAuc({ embedding, labels }, 1)).toBeGreaterThan(0.7)
  for (const [a, b] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    const pair = { classes: ['a', 'b'], codes: labels.codes.map((code) => (code === a ? 0 : code === b ? 1 : -1)) }
    expect(Math.abs(centroidAuc({ embedding: moved.embedding, labels: pair }, 3) - 0.5)).toBeLessThan(0.06)
    expect(Math.abs(spreadAuc({ embedding: moved.embedding, labels: pair }, 3) - 0.5)).toBeLessThan(0.06)
  }
})

test('labels that the table does not tell: nobody moves', () => {
  const random = randomStream(1, 'blind labels')
  const codes = table.labels.codes.map(() => (random.uniform() < 0.4 ? 1 : 0))
  const { embedding, parameters } = blind(table.embedding, { classes: ['a', 'b'], codes })
  expect(parameters).toMatchObject({ outcome: 'already at null', moves: 0 })
  expect(embedding.data).toEqual(table.embedding.data)
})

test('tables side by side: one map of the rows of both, so that what one lost does not stand in the other', () => {
  const random = randomStream(4, 'another view')
  const view = matrix(
    1400,
    6,
    table.embedding.data.map((value) => 3 * value + 0.01 * random.normal()),
  )
  const both = unlearnTables({ one: table.embedding, other: view }, table.labels, 'blind')
  expect(both['one']!.parameters).toMatchObject({ together: { tables: ['one', 'other'] } })
  const difference = matrix(
    1400,
    6,
    both['other']!.embedding.data.map((value, p) => value - 3 * both['one']!.embedding.data[p]!),
  )
  expect(centroidAuc({ embedding: difference, labels: table.labels }, 3)).toBeLessThan(0.54)
  expect(centroidAuc({ embedding: both['one']!.embedding, labels: table.labels }, 3)).toBeLessThan(0.54)
})
