import { csrFromPairs, matrix, randomStream, type Csr, type Matrix } from '@indistinct/core'
import { afterEach, expect, test } from 'vitest'
import { layerMean, setThreads, threads } from './index.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

/** A random symmetric graph; its last node has no edge. */
function randomGraph(nodes: number, edges: number): Csr {
  const random = randomStream(6, 'graph')
  const from = Int32Array.from({ length: edges }, () => random.integer(nodes - 1))
  const to = Int32Array.from({ length: edges }, () => random.integer(nodes - 1))
  return csrFromPairs(nodes, nodes, Int32Array.of(...from, ...to), Int32Array.of(...to, ...from))
}

function randomMatrix(rows: number, cols: number, name = 'x'): Matrix {
  const random = randomStream(7, name)
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  )
}

function reference(graph: Csr, x: Matrix, layers: number): Float64Array {
  const degree = (i: number): number => graph.indptr[i + 1]! - graph.indptr[i]!
  let layer = Float64Array.from(x.data)
  const sum = layer.slice()
  for (let l = 0; l < layers; l++) {
    const next = new Float64Array(layer.length)
    for (let i = 0; i < graph.rows; i++) {
      for (let p = graph.indptr[i]!; p < graph.indptr[i + 1]!; p++) {
        const j = graph.indices[p]!
        for (let k = 0; k < x.cols; k++)
          next[i * x.cols + k]! += layer[j * x.cols + k]! / Math.sqrt(degree(i) * degree(j))
      }
    }
    layer = next
    for (let i = 0; i < sum.length; i++) sum[i]! += layer[i]!
  }
  return sum.map((value) => value / (layers + 1))
}

test.each([
  [16, 0],
  [16, 1],
  [7, 2],
  [20, 3],
  [33, 4],
])('equals the mean of normalised products at K = %i, %i layers', (cols, layers) => {
  const graph = randomGraph(300, 1500)
  const x = randomMatrix(300, cols)
  const out = matrix(300, cols)
  layerMean(graph, x, layers, out)
  const expected = reference(graph, x, layers)
  for (let i = 0; i < expected.length; i++) expect(Math.abs(out.data[i]! - expected[i]!)).toBeLessThan(1e-5)
})

test('is its own transpose', () => {
  const graph = randomGraph(200, 900)
  const x = randomMatrix(200, 5)
  const y = randomMatrix(200, 5, 'y')
  const [ax, ay] = [matrix(200, 5), matrix(200, 5)]
  layerMean(graph, x, 3, ax)
  layerMean(graph, y, 3, ay)
  const inner = (a: Matrix, b: Matrix): number => a.data.reduce((sum, value, i) => sum + value * b.data[i]!, 0)
  expect(inner(ax, y)).toBeCloseTo(inner(x, ay), 3)
})

test.each([0, 1, 3])('writes the rows wanted, the same bytes, and leaves others alone: %i layers', (layers) => {
  const graph = randomGraph(500, 4000)
  const x = randomMatrix(500, 20)
  const whole = matrix(500, 20)
  layerMean(graph, x, layers, whole)
  const wanted = Int32Array.from({ length: 500 }, (_, i) => (i % 3 === 0 ? 1 : 0))
  const out = matrix(500, 20, new Float32Array(10_000).fill(7))
  layerMean(graph, x, layers, out, wanted)
  for (let i = 0; i < 500; i++) {
    const row = (m: Matrix): Float32Array => m.data.subarray(i * 20, (i + 1) * 20)
    expect(row(out)).toEqual(wanted[i] ? row(whole) : new Float32Array(20).fill(7))
  }
  expect(() => layerMean(graph, x, layers, out, new Int32Array(3))).toThrow('expected 500 rows wanted or not, got 3')
})

test('gives the same bytes on any number of threads', () => {
  const graph = randomGraph(3000, 40_000)
  const x = randomMatrix(3000, 20)
  const results = [1, 2, 5].map((count) => {
    setThreads(count)
    const out = matrix(3000, 20)
    layerMean(graph, x, 3, out)
    return out.data
  })
  expect(results[1]).toEqual(results[0])
  expect(results[2]).toEqual(results[0])
})

test('refuses shapes that do not fit', () => {
  expect(() => layerMean(randomGraph(4, 3), matrix(5, 2), 3, matrix(4, 2))).toThrow(
    'expected a square graph, x and out (4, K)',
  )
})
