import { matrix, randomStream, shuffle, type Matrix } from '@indistinct/core'
import { hsic, hsicTarget } from '@indistinct/losses'
import { describe, expect, test } from 'vitest'
import { hsicFlow } from './hsic-flow.ts'

/** Users (N, K) whose first dimension grows with age, whose second is largest in the middle, and whose third widens. */
function aged(N: number, K: number): { embedding: Matrix; ages: Float64Array } {
  const random = randomStream(2, 'aged')
  const ages = Float64Array.from({ length: N }, (_, i) => (i < 20 ? NaN : Math.round(Math.max(10, 35 + 12 * random.normal()))))
  const embedding = matrix(N, K)
  for (let i = 0; i < N; i++) {
    const y = i < 20 ? 0 : (ages[i]! - 35) / 12
    for (let k = 0; k < K; k++) embedding.data[i * K + k] = random.normal() * (k === 2 ? Math.exp(0.3 * y) : 1)
    embedding.data[i * K]! += 0.7 * y
    embedding.data[i * K + 1]! += 0.6 * (y * y - 1)
  }
  return { embedding, ages }
}

type Kernel = (a: Float32Array, b: Float32Array) => number

function gramOf(table: Matrix, kernel: Kernel): Float64Array[] {
  const row = (i: number): Float32Array => table.data.subarray(i * table.cols, (i + 1) * table.cols)
  return Array.from({ length: table.rows }, (_, i) => Float64Array.from({ length: table.rows }, (_, j) => kernel(row(i), row(j))))
}

/** Correlation of held-out values with kernel ridge predictions, over five folds. */
function heldOutCorrelation(all: readonly Float64Array[], values: Float64Array, ridge: number, seed: number): number {
  const rows = shuffle(Int32Array.from([...values.keys()].filter((i) => !Number.isNaN(values[i]!))), randomStream(seed, 'folds'))
  const [predicted, actual]: number[][] = [[], []]
  for (let fold = 0; fold < 5; fold++) {
    const train = [...rows].filter((_, at) => at % 5 !== fold)
    const mean = train.reduce((sum, i) => sum + values[i]! / train.length, 0)
    // Conjugate gradients on (K + ridge) a = y.
    const gram = train.map((i) => Float64Array.from(train, (j) => all[i]![j]! + (i === j ? ridge : 0)))
    const a = new Float64Array(train.length)
    const residual = Float64Array.from(train, (i) => values[i]! - mean)
    const direction = residual.slice()
    let norm = residual.reduce((sum, x) => sum + x * x, 0)
    for (let step = 0; step < 25 && norm > 1e-9; step++) {
      const image = gram.map((line) => {
        let sum = 0
        for (let j = 0; j < line.length; j++) sum += line[j]! * direction[j]!
        return sum
      })
      const length = norm / image.reduce((sum, x, j) => sum + x * direction[j]!, 0)
      image.forEach((x, j) => ((a[j]! += length * direction[j]!), (residual[j]! -= length * x)))
      const next = residual.reduce((sum, x) => sum + x * x, 0)
      direction.forEach((x, j) => (direction[j] = residual[j]! + (next / norm) * x))
      norm = next
    }
    const test = [...rows].filter((_, at) => at % 5 === fold)
    for (const i of test) {
      predicted!.push(mean + train.reduce((sum, j, at) => sum + a[at]! * all[i]![j]!, 0))
      actual!.push(values[i]!)
    }
  }
  const mean = (x: number[]): number => x.reduce((sum, value) => sum + value, 0) / x.length
  const [mp, ma] = [mean(predicted!), mean(actual!)]
  const cross = (x: number[], mx: number, y: number[], my: number): number => x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0)
  return cross(predicted!, mp, actual!, ma) / Math.sqrt(cross(predicted!, mp, predicted!, mp) * cross(actual!, ma, actual!, ma))
}

const linear: Kernel = (a, b) => a.reduce((sum, x, k) => sum + x * b[k]!, 0)
const radial: Kernel = (a, b) => Math.exp(-a.reduce((sum, x, k) => sum + (x - b[k]!) ** 2, 0) / 12)

describe('hsicFlow', () => {
  const { embedding, ages } = aged(420, 6)
  const result = hsicFlow(embedding, ages)

  test('lands on the null, the linear part with it', () => {
    const before = hsic(embedding, hsicTarget(ages))
    const after = hsic(result.embedding, hsicTarget(ages))
    expect(before.value / before.nullValue).toBeGreaterThan(5)
    expect(after.value / after.nullValue).toBeGreaterThan(0.9999)
    expect(after.value / after.nullValue).toBeLessThan(1.011)
    expect(result.parameters['linearBefore']).toBeGreaterThan(10)
    expect(result.parameters['linearAfter']).toBeLessThan(1.5)
    expect(result.passes).toBe(result.trace.length)
    expect(result.passes).toBeLessThan(40)
  })

  test.each([['ridge', linear, 20], ['kernel ridge', radial, 1]] as const)('%s regression predicts before and is at chance after', (_, kernel, ridge) => {
    expect(heldOutCorrelation(gramOf(embedding, kernel), ages, ridge, 1)).toBeGreaterThan(0.4)
    const gram = gramOf(result.embedding, kernel)
    const seen = heldOutCorrelation(gram, ages, ridge, 1)
    const labelled = [...ages.keys()].filter((i) => !Number.isNaN(ages[i]!))
    const nulls = Array.from({ length: 8 }, (_, draw) => {
      const dealt = shuffle(Float64Array.from(labelled, (i) => ages[i]!), randomStream(draw, 'deal'))
      const values = ages.slice()
      labelled.forEach((i, r) => (values[i] = dealt[r]!))
      return heldOutCorrelation(gram, values, ridge, 1)
    })
    const mean = nulls.reduce((a, b) => a + b, 0) / nulls.length
    const deviation = Math.sqrt(nulls.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (nulls.length - 1))
    expect(Math.abs(seen - mean)).toBeLessThan(4 * deviation)
  })

  test('users without a value stay, the table that went in too, and bytes repeat', () => {
    expect(result.embedding.data.subarray(0, 120)).toEqual(embedding.data.subarray(0, 120))
    expect(hsicFlow(embedding, ages).embedding.data).toEqual(result.embedding.data)
  })

  test('independent values move nobody once they are at the null', () => {
    const again = hsicFlow(result.embedding, ages, { level: 2 })
    expect(again.parameters['outcome']).toBe('already at null')
    expect(again.embedding.data).toEqual(result.embedding.data)
  })

  test('refuses values and tables that do not fit, and says in which pass it gave up', () => {
    expect(() => hsicFlow(embedding, ages.subarray(1))).toThrow('hsicFlow: expected a value or NaN for each of 420 rows, got 419')
    expect(() => hsicFlow(embedding, ages, { maxPasses: 1 })).toThrow(/hsicFlow: expected to land within 1 passes, got HSIC .* in pass 2/)
    const broken = matrix(420, 6, embedding.data.slice())
    broken.data[8] = NaN
    expect(() => hsicFlow(broken, ages)).toThrow('expected finite values, got NaN in row 1, column 2')
  })
})
