import { readFileSync } from 'node:fs'
import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { spearman } from '@indistinct/metrics'
import { expect, test } from 'vitest'
import { kernelRidge, kernelRidgeRegressor } from './kernel-ridge.ts'
import { fitRidge, ridge, ridgeRegressor } from './ridge.ts'
import { xgbRegression } from './xgb-regression.ts'

interface Golden {
  name: string
  cols: number
  penalty: number
  trainX: number[]
  trainY: number[]
  testX: number[]
  ridge: number[]
  kernelRidge: number[]
}
const { cases } = JSON.parse(readFileSync(new URL('./goldens/regression.json', import.meta.url), 'utf8')) as {
  cases: Golden[]
}

test.each(cases)(
  "predicts as scikit-learn's Ridge and KernelRidge: $name",
  async ({ cols, penalty, trainX, trainY, testX, ...wanted }) => {
    const x = matrix(trainY.length, cols, Float32Array.from(trainX))
    const held = matrix(testX.length / cols, cols, Float32Array.from(testX))
    const values = Float64Array.from(trainY)
    const other = values.map((y) => 3 - 2 * y)
    for (const [regressor, golden] of [
      [ridgeRegressor('r', { penalty }), wanted.ridge],
      [kernelRidgeRegressor('k', { penalty }), wanted.kernelRidge],
    ] as const) {
      const [got, turned] = await (await regressor.fit(x, [values, other], { seed: 1 })).predict(held)
      golden.forEach((value, i) => expect(Math.abs(got![i]! - value)).toBeLessThan(1e-9 * Math.max(1, Math.abs(value))))
      // Another set of values beside it: both regressions are linear in them.
      got!.forEach((value, i) => expect(turned![i]).toBeCloseTo(3 - 2 * value, 8))
    }
  },
)

/** Rows (N, 3) whose value is 40 + 10 times a line, a bow or a step of the first column. */
function rows(N: number, shape: (x: number) => number, seed: number): { x: Matrix; y: Float64Array } {
  const random = randomStream(seed, 'regressors')
  const x = matrix(
    N,
    3,
    Float32Array.from({ length: 3 * N }, () => random.normal()),
  )
  return { x, y: Float64Array.from({ length: N }, (_, i) => 40 + 10 * shape(x.data[3 * i]!) + 3 * random.normal()) }
}

const shapes = { line: (x: number) => x, bow: (x: number) => x * x, step: (x: number) => (Math.abs(x) < 0.5 ? 1 : 0) }

test.each([
  ['line', ridge, true],
  ['line', kernelRidge, true],
  ['line', xgbRegression, true],
  ['bow', ridge, false],
  ['bow', kernelRidge, true],
  ['bow', xgbRegression, true],
  ['step', ridge, false],
  ['step', xgbRegression, true],
] as const)('a %s, and %o', async (shape, regressor, seen) => {
  const [known, held] = [rows(300, shapes[shape], 1), rows(200, shapes[shape], 2)]
  const [predicted] = await (await regressor.fit(known.x, [known.y], { seed: 1 })).predict(held.x)
  const told = Math.abs(spearman(predicted!, held.y))
  if (seen) expect(told).toBeGreaterThan(0.6)
  else expect(told).toBeLessThan(0.3)
})

test('of many rows a drawn share is fitted, the same for the same seed', async () => {
  const { x, y } = rows(400, shapes.bow, 1)
  const few = kernelRidgeRegressor('few', { mostRows: 60 })
  const predict = async (seed: number): Promise<Float64Array> =>
    (await (await few.fit(x, [y], { seed })).predict(x))[0]!
  const [first, again, other] = await Promise.all([predict(1), predict(1), predict(2)])
  expect(again).toEqual(first)
  expect(other).not.toEqual(first)
  expect(spearman(first, y)).toBeGreaterThan(0.6)
})

test('a constant column takes no weight', () => {
  const x = matrix(4, 2, Float32Array.from([1, 0, 1, 1, 1, 2, 1, 3]))
  const [{ weights }] = fitRidge(x, [Float64Array.of(0, 1, 2, 3)], 1e-9) as [ReturnType<typeof fitRidge>[0]]
  expect([...weights]).toEqual([0, expect.closeTo(1, 6)])
})
