import { csrFromPairs, csrHas, matrix, randomStream } from '@indistinct/core'
import { afterEach, describe, expect, test } from 'vitest'
import {
  allocate,
  nmfGradient,
  nmfLayout,
  nmfSize,
  nmfTopK,
  release,
  setThreads,
  threads,
  type NmfBatch,
  type NmfShape,
} from '../index.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

function randomParameters(shape: NmfShape, size = 0.5): Float32Array {
  const random = randomStream(9, 'nmf')
  return Float32Array.from({ length: nmfSize(shape) }, () => size * random.normal())
}

function randomBatch(shape: NmfShape, count: number, perPositive: number): NmfBatch {
  const random = randomStream(10, 'batch')
  const draw = (length: number, n: number): Int32Array => Int32Array.from({ length }, () => random.integer(n))
  return {
    users: draw(count, shape.users),
    positives: draw(count, shape.items),
    negatives: draw(count * perPositive, shape.items),
  }
}

/** The logit by the definition, in float64, on a concatenated first layer. */
function logit(shape: NmfShape, parameters: ArrayLike<number>, user: number, item: number): number {
  const placed = Object.fromEntries(nmfLayout(shape).map((each) => [each.name, each]))
  const value = (name: string, row: number, col: number): number => {
    const { offset, cols } = placed[name]!
    return parameters[offset + row * cols + col]!
  }
  let layer: number[] = []
  for (let c = 0; c < shape.mlp; c++) layer.push(value('user-mlp', user, c))
  for (let c = 0; c < shape.mlp; c++) layer.push(value('item-mlp', item, c))
  shape.hidden.forEach((width, l) => {
    layer = Array.from({ length: width }, (_, j) => {
      const sum = layer.reduce(
        (s, x, i) => s + x * value(`hidden-${l + 1}-weights`, i, j),
        value(`hidden-${l + 1}-bias`, 0, j),
      )
      return Math.max(0, sum)
    })
  })
  let x = value('output-bias', 0, 0)
  for (let c = 0; c < shape.gmf; c++)
    x += value('output-weights', c, 0) * value('user-gmf', user, c) * value('item-gmf', item, c)
  layer.forEach((activation, j) => (x += value('output-weights', shape.gmf + j, 0) * activation))
  return x
}

function referenceLoss(shape: NmfShape, parameters: ArrayLike<number>, batch: NmfBatch): number {
  const count = batch.users.length
  const perPositive = batch.negatives.length / count
  const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
  let loss = 0
  for (let q = 0; q < count; q++) {
    loss += softplus(-logit(shape, parameters, batch.users[q]!, batch.positives[q]!))
    for (let n = 0; n < perPositive; n++)
      loss += softplus(logit(shape, parameters, batch.users[q]!, batch.negatives[q * perPositive + n]!))
  }
  return loss / (count * (1 + perPositive))
}

const shapes: [string, NmfShape, number, number][] = [
  ['one layer', { users: 5, items: 6, gmf: 3, mlp: 2, hidden: [5] }, 7, 2],
  ['two layers', { users: 4, items: 5, gmf: 4, mlp: 4, hidden: [8, 4] }, 20, 4],
  ['few of many rows in a batch', { users: 90, items: 50, gmf: 3, mlp: 2, hidden: [5, 3] }, 4, 2],
  ['three uneven layers', { users: 5, items: 4, gmf: 5, mlp: 3, hidden: [9, 6, 3] }, 15, 1],
]

describe.each(shapes)('NMF with %s', (_, shape, count, perPositive) => {
  test('loss and gradient equal the definition and its central differences', () => {
    const parameters = randomParameters(shape)
    const batch = randomBatch(shape, count, perPositive)
    const gradient = new Float32Array(parameters.length).fill(9)
    const loss = nmfGradient(shape, parameters, batch, gradient)
    const exact = Float64Array.from(parameters)
    expect(loss).toBeCloseTo(referenceLoss(shape, exact, batch), 5)
    for (let i = 0; i < exact.length; i++) {
      const kept = exact[i]!
      exact[i] = kept + 1e-6
      const above = referenceLoss(shape, exact, batch)
      exact[i] = kept - 1e-6
      const below = referenceLoss(shape, exact, batch)
      exact[i] = kept
      expect(Math.abs(gradient[i]! - (above - below) / 2e-6), `parameter ${i}`).toBeLessThan(2e-6)
    }
  })

  test('ranks by the definition, seen items left out', () => {
    const parameters = randomParameters(shape)
    const tables = Object.fromEntries(
      nmfLayout(shape).map(({ name, offset, rows, cols }) => [
        name,
        matrix(rows, cols, parameters.slice(offset, offset + rows * cols)),
      ]),
    )
    const seen = csrFromPairs(shape.users, shape.items, Int32Array.of(0, 0, 2), Int32Array.of(1, 3, 0))
    const users = { gmf: tables['user-gmf']!, mlp: tables['user-mlp']! }
    const ids = nmfTopK(shape, parameters, users, seen, shape.items)
    for (let u = 0; u < shape.users; u++) {
      const expected = Array.from({ length: shape.items }, (_, item) => item)
        .filter((item) => !csrHas(seen, u, item))
        .sort((a, b) => logit(shape, parameters, u, b) - logit(shape, parameters, u, a))
      while (expected.length < shape.items) expected.push(-1)
      expect([...ids.subarray(u * shape.items, (u + 1) * shape.items)]).toEqual(expected)
    }
    expect(nmfTopK(shape, parameters, users, seen, 2)).toEqual(ids.filter((_, at) => at % shape.items < 2))
  })
})

const wide: NmfShape = { users: 300, items: 200, gmf: 16, mlp: 16, hidden: [32, 16, 8] }

test('gives the same bytes on any number of threads and in kernel memory', () => {
  const parameters = randomParameters(wide, 0.1)
  const batch = randomBatch(wide, 3000, 4)
  const results = [1, 2, 5].map((count) => {
    setThreads(count)
    const gradient = new Float32Array(parameters.length)
    return { loss: nmfGradient(wide, parameters, batch, gradient), gradient }
  })
  expect(results[1]).toEqual(results[0])
  expect(results[2]).toEqual(results[0])
  const [heldParameters, heldGradient] = [allocate(parameters.length), allocate(parameters.length)]
  heldParameters.set(parameters)
  expect(nmfGradient(wide, heldParameters, batch, heldGradient)).toBe(results[0]!.loss)
  expect(heldGradient.slice()).toEqual(results[0]!.gradient)
  release(heldParameters)
  release(heldGradient)
})

describe('a batch that names few of many rows', () => {
  const many: NmfShape = { ...wide, users: 1100, items: 900 }
  const small: NmfShape = { ...many, users: 60, items: 80 }

  test('has the loss and the gradient of a model of these rows alone, and 0 for all others', () => {
    const parameters = randomParameters(many)
    const batch = randomBatch(small, 40, 4)
    // Users and items of the small model, spread over the large one in their order.
    const spread = (list: Int32Array, rows: number, of: number): Int32Array =>
      list.map((row) => Math.floor((row * of) / rows) + 3)
    const gradient = new Float32Array(parameters.length).fill(9)
    const loss = nmfGradient(
      many,
      parameters,
      {
        users: spread(batch.users, small.users, many.users - 10),
        positives: spread(batch.positives, small.items, many.items - 10),
        negatives: spread(batch.negatives, small.items, many.items - 10),
      },
      gradient,
    )
    const [few, expected] = [new Float32Array(nmfSize(small)), new Float32Array(parameters.length)]
    const own = new Float32Array(few.length)
    const rowsOf = (each: (from: number, to: number, cols: number) => void): void =>
      nmfLayout(small).forEach(({ name, offset, rows, cols }, t) => {
        const { offset: start, rows: all } = nmfLayout(many)[t]!
        const last = name.startsWith('user-') ? small.users : small.items
        for (let row = 0; row < rows; row++)
          each(
            start + (all === rows ? row : Math.floor((row * (all - 10)) / last) + 3) * cols,
            offset + row * cols,
            cols,
          )
      })
    rowsOf((from, to, cols) => few.set(parameters.subarray(from, from + cols), to))
    expect(nmfGradient(small, few, batch, own)).toBe(loss)
    rowsOf((from, to, cols) => expected.set(own.subarray(to, to + cols), from))
    // Products with rows that no sample names leave -0 in the small model.
    const unsigned = (values: Float32Array): Float32Array => values.map((value) => value + 0)
    expect(unsigned(gradient)).toEqual(unsigned(expected))
  })
})

test('equal scores rank by ascending id', () => {
  const parameters = new Float32Array(nmfSize(wide))
  const users = { gmf: matrix(2, 16), mlp: matrix(2, 16) }
  expect([...nmfTopK(wide, parameters, users, undefined, 4)]).toEqual([0, 1, 2, 3, 0, 1, 2, 3])
})

test('large logits overflow neither loss nor gradient', () => {
  const parameters = randomParameters(wide, 20)
  const gradient = new Float32Array(parameters.length)
  const loss = nmfGradient(wide, parameters, randomBatch(wide, 200, 4), gradient)
  expect(loss).toBeGreaterThan(1000)
  expect(Number.isFinite(loss)).toBe(true)
  expect(gradient.every(Number.isFinite)).toBe(true)
})

test('refuses lengths and shapes that do not fit', () => {
  const parameters = new Float32Array(nmfSize(wide))
  const batch = randomBatch(wide, 3, 2)
  expect(() => nmfGradient(wide, parameters, batch, new Float32Array(1))).toThrow('and gradient of')
  expect(() => nmfGradient(wide, parameters, { ...batch, negatives: new Int32Array(5) }, parameters)).toThrow(
    'a multiple of 3 negatives, got 3 and 5',
  )
  expect(() => nmfTopK(wide, parameters, { gmf: matrix(2, 16), mlp: matrix(3, 16) }, undefined, 4)).toThrow(
    'expected users (2, 16) and (2, 16), got (2, 16) and (3, 16)',
  )
})
