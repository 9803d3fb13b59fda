import { matrix, type Labels, type Matrix } from '@indistinct/core'
import { setThreads, threads } from '@indistinct/kernels'
import { afterEach, describe, expect, test } from 'vitest'
import { classDifferences } from '../flow/class-differences.ts'
import { centroidAuc, leakyTable } from '../testing/leaky-tables.ts'
import { unlearners } from '../unlearners.ts'
import { updateUnlearned } from './update-unlearned.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

const sizes = [700, 500]
const { embedding, labels } = leakyTable(sizes, 6, 1.2, 1)
/** The first 1,000 users; the others are to come. */
const oldLabels: Labels = { classes: labels.classes, codes: labels.codes.map((code, i) => (i < 1000 ? code : -1)) }

function countOf({ codes }: Labels, code: number): number {
  return codes.filter((each) => each === code).length
}

function slice(m: Matrix, from: number, to: number): Float32Array {
  return m.data.subarray(from * m.cols, to * m.cols)
}

describe('classDifferences', () => {
  test('of one distribution are about chance, and above it once in twenty; a leak stands out', () => {
    let above = 0
    let sum = 0
    for (let trial = 0; trial < 30; trial++) {
      const { ratio, chance } = classDifferences(...tableOf(leakyTable([120, 80], 4, 0, trial)))[0]!
      sum += ratio
      if (ratio > chance) above++
    }
    expect(Math.abs(sum / 30 - 1)).toBeLessThan(0.12)
    expect(above).toBeLessThan(7)
    expect(classDifferences(embedding, labels)[0]!.ratio).toBeGreaterThan(10)
  })

  test('every pair is named, and threads do not matter', () => {
    const table = leakyTable([300, 250, 200], 4, 1, 1)
    const run = (count: number) => {
      setThreads(count)
      return classDifferences(table.embedding, table.labels)
    }
    expect(run(2)).toEqual(run(1))
    expect(run(1).map(({ first, second }) => `${first} ${second}`)).toEqual([
      'class-0 class-1',
      'class-0 class-2',
      'class-1 class-2',
    ])
  })
})

function tableOf({ embedding, labels }: ReturnType<typeof leakyTable>): [Matrix, Labels] {
  return [embedding, labels]
}

describe('updateUnlearned', () => {
  test.each(['mean-matching', 'gaussian-transport', 'leace'] as const)(
    '%s: old users come out the same, new ones as a refit nearly has them, withdrawn ones at their original',
    (name) => {
      const fitted = unlearners[name].fit(embedding, oldLabels)
      const codes = labels.codes.slice()
      codes.fill(-1, 50, 60)
      const updated = updateUnlearned(fitted, embedding, { classes: labels.classes, codes })
      expect(updated).toMatchObject({ kept: 0, mapped: 1190, original: 10 })
      expect(slice(updated.embedding, 0, 50)).toEqual(slice(fitted.unlearned.embedding, 0, 50))
      expect(slice(updated.embedding, 50, 60)).toEqual(slice(embedding, 50, 60))
      expect(slice(updated.embedding, 60, 1000)).toEqual(slice(fitted.unlearned.embedding, 60, 1000))
      const refit = unlearners[name].unlearn(embedding, labels).embedding
      let [drift, moved] = [0, 0]
      for (let p = 1000 * 6; p < 1200 * 6; p++) {
        drift += (updated.embedding.data[p]! - refit.data[p]!) ** 2
        moved += (embedding.data[p]! - refit.data[p]!) ** 2
      }
      expect(Math.sqrt(drift / moved)).toBeLessThan(0.35)
    },
  )

  test('the flow: old users keep their rows, new ones are moved by regression, and hide among them', () => {
    const fitted = unlearners.flow.fit(embedding, oldLabels)
    const known = Uint8Array.from({ length: 1200 }, (_, i) => Number(i < 1000))
    const updated = updateUnlearned(fitted, embedding, labels, {
      previous: { embedding: fitted.unlearned.embedding, known },
    })
    expect(updated).toMatchObject({ kept: 1000, mapped: 200, original: 0 })
    expect(slice(updated.embedding, 0, 1000)).toEqual(slice(fitted.unlearned.embedding, 0, 1000))
    const left = updateUnlearned(fitted, embedding, oldLabels, {
      previous: { embedding: fitted.unlearned.embedding, known },
    })
    expect(left.refit.due).toBe(false)
    expect(slice(left.embedding, 1000, 1200)).toEqual(slice(embedding, 1000, 1200))
    // All 200 new users at their original rows would stand out.
    const raw = classDifferences(left.embedding, labels)[0]!
    expect(updated.refit.pairs[0]!.ratio).toBeLessThan(0.6 * raw.ratio)
  })

  test.each(['flow', 'gaussian-transport', 'leace'] as const)(
    '%s: an attacker tells the users of another day before and not after',
    (name) => {
      const many = leakyTable([1400, 1000], 6, 1.2, 2)
      const today: Labels = {
        classes: many.labels.classes,
        codes: many.labels.codes.map((code, i) => (i < 1200 ? -1 : code)),
      }
      const yesterday: Labels = {
        classes: many.labels.classes,
        codes: many.labels.codes.map((code, i) => (i < 1200 ? code : -1)),
      }
      const fitted = unlearners[name].fit(many.embedding, yesterday)
      const known = Uint8Array.from({ length: 2400 }, (_, i) => Number(i < 1200))
      const updated = updateUnlearned(
        fitted,
        many.embedding,
        many.labels,
        name === 'flow' ? { previous: { embedding: fitted.unlearned.embedding, known } } : {},
      )
      const leak = (table: Matrix): number => centroidAuc({ embedding: table, labels: today }, 2)
      expect(leak(many.embedding)).toBeGreaterThan(0.75)
      // 1,200 users fitted leave the error of their means, and 1,200 attacked a deviation of 0.02.
      expect(Math.abs(leak(updated.embedding) - 0.5)).toBeLessThan(0.06)
    },
  )

  test('a refit is due when new users come from elsewhere, and not before', () => {
    const fitted = unlearners['gaussian-transport'].fit(embedding, oldLabels)
    const reference = classDifferences(fitted.unlearned.embedding, oldLabels)
    expect(updateUnlearned(fitted, embedding, labels, { reference }).refit.due).toBe(false)
    const shifted = matrix(1200, 6, embedding.data.slice())
    for (let i = 1000; i < 1200; i++)
      if (labels.codes[i] === 1) for (let k = 0; k < 6; k++) shifted.data[i * 6 + k]! += 1.5
    const { refit } = updateUnlearned(fitted, shifted, labels, { reference })
    expect(refit.due).toBe(true)
    expect(refit.above).toEqual(refit.pairs)
    expect(updateUnlearned(fitted, shifted, labels, { reference: [{ ...reference[0]!, ratio: 1e6 }] }).refit.due).toBe(
      false,
    )
  })

  test('vectors of another training are told apart as before; days of few users are not said to be', () => {
    const fitted = unlearners.leace.fit(embedding, oldLabels)
    const reference = classDifferences(fitted.unlearned.embedding, oldLabels)
    const turned = matrix(1200, 6)
    for (let p = 0; p < turned.data.length; p++) turned.data[p] = embedding.data[6 * Math.floor(p / 6) + ((p + 3) % 6)]!
    expect(updateUnlearned(fitted, turned, labels, { reference }).refit.unhidden).toHaveLength(1)
    let [unhidden, due] = [0, 0]
    for (let day = 0; day < 60; day++) {
      const codes = labels.codes.map((code, i) => (i >= 1000 && i % 60 >= day && i % 60 < day + 12 ? code : -1))
      const { refit } = updateUnlearned(fitted, embedding, { classes: labels.classes, codes }, { reference })
      unhidden += refit.unhidden.length
      due += refit.above.length
    }
    expect(unhidden).toBe(0)
    expect(due).toBeLessThan(30)
  })

  test('what the fit had left is held to as many users as there are now', () => {
    const fitted = unlearners['random-noise'].fit(embedding, oldLabels, { displacement: 0 })
    const [left] = classDifferences(fitted.unlearned.embedding, oldLabels)
    const pair = updateUnlearned(fitted, embedding, labels, { reference: [left!] }).refit.pairs[0]!
    expect(left!.users).toBeCloseTo(1 / (1 / countOf(oldLabels, 0) + 1 / countOf(oldLabels, 1)))
    // Twice as many users have twice the distance from 1: that is no reason to fit again, and less of it would be.
    const many = { ...left!, users: pair.users! / 2, ratio: 1 + (pair.ratio - 1) / 2 }
    expect(updateUnlearned(fitted, embedding, labels, { reference: [many] }).refit.due).toBe(false)
    const few = { ...left!, users: pair.users! * 4, ratio: pair.ratio }
    expect(updateUnlearned(fitted, embedding, labels, { reference: [few] }).refit.due).toBe(true)
  })

  test('users without a label are mapped on request', () => {
    const fitted = unlearners.leace.fit(embedding, oldLabels)
    const updated = updateUnlearned(fitted, embedding, oldLabels, { unlabelled: 'map' })
    expect(updated).toMatchObject({ mapped: 1200, original: 0 })
    expect(updated.embedding.data).toEqual(fitted.apply(embedding).data)
  })

  test('a class that was not fitted and rows of another table are refused', () => {
    const fitted = unlearners.leace.fit(embedding, oldLabels)
    expect(() => updateUnlearned(fitted, embedding, { classes: ['class-0', 'x'], codes: labels.codes })).toThrow(
      "got 'x'",
    )
    const previous = { embedding: matrix(3, 6), known: new Uint8Array(3) }
    expect(() => updateUnlearned(fitted, embedding, labels, { previous })).toThrow(
      'updateUnlearned: expected previous rows of 1200 x 6 values, got 3 x 6',
    )
  })
})
