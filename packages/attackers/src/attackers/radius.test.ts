import { readFileSync } from 'node:fs'
import { matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { auc, macroAuc } from '@indistinct/metrics'
import { expect, test } from 'vitest'
import { attack } from '../attack.ts'
import { meansAttacker, shiftedClasses } from '../testing.ts'
import { radius } from './radius.ts'
import { fitShells, radiusFeatures } from '../models/radius-features.ts'

interface Golden {
  name: string
  cols: number
  classes: number
  trainX: number[]
  trainY: number[]
  testX: number[]
  own: number[]
  other: number[]
  probabilities: number[]
}
const { cases } = JSON.parse(readFileSync(new URL('./goldens/radius.json', import.meta.url), 'utf8')) as {
  cases: Golden[]
}

test.each(cases)(
  '$name: features and probabilities are those of the reference',
  async ({ cols, classes, trainX, trainY, testX, own, other, probabilities }) => {
    const x = matrix(trainY.length, cols, Float32Array.from(trainX))
    const held = matrix(testX.length / cols, cols, Float32Array.from(testX))
    const { shells, features } = fitShells(x, Int32Array.from(trainY), classes)
    own.forEach((value, p) => expect(Math.abs(features.data[p]! - value)).toBeLessThan(1e-5))
    const { data } = radiusFeatures(shells, held)
    other.forEach((value, p) => expect(Math.abs(data[p]! - value)).toBeLessThan(1e-5))
    const scores = await (await radius.fit(x, Int32Array.from(trainY), { classes, seed: 1 })).scores(held)
    probabilities.forEach((p, at) => {
      if (p > 0.02 && p < 0.98) expect(Math.abs(scores.data[at]! - p)).toBeLessThan(1e-4)
    })
  },
)

test('concentric classes, which a means attacker is at chance on, on any scale', async () => {
  const { embedding, labels } = concentric([200, 200], [1, 2], 8)
  const options = { protocol: 'paper', seed: 1, repeats: 2 } as const
  const found = await attack(embedding, labels, radius, options)
  const chance = await attack(embedding, labels, meansAttacker, options)
  expect(found.auc.value).toBeGreaterThan(0.95)
  expect(chance.foldedAuc.value).toBeLessThan(0.6)
  const tiny = { ...embedding, data: embedding.data.map((value) => value * 2 ** -40) }
  expect((await attack(tiny, labels, radius, options)).auc.value).toBeCloseTo(found.auc.value, 6)
})

test('the middle of three shells is told from both sides', () => {
  const known = concentric([150, 150, 150], [1, 2, 4], 12)
  const held = concentric([100, 100, 100], [1, 2, 4], 12)
  const score = radius.fitSync(known.embedding, known.labels.codes, { classes: 3, seed: 1 })(held.embedding)
  expect(macroAuc(score, held.labels.codes)).toBeGreaterThan(0.98)
  expect(
    auc(
      Array.from(held.labels.codes, (_, i) => score.data[3 * i + 1]!),
      held.labels.codes,
    ),
  ).toBeGreaterThan(0.97)
})

test('one user of a class, equal users and a table of equal rows still give scores', () => {
  const score = (values: number[], codes: number[]): Float32Array =>
    radius.fitSync(matrix(codes.length, 1, Float32Array.from(values)), Int32Array.from(codes), { classes: 2, seed: 1 })(
      matrix(2, 1, Float32Array.from([0, 3])),
    ).data
  const sums = (scores: Float32Array): void =>
    [0, 2].forEach((p) => expect(scores[p]! + scores[p + 1]!).toBeCloseTo(1, 6))
  sums(score([0, 0.5, 1, 3], [0, 0, 0, 1]))
  sums(score([0, 0, 0, 3, 2, 4], [0, 0, 0, 1, 1, 1]))
  sums(score([1, 1, 1, 1], [0, 0, 1, 1]))
})

/** Normal around zero, each class with its own deviation. */
function concentric(
  counts: readonly number[],
  deviations: readonly number[],
  cols: number,
): { embedding: Matrix; labels: Labels } {
  const random = randomStream(counts[0]!, 'concentric')
  const { embedding, labels } = shiftedClasses(counts, cols, 0, 1)
  for (let p = 0; p < embedding.data.length; p++)
    embedding.data[p] = deviations[labels.codes[Math.floor(p / cols)]!]! * random.normal()
  return { embedding, labels }
}
