import { readFileSync } from 'node:fs'
import { matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import { equalRows } from './equal-rows.ts'

interface Golden {
  name: string
  classes: number
  knownX: number[]
  knownY: number[]
  askedX: number[]
  /** Of the second class, or of each beyond two (M, C). */
  shares: number[]
}
const { cases } = JSON.parse(readFileSync(new URL('./goldens/equal-rows.json', import.meta.url), 'utf8')) as {
  cases: Golden[]
}

test.each(cases)(
  "$name: shares are those of scikit-learn's TargetEncoder",
  ({ classes, knownX, knownY, askedX, shares }) => {
    const known = matrix(knownY.length, 3, Float32Array.from(knownX))
    const { data } = equalRows.fitSync(known, Int32Array.from(knownY), { classes, seed: 1 })(
      matrix(askedX.length / 3, 3, Float32Array.from(askedX)),
    )
    const got = classes === 2 ? data.filter((_, at) => at % 2 === 1) : data
    expect(got.length).toBe(shares.length)
    shares.forEach((share, at) => expect(got[at]).toBeCloseTo(share, 6))
  },
)

test('equal rows vote, with the share of all as one more; others are told nothing but that', () => {
  const x = matrix(6, 2, Float32Array.from([0, 1, 0, 1, 0, 1, 2, 3, -0, 5, 7, 7]))
  const score = equalRows.fitSync(x, Int32Array.from([1, 1, 0, 0, 1, 0]), { classes: 2, seed: 1 })
  const { data } = score(matrix(4, 2, Float32Array.from([0, 1, 2, 3, 0, 5, 2, 3.0000002])))
  expect([...data]).toEqual(
    [(1 + 0.5) / 4, (2 + 0.5) / 4, 1.5 / 2, 0.5 / 2, 0.5 / 2, 1.5 / 2, 0.5, 0.5].map(Math.fround),
  )
})

test('more than two labels', () => {
  const x = matrix(4, 1, Float32Array.from([1, 1, 2, 3]))
  const { data } = equalRows.fitSync(x, Int32Array.from([0, 2, 1, 2]), { classes: 3, seed: 1 })(
    matrix(1, 1, Float32Array.from([1])),
  )
  expect([...data]).toEqual([1.25 / 3, 0.25 / 3, 1.5 / 3].map(Math.fround))
})
