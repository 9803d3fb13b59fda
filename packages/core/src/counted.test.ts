import { expect, test } from 'vitest'
import { counted } from './index.ts'

test('one of a kind has no s, and those that end in s have es', () => {
  expect([0, 1, 2].map((count) => counted(count, 'user'))).toEqual(['0 users', '1 user', '2 users'])
  expect([1, 2].map((count) => counted(count, 'pass'))).toEqual(['1 pass', '2 passes'])
  expect(counted(1000, 'nearest user', '1,000')).toBe('1,000 nearest users')
})
