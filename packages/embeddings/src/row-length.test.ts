import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { commonLength, keptAtLength, watchLengths } from './row-length.ts'
import { rounded, type StoredType } from './numbers/stored-type.ts'

const f4: StoredType = { dtype: 'f4' }
const random = randomStream(4, 'row-length')
const anyRows = (rows: number, cols: number): Matrix =>
  matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  )

function scaled(m: Matrix, length: number): Matrix {
  const data = m.data.slice()
  for (let i = 0; i < m.rows; i++) {
    const row = data.subarray(i * m.cols, (i + 1) * m.cols)
    const norm = Math.hypot(...row)
    for (let k = 0; k < m.cols; k++) row[k]! *= length / norm
  }
  return { ...m, data }
}

const lengths = ({ rows, cols, data }: Matrix): number[] =>
  Array.from({ length: rows }, (_, i) => Math.hypot(...data.subarray(i * cols, (i + 1) * cols)))

describe('commonLength', () => {
  test.each<[string, StoredType]>([
    ['float32', f4],
    ['float64', { dtype: 'f8' }],
    ['float16', { dtype: 'f2' }],
    ['bfloat16', { dtype: 'bf16' }],
    ['int8', { dtype: 'i1', quantisation: { scale: 1 / 127, zeroPoint: 0 } }],
  ])('unit rows of %s', (_, type) => {
    const unit = scaled(anyRows(200, 16), 1)
    expect(commonLength({ ...unit, data: unit.data.map((value) => rounded(value, type)) }, type)).toMatchObject({
      length: 1,
    })
  })

  test('rows of another length, numbers of four digits, rows of zeros', () => {
    expect(commonLength(scaled(anyRows(50, 8), 12), f4)!.length).toBeCloseTo(12, 4)
    const cut = scaled(anyRows(50, 8), 1).data.map((value) => Number(value.toFixed(4)))
    cut.fill(0, 0, 8)
    expect(commonLength(matrix(50, 8, cut), f4)).toMatchObject({ length: 1 })
  })

  test('rows of any length, zeros alone, and one dimension have none', () => {
    for (const m of [
      anyRows(50, 8),
      anyRows(50, 1000),
      matrix(2, 2, new Float32Array(4)),
      matrix(3, 1, Float32Array.of(1, -1, 1)),
    ])
      expect(commonLength(m, f4)).toBeUndefined()
  })

  test.each([1e2, 1e5, 1e8])('an offset of %f, which makes lengths alike, is none', (offset) => {
    const rows = anyRows(200, 8)
    const data = rows.data.map((value, p) => (p % 8 === 3 ? Math.fround(value + offset) : value))
    for (const type of [f4, { dtype: 'bf16' } as const]) expect(commonLength({ ...rows, data }, type)).toBeUndefined()
  })

  test('the same from blocks', () => {
    const unit = scaled(anyRows(50, 8), 1)
    const reader = {
      rows: 50,
      cols: 8,
      ...f4,
      readRows: (from: number, to: number, into: Float32Array | Float64Array) =>
        into.set(unit.data.subarray(from * 8, to * 8)),
    }
    const { table, length } = watchLengths(reader)
    for (let from = 0; from < 50; from += 7)
      table.readRows(from, Math.min(50, from + 7), new Float32Array(8 * Math.min(7, 50 - from)))
    expect(length()).toEqual(commonLength(unit, f4))
  })
})

test('rows that moved are scaled, others keep their bits, and rows of zeros what they were given', () => {
  const before = scaled(anyRows(40, 6), 1)
  before.data.fill(0, 0, 12)
  const data = before.data.slice()
  for (let i = 1; i < 40; i += 2) data[6 * i]! += 0.4
  const {
    matrix: after,
    scaled: count,
    moved,
    ofZeros,
  } = keptAtLength(before, { ...before, data }, { length: 1, rest: 1e-6 })
  expect({ count, ofZeros }).toEqual({ count: 19, ofZeros: 1 })
  expect(moved.least).toBeLessThan(moved.most)
  lengths(after).forEach((length, i) => expect(length).toBeCloseTo(i === 0 ? 0 : i === 1 ? 0.4 : 1, 6))
  for (let i = 2; i < 40; i += 2)
    expect(after.data.subarray(6 * i, 6 * i + 6)).toEqual(before.data.subarray(6 * i, 6 * i + 6))
  // Once more changes nothing: an update keeps the bytes of rows that were given out.
  expect(keptAtLength(before, after, { length: 1, rest: 1e-6 }).matrix.data).toEqual(after.data)
})
