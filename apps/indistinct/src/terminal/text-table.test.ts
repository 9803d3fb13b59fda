import { expect, test } from 'vitest'
import { printable, textTable } from './text-table.ts'

test('columns line up; numbers go right', () => {
  expect(
    textTable(
      ['name', 'users'],
      [
        ['a', 1234567],
        ['long name', 8],
      ],
    ),
  ).toBe('name           users\na          1,234,567\nlong name          8\n')
})

test('a label cannot steer the terminal', () => {
  expect(printable('a\x1b[2Jb\nc')).toBe('a\\u001b[2Jb\\u000ac')
  expect(textTable(['l'], [['\x07é']])).toBe('l\n\\u0007é\n')
})
