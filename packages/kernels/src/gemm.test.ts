import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { afterEach, describe, expect, test } from 'vitest'
import { allocate, gemmNN, gemmNT, gemmTN, release, setThreads, threads, type GemmOptions } from './index.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

type Gemm = (a: Matrix, b: Matrix, out: Matrix, options?: GemmOptions) => void

/** The factors' shapes of each form, for a product (rows, cols) over `depth`. */
const forms: { name: string; run: Gemm; left: 'plain' | 'transposed'; right: 'plain' | 'transposed' }[] = [
  { name: 'NN', run: gemmNN, left: 'plain', right: 'plain' },
  { name: 'NT', run: gemmNT, left: 'plain', right: 'transposed' },
  { name: 'TN', run: gemmTN, left: 'transposed', right: 'plain' },
]

function randomMatrix(rows: number, cols: number, name: string): Matrix {
  const random = randomStream(3, name)
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  )
}

function factors(form: (typeof forms)[number], rows: number, cols: number, depth: number): [Matrix, Matrix] {
  return [
    form.left === 'plain' ? randomMatrix(rows, depth, 'a') : randomMatrix(depth, rows, 'a'),
    form.right === 'plain' ? randomMatrix(depth, cols, 'b') : randomMatrix(cols, depth, 'b'),
  ]
}

function reference(
  form: (typeof forms)[number],
  a: Matrix,
  b: Matrix,
  rows: number,
  cols: number,
  depth: number,
): Float64Array {
  const out = new Float64Array(rows * cols)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      let sum = 0
      for (let d = 0; d < depth; d++) {
        const x = form.left === 'plain' ? a.data[i * depth + d]! : a.data[d * rows + i]!
        const y = form.right === 'plain' ? b.data[d * cols + j]! : b.data[j * depth + d]!
        sum += x * y
      }
      out[i * cols + j] = sum
    }
  }
  return out
}

function expectClose(actual: Float32Array, expected: Float64Array, depth: number): void {
  // The rounding error of a sum of `depth` products of size 1 grows at most linearly; 1e-6 a term is 16 ulp.
  let worst = 0
  for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(actual[i]! - expected[i]!))
  expect(actual.length).toBe(expected.length)
  expect(worst).toBeLessThan(1e-5 + 1e-6 * depth)
}

describe.each(forms)('gemm $name', (form) => {
  test.each([
    [1, 1, 1],
    [3, 5, 7],
    [4, 8, 16],
    [5, 9, 300],
    [61, 13, 33],
    [130, 100, 128],
    [40, 270, 17],
    [2, 1, 100],
    [17, 31, 5000],
  ])('equals plain loops at %i x %i over %i', (rows, cols, depth) => {
    const [a, b] = factors(form, rows, cols, depth)
    const expected = reference(form, a, b, rows, cols, depth)
    const out = matrix(rows, cols, new Float32Array(rows * cols).fill(9))
    form.run(a, b, out)
    expectClose(out.data, expected, depth)
    form.run(a, b, out, { accumulate: true })
    expectClose(
      out.data,
      expected.map((x) => 2 * x),
      2 * depth,
    )
  })

  test('works in place on kernel memory', () => {
    const [a, b] = factors(form, 37, 21, 11)
    const held = [a, b].map((m) => matrix(m.rows, m.cols, allocate(m.data.length))) as [Matrix, Matrix]
    held[0].data.set(a.data)
    held[1].data.set(b.data)
    const out = matrix(37, 21, allocate(37 * 21))
    form.run(held[0], held[1], out)
    expectClose(out.data, reference(form, a, b, 37, 21, 11), 11)
    for (const m of [...held, out]) release(m.data)
  })

  test.each([
    [700, 33, 129],
    [20, 24, 9000],
  ])('gives the same bytes on any number of threads at %i x %i over %i', (rows, cols, depth) => {
    const [a, b] = factors(form, rows, cols, depth)
    const results = [1, 2, 5].map((count) => {
      setThreads(count)
      const out = matrix(rows, cols)
      for (let repeat = 0; repeat < 5; repeat++) form.run(a, b, out, { accumulate: repeat > 0 })
      return out.data
    })
    expect(results[1]).toEqual(results[0])
    expect(results[2]).toEqual(results[0])
  })

  test('a product over nothing is zero', () => {
    const [a, b] = factors(form, 6, 9, 0)
    const out = matrix(6, 9, new Float32Array(54).fill(1))
    form.run(a, b, out)
    expect(out.data).toEqual(new Float32Array(54))
  })

  test('refuses shapes that do not fit', () => {
    expect(() => form.run(matrix(3, 4), matrix(5, 6), matrix(3, 6))).toThrow(`gemm${form.name}: expected`)
  })
})
