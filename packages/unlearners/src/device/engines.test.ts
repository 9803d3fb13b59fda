/** @file Both engines side by side on unlearning: the same steps, the same end. */

import { matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { rbfMmd } from '@indistinct/kernels'
import { openDevice } from '@indistinct/kernels/device'
import { openBackend, tf } from '@indistinct/kernels/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  calibratedFlow,
  calibratedFlowJoint,
  d2dRegularised,
  inTrainingMethods,
  u2uRegularised,
  unlearners,
  type Unlearned,
} from '../index.ts'
import { deviceKernel } from './device-kernel.ts'
import { regulariser as adversary } from './adversary-program.ts'
import { regulariser as retraining } from './retrain-program.ts'

beforeAll(async () => {
  await openBackend()
})

/** SwiftShader, the GPU of continuous integration, takes seconds for what others take milliseconds. */
const small = process.env['INDISTINCT_TFJS_BACKEND'] === 'webgpu'
const [users, cols] = [small ? 60 : 160, 6]

/** Users of two or three classes whose means and spreads differ, a tenth without a label. */
function leaking(count = 2): { table: Matrix; labels: Labels } {
  const random = randomStream(5, 'leaking', count)
  const codes = Int32Array.from({ length: users }, (_, i) => (i % 10 === 9 ? -1 : i % (count + 1) ? i % count : 0))
  const data = Float32Array.from({ length: users * cols }, (_, p) => {
    const code = codes[Math.floor(p / cols)]!
    return (1 + 0.3 * code) * random.normal() + (p % cols < 2 ? 0.8 * code : 0)
  })
  const classes = ['a', 'b', 'c'].slice(0, count)
  return { table: matrix(users, cols, data), labels: { classes, codes } }
}

function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length)
  let [scale, largest] = [0, 0]
  for (let p = 0; p < expected.length; p++) {
    scale = Math.max(scale, Math.abs(expected[p]!))
    largest = Math.max(largest, Math.abs(actual[p]! - expected[p]!))
  }
  return largest / scale
}

const engine = { name: 'tfjs', backend: '' }
beforeAll(() => {
  engine.backend = openDevice().backend.name
})

describe.each(small ? [2] : [2, 3])('with %i classes', (count) => {
  const { table, labels } = leaking(count)
  const steps = small ? 3 : 60
  const methods: Record<string, (engine: 'kernels' | 'tfjs') => Unlearned> = {
    'U2U-R': (engine) => u2uRegularised(table, labels, { steps, learningRate: 0.01, engine }),
    'U2U-R by plain steps, by the cosine': (engine) =>
      u2uRegularised(table, labels, { steps, optimiser: 'gradient', divergence: 'cosine', engine }),
    'D2D-R': (engine) => d2dRegularised(table, labels, { steps, learningRate: 0.01, engine }),
    'D2D-R against the first class': (engine) =>
      d2dRegularised(table, labels, { steps, learningRate: 0.01, pairing: 'anchor', engine }),
  }

  test.each(Object.keys(methods))('%s takes the steps of the kernels', (name) => {
    const [own, other] = [methods[name]!('tfjs'), methods[name]!('kernels')]
    expect(own.parameters).toEqual({ ...other.parameters, engine })
    expect(other.parameters['engine']).toBeUndefined()
    expect(own.trace.length).toBe(steps)
    own.trace.forEach((row, at) => {
      for (const [quantity, value] of Object.entries(other.trace[at]!))
        expect(Math.abs(row[quantity]! - value), quantity).toBeLessThanOrEqual(1e-4 * Math.abs(value) + 1e-6)
    })
    expect(difference(own.embedding.data, other.embedding.data)).toBeLessThan(1e-3)
    // Who has no label stays, bit for bit.
    labels.codes.forEach((code, i) => {
      const at = [i * cols, (i + 1) * cols] as const
      if (code < 0) expect(own.embedding.data.slice(...at)).toEqual(table.data.slice(...at))
    })
    expect(methods[name]!('tfjs').embedding).toEqual(own.embedding)
  })

  test('the flow lands where that of the kernels does', () => {
    const [own, other] = (['tfjs', 'kernels'] as const).map((engine) => calibratedFlow(table, labels, { engine }))
    expect(other!.parameters).toMatchObject({ outcome: 'landed' })
    expect(own!.parameters).toMatchObject({ outcome: 'landed', engine })
    expect(own!.passes).toBe(other!.passes)
    expect(difference(own!.embedding.data, other!.embedding.data)).toBeLessThan(5e-3)
    const whitened = calibratedFlow(table, labels, { engine: 'tfjs', whitening: 0.5 })
    expect(whitened.parameters).toMatchObject({ outcome: 'landed', engine, whitening: 0.5 })
  })
})

test('the kernel of a pass measures what that of the kernels does', () => {
  const { table, labels } = leaking()
  const rows = (code: number) => Int32Array.from(labels.codes.keys()).filter((i) => labels.codes[i] === code)
  const samples = { first: rows(0), second: rows(1) }
  const [own, other] = [deviceKernel.measure(table, samples), rbfMmd(table, samples)]
  for (const quantity of ['value', 'total', 'trace', 'bandwidth'] as const)
    expect(Math.abs(own[quantity] - other[quantity]) / other[quantity], quantity).toBeLessThan(1e-4)
  expect(difference(own.gradient().data, other.gradient!.data)).toBeLessThan(1e-4)
  const before = openDevice().memory()
  for (let pass = 0; pass < (small ? 5 : 200); pass++) deviceKernel.measure(table, samples)
  expect(openDevice().memory()).toEqual(before)
})

describe.each([
  ['retrain', retraining],
  ['adversarial', adversary],
] as const)('%s', (method, regulariser) => {
  const { table, labels } = leaking(3)
  const options = { weight: 0.5, seed: 3, ...(method === 'retrain' ? { sample: 20 } : { batch: 50 }) }

  test('adds the gradients that it adds by the kernels, step after step', async () => {
    const onKernels = inTrainingMethods[method].regulariser(labels, options)
    const onDevice = regulariser({ labels, options })
    for (let step = 1; step <= (small ? 2 : 20); step++) {
      const moved = matrix(
        users,
        cols,
        table.data.map((x) => x * (1 + step / 50)),
      )
      const expected = onKernels({ users: moved }, { epoch: 1, step })['users']!
      const gradient = tf.tidy(
        () => onDevice({ users: tf.tensor2d(moved.data, [users, cols]) }, { epoch: 1, step })['users']!,
      )
      expect(difference(await gradient.data(), expected.data)).toBeLessThan(1e-3)
      gradient.dispose()
    }
    onDevice.dispose?.()
  })
})

test('what the kernels alone have is refused', () => {
  const { table, labels } = leaking()
  const tfjs = { engine: 'tfjs' } as const
  for (const [act, message] of [
    [
      () => u2uRegularised(table, labels, { ...tfjs, divergence: 'adversarial' }),
      'divergences one-hot and cosine, got',
    ],
    [
      () => d2dRegularised(table, labels, { ...tfjs, divergence: 'kl' }),
      'the divergence mmd, got kl; use engine kernels',
    ],
    [
      () => calibratedFlow(table, labels, { ...tfjs, kernel: 'random-fourier' }),
      'the kernel exact, got random-fourier',
    ],
  ] as const)
    expect(act).toThrow(expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) as string }))
  expect(() => u2uRegularised(table, labels, { ...tfjs, steps: 300, learningRate: 1e9 })).toThrow(
    /diverged at step \d+ with loss/,
  )
})

test('several attributes at once, and tables side by side, say the engine too', () => {
  const { table, labels } = leaking()
  expect(calibratedFlowJoint(table, { letter: labels }, { engine: 'tfjs' }).parameters).toMatchObject({ engine })
  expect(unlearners.flow.unlearn(table, labels, { engine: 'tfjs' }).parameters).toMatchObject({ engine })
})
