import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { nearMatching, optimalMatching } from './matching.ts'
import { nearParts } from '../neighbours/near-parts.ts'
import { neighboursOf, smoothRows } from '../neighbours/smooth-rows.ts'

function normals(rows: number, cols: number, name: string): Matrix {
  const random = randomStream(3, name)
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  )
}

function cost(users: Matrix, points: Matrix, pointOf: Int32Array): number {
  let sum = 0
  pointOf.forEach((point, user) => {
    for (let k = 0; k < users.cols; k++)
      sum += (users.data[user * users.cols + k]! - points.data[point * users.cols + k]!) ** 2
  })
  return sum
}

describe('matching', () => {
  test('near matching gives every point once, at little more than the least cost', () => {
    const [users, points] = [normals(1500, 4, 'users'), normals(1500, 4, 'points')]
    const [least, near] = [optimalMatching(users, points), nearMatching(users, points, randomStream(1, 'near'))]
    expect(new Set(near).size).toBe(1500)
    expect(cost(users, points, near) / cost(users, points, least)).toBeLessThan(1.25)
    // Carried at random they would go several times as far.
    expect(
      cost(
        users,
        points,
        Int32Array.from({ length: 1500 }, (_, i) => i),
      ) / cost(users, points, least),
    ).toBeGreaterThan(5)
  })

  test('equal rows are no obstacle', () => {
    const zeros = matrix(700, 3)
    expect(new Set(nearMatching(zeros, zeros, randomStream(2, 'near'))).size).toBe(700)
  })
})

describe('neighbours', () => {
  test('are the nearest rows, nearest first', () => {
    const m = matrix(5, 1, Float32Array.of(0, 1, 3, 7, 15))
    expect([...neighboursOf(m, 2, randomStream(1, 'x'))]).toEqual([1, 2, 0, 2, 1, 0, 2, 1, 3, 2])
  })

  test('of many rows are near, none twice and none the row itself', () => {
    const m = normals(10_500, 2, 'many')
    const found = neighboursOf(m, 5, randomStream(1, 'groups'))
    let share = 0
    for (let row = 0; row < 200; row++) {
      const own = [...found.subarray(row * 5, row * 5 + 5)]
      expect(new Set([...own, row]).size).toBe(6)
      const away = (other: number): number =>
        (m.data[2 * row]! - m.data[2 * other]!) ** 2 + (m.data[2 * row + 1]! - m.data[2 * other + 1]!) ** 2
      const best = Array.from({ length: m.rows }, (_, other) => other)
        .filter((other) => other !== row)
        .sort((a, b) => away(a) - away(b))
        .slice(0, 5)
      share += own.filter((other) => best.includes(other)).length / 1000
    }
    expect(share).toBeGreaterThan(0.85)
  })

  test('smoothing is own share and mean of neighbours', () => {
    const m = matrix(3, 2, Float32Array.of(0, 0, 4, 8, 8, 4))
    expect([...smoothRows(m, Int32Array.of(1, 2, 0, 2, 0, 1), 0.25).data]).toEqual([4.5, 4.5, 4, 3.5, 3.5, 4])
  })

  test('parts are small and hold every row once', () => {
    const parts = nearParts(normals(1000, 3, 'parts'), 60, randomStream(4, 'parts'))
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(60)
    expect(parts.flatMap((rows) => [...rows]).sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  })
})
