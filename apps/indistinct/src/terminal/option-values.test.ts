import { expect, test } from 'vitest'
import { numberFromEnvironment, numberOption, parseNumber, textOption } from './option-values.ts'

test('numbers in range', () => {
  expect(parseNumber('--seed', '42', { integer: true, from: 0 })).toBe(42)
  expect(parseNumber('--level', '1e-3', { above: 0 })).toBe(0.001)
})

test.each([
  ['abc', { integer: true, from: 0 }, 'expected an integer of at least 0, got "abc"'],
  ['1.5', { integer: true, from: 0 }, 'expected an integer of at least 0'],
  ['-1', { integer: true, from: 0 }, 'got "-1"'],
  ['9007199254740993', { integer: true, from: 0 }, 'expected an integer'],
  ['0', { above: 0 }, 'expected a number above 0'],
  ['2', { above: 0, to: 1 }, 'expected a number above 0 and at most 1, got "2"'],
  ['1.01', { from: 0.5, to: 1 }, 'expected a number from 0.5 to 1'],
  ['Infinity', {}, 'expected a number, got "Infinity"'],
  [' ', {}, 'expected a number'],
])('%s is refused', (text, range, message) => {
  expect(() => parseNumber('--x', text, range)).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) }),
  )
})

test('options: absent stays absent, twice is refused, empty is refused', () => {
  expect(numberOption('--seed', {})(undefined)).toBeUndefined()
  expect(() => numberOption('--seed', {})([1, 2])).toThrow('--seed is given 2 times')
  expect(textOption('--out')('a')).toBe('a')
  expect(() => textOption('--out')('')).toThrow('--out: expected a value')
})

test('the environment names its variable', () => {
  process.env['INDISTINCT_TEST_NUMBER'] = 'many'
  expect(() => numberFromEnvironment('INDISTINCT_TEST_NUMBER', { integer: true })).toThrow(
    'INDISTINCT_TEST_NUMBER: expected an integer, got "many"',
  )
  process.env['INDISTINCT_TEST_NUMBER'] = ''
  expect(numberFromEnvironment('INDISTINCT_TEST_NUMBER', {})).toBeUndefined()
  delete process.env['INDISTINCT_TEST_NUMBER']
})
