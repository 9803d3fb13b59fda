import { matrix, randomStream } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { principalComponents } from './principal-components.ts'

/** (500, 3) with standard deviations 3, 2 and 0.5 along known orthogonal directions, around (5, 0, 0). */
function ellipsoid() {
  const random = randomStream(1, 'ellipsoid')
  const directions = [
    [1, 1, 0],
    [1, -1, 0],
    [0, 0, 1],
  ].map((d) => d.map((v) => v / Math.hypot(...d)))
  const m = matrix(500, 3)
  for (let i = 0; i < 500; i++) {
    const draws = [3, 2, 0.5].map((s) => s * random.normal())
    for (let k = 0; k < 3; k++)
      m.data[i * 3 + k] = (k === 0 ? 5 : 0) + draws.reduce((sum, draw, d) => sum + draw * directions[d]![k]!, 0)
  }
  return m
}
const all = Int32Array.from({ length: 500 }, (_, i) => i)

describe('principalComponents', () => {
  test('finds known axes and shares', () => {
    const { axes, shares } = principalComponents(ellipsoid(), all)
    expect(Math.abs(axes[0][0]! + axes[0][1]!) / Math.SQRT2).toBeGreaterThan(0.99)
    expect(Math.abs(axes[1][0]! - axes[1][1]!) / Math.SQRT2).toBeGreaterThan(0.99)
    // 9, 4 and 0.25 of 13.25, within the noise of 500 draws.
    expect(shares[0]).toBeCloseTo(9 / 13.25, 1)
    expect(shares[1]).toBeCloseTo(4 / 13.25, 1)
  })

  test('finds them in a wide table, too', () => {
    const k = 150
    const random = randomStream(3, 'wide')
    const m = matrix(300, k)
    for (let i = 0; i < 300; i++) {
      const [first, second] = [4 * random.normal(), 3 * random.normal()]
      for (let a = 0; a < k; a++)
        m.data[i * k + a] = 2 + (a < 75 ? first : second) / Math.sqrt(75) + 0.05 * random.normal()
    }
    const { axes, shares } = principalComponents(
      m,
      Int32Array.from({ length: 300 }, (_, i) => i),
    )
    const share = (axis: Float64Array, from: number, to: number): number =>
      axis.subarray(from, to).reduce((sum, value) => sum + value * value, 0)
    expect([share(axes[0], 0, 75), share(axes[1], 75, 150)]).toEqual([expect.closeTo(1, 1), expect.closeTo(1, 1)])
    expect(shares[0]).toBeCloseTo(16 / 25.375, 1)
    expect(shares[0] + shares[1]).toBeLessThan(1)
    expect(axes[0].reduce((sum, value, a) => sum + value * axes[1][a]!, 0)).toBeCloseTo(0, 9)
    expect(principalComponents(matrix(3, k), Int32Array.of(0, 1, 2)).shares).toEqual([0, 0])
  })

  test('tables without variance or a second dimension have zero axes', () => {
    expect(principalComponents(matrix(3, 2), Int32Array.of(0, 1, 2)).shares).toEqual([0, 0])
    const line = principalComponents(matrix(3, 1, new Float32Array([1, 2, 3])), Int32Array.of(0, 1, 2))
    expect(line.shares).toEqual([1, 0])
    expect([...line.axes[1]]).toEqual([0])
  })
})
