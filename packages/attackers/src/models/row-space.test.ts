import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import { fitLogistic, logisticLogits } from './logistic-regression.ts'
import { discriminant, discriminantLogits, fitDiscriminant } from './quadratic-discriminant.ts'
import { coordinatesOf, ownCoordinates, rowSpace } from './row-space.ts'
import { whitener } from './whiten.ts'

function drawn(rows: number, cols: number, seed: number): Matrix {
  const random = randomStream(seed, 'row-space')
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => 3 + random.normal()),
  )
}

/** The same rows with copies up to more rows than dimensions: what is fitted to them without the space of rows. */
function repeated({ rows, cols, data }: Matrix, times: number): Matrix {
  const out = new Float32Array(times * data.length)
  for (let t = 0; t < times; t++) out.set(data, t * data.length)
  return { rows: times * rows, cols, data: out }
}

const shadow = drawn(12, 20, 1)
const others = drawn(9, 20, 2)
const codes = Int32Array.from({ length: 12 }, (_, i) => i % 2)

test('coordinates keep the distances to the rows that span the space', () => {
  const space = rowSpace(shadow)
  const [own, asked] = [ownCoordinates(space.lower, 12), coordinatesOf(space, others)]
  for (let i = 0; i < 9; i++) {
    for (let m = 0; m < 12; m++) {
      let [plain, turned] = [0, 0]
      for (let j = 0; j < 20; j++) plain += (others.data[20 * i + j]! - shadow.data[20 * m + j]!) ** 2
      for (let j = 0; j < 13; j++) turned += (asked.data[13 * i + j]! - own.data[13 * m + j]!) ** 2
      expect(turned).toBeCloseTo(plain, 4)
    }
  }
})

test('logistic regression on fewer rows than dimensions is at the minimum', () => {
  const model = fitLogistic(shadow, codes, 2)
  // Twice the rows at half the strength have the same minimum, and are not fewer than dimensions.
  const twice = Int32Array.from({ length: 24 }, (_, i) => codes[i % 12]!)
  const plain = fitLogistic(repeated(shadow, 2), twice, 2, { inverseStrength: 0.5 })
  const [narrow, wide] = [logisticLogits(model, others), logisticLogits(plain, others)]
  narrow.forEach((logit, i) => expect(logit).toBeCloseTo(wide[i]!, 5))
})

test('a discriminant on fewer rows than dimensions is that of all dimensions', () => {
  const plain = discriminantLogits(fitDiscriminant(shadow, codes, 2), others)
  const narrow = discriminant(shadow, codes, 2)(others)
  narrow.forEach((logit, at) => expect(Math.abs(logit / plain[at]! - 1)).toBeLessThan(1e-5))
})

test('whitening by rows is whitening by columns', () => {
  // A dimension that is constant is one of its own; the other way is taken where columns are few enough.
  const constant = { ...shadow, data: shadow.data.map((value, p) => (p % 20 === 7 ? 2 : value)) }
  const narrow = whitener(constant)(others)
  const wide = whitenedByColumns(constant, others)
  narrow.data.forEach((value, p) => expect(value).toBeCloseTo(wide[p]!, 4))
})

/** P^-1/2 by its definition: the eigenvectors of P by Jacobi's rotations. */
function whitenedByColumns({ rows: N, cols: K, data }: Matrix, asked: Matrix): number[] {
  const mean = Array.from(
    { length: K },
    (_, j) => Array.from({ length: N }, (_, i) => data[i * K + j]!).reduce((a, b) => a + b) / N,
  )
  const scale = mean.map((m, j) => {
    const deviation = Math.sqrt(
      Array.from({ length: N }, (_, i) => (data[i * K + j]! - m) ** 2 / N).reduce((a, b) => a + b),
    )
    return deviation > 1e-9 ? 1 / deviation : 0
  })
  const p = Array.from({ length: K }, (_, a) =>
    Array.from({ length: K }, (_, b) => {
      if (scale[a] === 0 || scale[b] === 0) return a === b ? 1 : 0
      let sum = 0
      for (let i = 0; i < N; i++)
        sum += ((data[i * K + a]! - mean[a]!) * scale[a]! * (data[i * K + b]! - mean[b]!) * scale[b]!) / N
      return sum
    }),
  )
  const alpha = p.flat().reduce((sum, value) => sum + value * value, 0) / K ** 2
  const rho = Math.min(1, (alpha + 1) / ((N + 1) * (alpha - 1 / K)))
  p.forEach((row, a) => row.forEach((value, b) => (row[b] = (1 - rho) * value + (a === b ? rho : 0))))
  const v = p.map((row, a) => row.map((_, b) => (a === b ? 1 : 0)))
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let a = 0; a < K; a++) {
      for (let b = a + 1; b < K; b++) {
        if (Math.abs(p[a]![b]!) < 1e-15) continue
        const angle = 0.5 * Math.atan2(2 * p[a]![b]!, p[b]![b]! - p[a]![a]!)
        const [c, s] = [Math.cos(angle), Math.sin(angle)]
        for (const each of [p, v]) {
          for (const row of each) [row[a], row[b]] = [c * row[a]! - s * row[b]!, s * row[a]! + c * row[b]!]
        }
        for (let k = 0; k < K; k++)
          [p[a]![k], p[b]![k]] = [c * p[a]![k]! - s * p[b]![k]!, s * p[a]![k]! + c * p[b]![k]!]
      }
    }
  }
  const out: number[] = []
  for (let i = 0; i < asked.rows; i++) {
    const z = mean.map((m, j) => (asked.data[i * K + j]! - m) * (scale[j] === 0 ? 1 : scale[j]!))
    for (let j = 0; j < K; j++) {
      let sum = 0
      for (let e = 0; e < K; e++) {
        let along = 0
        for (let k = 0; k < K; k++) along += z[k]! * v[k]![e]!
        sum += (along * v[j]![e]!) / Math.sqrt(p[e]![e]!)
      }
      out.push(sum)
    }
  }
  return out
}
