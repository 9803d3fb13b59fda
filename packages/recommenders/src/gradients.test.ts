/** Gradients of the objectives against central differences of their definitions in float64. */

import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import { epochOrder } from './epoch-order.ts'
import { lightgcnDefaults, nmf, nmfDefaults } from './index.ts'
import { lightgcnObjective } from './lightgcn.ts'
import { nmfObjective } from './nmf.ts'
import type { UserTables } from './user-tables.ts'
import { interactionGraph } from './training-data.ts'
import { twoWorlds } from './testing.ts'

const data = twoWorlds(4)
const nodes = data.users + data.items

function refill(parameters: Float32Array): void {
  const random = randomStream(12, 'parameters')
  for (let i = 0; i < parameters.length; i++) parameters[i] = 0.7 * random.normal()
}

/** Mean of layers by dense normalised products. */
function propagated(layer0: Float64Array, factors: number, layers: number): Float64Array {
  const graph = interactionGraph(data.train)
  const degree = (i: number): number => graph.indptr[i + 1]! - graph.indptr[i]!
  let layer = layer0
  const sum = layer0.slice()
  for (let l = 0; l < layers; l++) {
    const next = new Float64Array(layer.length)
    for (let i = 0; i < nodes; i++) {
      for (const j of graph.indices.subarray(graph.indptr[i]!, graph.indptr[i + 1]!)) {
        for (let k = 0; k < factors; k++)
          next[i * factors + k]! += layer[j * factors + k]! / Math.sqrt(degree(i) * degree(j))
      }
    }
    layer = next
    for (let i = 0; i < sum.length; i++) sum[i]! += layer[i]!
  }
  return sum.map((value) => value / (layers + 1))
}

function row(table: Float64Array, i: number, factors: number): Float64Array {
  return table.subarray(i * factors, (i + 1) * factors)
}

function inner(x: Float64Array, y: Float64Array): number {
  return x.reduce((sum, value, k) => sum + value * y[k]!, 0)
}

test('a small batch of LightGCN propagates to its own rows alone, to the same bytes', () => {
  const objective = lightgcnObjective(data, { ...lightgcnDefaults, factors: 20, layers: 3 })
  refill(objective.parameters)
  objective.startEpoch(1)
  const loss = objective.step(0, 5, undefined)
  const gradient = objective.gradient.slice()
  expect(5 * 4).toBeLessThan(nodes)
  // With a regulariser, which may look at any row, all of them are propagated to.
  expect(objective.step(0, 5, () => ({}))).toBe(loss)
  expect(objective.gradient).toEqual(gradient)
  objective.release()
})

test.each([0, 1, 3])('LightGCN with %i layers, L2 and regularisers on both user tables', (layers) => {
  const factors = 5
  const options = { ...lightgcnDefaults, factors, layers, l2: 0.3 }
  const objective = lightgcnObjective(data, options)
  const order = epochOrder(data.train, 1, options.seed)
  order.draw(1)
  refill(objective.parameters)
  objective.startEpoch(1)
  const [first, last] = [3, 40]
  // The regulariser is the sum of 0.1 * squares of layer-0 and 0.2 * squares of propagated user rows.
  const scaled = (m: Matrix, by: number): Matrix =>
    matrix(
      m.rows,
      m.cols,
      m.data.map((value) => by * value),
    )
  const loss = objective.step(first, last, (tables) => ({
    'layer-0': scaled(tables['layer-0']!, 0.2),
    propagated: scaled(tables['propagated']!, 0.4),
  }))

  const parts = (layer0: Float64Array): { bpr: number; total: number } => {
    const table = propagated(layer0, factors, layers)
    const { users, positives, negatives } = order
    let bpr = 0
    let l2 = 0
    for (let e = first; e < last; e++) {
      const triplet = [users[e]!, data.users + positives[e]!, data.users + negatives[e]!] as const
      const [u, i, j] = triplet.map((node) => row(table, node, factors)) as [Float64Array, Float64Array, Float64Array]
      bpr += Math.log1p(Math.exp(inner(u, j) - inner(u, i)))
      for (const node of triplet) l2 += (0.3 / 2) * inner(row(layer0, node, factors), row(layer0, node, factors))
    }
    const userValues = data.users * factors
    const own = layer0.subarray(0, userValues)
    const smooth = table.subarray(0, userValues)
    bpr /= last - first
    return { bpr, total: bpr + l2 / (last - first) + 0.1 * inner(own, own) + 0.2 * inner(smooth, smooth) }
  }
  expectGradient(objective.parameters, objective.gradient, (x) => parts(x).total)
  expect(loss).toBeCloseTo(parts(Float64Array.from(objective.parameters)).bpr, 5)
  objective.release()
  order.release()
})

test.each([0, 2])('LightGCN with %i layers under a softmax over all items, with L2', (layers) => {
  const factors = 5
  const objective = lightgcnObjective(data, { ...lightgcnDefaults, factors, layers, loss: 'softmax', l2: 0.3 })
  expect(objective.examples).toBe(data.users)
  refill(objective.parameters)
  // One batch of all users: their order is of no account.
  objective.startEpoch(1)
  const loss = objective.step(0, data.users, undefined)
  const parts = (layer0: Float64Array): { likelihood: number; total: number } => {
    const table = propagated(layer0, factors, layers)
    let [likelihood, l2] = [0, 0]
    for (let u = 0; u < data.users; u++) {
      const scores = Array.from({ length: data.items }, (_, i) =>
        inner(row(table, u, factors), row(table, data.users + i, factors)),
      )
      const total = Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0))
      for (const i of data.train.indices.subarray(data.train.indptr[u]!, data.train.indptr[u + 1]!)) {
        likelihood += total - scores[i]!
        for (const node of [u, data.users + i])
          l2 += (0.3 / 2) * inner(row(layer0, node, factors), row(layer0, node, factors))
      }
    }
    const interactions = data.train.indices.length
    return { likelihood: likelihood / interactions, total: (likelihood + l2) / interactions }
  }
  expectGradient(objective.parameters, objective.gradient, (x) => parts(x).total)
  expect(loss).toBeCloseTo(parts(Float64Array.from(objective.parameters)).likelihood, 5)
  objective.release()
})

test('a softmax batch is the users that it names, all of them once an epoch', () => {
  const objective = lightgcnObjective(data, { ...lightgcnDefaults, factors: 4, layers: 0, loss: 'softmax', l2: 0 })
  refill(objective.parameters)
  for (const epoch of [1, 2]) {
    objective.startEpoch(epoch)
    const touched: number[] = []
    for (let first = 0; first < data.users; first += 3) {
      objective.step(first, Math.min(first + 3, data.users), undefined)
      for (let u = 0; u < data.users; u++)
        if (objective.gradient.subarray(u * 4, u * 4 + 4).some((value) => value !== 0)) touched.push(u)
    }
    expect(touched.sort((a, b) => a - b)).toEqual(Array.from({ length: data.users }, (_, u) => u))
  }
  objective.release()
})

test('NMF with L2, and with GMF as an inner product', () => {
  const options = { ...nmfDefaults, gmf: 3, mlp: 4, hidden: [6, 4], negatives: 2 }
  const [first, last] = [5, 30]
  const gradientOf = (
    more: Partial<typeof nmfDefaults>,
  ): { parameters: Float32Array; gradient: Float32Array; users: Int32Array; items: Int32Array } => {
    const objective = nmfObjective(data, { ...options, ...more })
    refill(objective.parameters)
    objective.startEpoch(1)
    objective.step(first, last, undefined)
    const { order } = objective
    const kept = {
      parameters: objective.parameters.slice(),
      gradient: objective.gradient.slice(),
      users: Int32Array.from(order.users.subarray(first, last)).slice(),
      items: Int32Array.from([
        ...order.positives.subarray(first, last),
        ...order.negatives.subarray(2 * first, 2 * last),
      ]),
    }
    objective.release()
    return kept
  }
  const plain = gradientOf({})
  const decayed = gradientOf({ l2: 0.4 })
  const uses = new Float64Array(nodes)
  for (const user of plain.users) uses[user]! += 3
  for (const item of plain.items) uses[data.users + item]!++
  // Places in the flat parameters: user-gmf, item-gmf, user-mlp, item-mlp, layers.
  const expected = Float64Array.from(plain.gradient)
  for (const [at, cols] of [
    [0, 3],
    [nodes * 3, 4],
  ] as const) {
    for (let p = 0; p < nodes * cols; p++)
      expected[at + p]! += ((0.4 * uses[Math.floor(p / cols)]!) / (3 * (last - first))) * plain.parameters[at + p]!
  }
  expect(Math.max(...decayed.gradient.map((value, p) => Math.abs(value - expected[p]!)))).toBeLessThan(1e-6)

  const model = nmf.train(data, { ...options, gmfOutput: 'one', epochs: 2 })
  const output = model.parameters['output-weights']!.data
  expect([...output.subarray(0, 3)]).toEqual([1, 1, 1])
  expect(output.subarray(3).every((value) => value !== 1)).toBe(true)
})

test('NMF with regularisers on both user tables', () => {
  const options = { ...nmfDefaults, gmf: 3, mlp: 4, hidden: [6, 4], negatives: 2 }
  const objective = nmfObjective(data, options)
  refill(objective.parameters)
  objective.startEpoch(1)
  const [first, last] = [5, 30]
  const tables: UserTables[] = []
  objective.step(first, last, undefined)
  const plain = objective.gradient.slice()
  const loss = objective.step(first, last, (seen) => {
    tables.push(seen)
    return {
      gmf: matrix(data.users, 3, new Float32Array(data.users * 3).fill(0.25)),
      mlp: matrix(data.users, 4, new Float32Array(data.users * 4).fill(-0.5)),
    }
  })
  // Places in the flat parameters: user-gmf, item-gmf, user-mlp, item-mlp, layers.
  const mlpAt = nodes * 3
  const expected = plain.map((value, i) =>
    i < data.users * 3 ? value + 0.25 : i >= mlpAt && i < mlpAt + data.users * 4 ? value - 0.5 : value,
  )
  expect(objective.gradient.slice()).toEqual(expected)
  expect(tables[0]!['gmf']!.data).toEqual(objective.parameters.subarray(0, data.users * 3))
  expect(tables[0]!['mlp']!.data).toEqual(objective.parameters.subarray(mlpAt, mlpAt + data.users * 4))

  const logit = (x: Float64Array, user: number, item: number): number => {
    const itemMlp = mlpAt + data.users * 4
    const layers = mlpAt + nodes * 4
    let layer = [
      ...x.subarray(mlpAt + user * 4, mlpAt + user * 4 + 4),
      ...x.subarray(itemMlp + item * 4, itemMlp + item * 4 + 4),
    ]
    let at = layers
    for (const width of [6, 4]) {
      const inputs = layer
      const bias = at + inputs.length * width
      layer = Array.from({ length: width }, (_, j) =>
        Math.max(
          0,
          inputs.reduce((sum, value, i) => sum + value * x[at + i * width + j]!, x[bias + j]!),
        ),
      )
      at = bias + width
    }
    const factors = Array.from({ length: 3 }, (_, c) => x[user * 3 + c]! * x[(data.users + item) * 3 + c]!)
    return [...factors, ...layer].reduce((sum, value, c) => sum + value * x[at + c]!, x[at + 7]!)
  }
  const definition = (x: Float64Array): number => {
    const { users, positives, negatives } = objective.order
    let sum = 0
    for (let e = first; e < last; e++) {
      sum += Math.log1p(Math.exp(-logit(x, users[e]!, positives[e]!)))
      for (let n = 0; n < 2; n++) sum += Math.log1p(Math.exp(logit(x, users[e]!, negatives[2 * e + n]!)))
    }
    return sum / ((last - first) * 3)
  }
  expect(loss).toBeCloseTo(definition(Float64Array.from(objective.parameters)), 5)
  expectGradient(objective.parameters, plain, definition)
  objective.release()
})

function expectGradient(
  parameters: Float32Array,
  gradient: Float32Array,
  definition: (x: Float64Array) => number,
): void {
  const x = Float64Array.from(parameters)
  let worst = 0
  for (let i = 0; i < x.length; i++) {
    const kept = x[i]!
    x[i] = kept + 1e-6
    const above = definition(x)
    x[i] = kept - 1e-6
    const below = definition(x)
    x[i] = kept
    worst = Math.max(worst, Math.abs(gradient[i]! - (above - below) / 2e-6))
  }
  // Gradients here are of size 0.01 to 1, float32 sums of them good to 1e-6.
  expect(worst).toBeLessThan(5e-6)
}
