import { IndistinctError, matrix, randomStream, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { checkFarValues } from './far-values.ts'

type Draw = { readonly uniform: () => number; readonly normal: () => number }

/** A table of three columns, the middle one of `value`, the others normal. */
function tableOf(N: number, value: (random: Draw, row: number) => number, seed = 1): Matrix {
  const random = randomStream(seed, 'far values')
  return matrix(
    N,
    3,
    Float32Array.from({ length: N * 3 }, (_, p) => (p % 3 === 1 ? value(random, Math.floor(p / 3)) : random.normal())),
  )
}

const all = ({ rows }: Matrix): Int32Array => Int32Array.from({ length: rows }, (_, i) => i)

function refusal(table: Matrix, rows = all(table)): IndistinctError {
  try {
    checkFarValues('test', table, rows)
  } catch (error) {
    if (error instanceof IndistinctError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('checkFarValues lets honest tables pass', () => {
  const honest: Record<string, (random: Draw, row: number) => number> = {
    normal: (random) => random.normal(),
    'far from zero': (random) => 1e6 + random.normal(),
    'log-normal, the logarithm varying by 1': (random) => Math.exp(random.normal()),
    'log-normal, the logarithm varying by 2': (random) => Math.exp(2 * random.normal()),
    "Student's t with two degrees of freedom": (random) =>
      random.normal() / Math.hypot(random.normal(), random.normal()),
    'counts of Zipf': (random) => Math.floor(1 / random.uniform()),
    'a flag of one user in a hundred': (random) => (random.uniform() < 0.01 ? 1 : 0),
    'a flag of a single user': (_, row) => (row === 7 ? 1 : 0),
    'zero but for rare amounts': (random) => (random.uniform() < 0.02 ? Math.exp(random.normal()) : 0),
    'log-normal, the logarithm varying by 5': (random) => Math.exp(5 * random.normal()),
    'a constant': () => 1e8,
    'whole numbers': (random) => Math.round(2 * random.normal()),
    'two clusters': (random) => (random.uniform() < 0.5 ? 100 : 0) + random.normal(),
    'a user ten spreads away': (random, row) => (row === 7 ? 10 : random.normal()),
    'untrained users in most rows': (random) => (random.uniform() < 0.9 ? 0.01 : 1) * random.normal(),
  }
  test.each(Object.keys(honest))('%s', (name) => {
    for (const N of [40, 1000, 30_000]) {
      const table = tableOf(N, honest[name]!)
      expect(() => checkFarValues('test', table, all(table))).not.toThrow()
    }
  })
})

describe('checkFarValues lets 6,000 users of 64 columns pass', () => {
  const t =
    (freedom: number) =>
    (random: Draw): number => {
      let sum = 0
      for (let f = 0; f < freedom; f++) sum += random.normal() ** 2
      return random.normal() / Math.sqrt(sum / freedom)
    }
  const power =
    (index: number) =>
    (random: Draw): number =>
      random.uniform() ** (-1 / index)
  const cells: Record<string, (random: Draw) => number> = {
    "Student's t of 1": t(1),
    "Student's t of 2": t(2),
    "Student's t of 3": t(3),
    'log-normal of 1': (random) => Math.exp(random.normal()),
    'log-normal of 3': (random) => Math.exp(3 * random.normal()),
  }
  const norms: Record<string, (random: Draw) => number> = {
    'norms by a power law of 1': power(1),
    'of 2': power(2),
    'of 3': power(3),
  }
  test.each(Object.keys({ ...cells, ...norms }))('%s', (name) => {
    const random = randomStream(1, name)
    const table = matrix(6000, 64)
    for (let i = 0; i < 6000; i++) {
      const norm = norms[name]?.(random)
      for (let k = 0; k < 64; k++)
        table.data[i * 64 + k] = norm === undefined ? cells[name]!(random) : norm * random.normal()
    }
    expect(() => checkFarValues('test', table, all(table))).not.toThrow()
  })
})

describe('checkFarValues refuses', () => {
  test.each([1e20, -1e20, 1e8, 3e36, 1e5])('one cell of %d, naming row, column and value', (value) => {
    const error = refusal(tableOf(1000, (random, row) => (row === 417 ? value : random.normal())))
    expect(error.code).toBe('bad-data')
    expect(error.message).toContain(`got ${Math.fround(value)} in row 417, column 1 (both from 0)`)
    expect(error.message).toContain('blank the label of these users')
  })

  test('a cell beyond a sample of the rows', () => {
    const error = refusal(tableOf(50_001, (random, row) => (row === 50_000 ? 1e20 : random.normal())))
    expect(error.message).toContain('in row 50000, column 1')
  })

  test('several cells: names the farthest and counts the others', () => {
    const error = refusal(tableOf(1000, (random, row) => (row < 3 ? 1e8 * (row + 1) : random.normal())))
    expect(error.message).toContain('got 300000000 in row 2, column 1')
    expect(error.message).toContain('and 2 more far values in that column')
  })

  test('a cell beside rare flags, where most users have one value', () => {
    expect(refusal(tableOf(1000, (_, row) => (row === 5 ? 1e20 : row % 400 === 0 ? 1 : 0))).message).toContain(
      'in row 5, column 1',
    )
  })

  test('rows that are looked at only', () => {
    const table = tableOf(100, (random, row) => (row === 50 ? 1e20 : random.normal()))
    expect(() =>
      checkFarValues(
        'test',
        table,
        all(table).filter((i) => i !== 50),
      ),
    ).not.toThrow()
    expect(refusal(table).message).toContain('row 50')
  })

  test('what its advice mends: the same table without that label passes, and a clipped one does', () => {
    const table = tableOf(400, (random, row) => (row === 3 ? 1e8 : random.normal()))
    expect(refusal(table).message).toContain('row 3')
    table.data[3 * 3 + 1] = 5
    expect(() => checkFarValues('test', table, all(table))).not.toThrow()
  })
})
