import { readFileSync } from 'node:fs'
import { matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import { knn, knnAttacker } from './knn.ts'

interface Golden {
  name: string
  cols: number
  classes: number
  neighbours: number
  trainX: number[]
  trainY: number[]
  testX: number[]
  votes: number[]
}
const { cases } = JSON.parse(readFileSync(new URL('./goldens/knn.json', import.meta.url), 'utf8')) as { cases: Golden[] }

test.each(cases)("$name: shares of the votes are scikit-learn's", async ({ cols, classes, neighbours, trainX, trainY, testX, votes }) => {
  const attacker = knnAttacker('other', { neighbours })
  const x = matrix(trainY.length, cols, Float32Array.from(trainX))
  const fitted = await attacker.fit(x, Int32Array.from(trainY), { classes, seed: 1 })
  const { data } = await fitted.scores(matrix(testX.length / cols, cols, Float32Array.from(testX)))
  expect(data.length).toBe(votes.length)
  votes.forEach((share, p) => expect(Math.abs(data[p]! - share)).toBeLessThan(1e-6))
})

test('fewer rows than neighbours all vote, and of rows equally far the earlier counts', () => {
  const score = knn.fitSync(matrix(3, 1, Float32Array.from([0, 1, 3])), Int32Array.from([0, 0, 1]), { classes: 2, seed: 1 })
  expect(score(matrix(1, 1, Float32Array.from([2]))).data[1]).toBeCloseTo(1 / 2.5, 6)
  const one = knnAttacker('one', { neighbours: 1 }).fitSync(matrix(2, 1, Float32Array.from([0, 2])), Int32Array.from([1, 0]), { classes: 2, seed: 1 })
  expect([...one(matrix(1, 1, Float32Array.from([1]))).data]).toEqual([0, 1])
})

test('a common offset does not swallow small distances', () => {
  const x = matrix(4, 1, Float32Array.from([1, 1 + 2 ** -23, 1 + 2 ** -22, 1 + 2 ** -21]))
  const score = knnAttacker('one', { neighbours: 1 }).fitSync(x, Int32Array.from([0, 1, 0, 1]), { classes: 2, seed: 1 })
  expect([...score(x).data]).toEqual([1, 0, 0, 1, 1, 0, 0, 1])
})

test('refuses no neighbours', () => {
  expect(() => knnAttacker('none', { neighbours: 0 })).toThrow('knnAttacker: expected neighbours of 1 or more, got 0')
})
