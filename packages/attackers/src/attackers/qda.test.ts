import { readFileSync } from 'node:fs'
import { matrix, randomStream, rowOf } from '@indistinct/core'
import { auc } from '@indistinct/metrics'
import { describe, expect, test } from 'vitest'
import { qda, qdaAttacker } from './qda.ts'
import { discriminantLogits, fitDiscriminant } from '../models/quadratic-discriminant.ts'

interface Golden {
  name: string
  cols: number
  classes: number
  shrinkage: number | 'oas'
  trainX: number[]
  trainY: number[]
  testX: number[]
  differences: number[]
}
const { cases } = JSON.parse(readFileSync(new URL('./goldens/qda.json', import.meta.url), 'utf8')) as {
  cases: Golden[]
}

test.each(cases)('$name: log-densities differ as the reference says', (golden) => {
  const { cols, classes } = golden
  const x = matrix(golden.trainY.length, cols, Float32Array.from(golden.trainX))
  const held = matrix(golden.testX.length / cols, cols, Float32Array.from(golden.testX))
  const logits = discriminantLogits(fitDiscriminant(x, Int32Array.from(golden.trainY), classes, golden), held)
  golden.differences.forEach((difference, p) => {
    const got = logits[p]! - logits[p - (p % classes)]!
    expect(Math.abs(got - difference)).toBeLessThan(1e-7 * Math.max(1, Math.abs(difference)))
  })
})

/** Rows of class c are normal around zero with deviation spreads[c]. */
function shells(
  counts: readonly number[],
  spreads: readonly number[],
  cols: number,
  seed: number,
): { x: ReturnType<typeof matrix>; codes: Int32Array } {
  const random = randomStream(seed, 'shells')
  const codes = Int32Array.from(counts.flatMap((count, c) => new Array<number>(count).fill(c)))
  return {
    x: matrix(
      codes.length,
      cols,
      Float32Array.from(
        { length: codes.length * cols },
        (_, p) => spreads[codes[Math.floor(p / cols)]!]! * random.normal(),
      ),
    ),
    codes,
  }
}

describe('the attacker', () => {
  test('tells classes that differ in spread only', () => {
    const { x, codes } = shells([40, 40], [1, 1.7], 8, 1)
    const held = shells([200, 200], [1, 1.7], 8, 2)
    const { data } = qda.fitSync(x, codes, { classes: 2, seed: 1 })(held.x)
    expect(
      auc(
        Array.from(held.codes, (_, i) => data[2 * i + 1]!),
        held.codes,
      ),
    ).toBeGreaterThan(0.9)
  })

  test('keeps users apart whose posterior would round to one', () => {
    const { x, codes } = shells([30, 30], [1, 0.001], 16, 3)
    const { data } = qda.fitSync(x, codes, { classes: 2, seed: 1 })(shells([300, 1], [1, 1], 16, 4).x)
    expect(new Set(data.filter((_, p) => p % 2 === 0)).size).toBeGreaterThan(250)
  })

  test('one user of a class, a class of equal users, and users all equal still give scores', () => {
    const score = (values: number[], codes: number[]): Float32Array =>
      qda.fitSync(matrix(codes.length, 2, Float32Array.from(values)), Int32Array.from(codes), { classes: 2, seed: 1 })(
        matrix(2, 2, Float32Array.from([0, 0, 3, 3])),
      ).data
    const one = score([0, 0, 0.1, 1, 1, -0.2, 3, 3], [0, 0, 0, 1])
    expect(one[3]).toBeGreaterThan(0.5)
    expect(one[1]).toBeLessThan(0.5)
    const point = score([0, 0, 0, 0, 3, 2, 2, 3.5, 4, 3], [0, 0, 1, 1, 1])
    expect(point[0]).toBeGreaterThan(0.9)
    expect(point[3]).toBeGreaterThan(0.9)
    const equal = score([1, 1, 1, 1, 1, 1, 1, 1], [0, 0, 1, 1])
    expect([...equal]).toEqual([0.5, 0.5, 0.5, 0.5])
  })

  test('refuses a shrinkage outside 0 to 1, and one that leaves a covariance singular', () => {
    const { x, codes } = shells([4, 4], [1, 1], 8, 5)
    const fit = (shrinkage: number): unknown =>
      qdaAttacker('other', { shrinkage }).fitSync(x, codes, { classes: 2, seed: 1 })
    expect(() => fit(1.5)).toThrow("qdaAttacker: expected a shrinkage from 0 to 1 or 'oas', got 1.5")
    const line = { ...x, data: x.data.map((_, p) => rowOf(x, Math.floor(p / 8))[0]!) }
    expect(() => qdaAttacker('other', { shrinkage: 0 }).fitSync(line, codes, { classes: 2, seed: 1 })).toThrow(
      'expected a positive definite matrix',
    )
  })
})
