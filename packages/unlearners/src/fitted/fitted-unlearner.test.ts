import { gatherRows, IndistinctError, labelledRows, matrix, type Labels, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { squaredDistance } from '../closed/closed-form.ts'
import { fittedFromJson, fittedToJson } from './fitted-json.ts'
import { mapUnlabelled, type Fitted } from './fitted-unlearner.ts'
import { centroidAuc, leakyTable } from '../testing/leaky-tables.ts'
import { unlearners, type UnlearnerName } from '../unlearners.ts'

/** What the tests take out of a fit's JSON. */
interface Damaged {
  schema: string
  map?: { kind: string; maps: { shift: unknown[] }[] }
}

// A draw is of users, not of rows: see relabel/fit-relabel.test.ts.
const names = (Object.keys(unlearners) as UnlearnerName[]).filter((name) => name !== 'relabel')

function fit(name: UnlearnerName, embedding: Matrix, labels: Labels): Fitted {
  return unlearners[name].fit(
    embedding,
    labels,
    name === 'd2d-r' || name === 'u2u-r' ? { steps: 40, learningRate: 0.01 } : {},
  )
}

describe.each(names)('fit of %s', (name) => {
  const { embedding, labels } = leakyTable([60, 45, 50], 4, 1.5, 1, 20)
  const fitted = fit(name, embedding, labels)

  test('is frozen, and has the result of unlearn', () => {
    expect(Object.isFrozen(fitted) && Object.isFrozen(fitted.map) && Object.isFrozen(fitted.unlearned)).toBe(true)
    expect(fitted).toMatchObject({ method: name, columns: 4, classes: ['class-0', 'class-1', 'class-2'] })
    const { unlearn } = unlearners[name]
    const options = name === 'd2d-r' || name === 'u2u-r' ? { steps: 40, learningRate: 0.01 } : {}
    expect(fitted.unlearned.embedding.data).toEqual(unlearn(embedding, labels, options).embedding.data)
  })

  test('applied to its own table it repeats the result, byte for byte or as near as it says', () => {
    const again = fitted.apply(embedding, labels)
    if (fitted.exact) expect(again.data).toEqual(fitted.unlearned.embedding.data)
    else {
      const moved = squaredDistance(embedding, fitted.unlearned.embedding)
      const residual = Math.sqrt(squaredDistance(again, fitted.unlearned.embedding) / moved)
      expect(residual).toBeCloseTo(fitted.parameters['mapResidual'] as number, 6)
      expect(residual).toBeLessThan(0.7)
    }
  })

  test('each row is mapped by itself: part of a table gives part of the result', () => {
    const rows = labelledRows(labels).filter((_, at) => at % 3 === 1)
    const codes = Int32Array.from(rows, (i) => labels.codes[i]!)
    expect(fitted.apply(gatherRows(embedding, rows), { classes: labels.classes, codes })).toEqual(
      gatherRows(fitted.apply(embedding, labels), rows),
    )
  })

  test('rows without a label keep their bits, or are mapped as everyone where there is one rule for all', () => {
    expect(fitted.apply(embedding, labels).data.subarray(0, 80)).toEqual(embedding.data.subarray(0, 80))
    expect(unlearners[name].mapsEveryone ?? false).toBe(fitted.map.kind !== 'by-class')
    if (!unlearners[name].mapsEveryone) {
      expect(() => mapUnlabelled(fitted, embedding, labels)).toThrow(/expected a label in every row .* none in row 0/)
      return expect(() => fitted.apply(embedding)).toThrow('unlearn by blind or leace')
    }
    const mapped = mapUnlabelled(fitted, embedding, labels)
    expect(mapped.data.subarray(80)).toEqual(fitted.unlearned.embedding.data.subarray(80))
    expect(mapped.data.subarray(0, 80)).toEqual(fitted.apply(embedding).data.subarray(0, 80))
    expect(squaredDistance(mapped, fitted.unlearned.embedding)).toBeGreaterThan(0)
  })

  test('goes through JSON and maps to the same bytes', () => {
    const read = fittedFromJson(JSON.parse(JSON.stringify(fittedToJson(fitted))))
    expect(read.apply(embedding, labels)).toEqual(fitted.apply(embedding, labels))
    if (unlearners[name].mapsEveryone) expect(read.apply(embedding)).toEqual(fitted.apply(embedding))
    expect(fittedToJson(read)).toEqual(fittedToJson(fitted))
  })

  test('classes go by name, and an unknown one is refused', () => {
    const turned: Labels = {
      classes: ['class-2', 'class-1', 'class-0'],
      codes: labels.codes.map((code) => (code === -1 ? -1 : 2 - code)),
    }
    expect(fitted.apply(embedding, turned)).toEqual(fitted.apply(embedding, labels))
    const other: Labels = { classes: ['class-0', 'x'], codes: labels.codes.map((code) => Math.min(code, 1)) }
    expect(() => fitted.apply(embedding, other)).toThrow(
      "expected labels among class-0, class-1, class-2, as fitted, got 'x'",
    )
    expect(() => fitted.apply(matrix(2, 3))).toThrow('expected rows of 4 columns, as fitted, got 3')
  })
})

test('one rule for all hides users whose label the fit never saw', () => {
  const { embedding, labels } = leakyTable([2500, 1800], 8, 1.5, 3)
  const known: Labels = { classes: labels.classes, codes: labels.codes.map((code, i) => (i % 2 ? code : -1)) }
  const hidden: Labels = { classes: labels.classes, codes: labels.codes.map((code, i) => (i % 2 ? -1 : code)) }
  const leak = (moved: Matrix): number => centroidAuc({ embedding: moved, labels: hidden }, 1)
  expect(leak(embedding)).toBeGreaterThan(0.75)
  for (const name of ['leace', 'blind'] as const)
    expect(Math.abs(leak(fit(name, embedding, known).apply(embedding)) - 0.5)).toBeLessThan(0.05)
})

describe('fittedFromJson', () => {
  const { embedding, labels } = leakyTable([30, 20], 3, 1, 1)
  const json = (): Damaged => JSON.parse(JSON.stringify(fittedToJson(fit('mean-matching', embedding, labels))))

  test.each<[string, (value: Damaged) => void, string]>([
    [
      'another schema',
      (value) => Object.assign(value, { schema: 'x' }),
      'fit.json: expected a fit of schema indistinct/fitted/1, got "x"',
    ],
    ['no map', (value) => delete value.map, 'fit.json: map: expected an object, got undefined'],
    [
      'a map of another width',
      (value) => (value.map!.maps[0]!.shift = [1]),
      'fit.json: map: maps[0]: expected shift as a list of 3',
    ],
    ['a map too few', (value) => value.map!.maps.pop(), 'fit.json: map: expected maps as a list of 2'],
    [
      'text for a number',
      (value) => (value.map!.maps[0]!.shift[1] = 'x'),
      'fit.json: map: maps[0].shift: expected finite numbers',
    ],
    [
      'a kind of its own',
      (value) => (value.map!.kind = 'spline'),
      'expected kind shared, blind, by-class, noise or dealt, got "spline"',
    ],
  ])('refuses %s', (_, damage, message) => {
    const value = json()
    damage(value)
    let error: unknown
    try {
      fittedFromJson(value, 'fit.json')
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(IndistinctError)
    expect((error as Error).message).toContain(message)
  })

  test.each([
    [null, 'null'],
    [[], 'a list'],
    ['x', 'string'],
  ])('refuses %j', (value, what) => {
    expect(() => fittedFromJson(value)).toThrow(`fit: expected an object, got ${what}`)
  })
})
