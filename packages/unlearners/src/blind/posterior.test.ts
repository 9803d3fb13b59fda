import { matrix, randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import { fitPosterior, posteriorDeviations } from './posterior.ts'

const [n, K] = [800, 4]
const random = randomStream(1, 'posterior')
const x = matrix(
  n,
  K,
  Float32Array.from({ length: n * K }, () => random.normal()),
)
const byRow = (isOne: (i: number) => boolean): Int32Array[] =>
  [0, 1].map((c) => Int32Array.from(Array.from({ length: n }, (_, i) => i).filter((i) => isOne(i) === (c === 1))))

test('explains labels that a curve of the vector tells, and none that are drawn at random', () => {
  const bent = byRow((i) => Math.abs(x.data[i * K]!) + 0.3 * x.data[i * K + 1]! > 0.8)
  expect(fitPosterior(x, bent, 0).explained).toBeGreaterThan(0.3)
  const coins = byRow(() => random.uniform() < 0.4)
  expect(fitPosterior(x, coins, 0).explained).toBeLessThan(0.02)
})

test('says more of a class where it is, and never more than there is', () => {
  const { posterior } = fitPosterior(
    x,
    byRow((i) => x.data[i * K]! > 0.2),
    0,
  )
  const said = (first: number): Float64Array => {
    const out = new Float64Array(2)
    posteriorDeviations(
      posterior,
      Float64Array.of(first, 0, 0, 0),
      new Float64Array(1 + K + posterior.phases.length),
      out,
    )
    return out
  }
  expect(said(1.5)[1]).toBeGreaterThan(0.2)
  expect(said(-1.5)[1]).toBeLessThan(-0.2)
  for (const far of [-50, 50]) {
    said(far).forEach((value, c) => {
      expect(value).toBeGreaterThanOrEqual(-posterior.shares[c]!)
      expect(value).toBeLessThanOrEqual(1 - posterior.shares[c]!)
    })
  }
})
