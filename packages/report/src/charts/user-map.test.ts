import { encodeLabels, labelledRows, matrix, randomStream, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { mapUsers, turnedOnto } from './user-map.ts'

/** Two clouds far apart, one for each label; every seventh user has none. */
const codeOf = (i: number): number => i % 2
const random = randomStream(4, 'user-map-test')
const before = matrix(
  140,
  4,
  Float32Array.from({ length: 560 }, (_, p) => random.normal() + (p % 4 === 0 ? 12 * codeOf(Math.floor(p / 4)) : 0)),
)
const after = matrix(
  140,
  4,
  before.data.map((value, p) => (p % 4 === 0 ? value - 12 * codeOf(Math.floor(p / 4)) : value)),
)
const labels = encodeLabels(Array.from({ length: 140 }, (_, i) => (i % 7 === 0 ? null : codeOf(i) === 1 ? 'a' : 'b')))
const options = { seed: 1, steps: 300 }

/** Share of points whose nearest point has the same code. */
function nearestAlike(points: readonly (readonly [number, number])[], codes: readonly number[]): number {
  const alike = points.map((p, i) => {
    const order = points.map((q, j) => [j === i ? Infinity : Math.hypot(p[0] - q[0], p[1] - q[1]), codes[j]] as const)
    return Number(order.reduce((best, each) => (each[0] < best[0] ? each : best))[1] === codes[i])
  })
  return alike.reduce((sum, each) => sum + each, 0) / alike.length
}

describe('mapUsers', () => {
  test('labels that are apart in the table are apart on its map, and mixed on the map after', () => {
    const { points, colourings, users, projection, seed } = mapUsers(before, after, labels, options)
    const codes = colourings[0]!.before!
    expect([projection, users, points.before!.length, points.after!.length]).toEqual(['t-SNE', 120, 120, 120])
    expect(codes.every((code) => code >= 0)).toBe(true)
    expect(nearestAlike(points.before!, codes)).toBeGreaterThan(0.97)
    expect(nearestAlike(points.after!, codes)).toBeLessThan(0.75)
    // All labelled users are drawn: there is no sample to repeat.
    expect(seed).toBeUndefined()
  })

  test('beyond the number of points, the seed draws the users', () => {
    const draw = (seed: number) => mapUsers(before, undefined, labels, { seed, points: 30, steps: 50 })
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1).seed).toBe(1)
    expect(draw(1).points.before).toHaveLength(30)
    expect(draw(1).colourings).not.toEqual(draw(2).colourings)
  })

  test('predictions colour the same points, and may be missing', () => {
    const predicted = labels.codes.map((code, i) => (i < 70 ? -1 : 1 - code))
    const { colourings } = mapUsers(before, undefined, labels, {
      ...options,
      steps: 10,
      predictions: { name: 'mlp', before: predicted },
    })
    const shown = colourings[0]!.before!
    const missing = colourings[1]!.before!.filter((code) => code === -1).length
    expect(missing).toBe([...labelledRows(labels)].filter((i) => i < 70).length)
    colourings[1]!.before!.forEach((code, i) => expect([-1, 1 - shown[i]!]).toContain(code))
  })

  test('a single user, equal rows and tables of other widths are drawn too', () => {
    const one = encodeLabels(['a', null, null])
    expect(mapUsers(matrix(3, 2), matrix(3, 2), one, options).points.before).toHaveLength(1)
    const two = encodeLabels(['a', 'b', 'a', 'b', 'a'])
    const flat = mapUsers(matrix(5, 2), matrix(5, 3), two, { seed: 1, steps: 20 })
    expect(flat.points.after!.flat().every(Number.isFinite)).toBe(true)
    expect(() => mapUsers(matrix(5, 2), matrix(4, 2), two, options)).toThrow(
      'mapUsers: expected a table of 5 rows after, got 4',
    )
    expect(() => mapUsers(matrix(5, 2), undefined, one, options)).toThrow('mapUsers: expected 5 labels, got 3')
  })
})

describe('turnedOnto', () => {
  const target = matrix(
    20,
    2,
    Float32Array.from({ length: 40 }, (_, p) => random.normal() * (p % 2 === 0 ? 3 : 1)),
  )
  const moved = (f: (x: number, y: number) => [number, number]): Matrix =>
    matrix(
      20,
      2,
      Float32Array.from(Array.from({ length: 20 }, (_, i) => f(target.data[2 * i]!, target.data[2 * i + 1]!)).flat()),
    )

  test.each([
    ['turned', (x: number, y: number): [number, number] => [0.6 * x - 0.8 * y + 5, 0.8 * x + 0.6 * y - 2]],
    ['mirrored and turned', (x: number, y: number): [number, number] => [0.6 * x + 0.8 * y + 5, 0.8 * x - 0.6 * y - 2]],
    ['mirrored', (x: number, y: number): [number, number] => [x, -y]],
  ])('brings back a map that was %s', (_, f) => {
    const back = turnedOnto(moved(f), target)
    back.data.forEach((value, p) => expect(value).toBeCloseTo(target.data[p]!, 5))
  })
})
