import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { afterEach, describe, expect, test } from 'vitest'
import { addAffine, crossMoments, setThreads, squareMoments, threads } from './index.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

function example(rows: number, cols: number, name: string): { x: Matrix; vector: Float64Array; square: Float64Array } {
  const random = randomStream(8, name, rows, cols)
  return {
    x: matrix(
      rows,
      cols,
      Float32Array.from({ length: rows * cols }, () => 100 + random.normal()),
    ),
    vector: Float64Array.from({ length: cols }, () => 100 + random.normal()),
    square: Float64Array.from({ length: cols * cols }, () => random.normal()),
  }
}

const some = (rows: number): Int32Array =>
  Int32Array.from({ length: rows }, (_, i) => rows - 1 - i).filter((i) => i % 5 !== 0)
const at = (m: Matrix, i: number, k: number): number => m.data[i * m.cols + k]!

function largestError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [worst, scale] = [0, 0]
  for (let p = 0; p < expected.length; p++) {
    worst = Math.max(worst, Math.abs(actual[p]! - expected[p]!))
    scale = Math.max(scale, Math.abs(expected[p]!))
  }
  return worst / scale
}

describe.each([
  [7, 3],
  [130, 16],
  [1300, 5],
  [9000, 6],
])('rows %i, columns %i', (rows, cols) => {
  const { x, vector: centre, square: map } = example(rows, cols, 'x')
  const { x: y, vector: yCentre } = example(rows, cols, 'y')
  const members = some(rows)

  test('crossMoments is the sum of outer products in float64', () => {
    const own = new Float64Array(cols * cols)
    const cross = new Float64Array(cols * cols)
    for (const i of members) {
      for (let a = 0; a < cols; a++) {
        for (let b = 0; b < cols; b++) {
          own[a * cols + b]! += (at(x, i, a) - centre[a]!) * (at(x, i, b) - centre[b]!)
          cross[a * cols + b]! += (at(x, i, a) - centre[a]!) * (at(y, i, b) - yCentre[b]!)
        }
      }
    }
    expect(largestError(crossMoments(x, members, centre), own)).toBeLessThan(1e-13)
    expect(largestError(crossMoments(x, members, centre, { of: y, centre: yCentre }), cross)).toBeLessThan(1e-13)
  })

  test('squareMoments is the sum of products of squares', () => {
    const width = cols - 1
    const transform = map.slice(0, width * cols)
    const expected = new Float64Array(width * width)
    for (const i of members) {
      const z = Float64Array.from({ length: width }, (_, p) => {
        let sum = 0
        for (let k = 0; k < cols; k++) sum += transform[p * cols + k]! * (at(x, i, k) - centre[k]!)
        return sum * sum
      })
      for (let a = 0; a < width; a++) for (let b = 0; b < width; b++) expected[a * width + b]! += z[a]! * z[b]!
    }
    expect(largestError(squareMoments(x, members, centre, transform), expected)).toBeLessThan(1e-12)
  })

  test('addAffine maps the named rows and no other, also in place', () => {
    const expected = y.data.slice()
    for (const i of members) {
      for (let a = 0; a < cols; a++) {
        let sum = yCentre[a]!
        for (let k = 0; k < cols; k++) sum += map[a * cols + k]! * (at(x, i, k) - centre[k]!)
        expected[i * cols + a] = at(y, i, a) + sum
      }
    }
    const out = matrix(rows, cols, y.data.slice())
    addAffine(out, x, members, centre, map, yCentre)
    expect(largestError(out.data, expected)).toBeLessThan(1e-7)
    expect(out.data.subarray(0, cols)).toEqual(y.data.subarray(0, cols))
    const inPlace = matrix(rows, cols, x.data.slice())
    addAffine(inPlace, inPlace, members, centre, map, yCentre)
    const apart = matrix(rows, cols, x.data.slice())
    addAffine(apart, x, members, centre, map, yCentre)
    expect(inPlace.data).toEqual(apart.data)
  })
})

test('the same bytes on any number of threads', () => {
  const { x, vector, square } = example(9000, 12, 'threads')
  const members = some(9000)
  const results = [1, 2, 5].map((count) => {
    setThreads(count)
    const out = matrix(9000, 12)
    addAffine(out, x, members, vector, square, vector)
    return [crossMoments(x, members, vector), squareMoments(x, members, vector, square), out.data]
  })
  expect(results[1]).toEqual(results[0])
  expect(results[2]).toEqual(results[0])
})

test('refuses shapes that do not fit', () => {
  const { x, vector, square } = example(10, 4, 'shapes')
  const rows = some(10)
  expect(() => crossMoments(x, rows, vector.slice(1))).toThrow('crossMoments: expected a vector of 4 values, got 3')
  expect(() => crossMoments(x, rows, vector, { of: matrix(9, 4), centre: vector })).toThrow(
    'expected y (10, 4), got (9, 4)',
  )
  expect(() => squareMoments(x, rows, vector, square.slice(1))).toThrow('got 15 values')
  expect(() => addAffine(x, x, rows, vector, square.slice(4), vector)).toThrow('a map of 16 values')
})
