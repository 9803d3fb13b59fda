import { describe, expect, test } from 'vitest'
import { linearScale } from './linear-scale.ts'
import { stepPath } from './roc.ts'

describe('stepPath', () => {
  const x = linearScale([0, 1], [0, 100])
  const y = linearScale([0, 1], [100, 0])

  test('drops points inside straight runs and points too close to see', () => {
    const points = [
      [0, 0],
      [0, 0.1],
      [0, 0.2],
      [0, 0.2000001],
      [0.5, 0.2],
      [1, 0.2],
      [1, 1],
    ] as const
    expect(stepPath(points, x, y)).toBe('M0 100L0 80L100 80L100 0')
  })

  test('keeps slopes', () => {
    expect(
      stepPath(
        [
          [0, 0],
          [0.3, 0.5],
          [1, 1],
        ],
        x,
        y,
      ),
    ).toBe('M0 100L30 50L100 0')
  })

  test('a curve of many points stays short', () => {
    const many = Array.from({ length: 100_001 }, (_, i) => [i / 100_000, Math.sqrt(i / 100_000)] as const)
    expect(stepPath(many, x, y).length).toBeLessThan(25_000)
  })
})
