import { expect, test } from 'vitest'
import { classPairs } from './class-pairs.ts'

test('every pair, weighted by its pairs of users', () => {
  const pairs = classPairs('test', [10, 4, 5], 'every')
  expect(pairs).toEqual([
    { first: 0, second: 1, weight: 40 / 110 },
    { first: 0, second: 2, weight: 50 / 110 },
    { first: 1, second: 2, weight: 20 / 110 },
  ])
})

test('each later class against the first', () => {
  expect(classPairs('test', [10, 4, 5], 'anchor')).toEqual([
    { first: 0, second: 1, weight: 1 },
    { first: 0, second: 2, weight: 1 },
  ])
})

test('an unknown pairing is named', () => {
  expect(() => classPairs('test', [1, 1], 'both' as 'every')).toThrow(
    "test: expected pairing 'every' or 'anchor', got 'both'",
  )
})
