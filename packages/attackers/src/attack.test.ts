import { encodeLabels, matrix, type Labels, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { attack } from './attack.ts'
import type { Attacker } from './attacker.ts'
import { equalRows } from './attackers/equal-rows.ts'
import { matchMeans, meansAttacker, shiftedClasses } from './testing.ts'
import { mlp } from './attackers/mlp.ts'
import type { ProtocolName } from './protocols/protocols.ts'
import { xgb } from './attackers/xgb.ts'

const cases = [mlp, xgb].flatMap((attacker) =>
  (['paper', 'five-fold'] as const).map((protocol): [string, Attacker, ProtocolName] => [
    `${attacker.name}, ${protocol}`,
    attacker,
    protocol,
  ]),
)

describe.each(cases)('%s', (_, attacker, protocol) => {
  test('finds a planted leak', async () => {
    const { embedding, labels } = shiftedClasses([160, 220], 4, 1.2, 1)
    const { auc, foldedAuc, chosenSignAuc, balancedAccuracy, permutation } = await attack(embedding, labels, attacker, {
      protocol,
      seed: 1,
      repeats: 1,
      standardise: true,
    })
    // The best attacker's AUC is Phi(1.2 * sqrt 2 / sqrt 2) = 0.885.
    expect(auc.value).toBeGreaterThan(0.72)
    expect(auc.value).toBeLessThan(0.93)
    expect(foldedAuc).toEqual(auc)
    expect(chosenSignAuc!.value).toBeGreaterThan(0.72)
    expect(balancedAccuracy.value).toBeGreaterThan(0.65)
    expect(permutation.p).toBe(0.001)
    expect(auc.lower).toBeGreaterThan(0.6)
  })

  test('sees only chance where labels are random', async () => {
    const { embedding, labels } = shiftedClasses([160, 220], 4, 0, 2)
    const { auc, foldedAuc, permutation, smallestDetectable } = await attack(embedding, labels, attacker, {
      protocol,
      seed: 1,
      repeats: 1,
    })
    // Three standard errors of an AUC of 160 users of each class, widened for cross-validation.
    expect(Math.abs(auc.value - 0.5)).toBeLessThan(3 * Math.SQRT2 * Math.sqrt(321 / (12 * 160 * 160)))
    expect(foldedAuc.lower).toBe(0.5)
    expect(permutation.p).toBeGreaterThan(0.01)
    expect(smallestDetectable).toBeGreaterThan(0.54)
    expect(smallestDetectable).toBeLessThan(0.68)
  })
})

test('an attacker that scores all users alike detects nothing', async () => {
  const { embedding, labels } = shiftedClasses([40, 60, 50], 4, 1, 2)
  const { foldedAuc, permutation, smallestDetectable } = await attack(embedding, labels, equalRows, {
    protocol: 'five-fold',
    seed: 1,
    repeats: 1,
  })
  expect(foldedAuc.value).toBeCloseTo(0.5, 12)
  expect([permutation.p, smallestDetectable]).toEqual([1, 1])
})

test('a table whose classes are more alike than chance is reported as a leak below one half', async () => {
  const { embedding, labels } = shiftedClasses([60, 60], 40, 0.5, 3)
  const matched = matchMeans(embedding, labels)
  for (const attacker of [mlp, meansAttacker]) {
    const { auc, foldedAuc, chosenSignAuc, permutation } = await attack(matched, labels, attacker, {
      protocol: 'five-fold',
      seed: 1,
    })
    expect(auc.value).toBeLessThan(0.3)
    expect(foldedAuc.value).toBe(1 - auc.value)
    expect(foldedAuc.lower).toBeGreaterThan(0.6)
    expect(chosenSignAuc!.value).toBeGreaterThan(0.65)
    expect(permutation.p).toBe(0.001)
  }
})

test('standardising finds what hides in a small dimension behind a large one', async () => {
  const { embedding, labels } = shiftedClasses([150, 150], 3, 2, 4)
  const hidden = { ...embedding, data: embedding.data.map((value, p) => (p % 3 === 2 ? 1000 * value : 0.001 * value)) }
  const options = { protocol: 'five-fold', seed: 1, repeats: 1 } as const
  const raw = await attack(hidden, labels, mlp, options)
  const standardised = await attack(hidden, labels, mlp, { ...options, standardise: true })
  expect(raw.foldedAuc.value).toBeLessThan(0.65)
  expect(standardised.foldedAuc.value).toBeGreaterThan(0.9)
  expect([raw.input, standardised.input]).toEqual(['raw', 'standardised'])
})

describe('more than two labels', () => {
  test.each([mlp, xgb])('$name finds a planted leak', async (attacker) => {
    const { embedding, labels } = shiftedClasses([90, 100, 110], 4, 2, 5)
    const result = await attack(embedding, labels, attacker, { protocol: 'five-fold', seed: 1, repeats: 1 })
    expect(result.perClass.map(({ label }) => label)).toEqual(['label-0', 'label-1', 'label-2'])
    expect(result.auc.value).toBeGreaterThan(0.85)
    expect(result.microF1.value).toBeGreaterThan(0.6)
    expect(result.permutation.p).toBe(0.001)
  })

  test('a class below chance does not hide behind one above it', async () => {
    const oppositeSigns: Attacker = {
      name: 'opposite',
      scaleFree: true,
      fit: async () => ({
        async scores({ rows, cols, data }: Matrix) {
          const out = matrix(rows, 3)
          for (let i = 0; i < rows; i++) out.data.set([-data[i * cols]!, -data[i * cols + 1]!, 0], 3 * i)
          return out
        },
      }),
    }
    const { embedding, labels } = shiftedClasses([100, 100, 100], 2, 1, 6)
    // Class 1 is told by a dimension of its own, in which it lies high and is scored low; class 0 lies low in the
    // other.
    labels.codes.forEach((code, i) => (embedding.data[2 * i + 1]! += code === 1 ? 1.5 : -code))
    const { auc, foldedAuc, perClass, permutation } = await attack(embedding, labels, oppositeSigns, {
      protocol: 'five-fold',
      seed: 1,
      repeats: 1,
    })
    expect(perClass[0]!.auc.value).toBeGreaterThan(0.7)
    expect(perClass[1]!.auc.value).toBeLessThan(0.3)
    expect(Math.abs(auc.value - 0.5)).toBeLessThan(0.1)
    expect(foldedAuc.value).toBeGreaterThan(0.65)
    expect(permutation.p).toBe(0.001)
  })
})

describe('users and labels', () => {
  const { embedding, labels } = shiftedClasses([60, 80], 3, 1, 7)
  const options = { protocol: 'paper', seed: 3, repeats: 2 } as const

  test('the same seed gives the same result, another seed another', async () => {
    const [first, again, other] = await Promise.all(
      [options, options, { ...options, seed: 4 }].map((o) => attack(embedding, labels, mlp, o)),
    )
    expect(again).toEqual(first)
    expect(other!.auc).not.toEqual(first!.auc)
  })

  test('users without a label change nothing but the count', async () => {
    const rows = 280
    const spread = matrix(rows, 3)
    const codes = new Int32Array(rows).fill(-1)
    for (let i = 0; i < 140; i++) {
      spread.data.set(embedding.data.subarray(3 * i, 3 * i + 3), 3 * 2 * i)
      spread.data.set([9, 9, 9], 3 * (2 * i + 1))
      codes[2 * i] = labels.codes[i]!
    }
    const alone = await attack(embedding, labels, meansAttacker, options)
    const { splits, ...among } = await attack(spread, { ...labels, codes }, meansAttacker, options)
    expect({ ...among, splits: alone.splits }).toEqual({ ...alone, leftOut: 140 })
    expect(alone.leftOut).toBe(0)
    for (const { users } of splits) for (const user of users) expect(user % 2).toBe(0)
  })

  test('a class name without users is no class', async () => {
    const wider: Labels = {
      classes: ['label-0', 'nobody', 'label-1'],
      codes: labels.codes.map((code) => (code === 1 ? 2 : code)),
    }
    const result = await attack(embedding, wider, meansAttacker, options)
    expect(result.classes).toEqual(['label-0', 'label-1'])
    expect(result.auc).toEqual((await attack(embedding, labels, meansAttacker, options)).auc)
  })

  const named = (...counts: [string | null, number][]): Labels =>
    encodeLabels(counts.flatMap(([name, count]) => new Array(count).fill(name)))
  test.each<[string, Labels, string]>([
    ['one label only', named(['F', 140]), 'an attack needs users of at least two labels, found only "F" (140 users)'],
    ['no labels', named([null, 140]), 'an attack needs users of at least two labels, found none'],
    [
      'a label with one user',
      named(['F', 139], ['M', 1]),
      'label "M" has 1 user, protocol paper needs at least 20 of each label',
    ],
    ['labels of other rows', named(['F', 30], ['M', 30]), 'the embedding has 140 rows and the attribute 60 labels'],
  ])('refuses %s', async (_, bad, message) => {
    const error = await attack(embedding, bad, meansAttacker, options).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'bad-data', message: expect.stringContaining(message) })
  })

  test('refuses values that are not finite, equal rows, and unknown protocols', async () => {
    const broken = { ...embedding, data: embedding.data.slice() }
    broken.data[7] = NaN
    await expect(attack(broken, labels, meansAttacker, options)).rejects.toThrow(
      'holds NaN at row 2, column 1 (from 0)',
    )
    await expect(attack(matrix(140, 3), labels, meansAttacker, options)).rejects.toThrow(
      'all 140 rows of the embedding are equal',
    )
    await expect(
      attack(matrix(0, 3), { classes: [], codes: new Int32Array(0) }, meansAttacker, options),
    ).rejects.toThrow('is empty (0 x 3)')
    const unknown = { ...options, protocol: 'official' as ProtocolName }
    await expect(attack(embedding, labels, meansAttacker, unknown)).rejects.toMatchObject({ code: 'usage' })
  })
})
