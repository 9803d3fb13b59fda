/**
 * @file One suite over every backend at hand: values, and gradients against central differences and between backends.
 */

import { csrFromPairs, matrix, randomStream, transposeCsr, type Csr } from '@indistinct/core'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rbfMmd } from '../rbf-mmd.ts'
import { adamStep } from '../adam.ts'
import { layerMean } from '../layer-mean.ts'
import {
  adamTensors,
  layerMeanOp,
  logSigmoid,
  lookedUp,
  lookup,
  mmdOp,
  openBackend,
  propagateOp,
  rowSumsBy,
  sumRows,
} from './index.ts'

const opened = await openBackend()
const backends = [...new Set([opened.name, 'wasm', 'cpu'])].filter((name) => tf.findBackendFactory(name))

function values(name: string, ...shape: number[]): Float32Array {
  const random = randomStream(7, name)
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal())
}

const rows = 40
const cols = 6
const table = values('table', rows, cols)
const indices = Int32Array.from({ length: 90 }, (_, r) => (r * r) % rows)
const samples = {
  first: Int32Array.from({ length: 12 }, (_, i) => 2 * i),
  second: Int32Array.from({ length: 20 }, (_, i) => (i < 12 ? 2 * i + 1 : 12 + i)),
}

function graph(weighted: boolean): Csr {
  const random = randomStream(8, 'graph')
  const pairs = (n: number): Int32Array => Int32Array.from({ length: 200 }, () => random.integer(n))
  const pattern = csrFromPairs(30, rows, pairs(30), pairs(rows))
  return weighted ? { ...pattern, values: values('edges', pattern.indices.length) } : pattern
}

const adjacency = graph(true)
const links = graph(false)

type Operation = (x: tf.Tensor2D) => tf.Tensor

const b = (...shape: [number, number]): tf.Tensor2D => tf.tensor2d(values('b', ...shape), shape)
const positive = (x: tf.Tensor): tf.Tensor => tf.add(tf.square(x), 0.5)

/** Each maps the table (40, 6) to a tensor; its gradient is taken through a weighted sum of the entries. */
const operations: Record<string, Operation> = {
  lookup: (x) => lookup(x, indices),
  'propagateOp, weighted': (x) => propagateOp(adjacency, x),
  'propagateOp, binary': (x) => propagateOp(links, x),
  'mmdOp at a bandwidth': (x) => mmdOp(x, samples, { bandwidth: 5 }),
  'mmdOp with weights': (x) =>
    mmdOp(
      x,
      values('weights', rows).map((w, i) => (i % 5 === 0 ? 0 : w / 10)),
      { bandwidth: 9 },
    ),
  logSigmoid,
  'logSigmoid of looked-up scores': (x) =>
    logSigmoid(
      tf.sum(
        tf.mul(
          lookup(x, indices),
          lookup(
            x,
            indices.map((i) => rows - 1 - i),
          ),
        ),
        1,
      ),
    ),
  exp: (x) => tf.exp(x),
  'abs, reciprocal': (x) => tf.reciprocal(tf.add(tf.abs(x), 1)),
  log: (x) => tf.log(positive(x)),
  sqrt: (x) => tf.sqrt(positive(x)),
  rsqrt: (x) => tf.rsqrt(positive(x)),
  sigmoid: (x) => tf.sigmoid(x),
  tanh: (x) => tf.tanh(x),
  softplus: (x) => tf.softplus(x),
  'relu of shifted': (x) => tf.relu(tf.add(tf.square(x), -0.5)),
  'add, subtract with broadcasting': (x) => tf.sub(tf.add(x, b(1, cols)), tf.sum(x, 1, true)),
  'multiply, divide with broadcasting': (x) =>
    tf.div(tf.mul(tf.mul(x, b(rows, 1)), tf.mean(x, 1, true)), positive(tf.mean(x, 0, true))),
  'squared difference': (x) => tf.squaredDifference(tf.mul(x, 2), tf.mean(x, 0, true)),
  'maximum, minimum': (x) =>
    tf.add(
      tf.add(tf.maximum(tf.square(x), 0.7), tf.maximum(-0.7, tf.neg(tf.square(x)))),
      tf.minimum(tf.mul(x, 3), tf.add(x, 1)),
    ),
  'reshape, transpose, expandDims': (x) =>
    tf.mul(tf.transpose(tf.expandDims(tf.reshape(x, [8, 30]), 1), [2, 0, 1]), tf.reshape(x, [30, 8, 1])),
  'concat, slice': (x) => tf.square(tf.slice(tf.concat([x, tf.neg(x)], 1), [3, 4], [20, 5])),
  'softmax, logSoftmax': (x) => tf.mul(tf.softmax(x), tf.logSoftmax(tf.mul(x, 0.5))),
  where: (x) => tf.where(tf.greater(tf.tensor2d(table, [rows, cols]), 0), tf.square(x), tf.mul(x, 2)),
  'matMul a b': (x) => tf.matMul(x, b(cols, 4)),
  "matMul a b'": (x) => tf.matMul(x, x, false, true),
  "matMul a' b": (x) => tf.matMul(x, x, true, false),
  "matMul a' b'": (x) => tf.matMul(b(rows, 3), tf.matMul(b(cols, cols), x, false, true), true, true),
  'a layer of an adversary': (x) => tf.logSoftmax(tf.matMul(tf.relu(tf.add(tf.matMul(x, b(cols, 8)), 0.1)), b(8, 2))),
}

/** Entries whose operations have a corner within the difference step are none of the gradient's business. */
const corners: Record<string, (x: number) => boolean> = {
  'abs, reciprocal': (x) => Math.abs(x) < 0.02,
  'relu of shifted': (x) => Math.abs(x * x - 0.5) < 0.06,
  'maximum, minimum': (x) => Math.abs(x * x - 0.7) < 0.06 || Math.abs(x - 0.5) < 0.02,
}

interface Outcome {
  value: Float32Array
  gradient: Float32Array
}

function outcome(operation: Operation): Outcome {
  return tf.tidy(() => {
    const x = tf.tensor2d(table, [rows, cols])
    const value = operation(x)
    const weights = tf.tensor(values('loss', value.size), value.shape)
    const gradient = tf.grad((t) => tf.sum(tf.mul(operation(t as tf.Tensor2D), weights)))(x)
    return { value: value.dataSync<'float32'>().slice(), gradient: gradient.dataSync<'float32'>().slice() }
  })
}

/** Largest difference relative to the largest entry of `expected`. */
function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length)
  let scale = 0
  let largest = 0
  for (let p = 0; p < expected.length; p++) {
    scale = Math.max(scale, Math.abs(expected[p]!))
    largest = Math.max(largest, Math.abs(actual[p]! - expected[p]!))
  }
  return largest / scale
}

const outcomes = new Map<string, Record<string, Outcome>>()

describe.each(backends)('on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend)
  })
  const results: Record<string, Outcome> = {}
  outcomes.set(backend, results)

  test.each(Object.keys(operations))('%s', (name) => {
    const operation = operations[name]!
    const result = outcome(operation)
    results[name] = result
    // Along a random direction, which every entry takes part in.
    const direction = values(`direction ${name}`, rows, cols)
    table.forEach((x, p) => corners[name]?.(x) && (direction[p] = 0))
    const weights = values('loss', result.value.length)
    const along = (step: number): number => {
      const moved = table.map((x, p) => x + step * direction[p]!)
      const value = tf.tidy(() => operation(tf.tensor2d(moved, [rows, cols])).dataSync<'float32'>())
      return value.reduce((sum, v, p) => sum + v * weights[p]!, 0)
    }
    const step = 2e-3
    const numeric = (8 * (along(step) - along(-step)) - (along(2 * step) - along(-2 * step))) / (12 * step)
    const scale = Math.sqrt(result.gradient.reduce((sum, g, p) => sum + (g * direction[p]!) ** 2, 0))
    const exact = result.gradient.reduce((sum, g, p) => sum + g * direction[p]!, 0)
    expect(scale).toBeGreaterThan(0)
    expect(Math.abs(exact - numeric) / scale).toBeLessThan(2e-3)
  })

  test('lookup and propagateOp have the values of their definitions', () => {
    const picked = tf.tidy(() => lookup(tf.tensor2d(table, [rows, cols]), indices).dataSync())
    indices.forEach((index, r) =>
      expect([...picked.slice(r * cols, r * cols + cols)]).toEqual([...table.slice(index * cols, index * cols + cols)]),
    )
    const propagated = tf.tidy(() => propagateOp(adjacency, tf.tensor2d(table, [rows, cols])).dataSync())
    const expected = new Float64Array(30 * cols)
    for (let i = 0; i < 30; i++) {
      for (let p = adjacency.indptr[i]!; p < adjacency.indptr[i + 1]!; p++) {
        for (let k = 0; k < cols; k++)
          expected[i * cols + k]! += adjacency.values![p]! * table[adjacency.indices[p]! * cols + k]!
      }
    }
    expect(difference(propagated, expected)).toBeLessThan(1e-6)
  })

  test('sumRows adds rows by index, none and hundreds of them, and always in one order', () => {
    const of = Int32Array.from({ length: 700 }, (_, r) => (r < 300 ? 3 : (r * r) % 11))
    const x = values('sums', of.length, cols)
    const expected = new Float64Array(12 * cols)
    of.forEach((n, r) => {
      for (let k = 0; k < cols; k++) expected[n * cols + k]! += x[r * cols + k]!
    })
    const sums = () =>
      tf.tidy(() =>
        sumRows(tf.tensor2d(x, [of.length, cols]), rowSumsBy(of, 12))
          .dataSync<'float32'>()
          .slice(),
      )
    expect(difference(sums(), expected)).toBeLessThan(1e-6)
    expect(sums().slice(11 * cols)).toEqual(new Float32Array(cols))
    expect(sums()).toEqual(sums())
  })

  test('lookedUp has the value and the gradient of lookup', () => {
    tf.tidy(() => {
      const [at, plan] = [tf.tensor2d(indices, [indices.length, 1], 'int32'), rowSumsBy(indices, rows)]
      const [own, other] = [
        (x: tf.Tensor) => tf.mean(tf.square(lookedUp(x as tf.Tensor2D, at, plan))),
        (x: tf.Tensor) => tf.mean(tf.square(lookup(x as tf.Tensor2D, indices))),
      ].map((loss) => tf.valueAndGrad(loss)(tf.tensor2d(table, [rows, cols])))
      expect(difference(own!.value.dataSync(), other!.value.dataSync())).toBeLessThan(1e-6)
      expect(difference(own!.grad.dataSync(), other!.grad.dataSync())).toBeLessThan(1e-6)
    })
  })

  test.each([
    ['a dense matrix', 0, undefined],
    ['a dense matrix', 3, undefined],
    ['gathered rows', 3, 0],
  ] as const)('layerMeanOp by %s over %i layers agrees with layerMean', (_, layers, most) => {
    const nodes = links.rows + links.cols
    const x = values('nodes', nodes, cols)
    const byItem = transposeCsr(links)
    const both = { indptr: new Int32Array(nodes + 1), indices: new Int32Array(2 * links.indices.length) }
    both.indptr.set(links.indptr)
    byItem.indptr.forEach((at, i) => (both.indptr[links.rows + i] = links.indices.length + at))
    links.indices.forEach((item, p) => (both.indices[p] = links.rows + item))
    both.indices.set(byItem.indices, links.indices.length)
    const expected = matrix(nodes, cols)
    layerMean({ rows: nodes, cols: nodes, ...both }, matrix(nodes, cols, x), layers, expected)
    const held = tf.memory().numTensors
    const mean = layerMeanOp(links, layers, most)
    const result = tf.tidy(() => mean.apply(tf.tensor2d(x, [nodes, cols])).dataSync())
    mean.dispose()
    expect(difference(result, expected.data)).toBeLessThan(1e-6)
    expect(tf.memory().numTensors).toBe(held)
  })

  test('adamTensors goes the way of adamStep, and holds no more after 200 steps than after one', () => {
    const own = table.slice()
    const [m, v] = [new Float32Array(own.length), new Float32Array(own.length)]
    const adam = adamTensors([tf.tensor2d(table, [rows, cols])])
    let held = { numTensors: 0, numBytes: 0 }
    for (let step = 1; step <= 200; step++) {
      const options = { lr: 0.01, step, weightDecay: 0.1 }
      adamStep(own, values(`gradient ${step}`, rows, cols), m, v, options)
      tf.tidy(() => adam.step([tf.tensor2d(values(`gradient ${step}`, rows, cols), [rows, cols])], options))
      if (step === 1) held = tf.memory()
    }
    expect(tf.memory()).toMatchObject({ numTensors: held.numTensors, numBytes: held.numBytes })
    expect(difference(adam.parameters[0]!.dataSync(), own)).toBeLessThan(1e-5)
    adam.dispose()
  })

  test('mmdOp agrees with rbfMmd, whose bandwidth it follows', () => {
    const expected = rbfMmd(matrix(rows, cols, table), samples)
    const result = outcome((x) => mmdOp(x, samples))
    expect(difference(result.value, [expected.value])).toBeLessThan(1e-4)
    const weight = values('loss', 1)[0]!
    expect(
      difference(
        result.gradient,
        expected.gradient!.data.map((g) => g * weight),
      ),
    ).toBeLessThan(1e-4)
  })

  test('mmdOp is zero where all rows are equal', () => {
    tf.tidy(() => {
      const { value, grad } = tf.valueAndGrad((x) => mmdOp(x as tf.Tensor2D, samples))(tf.ones([rows, cols]))
      expect(Math.abs(value.dataSync()[0]!)).toBeLessThan(1e-6)
      expect(grad.dataSync().every((g) => g === 0)).toBe(true)
    })
  })

  test('embeddings train by an optimiser of tfjs', () => {
    const variable = tf.variable(tf.tensor2d(table, [rows, cols]))
    const optimiser = tf.train.adam(0.05)
    const loss = (): tf.Scalar =>
      tf.mean<tf.Scalar>(
        tf.neg(logSigmoid(tf.sum(tf.mul(lookup(variable, indices), tf.tensor1d(values('target', cols))), 1))),
      )
    const first = tf.tidy(() => loss().dataSync()[0]!)
    optimiser.minimize(loss)
    const held = tf.memory().numTensors
    for (let step = 1; step < 20; step++) optimiser.minimize(loss)
    expect(tf.memory().numTensors).toBe(held)
    expect(tf.tidy(() => loss().dataSync()[0]!)).toBeLessThan(0.5 * first)
    variable.dispose()
    optimiser.dispose()
  })

  test('refuses indices and shapes that do not fit', () => {
    tf.tidy(() => {
      const x = tf.tensor2d(table, [rows, cols])
      expect(() => lookup(x, Int32Array.from([0, rows]))).toThrow('lookup: expected indices in 0 .. 39, got 40')
      expect(() => lookup(x, Int32Array.from([-1]))).toThrow('got -1')
      expect(() => propagateOp(adjacency, tf.slice(x, [0, 0], [3, cols]))).toThrow(
        'propagateOp: expected x (40, K), got (3, 6)',
      )
      expect(() => mmdOp(x, { first: samples.first, second: new Int32Array() })).toThrow('got none in second')
      expect(() => mmdOp(x, samples, { bandwidth: -1 })).toThrow('expected a positive bandwidth, got -1')
    })
  })
})

describe('between backends', () => {
  afterAll(async () => {
    await tf.setBackend(opened.name)
  })

  test.each(Object.keys(operations))('%s has one value and one gradient', (name) => {
    const [reference, ...others] = backends.map((backend) => outcomes.get(backend)![name]!)
    for (const other of others) {
      expect(difference(other.value, reference!.value)).toBeLessThan(2e-5)
      expect(difference(other.gradient, reference!.gradient)).toBeLessThan(2e-5)
    }
  })
})
