import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { neighbourOverlap } from './neighbour-overlap.ts'

function normals(rows: number, cols: number, seed: number): Matrix {
  const random = randomStream(seed, 'neighbour-overlap-test')
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  )
}

function mapped(m: Matrix, f: (value: number, p: number) => number): Matrix {
  return matrix(m.rows, m.cols, m.data.map(f))
}

/** By sorting all pairs. */
function reference(m: Matrix, user: number, k: number, value: (x: number[], y: number[]) => number): Set<number> {
  const row = (i: number): number[] => [...m.data.subarray(i * m.cols, (i + 1) * m.cols)]
  const others = Array.from({ length: m.rows }, (_, i) => i).filter((i) => i !== user)
  return new Set(others.sort((a, b) => value(row(user), row(a)) - value(row(user), row(b)) || a - b).slice(0, k))
}

const dot = (x: number[], y: number[]): number => x.reduce((sum, value, p) => sum + value * y[p]!, 0)
const distance = (x: number[], y: number[]): number => x.reduce((sum, value, p) => sum + (value - y[p]!) ** 2, 0)
const angle = (x: number[], y: number[]): number => -dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y))

describe('neighbourOverlap', () => {
  const before = normals(300, 5, 1)
  const noise = normals(300, 5, 2).data
  const after = mapped(before, (value, p) => value + 0.3 * noise[p]!)

  test('agrees with sorting all pairs, across blocks', () => {
    const { cosine, euclidean, users, k } = neighbourOverlap(before, after, { k: 7 })
    expect([users.length, k]).toEqual([300, 7])
    for (const user of [0, 17, 255, 256, 299]) {
      for (const [measured, value] of [
        [cosine, angle],
        [euclidean, distance],
      ] as const) {
        const one = reference(before, user, 7, value)
        const common = [...reference(after, user, 7, value)].filter((row) => one.has(row)).length
        expect(measured.perUser[user]).toBe(common / 7)
      }
    }
    expect(cosine.mean).toBeCloseTo(cosine.perUser.reduce((sum, value) => sum + value, 0) / 300, 12)
    expect(cosine.mean).toBeGreaterThan(0.3)
    expect(cosine.mean).toBeLessThan(0.9)
  })

  test('an equal table keeps all neighbours, an unrelated one those that chance keeps', () => {
    const same = neighbourOverlap(before, before)
    expect([same.cosine.mean, same.euclidean.mean]).toEqual([1, 1])
    const other = neighbourOverlap(before, normals(300, 9, 3))
    // 300 users share 10 of 299 by chance: 0.033, standard error about 0.003.
    expect(Math.abs(other.cosine.mean - 10 / 299)).toBeLessThan(0.015)
    expect(Math.abs(other.euclidean.mean - 10 / 299)).toBeLessThan(0.015)
  })

  test('scaling each user keeps cosine neighbours, shifting all users Euclidean ones', () => {
    const scaled = neighbourOverlap(
      before,
      mapped(before, (value, p) => value * 2 ** (Math.floor(p / 5) % 4)),
    )
    expect(scaled.cosine.mean).toBe(1)
    expect(scaled.euclidean.mean).toBeLessThan(0.8)
    const shifted = neighbourOverlap(
      before,
      mapped(before, (value) => Math.fround(value + 4)),
    )
    expect(shifted.euclidean.mean).toBeGreaterThan(0.999)
    expect(shifted.cosine.mean).toBeLessThan(0.9)
  })

  test('equal rows and zero rows have neighbours too', () => {
    const equal = neighbourOverlap(matrix(30, 2), matrix(30, 2), { k: 4 })
    expect([equal.cosine.mean, equal.euclidean.mean]).toEqual([1, 1])
    expect(neighbourOverlap(matrix(3, 1), matrix(3, 1), { k: 10 }).k).toBe(2)
  })

  test('a sample is drawn by its seed, and seeks neighbours among all', () => {
    const all = neighbourOverlap(before, after)
    const some = neighbourOverlap(before, after, { users: 120, seed: 4 })
    expect(neighbourOverlap(before, after, { users: 120, seed: 4 })).toEqual(some)
    expect([...neighbourOverlap(before, after, { users: 120, seed: 5 }).users]).not.toEqual([...some.users])
    expect([some.users.length, some.of]).toEqual([120, 300])
    some.users.forEach((user, u) => expect(some.euclidean.perUser[u]).toBe(all.euclidean.perUser[user]))
  })

  test.each([
    [
      'rows that differ',
      () => neighbourOverlap(before, normals(299, 5, 1)),
      'expected a table of 300 rows after, got 299',
    ],
    ['a single row', () => neighbourOverlap(matrix(1, 2), matrix(1, 2)), 'expected at least 2 rows, got 1'],
    ['k of 0', () => neighbourOverlap(before, after, { k: 0 }), 'expected k of 1 or more, got 0'],
    ['no users', () => neighbourOverlap(before, after, { users: 0 }), 'expected users of 1 or more, got 0'],
    [
      'values that are not finite',
      () =>
        neighbourOverlap(
          before,
          mapped(after, (value, p) => (p === 12 ? NaN : value)),
        ),
      'got others in row 2',
    ],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(message)
    expect(run).toThrow(RangeError)
  })
})
