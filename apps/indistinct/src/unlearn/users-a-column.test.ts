import { IndistinctError } from '@indistinct/core'
import { expect, test } from 'vitest'
import { scopeOfUnlearning } from './unlearn-scope.ts'
import { followsLabels, tooFewUsers } from './users-a-column.ts'

test.each(['leace', 'blind'] as const)('%s is refused with fewer than 4 users a column', (method) => {
  const size = { users: 99, columns: 25 }
  expect(() => tooFewUsers(method, size, false)).toThrow(IndistinctError)
  expect(() => tooFewUsers(method, size, false)).toThrow(/^99 users .* 25 columns: .* at most 6 columns/)
  expect(tooFewUsers(method, size, true)).toEqual([expect.stringMatching(/--force writes it all the same$/)])
  expect(tooFewUsers(method, { users: 100, columns: 25 }, false)).toEqual([])
})

test('below 16 users a column nobody is told that moves say nothing', () => {
  const nothing = "learns nothing from a user's move"
  expect(scopeOfUnlearning(['age'], 'blind', { users: 400, columns: 25 })).toContain(nothing)
  expect(scopeOfUnlearning(['age'], 'blind', { users: 399, columns: 25 })).not.toContain(nothing)
  expect(scopeOfUnlearning(['age'], 'blind', { users: 399, columns: 25 })).toContain('may read it from the move')
})

test.each(['flow', 'flow-joint', 'relabel', 'mean-matching', 'random-noise'])('%s is no map of labels', (method) => {
  expect(followsLabels(method, { users: 10, columns: 1000 })).toBe(false)
})
