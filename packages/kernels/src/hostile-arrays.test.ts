/** @file Arrays that are not what types ask for: refused, with the memory that all kernels share left whole. */

import { csrFromPairs, matrix, type Matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import { bprGradient, decayUsed } from './bpr.ts'
import { adamStep, crossMoments, gemmNN, gemmNT, gemmTN, layerMean, propagate, rbfMmd } from './index.ts'
import { randomFourierMmd, scatterAdd, scoreTopK } from './index.ts'

const square = matrix(
  8,
  8,
  Float32Array.from({ length: 64 }, (_, p) => Math.sin(p)),
)
const out = (): Matrix => matrix(8, 8)
const samples = { first: Int32Array.of(0, 1, 2), second: Int32Array.of(3, 4) }
const graph = csrFromPairs(8, 8, Int32Array.of(1, 2), Int32Array.of(2, 1))
const few = Int32Array.of(0, 1)
const uses = new Int32Array(8)

const kernels: Readonly<Record<string, (m: Matrix) => unknown>> = {
  gemmNN: (m) => gemmNN(m, square, out()),
  'gemmNN, right': (m) => gemmNN(square, m, out()),
  'gemmNN, out': (m) => gemmNN(square, square, m),
  gemmNT: (m) => gemmNT(m, square, out()),
  gemmTN: (m) => gemmTN(m, square, out()),
  scoreTopK: (m) => scoreTopK(m, square, undefined, 2),
  'scoreTopK, items': (m) => scoreTopK(square, m, undefined, 2),
  rbfMmd: (m) => rbfMmd(m, samples),
  randomFourierMmd: (m) => randomFourierMmd(m, samples, square),
  crossMoments: (m) => crossMoments(m, few, new Float64Array(8)),
  propagate: (m) => propagate(graph, m, out()),
  layerMean: (m) => layerMean(graph, m, 2, out()),
  scatterAdd: (m) => scatterAdd(Int32Array.from(uses), m, out()),
  bprGradient: (m) => bprGradient(m, { users: few, positives: few, negatives: few }, 4, out(), uses),
  decayUsed: (m) => decayUsed(m, uses, 1, out()),
}

const wrong = {
  'in float64': { ...square, data: Float64Array.from(square.data) },
  'a list': { ...square, data: [...square.data] },
  'shorter than its shape': { ...square, data: square.data.slice(1) },
} as unknown as Readonly<Record<string, Matrix>>

test.each(Object.entries(kernels))('%s refuses what is no matrix, and then works', (_, run) => {
  for (const m of Object.values(wrong)) expect(() => run(m)).toThrow('of whole rows and cols with a Float32Array')
  run(square)
})

test('flat arrays of another kind are refused, and the memory stays whole', () => {
  const parameters = (): Float32Array => Float32Array.of(1, 2)
  const step = (gradient: unknown, own = parameters()): Float32Array => {
    adamStep(own, gradient as Float32Array, new Float32Array(2), new Float32Array(2), { lr: 0.1, step: 1 })
    return own
  }
  const right = step(parameters())
  expect(() => step(Float64Array.of(1, 2))).toThrow('expected a Float32Array')
  expect(() => step([1, 2])).toThrow('got Array')
  expect(step(parameters())).toEqual(right)
})
