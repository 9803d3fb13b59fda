import { readFileSync } from 'node:fs'
import { matrix, randomStream } from '@indistinct/core'
import { auc } from '@indistinct/metrics'
import { expect, test } from 'vitest'
import { shiftedClasses } from '../testing.ts'
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
const { cases } = JSON.parse(readFileSync(new URL('./goldens/knn.json', import.meta.url), 'utf8')) as {
  cases: Golden[]
}

test.each(cases)(
  "$name: shares of the votes are scikit-learn's",
  async ({ cols, classes, neighbours, trainX, trainY, testX, votes }) => {
    const attacker = knnAttacker('other', { neighbours })
    const x = matrix(trainY.length, cols, Float32Array.from(trainX))
    const fitted = await attacker.fit(x, Int32Array.from(trainY), { classes, seed: 1 })
    const { data } = await fitted.scores(matrix(testX.length / cols, cols, Float32Array.from(testX)))
    expect(data.length).toBe(votes.length)
    votes.forEach((share, p) => expect(Math.abs(data[p]! - share)).toBeLessThan(1e-6))
  },
)

test('fewer rows than neighbours all vote, and of rows equally far the earlier counts', () => {
  const score = knn.fitSync(matrix(3, 1, Float32Array.from([0, 1, 3])), Int32Array.from([0, 0, 1]), {
    classes: 2,
    seed: 1,
  })
  expect(score(matrix(1, 1, Float32Array.from([2]))).data[1]).toBeCloseTo(1 / 2.5, 6)
  const one = knnAttacker('one', { neighbours: 1 }).fitSync(
    matrix(2, 1, Float32Array.from([0, 2])),
    Int32Array.from([1, 0]),
    { classes: 2, seed: 1 },
  )
  expect([...one(matrix(1, 1, Float32Array.from([1]))).data]).toEqual([0, 1])
})

test('a common offset does not swallow small distances', () => {
  const x = matrix(4, 1, Float32Array.from([1, 1 + 2 ** -23, 1 + 2 ** -22, 1 + 2 ** -21]))
  const score = knnAttacker('one', { neighbours: 1 }).fitSync(x, Int32Array.from([0, 1, 0, 1]), { classes: 2, seed: 1 })
  expect([...score(x).data]).toEqual([1, 0, 0, 1, 1, 0, 0, 1])
})

test('refuses no neighbours', () => {
  expect(() => knnAttacker('none', { neighbours: 0 })).toThrow(
    "knnAttacker: expected neighbours of 1 or more or 'chosen', got 0",
  )
})

test('a faint leak is told by many neighbours, a patchwork by few', () => {
  const told = (name: string, known: typeof faint, held: typeof faint): number => {
    const attacker = name === 'chosen' ? knn : knnAttacker(name, { neighbours: Number(name) })
    const { data } = attacker.fitSync(known.embedding, known.labels.codes, { classes: 2, seed: 1 })(held.embedding)
    return auc(
      Array.from(held.labels.codes, (_, i) => data[2 * i + 1]!),
      held.labels.codes,
    )
  }
  const faint = shiftedClasses([200, 200], 8, 0.5, 1)
  const more = shiftedClasses([300, 300], 8, 0.5, 2)
  // Of 45 and 135 neighbours either may tell a little more of other users than it did of these.
  expect(told('chosen', faint, more)).toBeGreaterThan(
    Math.max(...['5', '15', '45', '135'].map((k) => told(k, faint, more))) - 0.01,
  )
  expect(told('chosen', faint, more)).toBeGreaterThan(told('15', faint, more) + 0.02)
  const patches = (seed: number): typeof faint => {
    const random = randomStream(seed, 'patches')
    const { embedding, labels } = shiftedClasses([200, 200], 2, 0, seed)
    // Squares of a chessboard with 8 x 8 fields.
    for (let i = 0; i < 400; i++) {
      const [a, b] = [random.integer(8), random.integer(4)]
      embedding.data[2 * i] = a + random.uniform()
      embedding.data[2 * i + 1] = 2 * b + ((a + labels.codes[i]!) % 2) + random.uniform()
    }
    return { embedding, labels }
  }
  expect(told('chosen', patches(3), patches(4))).toBe(told('5', patches(3), patches(4)))
  expect(told('chosen', patches(3), patches(4))).toBeGreaterThan(0.7)
})
