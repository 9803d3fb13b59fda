/** @file Both engines side by side: the same batches, the same losses and gradients along a training, the same end. */

import { attack, logistic } from '@indistinct/attackers'
import { randomStream } from '@indistinct/core'
import { adamStep } from '@indistinct/kernels'
import { openDevice } from '@indistinct/kernels/device'
import { adamTensors, openBackend, tf } from '@indistinct/kernels/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  bprMf,
  bprMfDefaults,
  lightgcn,
  lightgcnDefaults,
  lightgcnObjective,
  nmf,
  nmfDefaults,
  type TrainedRecommender,
} from '../index.ts'
import { nmfObjective } from '../nmf.ts'
import type { Objective } from '../objective.ts'
import { twoWorlds } from '../testing.ts'
import { batchOf, tensorObjective, tensorsOf } from './training-program.ts'

/** SwiftShader, the GPU of continuous integration, takes seconds for what others take milliseconds. */
const small = process.env['INDISTINCT_TFJS_BACKEND'] === 'webgpu'
const data = twoWorlds(small ? 12 : 30)
const steps = small ? 4 : 30

beforeAll(async () => {
  await openBackend()
})

const objectives: Record<string, () => Objective & { release(): void }> = {
  'LightGCN under BPR': () => lightgcnObjective(data, { ...lightgcnDefaults, factors: 6, l2: 0.01 }),
  'LightGCN under softmax': () => lightgcnObjective(data, { ...lightgcnDefaults, factors: 6, loss: 'softmax' }),
  'BPR-MF': () => lightgcnObjective(data, { ...bprMfDefaults, factors: 6, layers: 0, loss: 'bpr' }),
  NMF: () => nmfObjective(data, { ...nmfDefaults, gmf: 6, mlp: 5, hidden: [8, 4], l2: 0.01 }),
  'NMF with GMF as an inner product': () =>
    nmfObjective(data, { ...nmfDefaults, gmf: 6, mlp: 5, hidden: [8, 4], gmfOutput: 'one' }),
}

/** Largest difference over the largest entry of `expected`. */
function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length)
  let [scale, largest] = [0, 0]
  for (let p = 0; p < expected.length; p++) {
    scale = Math.max(scale, Math.abs(expected[p]!))
    largest = Math.max(largest, Math.abs(actual[p]! - expected[p]!))
  }
  return largest / scale
}

async function flat(tensors: readonly tf.Tensor[]): Promise<Float32Array> {
  const parts: number[] = []
  for (const tensor of tensors) parts.push(...(await tensor.data()))
  return Float32Array.from(parts)
}

describe.each(Object.entries(objectives))('%s', (_, start) => {
  test('has the losses and gradients of the kernels along a training', async () => {
    const objective = start()
    // Entries well away from where gradients vanish and Adam makes much of noise.
    const random = randomStream(3, 'start')
    for (let p = 0; p < objective.parameters.length; p++) objective.parameters[p]! += 0.3 * random.normal()
    const there = tensorObjective(objective.device!.setup)
    const adam = adamTensors(tensorsOf(objective.parameters, there.shapes))
    const [m, v] = [0, 1].map(() => new Float32Array(objective.parameters.length)) as [Float32Array, Float32Array]
    const batch = Math.ceil(objective.examples / 7)
    let held = 0
    for (let step = 1, first = 0, epoch = 0; step <= steps; step++, first += batch) {
      if (first >= objective.examples || step === 1) {
        objective.startEpoch(++epoch)
        first = 0
      }
      const last = Math.min(first + batch, objective.examples)
      const loss = objective.step(first, last, undefined)
      const [own, ...gradients] = tf.tidy(() => {
        const examples = batchOf(objective.device!.examples(), first, batch)
        const result = there.step(adam.parameters as tf.Variable<tf.Rank.R2>[], examples, undefined)
        return [result.loss, ...result.gradients] as tf.Tensor[]
      })
      expect(Math.abs((await own!.data())[0]! - loss) / loss).toBeLessThan(1e-4)
      expect(difference(await flat(gradients), objective.gradient)).toBeLessThan(1e-4)
      adamStep(objective.parameters, objective.gradient, m, v, { lr: 0.01, step })
      adam.step(gradients, { lr: 0.01, step })
      tf.dispose([own!, ...gradients])
      if (step === 1) held = tf.memory().numTensors
    }
    expect(difference(await flat(adam.parameters), objective.parameters)).toBeLessThan(1e-3)
    expect(tf.memory().numTensors).toBe(held)
    adam.dispose()
    there.dispose()
    objective.release()
  })
})

const quick = { epochs: small ? 1 : 30, batch: 90, lr: 0.02, validateEvery: 2, patience: 10 }

test.each([lightgcn, bprMf, nmf])('$name trains to the same end', async (each) => {
  const [kernels, tfjs] = (['kernels', 'tfjs'] as const).map((engine) => each.train(data, quick, { engine })) as [
    TrainedRecommender,
    TrainedRecommender,
  ]
  expect(kernels.history!.engine).toBeUndefined()
  expect(tfjs.history!.engine).toEqual({ name: 'tfjs', backend: openDevice().backend.name })
  expect(tfjs.history!.epochs.length).toBe(kernels.history!.epochs.length)
  expect(Math.abs(tfjs.history!.bestNdcg! - kernels.history!.bestNdcg!)).toBeLessThan(0.01)
  const codes = Int32Array.from({ length: data.users }, (_, u) => data.groupOf(u))
  const labels = { classes: ['even', 'odd'], codes }
  for (const name of each.userTables) {
    const [own, other] = [tfjs.userTables[name]!, kernels.userTables[name]!]
    expect(difference(own.data, other.data)).toBeLessThan(1e-3)
    const aucs = await Promise.all(
      [own, other].map(
        async (table) =>
          (await attack(table, labels, logistic, { seed: 1, protocol: 'five-fold', repeats: 1 })).auc.value,
      ),
    )
    expect(Math.abs(aucs[0]! - aucs[1]!)).toBeLessThan(0.01)
  }
})

test('gives equal bytes for equal arguments, and holds no more after training than before', () => {
  const first = lightgcn.train(data, quick, { engine: 'tfjs' })
  const before = openDevice().memory()
  const again = lightgcn.train(data, quick, { engine: 'tfjs' })
  expect(again.parameters).toEqual(first.parameters)
  expect(openDevice().memory()).toEqual(before)
})

test('says where training diverges, and that a regulariser of the kernels alone has no part there', () => {
  expect(() => nmf.train(data, { ...quick, lr: 1e30 }, { engine: 'tfjs' })).toThrow(
    /expected a finite loss, got (NaN|Infinity) at epoch 1, step \d+/,
  )
  expect(() => bprMf.train(data, quick, { engine: 'tfjs', regulariser: () => ({}) })).toThrow(
    'expected a regulariser with a part for devices, got one of the kernels alone; use engine kernels',
  )
  expect(() => bprMf.train(data, quick, { engine: 'cuda' as 'tfjs' })).toThrow(
    'engine: expected one of kernels, tfjs, got "cuda"',
  )
})
