import {
  copyMatrix,
  encodeLabels,
  matrix,
  randomStream,
  WouldHarmError,
  type Labels,
  type Matrix,
} from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { calibratedFlowJoint } from './calibrated-flow-joint.ts'
import { calibratedFlow } from './calibrated-flow.ts'
import { columnLattices } from '../structure/column-lattice.ts'
import { equalRows } from '../structure/equal-rows.ts'
import { hsicFlow } from './hsic-flow.ts'
import { leakyTable, type LeakyTable } from '../testing/leaky-tables.ts'
import { unlearnTables } from '../unlearn-tables.ts'

const all = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i)

/** The table with every tenth row of the first half as one point, and its last two rows as another. */
function withEqualRows({ embedding, labels }: LeakyTable): LeakyTable & { readonly same: readonly number[] } {
  const { rows, cols } = embedding
  const out = copyMatrix(embedding)
  const same = Array.from(all(rows / 2).filter((i) => i % 10 === 0))
  for (const row of same) out.data.fill(0.25, row * cols, (row + 1) * cols)
  for (const [n, row] of same.entries()) out.data[row * cols] = n % 2 === 0 ? 0 : -0
  out.data.copyWithin((rows - 1) * cols, (rows - 2) * cols, (rows - 1) * cols)
  return { embedding: out, labels, same }
}

/** Values rounded to multiples of `step`. */
function quantised({ embedding, labels }: LeakyTable, step: number): LeakyTable {
  const out = copyMatrix(embedding)
  for (let p = 0; p < out.data.length; p++) out.data[p] = Math.round(out.data[p]! / step) * step
  return { embedding: out, labels }
}

/**
 * Clusters of spread `width` around `count` centres a spread apart, of both labels alike but for a shift of all of
 * class 1.
 */
function clustered(count: number, each: number, width: number, shift: number, seed: number): LeakyTable {
  const random = randomStream(seed, 'clustered')
  const K = 8
  const embedding = matrix(count * each, K)
  const codes = new Int32Array(count * each)
  for (let c = 0, i = 0; c < count; c++) {
    const centre = Array.from({ length: K }, () => random.normal())
    // Labels go with where a centre lies.
    const share = 1 / (1 + Math.exp(-shift * centre[0]!))
    for (let n = 0; n < each; n++, i++) {
      codes[i] = random.uniform() < share ? 1 : 0
      for (let k = 0; k < K; k++) embedding.data[i * K + k] = centre[k]! + width * random.normal()
    }
  }
  return { embedding, labels: { classes: ['a', 'b'], codes } }
}

const rowText = ({ cols, data }: Matrix, row: number): string =>
  Array.from(data.subarray(row * cols, (row + 1) * cols), (value) => value + 0).join()

function distinctRows(table: Matrix, rows: Iterable<number>): number {
  return new Set(Array.from(rows, (row) => rowText(table, row))).size
}

/** Agreement of labels between neighbours in the order of a column, over what chance gives. */
function runsExcess({ embedding, labels }: LeakyTable, column: number): number {
  const order = Array.from(all(embedding.rows)).sort(
    (a, b) => embedding.data[a * embedding.cols + column]! - embedding.data[b * embedding.cols + column]! || a - b,
  )
  const agree =
    order.slice(1).filter((row, at) => labels.codes[row] === labels.codes[order[at]!]).length / (order.length - 1)
  const share = labels.codes.reduce((sum, code) => sum + code, 0) / labels.codes.length
  return agree - (share ** 2 + (1 - share) ** 2)
}

describe('equal rows', () => {
  test('are found whatever the sign of zero, and no others are', () => {
    const table = matrix(5, 2, Float32Array.of(0, 1, -0, 1, 1, 0, 1, 0, 1, 1))
    expect(equalRows(table, all(5)).map((members) => [...members])).toEqual([
      [0, 1],
      [2, 3],
    ])
    expect(equalRows(table, Int32Array.of(1, 2, 4))).toEqual([])
  })

  test('move as one, by the shares of their labels, and the flow lands', () => {
    const { embedding, labels, same } = withEqualRows(leakyTable([400, 300], 8, 2, 1))
    const { embedding: moved, parameters } = calibratedFlow(embedding, labels)
    expect(parameters).toMatchObject({
      outcome: 'landed',
      duplicates: { points: 2, users: same.length + 2, largest: same.length },
    })
    expect(distinctRows(moved, same)).toBe(1)
    expect(rowText(moved, same[0]!)).not.toBe(rowText(embedding, same[0]!))
    expect(distinctRows(moved, all(embedding.rows))).toBe(embedding.rows - same.length)
  })

  test('of one of several tables stay one point there', () => {
    const { embedding, labels, same } = withEqualRows(leakyTable([300, 300], 6, 1.5, 2))
    const other = leakyTable([300, 300], 4, 1.5, 3).embedding
    const { a } = unlearnTables({ a: embedding, b: other }, labels, 'flow')
    expect(distinctRows(a!.embedding, same)).toBe(1)
  })

  test('stay one point under several attributes and a continuous one', () => {
    const { embedding, labels, same } = withEqualRows(leakyTable([200, 200], 6, 1.5, 4))
    const age = encodeLabels(Array.from(all(400), (i) => (embedding.data[i * 6 + 1]! > 0.2 ? 'old' : 'young')))
    expect(distinctRows(calibratedFlowJoint(embedding, { gender: labels, age }).embedding, same)).toBe(1)
    const values = Float64Array.from(all(400), (i) => embedding.data[i * 6]! + 0.5 * (i % 7))
    expect(distinctRows(hsicFlow(embedding, values).embedding, same)).toBe(1)
  })
})

describe('lattices', () => {
  test('are recognised by step, through rounding to float32 and gaps; other columns are free', () => {
    const { embedding } = leakyTable([500, 500], 3, 0, 5)
    for (let i = 0; i < 1000; i++) {
      embedding.data[i * 3] = Math.round(embedding.data[i * 3]! / 0.0123) * 0.0123 + 0.004
      embedding.data[i * 3 + 1] = Math.round(embedding.data[i * 3 + 1]! * 10_000) / 10_000
    }
    const [first, second, ...others] = columnLattices(embedding, all(1000))
    expect(first).toMatchObject({ kind: 'lattice', column: 0 })
    expect(first!.kind === 'lattice' && first!.step).toBeCloseTo(0.0123, 6)
    expect(second!.kind === 'lattice' && second!.step).toBeCloseTo(0.0001, 8)
    expect(others).toEqual([])
  })

  test('values go back to them, and residuals tell nothing', () => {
    const table = quantised(leakyTable([600, 400], 8, 2, 6), 0.05)
    const { embedding, parameters } = calibratedFlow(table.embedding, table.labels)
    expect(parameters).toMatchObject({ outcome: 'landed' })
    for (const value of embedding.data) expect(Math.abs(value / 0.05 - Math.round(value / 0.05))).toBeLessThan(1e-3)
    for (let k = 0; k < 8; k++) expect(Math.abs(runsExcess({ embedding, labels: table.labels }, k))).toBeLessThan(0.08)
  })

  test('columns of few values, or with one that many share, stand still', () => {
    const { embedding, labels } = leakyTable([400, 300], 6, 2, 7)
    const random = randomStream(7, 'bits')
    for (let i = 0; i < 700; i++) {
      embedding.data[i * 6] = random.uniform() < 0.5 ? 1 : 0
      embedding.data[i * 6 + 1] = Math.max(0, random.normal())
    }
    const result = calibratedFlow(embedding, labels)
    expect(result.parameters).toMatchObject({
      outcome: 'landed',
      lattice: [
        { column: 0, held: true },
        { column: 1, held: true },
      ],
    })
    for (let i = 0; i < 700; i++)
      for (const k of [0, 1]) expect(result.embedding.data[i * 6 + k]).toBe(embedding.data[i * 6 + k])
  })

  test('a table with no other columns is refused, and leace named', () => {
    const { embedding, labels } = leakyTable([300, 300], 4, 2, 8)
    for (let p = 0; p < embedding.data.length; p++) embedding.data[p] = Math.max(0, embedding.data[p]!)
    expect(() => calibratedFlow(embedding, labels)).toThrow(WouldHarmError)
    expect(() => calibratedFlow(embedding, labels)).toThrow(/all 4 columns .* leace/)
  })
})

describe('local scale', () => {
  test('an ordinary table has no structure, in many dimensions and in few', () => {
    for (const K of [1, 2, 16]) {
      const { embedding, labels } = leakyTable([500, 400], K, 1.5, 9)
      const { parameters } = calibratedFlow(embedding, labels)
      expect(parameters).toMatchObject({ outcome: 'landed', localScale: { parted: 0 } })
      expect(
        parameters['duplicates'] ?? parameters['lattice'] ?? (parameters['localScale'] as { radius?: number }).radius,
      ).toBeUndefined()
    }
  })

  test('tight clusters move as one or are refused: labels within them tell no more than before', () => {
    const table: { embedding: Matrix; labels: Labels } = clustered(60, 15, 1e-3, 1, 10)
    const result = ((): Matrix | undefined => {
      try {
        return calibratedFlow(table.embedding, table.labels).embedding
      } catch (error) {
        expect(error).toBeInstanceOf(WouldHarmError)
        expect((error as Error).message).toMatch(/leace/)
        return undefined
      }
    })()
    if (!result) return
    for (let i = 1; i < 900; i++) {
      if (i % 15 === 0) continue
      const apart = Math.hypot(
        ...result.data.subarray(i * 8, (i + 1) * 8).map((value, k) => value - result.data[(i - 1) * 8 + k]!),
      )
      expect(apart).toBeLessThan(0.02)
    }
  })
})
