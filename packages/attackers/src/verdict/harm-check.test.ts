import { matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import { harmAttackers, harmCheck, type HarmCheck } from './harm-check.ts'
import { planOf, scoresOf } from './harm-scores.ts'
import { attackData } from '../protocols/attack-data.ts'
import { fiveFoldProtocol } from '../protocols/five-fold-protocol.ts'
import { shiftedClasses } from '../testing.ts'

const users = 600
const labels: Labels = { classes: ['F', 'M'], codes: Int32Array.from({ length: users }, (_, i) => (i % 5 < 2 ? 0 : 1)) }
const noise = (seed: number, cols = 6): Matrix => {
  const random = randomStream(seed, 'harm-check-test')
  return matrix(
    users,
    cols,
    Float32Array.from({ length: users * cols }, () => random.normal()),
  )
}
const plain = noise(1)
const changed = (of: (value: number, i: number, j: number) => number, table = plain): Matrix => ({
  ...table,
  data: table.data.map((value, p) => of(value, Math.floor(p / table.cols), p % table.cols)),
})
const worseOf = ({ findings }: HarmCheck): string[] =>
  findings.filter(({ worse }) => worse).map(({ attacker }) => attacker)

test('equal vectors parted by their labels, which no broad statistic sees', async () => {
  const shared = changed((value, i, j) => (i < 60 ? j : value))
  const parted = changed((value, i, j) => (i < 60 ? j + 1e-4 * labels.codes[i]! : value))
  const result = await harmCheck(shared, parted, labels, { seed: 1 })
  expect(result.worse).toBe(true)
  expect(worseOf(result)).toContain('equal-rows')
  expect(result.sentence).toMatch(/^\d of \d+ attackers of fine structure gained more than chance explains: /)
  expect(
    (await harmCheck(shared, shared, labels, { seed: 1 })).findings.every(({ difference }) => difference.value === 0),
  ).toBe(true)
})

test('tight clusters of both labels, in which each label moves its own way', async () => {
  const centres = noise(2)
  const clusters = changed((value, i, j) => centres.data[6 * (i % 101) + j]! + 0.01 * value)
  const drawn = changed((value, i) => value + 0.02 * labels.codes[i]!, clusters)
  const result = await harmCheck(clusters, drawn, labels, { seed: 1 })
  expect(worseOf(result)).toEqual(expect.arrayContaining(['knn-1']))
})

test('a leak that was there and is gone, or stays, is no harm', async () => {
  const leaking = shiftedClasses([240, 360], 6, 1.5, 1)
  const gone = await harmCheck(leaking.embedding, shiftedClasses([240, 360], 6, 0, 2).embedding, leaking.labels, {
    seed: 1,
  })
  const stays = await harmCheck(leaking.embedding, shiftedClasses([240, 360], 6, 1.5, 3).embedding, leaking.labels, {
    seed: 1,
  })
  expect([gone.worse, stays.worse]).toEqual([false, false])
  expect(gone.sentence).toMatch(
    /^None of \d+ attackers of fine structure gained more than chance explains; the strongest, /,
  )
  expect(gone.findings.map(({ attacker }) => attacker)).toEqual(Object.keys(harmAttackers))
})

test('what is allowed is said where nothing gained more', async () => {
  const shared = changed((value, i, j) => (i < 60 ? j : value))
  const parted = changed((value, i, j) => (i < 60 ? j + 1e-4 * labels.codes[i]! : value))
  const { worse, sentence } = await harmCheck(shared, parted, labels, { seed: 1, tolerance: 0.4 })
  expect(worse).toBe(false)
  expect(sentence).toMatch(/^None of \d+ attackers of fine structure gained over 0\.400 beyond what chance explains; /)
})

test('users whose nearest neighbours agree have one score', async () => {
  const { codes, rowsOfClass } = attackData(plain, labels, [fiveFoldProtocol])
  const scores = await scoresOf(plain, planOf(rowsOfClass, codes, plain.cols, 5, 1))
  expect([...new Set(scores.get('knn-1')!.data)].sort()).toEqual([0, 1])
  expect(
    scores
      .get('knn-5')!
      .data.filter((score) => score > 0.99999)
      .every((score) => score === 1),
  ).toBe(true)
})

test('below chance is a leak as well', async () => {
  // Each user beside one of the other label: the nearest is always wrong.
  const pairs = changed((_, i, j) => plain.data[6 * (i - (i % 2)) + j]! + (i % 2 === 0 ? 0 : 1e-3))
  const halves = { ...labels, codes: labels.codes.map((_, i) => i % 2) }
  const { findings, worse } = await harmCheck(plain, pairs, halves, { seed: 1 })
  const nearest = findings.find(({ attacker }) => attacker === 'knn-1')!
  expect([worse, nearest.worse]).toEqual([true, true])
  expect(nearest.after.auc).toBeLessThan(0.2)
  expect(nearest.after.foldedAuc).toBe(1 - nearest.after.auc)
})

test('users without a label are left out, the same seed repeats, and what is wrong is refused', async () => {
  const some = { ...labels, codes: labels.codes.map((code, i) => (i % 10 === 0 ? -1 : code)) }
  const first = await harmCheck(plain, noise(3), some, { seed: 5 })
  expect([first.labelled, first.scored]).toEqual([540, 540])
  expect(await harmCheck(plain, noise(3), some, { seed: 5 })).toEqual(first)
  await expect(harmCheck(plain, matrix(10, 6), labels, { seed: 1 })).rejects.toThrow(
    'expected tables of as many rows, got 600 and 10',
  )
  await expect(harmCheck(plain, plain, labels, { seed: 1, level: 0 })).rejects.toThrow(
    'expected a level in (0, 1), got 0',
  )
})

test('more than two labels', async () => {
  const three = { classes: ['a', 'b', 'c'], codes: Int32Array.from({ length: users }, (_, i) => i % 3) }
  const parted = changed((value, i, j) => (j === 0 ? Math.round(value) + 1e-4 * three.codes[i]! : value))
  const result = await harmCheck(
    changed((value, _, j) => (j === 0 ? Math.round(value) : value)),
    parted,
    three,
    { seed: 1 },
  )
  expect(worseOf(result)).toContain('xgb-20')
})
