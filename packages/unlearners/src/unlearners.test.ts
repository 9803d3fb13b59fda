import { IndistinctError, matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { classRows, d2d } from '@indistinct/losses'
import { describe, expect, test } from 'vitest'
import { momentRatios } from './flow/calibrate/class-moments.ts'
import { centroidAuc, leakyTable } from './testing/leaky-tables.ts'
import { unlearnTables } from './unlearn-tables.ts'
import { unlearners, type UnlearnerName } from './unlearners.ts'

const names = Object.keys(unlearners) as UnlearnerName[]
const quick = (name: UnlearnerName): { steps?: number; drawSeed?: number } =>
  name === 'd2d-r' || name === 'u2u-r' ? { steps: 3 } : name === 'relabel' ? { drawSeed: 1 } : {}

function unlearn(name: UnlearnerName, embedding: Matrix, labels: Labels) {
  return unlearners[name].unlearn(embedding, labels, quick(name))
}

/** The error that `run` throws. */
function thrown(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

describe.each(names)('%s', (name) => {
  const { embedding, labels } = leakyTable([30, 20], 5, 1.5, 1, 2)

  test('returns a frozen result under its own name, with every default that is used', () => {
    const result = unlearn(name, embedding, labels)
    expect(result.method).toBe(name)
    expect(
      Object.isFrozen(result) &&
        Object.isFrozen(result.embedding) &&
        Object.isFrozen(result.trace) &&
        Object.isFrozen(result.parameters),
    ).toBe(true)
    expect(result.parameters).toMatchObject({ ...unlearners[name].defaults, ...quick(name) })
    expect(() => JSON.stringify(result.parameters)).not.toThrow()
    expect(result.passes).toBe(result.trace.length)
    expect(unlearners[name].description).toMatch(/^\S.{20,}$/)
  })

  test('gives equal bytes for equal input, and leaves the input alone', () => {
    const copy = embedding.data.slice()
    expect(unlearn(name, embedding, labels).embedding.data).toEqual(unlearn(name, embedding, labels).embedding.data)
    expect(embedding.data).toEqual(copy)
  })

  test.each([NaN, Infinity])('refuses %d, naming row and column', (value) => {
    const broken = matrix(embedding.rows, embedding.cols, embedding.data.slice())
    broken.data[7 * 5 + 3] = value
    const error = thrown(() => unlearn(name, broken, labels))
    expect(error).toBeInstanceOf(IndistinctError)
    expect(error.message).toContain(`expected finite values, got ${value} in row 7, column 3`)
  })

  test('refuses one class, a class of one user, no label at all', () => {
    const of = (codes: number[]): Error =>
      thrown(() =>
        unlearn(name, matrix(4, 1, Float32Array.of(1, 2, 3, 4)), {
          classes: ['f', 'm'],
          codes: Int32Array.from(codes),
        }),
      )
    expect(of([1, 1, 1, -1]).message).toContain("expected users of at least two classes, got only 'm'")
    expect(of([1, 1, 1, 0]).message).toContain("expected at least two users of every class, got one of 'f'")
    expect(of([-1, -1, -1, -1]).message).toContain('got no labelled user')
    expect((of([1, 1, 1, 0]) as IndistinctError).code).toBe('bad-data')
  })

  test('refuses equal rows and shapes that do not fit', () => {
    const equal = matrix(4, 2, new Float32Array(8).fill(0.5))
    expect(
      thrown(() => unlearn(name, equal, { classes: ['f', 'm'], codes: Int32Array.of(0, 0, 1, 1) })).message,
    ).toContain('got 4 equal rows')
    expect(thrown(() => unlearn(name, equal, { classes: ['f', 'm'], codes: Int32Array.of(0, 1) }))).toBeInstanceOf(
      RangeError,
    )
    expect(
      thrown(() =>
        unlearn(
          name,
          { rows: 4, cols: 3, data: equal.data },
          { classes: ['f', 'm'], codes: Int32Array.of(0, 0, 1, 1) },
        ),
      ),
    ).toBeInstanceOf(RangeError)
  })
})

describe('unlearnTables', () => {
  const gmf = leakyTable([30, 20], 5, 1.5, 1)
  const mlp = leakyTable([30, 20], 3, 1.5, 1)

  test('covers every table, each as on its own', () => {
    const results = unlearnTables(
      { gmf: gmf.embedding, mlp: mlp.embedding },
      gmf.labels,
      'flow',
      { level: 1.2 },
      { together: false },
    )
    expect(Object.keys(results)).toEqual(['gmf', 'mlp'])
    expect(results['mlp']!.embedding.data).toEqual(
      unlearners.flow.unlearn(mlp.embedding, gmf.labels, { level: 1.2 }).embedding.data,
    )
  })

  test('names the table that failed and keeps the kind of error', () => {
    const broken = matrix(50, 3)
    const error = thrown(() =>
      unlearnTables({ gmf: gmf.embedding, mlp: broken }, gmf.labels, 'flow', {}, { together: false }),
    )
    expect(error.message).toMatch(/^table 'mlp': calibratedFlow: expected users that differ/)
    expect((error as IndistinctError).code).toBe('bad-data')
  })

  test('together: two views of the same users are at chance side by side, which one by one they are not', () => {
    const before = leakyTable([260, 140], 6, 1.5, 9, 15)
    const random = randomStream(9, 'second view')
    // The second table is nearly a bent and scaled copy of the first.
    const view = matrix(
      415,
      6,
      before.embedding.data.map((x) => 20 * (x + 0.2 * x * x * x) + 0.5 * random.normal()),
    )
    const tables = { first: before.embedding, second: view }
    const wide = (results: ReturnType<typeof unlearnTables>): Matrix => {
      const out = matrix(415, 12)
      for (let i = 0; i < 415; i++) {
        // First table, and what the second adds to it: the attacker's best view in units he chooses.
        for (let k = 0; k < 6; k++) {
          const x = results['first']!.embedding.data[i * 6 + k]!
          out.data[i * 12 + k] = x
          out.data[i * 12 + 6 + k] = results['second']!.embedding.data[i * 6 + k]! - 20 * (x + 0.2 * x * x * x)
        }
      }
      return out
    }
    const apart = unlearnTables(tables, before.labels, 'flow', {}, { together: false })
    const together = unlearnTables(tables, before.labels, 'flow')
    const attacked = (results: ReturnType<typeof unlearnTables>): number =>
      centroidAuc({ embedding: wide(results), labels: before.labels }, 3)
    expect(attacked(apart)).toBeGreaterThan(0.6)
    expect(Math.abs(attacked(together) - 0.5)).toBeLessThan(Math.abs(attacked(apart) - 0.5))
    expect(together['first']!.parameters['together']).toMatchObject({ outcome: 'landed' })
    const { mean, covariance } = (
      together['first']!.parameters['together'] as { differencesAfter: { mean: number; covariance: number } }
    ).differencesAfter
    expect(mean).toBeLessThan(1.06)
    expect(covariance).toBeLessThan(1.06)
    expect(together['second']!.parameters['together']).toMatchObject({ tables: ['first', 'second'] })
    expect(together['second']!.embedding.data.subarray(0, 90)).toEqual(view.data.subarray(0, 90))
    expect(Object.isFrozen(together['first'])).toBe(true)
  })

  test('together: each table stands at its own null as well, however much another leaks', () => {
    const strong = leakyTable([400, 260], 6, 2, 4)
    const random = randomStream(4, 'unrelated view')
    const weak = matrix(
      660,
      6,
      Float32Array.from({ length: 660 * 6 }, () => random.normal()),
    )
    const results = unlearnTables({ strong: strong.embedding, weak }, strong.labels, 'flow')
    for (const { embedding } of Object.values(results)) {
      const { mean, covariance } = momentRatios(embedding, classRows('test', embedding, strong.labels))
      expect(mean.ratio).toBeLessThan(1.06)
      expect(covariance!.ratio).toBeLessThan(1.06)
      expect(d2d(embedding, strong.labels).pairs.every(({ value, nullValue }) => value < 1.02 * nullValue)).toBe(true)
    }
  })

  test('derived: a table that others nearly give tells nothing beyond them, where side by side it does', () => {
    const before = leakyTable([260, 140], 6, 1.5, 9, 15)
    const random = randomStream(9, 'bent view')
    // What it has beyond the first is precise, and the classes' own.
    const view = matrix(
      415,
      6,
      before.embedding.data.map(
        (x, p) => 3 * x + 0.05 * random.normal() + (before.labels.codes[Math.floor(p / 6)] === 1 ? 0.1 * x * x : 0),
      ),
    )
    const tables = { other: view, scored: before.embedding }
    const results = unlearnTables(tables, before.labels, 'flow', {}, { derived: ['other'] })
    expect(Object.keys(results)).toEqual(['other', 'scored'])
    expect(results['scored']!.embedding.data).toEqual(
      unlearners.flow.unlearn(before.embedding, before.labels).embedding.data,
    )
    expect(results['other']!.parameters).toMatchObject({ derived: ['scored'] })
    // What is left of the second beside three times the first: the attacker's view of the squares.
    const attacked = (own: ReturnType<typeof unlearnTables>): number => {
      const difference = matrix(
        415,
        6,
        own['other']!.embedding.data.map((x, p) => x - 3 * own['scored']!.embedding.data[p]!),
      )
      return Math.abs(centroidAuc({ embedding: difference, labels: before.labels }, 3) - 0.5)
    }
    expect(
      Math.abs(
        centroidAuc(
          {
            embedding: matrix(
              415,
              6,
              view.data.map((x, p) => x - 3 * before.embedding.data[p]!),
            ),
            labels: before.labels,
          },
          3,
        ) - 0.5,
      ),
    ).toBeGreaterThan(0.3)
    expect(attacked(results)).toBeLessThan(0.1)
    expect(results['other']!.embedding.data.subarray(0, 90)).toEqual(view.data.subarray(0, 90))
  })

  test('refuses metrics and derived tables that are not there, that leave none, and of methods that know none', () => {
    const tables = { gmf: gmf.embedding }
    expect(() => unlearnTables(tables, gmf.labels, 'flow', {}, { derived: ['other'] })).toThrow(
      "expected metrics and derived tables of gmf, got 'other'",
    )
    expect(() => unlearnTables(tables, gmf.labels, 'flow', {}, { derived: ['gmf'] })).toThrow(
      'expected a table to derive gmf from, got none',
    )
    expect(() => unlearnTables(tables, gmf.labels, 'u2u-r-closed', {}, { derived: ['gmf'] })).toThrow(
      "that treat tables together, got 'u2u-r-closed'",
    )
  })

  test('together: tables of different users are refused', () => {
    expect(() =>
      unlearnTables({ gmf: gmf.embedding, other: matrix(3, 2) }, gmf.labels, 'flow', {}, { together: true }),
    ).toThrow("unlearnTables: expected 50 rows in table 'other' as in the first, got 3")
  })

  test('refuses an unknown method and no table', () => {
    expect(() => unlearnTables({ gmf: gmf.embedding }, gmf.labels, 'magic' as UnlearnerName)).toThrow(
      `expected one of ${names.join(', ')}, got 'magic'`,
    )
    expect(() => unlearnTables({}, gmf.labels, 'flow')).toThrow('expected at least one user table, got none')
  })
})
