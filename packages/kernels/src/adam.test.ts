import { randomStream } from '@indistinct/core'
import { afterEach, expect, test } from 'vitest'
import { adamStep, setThreads, threads } from './index.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

function normals(length: number, name: string): Float32Array {
  const random = randomStream(5, name)
  return Float32Array.from({ length }, () => random.normal())
}

/** Algorithm 1 of Kingma and Ba in float64, epsilon outside the bias-corrected root. */
function reference(parameters: Float64Array, gradients: Float32Array[], lr: number, weightDecay: number): void {
  const m = new Float64Array(parameters.length)
  const v = new Float64Array(parameters.length)
  gradients.forEach((gradient, at) => {
    for (let i = 0; i < parameters.length; i++) {
      const g = gradient[i]! + weightDecay * parameters[i]!
      m[i] = 0.9 * m[i]! + 0.1 * g
      v[i] = 0.999 * v[i]! + 0.001 * g * g
      parameters[i]! -= (lr * (m[i]! / (1 - 0.9 ** (at + 1)))) / (Math.sqrt(v[i]! / (1 - 0.999 ** (at + 1))) + 1e-8)
    }
  })
}

test.each([
  [7, 0],
  [64, 0.01],
  [1001, 0.3],
])('follows algorithm 1 on %i values, weight decay %f', (length, weightDecay) => {
  const parameters = normals(length, 'parameters')
  const expected = Float64Array.from(parameters)
  const gradients = Array.from({ length: 20 }, (_, at) => normals(length, `gradient ${at}`))
  const m = new Float32Array(length)
  const v = new Float32Array(length)
  gradients.forEach((gradient, at) => adamStep(parameters, gradient, m, v, { lr: 0.05, step: at + 1, weightDecay }))
  reference(expected, gradients, 0.05, weightDecay)
  // 20 steps of 0.05 move a value by at most 1; float32 keeps five digits of that.
  for (let i = 0; i < length; i++) expect(Math.abs(parameters[i]! - expected[i]!)).toBeLessThan(1e-5)
})

test('a value without gradient stays, and its moments end at zero rather than in subnormals', () => {
  const parameters = normals(5, 'parameters')
  const m = new Float32Array(5)
  const v = new Float32Array(5)
  adamStep(parameters, Float32Array.of(1, 1, 1, 1, 0), m, v, { lr: 0.1, step: 1 })
  const fifth = parameters[4]
  for (let step = 2; step < 1000; step++) adamStep(parameters, new Float32Array(5), m, v, { lr: 0.1, step })
  expect(parameters[4]).toBe(fifth)
  expect(m).toEqual(new Float32Array(5))
})

test('gives the same bytes on any number of threads', () => {
  const length = 100_003
  const results = [1, 2, 5].map((count) => {
    setThreads(count)
    const parameters = normals(length, 'parameters')
    const m = new Float32Array(length)
    const v = new Float32Array(length)
    for (let step = 1; step < 4; step++) adamStep(parameters, normals(length, 'gradient'), m, v, { lr: 0.01, step })
    return parameters
  })
  expect(results[1]).toEqual(results[0])
  expect(results[2]).toEqual(results[0])
})

test('refuses lengths that differ and a step below 1', () => {
  const one = new Float32Array(1)
  expect(() => adamStep(one, new Float32Array(2), one, one, { lr: 1, step: 1 })).toThrow(
    'expected four arrays of 1, got gradient 2',
  )
  expect(() => adamStep(one, one, one, one, { lr: 1, step: 0 })).toThrow('expected a step from 1, got 0')
})
