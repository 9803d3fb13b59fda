import { expect, test } from 'vitest'
import { isRoundedId, spellingHint } from './index.ts'

test.each([
  ['9.007199254740992e+15', true],
  ['1E+20', true],
  ['-3.1e+18', true],
  ['9.007199254740992E15', true],
  ['1,23457E+11', true],
  ['9007199254740992.0', true],
  ['1234567890123456.0', false],
  ['12.0', false],
  ['1.5E7', false],
  ['12', false],
  ['1e5', false],
  ['user-1e+20', false],
])('%s went through a float: %s', (id, rounded) => expect(isRoundedId(id)).toBe(rounded))

test.each([
  [['1.0', '2.0'], ['1', '2'], '; most would be equal without ".0" at the end'],
  [['007', '8'], ['7', '8'], '; most would be equal without leading zeros'],
  [['A', 'B', 'c'], ['a', 'b'], '; most would be equal without a difference of case'],
  [['"u1"', '"u2"'], ['u1', 'u2'], '; most would be equal without quotes around them'],
  [['1', '3'], ['2', '4'], ''],
  [['1', '2'], ['1', '2'], ''],
])('%j beside %j%s', (ids, others, hint) => expect(spellingHint(ids, others)).toBe(hint))
