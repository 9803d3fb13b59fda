import { matrix, randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import { nearestRows } from './nearest-rows.ts'

test.each([1, 3, 8, 11])('the nearest rows of other folds, as sorting all of them gives: %i columns', (cols) => {
  const random = randomStream(1, 'nearest-rows', cols)
  const x = matrix(
    60,
    cols,
    Float32Array.from({ length: 60 * cols }, () => random.integer(4)),
  )
  const foldOf = Int8Array.from({ length: 60 }, (_, i) => (i % 7 === 0 ? -1 : i % 3))
  const asked = Int32Array.from([1, 2, 10, 59])
  const { rows, distances } = nearestRows(x, foldOf, asked, 5)
  asked.forEach((row, m) => {
    const distance = (other: number): number =>
      Array.from({ length: cols }, (_, j) => (x.data[row * cols + j]! - x.data[other * cols + j]!) ** 2).reduce(
        (a, b) => a + b,
        0,
      )
    const others = [...foldOf.keys()].filter((other) => foldOf[other]! >= 0 && foldOf[other] !== foldOf[row])
    const sorted = others.sort((a, b) => distance(a) - distance(b) || a - b).slice(0, 5)
    expect([...rows.subarray(5 * m, 5 * m + 5)]).toEqual(sorted)
    expect([...distances.subarray(5 * m, 5 * m + 5)]).toEqual(sorted.map(distance))
  })
})
