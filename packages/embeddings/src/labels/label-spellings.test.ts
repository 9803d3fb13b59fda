import { expect, test } from 'vitest'
import { numberWarnings, spellingWarnings } from './label-spellings.ts'

const warned = (...names: string[]): string[] =>
  spellingWarnings(
    'gender',
    names.map((name) => ({ name, users: 30 })),
  )

test.each([
  [['F', 'M', 'prefer not to say'], "--missing-label 'prefer not to say'"],
  [['F', 'M', 'Keine Angabe'], "--missing-label 'Keine Angabe'"],
  [['F', 'M', 'U'], '--missing-label U'],
  [['F', 'M', '0'], '--missing-label 0'],
  [['0', '1', '-1'], '--missing-label -1'],
  [['0.0', '1.0', '-1.0'], '--missing-label -1.0'],
  [['1', '2', '9'], '--missing-label 9'],
  [['1', '2', '14', '99'], '--missing-label 99'],
  [['1', '2', '-8', '-9'], '--missing-label -8 --missing-label -9'],
])('%j: a label that is none is told, with its flag', (names, flags) => {
  expect(warned(...names)).toEqual([expect.stringMatching(`where that means "not known", add ${flags}$`)])
})

test.each([
  [['F', 'M']],
  [['M', 'U']],
  [['-1', '1']],
  [['0', '9']],
  [['0', '1', '2']],
  [['7', '8', '9']],
  [['a', 'b', 'u', 'student']],
  [['25-34', '35-44', '18']],
])('%j are labels', (names) => {
  expect(warned(...names)).toEqual([])
})

test('1, 1.0 and 01 are one number', () => {
  expect(warned('1', '1.0', '2')).toEqual([expect.stringContaining('--merge-labels 1=1.0')])
  expect(warned('01', '1', '2')).toEqual([expect.stringContaining('--merge-labels 01=1')])
})

test('codes among numbers, where several users have them', () => {
  const ages = Array.from({ length: 60 }, (_, i) => String(18 + (i % 40)))
  expect(numberWarnings('age', ages)).toEqual([])
  expect(numberWarnings('age', [...ages, '-1', '-1'])).toEqual([
    'age: "-1" (2 users) count as numbers like the others; where that means "not known", add --missing-label -1',
  ])
  expect(numberWarnings('age', [...ages, '999', '999', '999'])[0]).toContain('--missing-label 999')
  expect(numberWarnings('age', [...ages, '99'])).toEqual([])
  expect(numberWarnings('change', [...ages, '-1', '-1', '-2'])).toEqual([])
})
