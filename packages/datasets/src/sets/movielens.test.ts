import { describe, expect, test } from 'vitest'
import { readMovielens100k } from './movielens-100k.ts'
import { readMovielens1m } from './movielens-1m.ts'

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const film = (id: number, title: string): string => `${id}|${title}|01-Jan-1995||url${'|0'.repeat(19)}\n`
const small100k = {
  'u.data': latin1('7\t2\t4\t881250949\n3\t2\t1\t891717742\n3\t9\t5\t0\n'),
  'u.user': latin1('3|24|F|technician|85711\n7|56|M|writer|T8H1N\n'),
  'u.item': latin1(film(1, 'Nobody saw') + film(2, 'Misérables, Les (1995)') + film(9, 'Nine')),
}
const small1m = {
  'ratings.dat': latin1('1::1193::5::0\n2::661::3::0\n1::661::2::0\n'),
  'users.dat': latin1('1::F::1::10::48067\n2::M::56::16::01001-1234\n'),
  'movies.dat': latin1(
    "661::James and the Giant Peach (1996)::Animation|Children's\n1193::Cité des enfants perdus, La (1995)::Drama\n",
  ),
}

describe('readMovielens100k', () => {
  test('joins ratings, users and items under raw ids', () => {
    const dataset = readMovielens100k(small100k)
    expect(dataset.users).toEqual(['3', '7'])
    expect(dataset.items).toEqual(['2', '9'])
    expect(dataset.itemNames).toEqual(['Misérables, Les (1995)', 'Nine'])
    expect([...dataset.interactions.users]).toEqual([1, 0, 0])
    expect([...dataset.interactions.items]).toEqual([0, 0, 1])
    expect([...dataset.interactions.ratings!]).toEqual([4, 1, 5])
    expect(dataset.attributes['gender']).toEqual({ classes: ['F', 'M'], codes: Int32Array.of(0, 1) })
    expect(dataset.attributes['age']).toEqual({ classes: ['18-24', '56+'], codes: Int32Array.of(0, 1) })
    expect(dataset.attributes['occupation']).toEqual({ classes: ['technician', 'writer'], codes: Int32Array.of(0, 1) })
    expect(dataset.notes).toEqual([])
  })

  test('leaves out duplicate rows and idle users, and says so', () => {
    const dataset = readMovielens100k({ ...small100k, 'u.data': latin1('7\t2\t4\t0\n7\t2\t1\t0\n') })
    expect(dataset.users).toEqual(['7'])
    expect([...dataset.interactions.ratings!]).toEqual([4])
    expect([...dataset.attributes['gender']!.codes]).toEqual([1])
    expect(dataset.notes).toEqual(['1 duplicate user-item row dropped', '1 user without interactions left out'])
  })

  test.each([
    ['u.data', '3\t2\t4\t0\n5\t2\t4\t0\n', 'u.data, row 2, column 1 (user): expected a user of u.user, got 5'],
    ['u.data', '3\t2\t4\t0\n3\t8\t4\t0\n', 'u.data, row 2, column 2 (item): expected an item of u.item, got 8'],
    [
      'u.user',
      '3|24|F|writer|1\n3|24|F|writer|1\n',
      'u.user, row 2, column 1 (user): expected every id once, got 3 again after row 1',
    ],
    ['u.user', '3|24|F|writer|1\n7|24|x|writer|1\n', 'u.user, row 2, gender: expected F or M, got "x"'],
    [
      'u.user',
      '3|24|F|writer|1\n7||M|writer|1\n',
      'u.user, row 2, age: expected a number of years or an age code, got ""',
    ],
    [
      'u.user',
      '3\t24\tF\twriter\t1\n',
      'u.user, row 1: expected 5 columns (user, age, gender, occupation, zip code) separated by "|", got 1 in ' +
        '"3\\t24\\tF\\twriter\\t1"',
    ],
    ['u.item', '', 'u.item is empty'],
    ['u.user', 'x|24|F|writer|1\n', 'u.user, row 1, column 1 (user): expected an integer from 0 to 2^53 - 1, got "x"'],
    [
      'u.user',
      '9007199254740993|24|F|writer|1\n',
      'u.user, row 1, column 1 (user): expected an integer from 0 to 2^53 - 1, got "9007199254740993"',
    ],
  ])('refuses a bad %s', (file, text, message) => {
    expect(() => readMovielens100k({ ...small100k, [file]: latin1(text) })).toThrow(
      expect.objectContaining({ code: 'bad-data', message: expect.stringContaining(message) as string }),
    )
  })
})

describe('readMovielens1m', () => {
  test('reads codes of age and occupation, gaps in item ids, zip codes that are no numbers', () => {
    const dataset = readMovielens1m(small1m)
    expect(dataset.items).toEqual(['661', '1193'])
    expect(dataset.itemNames![1]).toBe('Cité des enfants perdus, La (1995)')
    expect([...dataset.interactions.items]).toEqual([1, 0, 0])
    expect(dataset.attributes['age']).toEqual({ classes: ['0-17', '56+'], codes: Int32Array.of(0, 1) })
    expect(dataset.attributes['occupation']).toEqual({
      classes: ['K-12 student', 'self-employed'],
      codes: Int32Array.of(0, 1),
    })
  })

  test.each([
    [
      'users.dat',
      '1::F::24::10::1\n',
      'users.dat, row 1, column 3 (age): expected one of 1, 18, 25, 35, 45, 50, 56, got "24"',
    ],
    [
      'users.dat',
      '1::F::25::21::1\n',
      'users.dat, row 1, column 4 (occupation): expected a code from 0 to 20, got "21"',
    ],
    [
      'ratings.dat',
      '1\t661\t3\t0\n',
      'ratings.dat, row 1: expected 4 columns (user, item, rating, timestamp) separated by "::"',
    ],
    ['movies.dat', '661::Peach\n', 'movies.dat, row 1: expected 3 columns'],
  ])('refuses a bad %s', (file, text, message) => {
    expect(() => readMovielens1m({ ...small1m, [file]: latin1(text) })).toThrow(
      expect.objectContaining({ code: 'bad-data', message: expect.stringContaining(message) as string }),
    )
  })
})
