import { expect, test } from 'vitest'
import { saferMethods } from './safer-methods.ts'
import { unlearners } from './unlearners.ts'

test('no method is named in its own place, and every name is one', () => {
  for (const used of ['flow', 'blind', 'leace', 'relabel']) {
    const names = [...saferMethods(used).matchAll(/(?:^|or )(\w+)/g)].map(([, name]) => name!)
    expect(names.length).toBeGreaterThan(1)
    expect(names).not.toContain(used)
    for (const name of names) expect(Object.keys(unlearners)).toContain(name)
  }
})

test('of a number there is one map alone', () => {
  expect(saferMethods('hsic-flow', 'numbers')).toBe('blind, which moves everybody by one map')
  expect(saferMethods('blind', 'numbers')).toBe('')
})
