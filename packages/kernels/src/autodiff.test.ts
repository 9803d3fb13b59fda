/**
 * The hand-derived gradients of BPR through propagation, and of NMF, against differentiation by TensorFlow.js' tape.
 */

import { csrFromPairs, matrix, randomStream } from '@indistinct/core'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import { bprGradient, layerMean, nmfGradient, nmfLayout, nmfSize, type NmfShape } from './index.ts'
import { lookup } from './tfjs/index.ts'
import { registerGradients } from './tfjs/gradients.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
  registerGradients()
})

const users = 30
const items = 40
const random = randomStream(13, 'autodiff')
const draw = (length: number, n: number): Int32Array => Int32Array.from({ length }, () => random.integer(n))
const normals = (length: number): Float32Array => Float32Array.from({ length }, () => 0.5 * random.normal())

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length)
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const worst = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0)
  // Two float32 sums of some hundred terms in different orders.
  expect(worst).toBeLessThan(1e-5 * largest)
}

test('BPR on the mean of three layers, gradient by the layer-0 table', () => {
  const factors = 7
  const nodes = users + items
  const [from, to] = [draw(200, users), draw(200, items).map((item) => users + item)]
  const graph = csrFromPairs(nodes, nodes, Int32Array.of(...from, ...to), Int32Array.of(...to, ...from))
  const triplets = { users: draw(90, users), positives: draw(90, items), negatives: draw(90, items) }
  const layer0 = matrix(nodes, factors, normals(nodes * factors))

  const [table, byTable, gradient] = [matrix(nodes, factors), matrix(nodes, factors), matrix(nodes, factors)]
  layerMean(graph, layer0, 3, table)
  const loss = bprGradient(table, triplets, users, byTable, new Int32Array(nodes))
  layerMean(graph, byTable, 3, gradient)

  const dense = new Float32Array(nodes * nodes)
  const degree = (i: number): number => graph.indptr[i + 1]! - graph.indptr[i]!
  for (let i = 0; i < nodes; i++) {
    for (const j of graph.indices.subarray(graph.indptr[i]!, graph.indptr[i + 1]!))
      dense[i * nodes + j] = 1 / Math.sqrt(degree(i) * degree(j))
  }
  tf.tidy(() => {
    const adjacency = tf.tensor2d(dense, [nodes, nodes])
    const rows = (of: tf.Tensor, indices: Int32Array): tf.Tensor => lookup(of as tf.Tensor2D, indices)
    const definition = (x: tf.Tensor): tf.Scalar => {
      let layer = x
      let sum = x
      for (let l = 0; l < 3; l++) {
        layer = tf.matMul(adjacency, layer)
        sum = tf.add(sum, layer)
      }
      const mean = tf.div(sum, 4)
      const difference = tf.sub(
        rows(
          mean,
          triplets.positives.map((item) => users + item),
        ),
        rows(
          mean,
          triplets.negatives.map((item) => users + item),
        ),
      )
      const score = tf.sum(tf.mul(rows(mean, triplets.users), difference), 1)
      return tf.mean(tf.softplus(tf.neg(score))) as tf.Scalar
    }
    const { value, grad } = tf.valueAndGrad(definition)(tf.tensor2d(layer0.data, [nodes, factors]))
    expect(loss).toBeCloseTo(value.dataSync()[0]!, 5)
    expectClose(gradient.data, grad.dataSync() as Float32Array)
  })
})

test('NMF with three hidden layers, gradient by every parameter', () => {
  const shape: NmfShape = { users, items, gmf: 16, mlp: 16, hidden: [32, 16, 8] }
  const layout = nmfLayout(shape)
  const parameters = normals(nmfSize(shape))
  const perPositive = 4
  const batch = { users: draw(60, users), positives: draw(60, items), negatives: draw(60 * perPositive, items) }
  const gradient = new Float32Array(parameters.length)
  const loss = nmfGradient(shape, parameters, batch, gradient)

  const sampleUsers = Int32Array.from({ length: 60 * 5 }, (_, s) => batch.users[Math.floor(s / 5)]!)
  const sampleItems = Int32Array.from({ length: 60 * 5 }, (_, s) =>
    s % 5 === 0 ? batch.positives[s / 5]! : batch.negatives[4 * Math.floor(s / 5) + (s % 5) - 1]!,
  )
  const labels = Float32Array.from({ length: 60 * 5 }, (_, s) => (s % 5 === 0 ? 1 : 0))
  tf.tidy(() => {
    const tensors = layout.map(({ offset, rows, cols }) =>
      tf.tensor2d(parameters.slice(offset, offset + rows * cols), [rows, cols]),
    )
    const definition = (...given: tf.Tensor[]): tf.Scalar => {
      const named = Object.fromEntries(layout.map(({ name }, at) => [name, given[at]!]))
      const rows = (name: string, indices: Int32Array): tf.Tensor => lookup(named[name] as tf.Tensor2D, indices)
      let layer = tf.concat([rows('user-mlp', sampleUsers), rows('item-mlp', sampleItems)], 1)
      for (let l = 1; l <= 3; l++)
        layer = tf.relu(tf.add(tf.matMul(layer, named[`hidden-${l}-weights`]!), named[`hidden-${l}-bias`]!))
      const factors = tf.mul(rows('user-gmf', sampleUsers), rows('item-gmf', sampleItems))
      const logits = tf.squeeze(
        tf.add(tf.matMul(tf.concat([factors, layer], 1), named['output-weights']!), named['output-bias']!),
        [1],
      )
      return tf.mean(tf.sub(tf.softplus(logits), tf.mul(logits, tf.tensor1d(labels)))) as tf.Scalar
    }
    const { value, grads } = tf.valueAndGrads(definition)(tensors)
    expect(loss).toBeCloseTo(value.dataSync()[0]!, 5)
    layout.forEach(({ offset, rows, cols }, at) =>
      expectClose(gradient.slice(offset, offset + rows * cols), grads[at]!.dataSync() as Float32Array),
    )
  })
})
