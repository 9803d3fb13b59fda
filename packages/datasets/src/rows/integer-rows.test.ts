import { describe, expect, test } from 'vitest'
import { readIntegerRows } from './integer-rows.ts'

const layout = { file: 'r.dat', delimiter: '::', columns: ['user', 'item', 'stars'], advice: 'fetch it again' }
const read = (text: string, delimiter = '::'): number[][] =>
  readIntegerRows(Buffer.from(text), { ...layout, delimiter }).map((column) => [...column])

describe('readIntegerRows', () => {
  test('reads columns, whatever ends the lines', () => {
    const columns = [
      [1, 20],
      [300, 4],
      [5, 0],
    ]
    expect(read('1::300::5\n20::4::0\n')).toEqual(columns)
    expect(read('1::300::5\r\n20::4::0')).toEqual(columns)
    expect(read('1\t300\t5\n20\t4\t0\n\n\r\n', '\t')).toEqual(columns)
  })

  test('reads the largest integer that a double holds exactly', () => {
    expect(read('9007199254740991::1::1')[0]).toEqual([9007199254740991])
    expect(read('0000000000000000000001::1::1')[0]).toEqual([1])
  })

  test.each([
    [
      '9007199254740992::1::1',
      'r.dat, row 1, column 1 (user): expected an integer from 0 to 2^53 - 1, got "9007199254740992"; fetch it again',
    ],
    [
      '1::2::3\n1::x2::3\n',
      'r.dat, row 2, column 2 (item): expected an integer from 0 to 2^53 - 1, got "x2"; fetch it again',
    ],
    [
      '1::2::3\n1::::3\n',
      'r.dat, row 2, column 2 (item): expected an integer from 0 to 2^53 - 1, got ""; fetch it again',
    ],
    ['1::2::-3\n', 'r.dat, row 1, column 3 (stars): expected an integer from 0 to 2^53 - 1, got "-3"; fetch it again'],
    [
      '1::2::3.5\n',
      'r.dat, row 1, column 3 (stars): expected an integer from 0 to 2^53 - 1, got "3.5"; fetch it again',
    ],
    [
      '1::2::3\n1::2',
      'r.dat, row 2: expected 3 columns (user, item, stars) separated by "::", got 2 in "1::2": the file ends in ' +
        'the middle of a row; fetch it again',
    ],
    [
      '1::2::3::4\n',
      'r.dat, row 1: expected 3 columns (user, item, stars) separated by "::", got 4 in "1::2::3::4"; fetch it again',
    ],
    [
      '1::2::3\n\n1::2::3\n',
      'r.dat, row 2: expected 3 columns (user, item, stars) separated by "::", got an empty row; fetch it again',
    ],
    [
      '1,2,3\n',
      'r.dat, row 1: expected 3 columns (user, item, stars) separated by "::", got "1,2,3": is the delimiter ' +
        'another one? fetch it again',
    ],
    ['\n\n', 'r.dat is empty, expected rows of user, item, stars; fetch it again'],
  ])('says what is wrong with %j', (text, message) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'bad-data', message }))
  })
})
