import { matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import { meanPredictions } from './mean-predictions.ts'

const split = (users: number[], ...rows: [number, number][]) => ({
  users: Int32Array.from(users),
  probabilities: matrix(rows.length, 2, Float32Array.from(rows.flat())),
})

test('the larger mean probability over the splits that scored a user decides', () => {
  const splits = [split([0, 3], [0.9, 0.1], [0.4, 0.6]), split([3, 1], [0.7, 0.3], [0.5, 0.5])]
  // User 3 has 0.55 and 0.45, user 1 a tie; nobody scored user 2.
  expect([...meanPredictions(splits, 2, 4)]).toEqual([0, 0, -1, 0])
})
