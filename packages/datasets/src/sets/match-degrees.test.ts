import { randomStream } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { matchDegrees } from './match-degrees.ts'

const random = randomStream(1, 'match')
const anywhere = { layer: random.uniform, place: random.uniform }
const at = (n: number) => ({ layer: (i: number) => i / n, place: random.uniform })
const counts = (of: Int32Array, n: number): number[] =>
  Array.from({ length: n }, (_, i) => of.filter((each) => each === i).length)

describe('matchDegrees', () => {
  test('gives exactly the degrees, without repetition, also where many pairs first come out twice', () => {
    const rowDegree = Int32Array.of(6, 1, 4, 5, 2, 5, 3, 4)
    const colDegree = Int32Array.of(5, 1, 5, 2, 4, 3, 3, 4, 2, 1)
    const { rows, cols } = matchDegrees(rowDegree, colDegree, anywhere, anywhere, random)
    expect(counts(rows, 8)).toEqual([...rowDegree])
    expect(counts(cols, 10)).toEqual([...colDegree])
    expect(new Set(rows.map((i, p) => i * 10 + cols[p]!)).size).toBe(30)
  })

  test('pairs ends that lie close', () => {
    const degree = new Int32Array(400).fill(5)
    const { rows, cols } = matchDegrees(degree, degree, at(400), at(400), random)
    // Layers hold 12.5 nodes; only the swaps of repeated pairs go farther.
    expect(rows.filter((i, p) => Math.abs(i - cols[p]!) <= 14).length / rows.length).toBeGreaterThan(0.7)
  })

  test('refuses degrees that cannot be matched', () => {
    expect(() => matchDegrees(Int32Array.of(2), Int32Array.of(1), anywhere, anywhere, random)).toThrow(
      'expected degrees of equal sums, got 2 and 1',
    )
    expect(() => matchDegrees(Int32Array.of(2, 0), Int32Array.of(2), anywhere, anywhere, random)).toThrow(
      'leave room for distinct pairs',
    )
  })
})
