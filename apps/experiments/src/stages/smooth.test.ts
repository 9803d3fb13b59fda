import { matrix, randomStream } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { smoothed } from './smooth.ts'

describe('smoothed', () => {
  test('draws each row towards the rows nearest to it, itself left out', () => {
    const m = matrix(4, 2, Float32Array.from([0, 0, 2, 0, 10, 0, 10, 4]))
    expect([...smoothed(m, 1, 0.5).data]).toEqual([1, 0, 1, 0, 10, 2, 10, 2])
    expect([...smoothed(m, 3, 1).data]).toEqual([22, 4, 20, 4, 12, 4, 12, 0].map((sum) => Math.fround(sum / 3)))
    expect([...m.data]).toEqual([0, 0, 2, 0, 10, 0, 10, 4])
  })

  test('takes noise from rows that share a place', () => {
    const random = randomStream(1, 'smooth')
    const centres = Array.from({ length: 5 * 4 }, () => 3 * random.normal())
    const m = matrix(
      200,
      4,
      Float32Array.from(
        { length: 800 },
        (_, p) => centres[4 * (Math.floor(p / 4) % 5) + (p % 4)]! + 0.5 * random.normal(),
      ),
    )
    const error = ({ data }: typeof m): number =>
      data.reduce((sum, value, p) => sum + (value - centres[4 * (Math.floor(p / 4) % 5) + (p % 4)]!) ** 2, 0)
    expect(error(smoothed(m, 20, 0.5))).toBeLessThan(0.5 * error(m))
  })
})
