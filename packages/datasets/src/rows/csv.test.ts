import { describe, expect, test } from 'vitest'
import { readCsvDataset } from './csv.ts'

const utf8 = (text: string): Uint8Array => Buffer.from(text)
const interactions = utf8('who,when,what,stars\nzoe,1,"a,1",4.5\nal,2,b,1\nzoe,3,b,2\nzoe,4,b,3\n')
const attributes = utf8('\ufeffid,gender,town\nal,f,"Graz, ""Süd"""\nzoe,,Wien\nidle,m,Linz\n')
const columns = { userColumn: 'who', itemColumn: 'what', ratingColumn: 'stars', attributesUserColumn: 'id' }

describe('readCsvDataset', () => {
  test('reads named columns; empty attributes are missing labels', () => {
    const dataset = readCsvDataset({ interactions, attributes }, { ...columns, name: 'mine' })
    expect(dataset.name).toBe('mine')
    expect(dataset.users).toEqual(['zoe', 'al'])
    expect(dataset.items).toEqual(['a,1', 'b'])
    expect([...dataset.interactions.users]).toEqual([0, 1, 0])
    expect([...dataset.interactions.ratings!]).toEqual([4.5, 1, 2])
    // Nobody with an interaction is m, so there is no such class.
    expect(dataset.attributes['gender']).toEqual({ classes: ['f'], codes: Int32Array.of(-1, 0) })
    expect(dataset.attributes['town']).toEqual({ classes: ['Graz, "Süd"', 'Wien'], codes: Int32Array.of(1, 0) })
    expect(dataset.notes).toEqual([
      'every pair of user and item counts as one interaction, whatever its "when"',
      '1 of 3 users with attributes left out: without interactions',
      '1 duplicate user-item row dropped',
    ])
  })

  test('reads only the attributes asked for, and none without a file', () => {
    expect(
      Object.keys(readCsvDataset({ interactions, attributes }, { ...columns, attributes: ['town'] }).attributes),
    ).toEqual(['town'])
    expect(readCsvDataset({ interactions }, columns).attributes).toEqual({})
    expect(() => readCsvDataset({ interactions }, { ...columns, attributes: ['town'] })).toThrow(
      'expected an attributes file for town, got none',
    )
  })

  test('stops at a user without attributes, or leaves it unlabelled', () => {
    const files = { interactions, attributes: utf8('id,gender\nal,f\n') }
    expect(() => readCsvDataset(files, columns)).toThrow(
      'interactions.csv, row 2, column who: expected a user of attributes.csv, got "zoe": 1 of 2 users have no row ' +
        'there, and its ids are "al"; add a row for each (an empty field is a missing label), or take them as',
    )
    const dataset = readCsvDataset(files, { ...columns, unknownUsers: 'unlabelled' })
    expect([...dataset.attributes['gender']!.codes]).toEqual([-1, 0])
    expect(dataset.notes).toContain('1 of 2 users have no row of attributes and are taken as unlabelled')
    const strangers = { interactions, attributes: utf8('id,gender\nbo,f\n') }
    expect(() => readCsvDataset(strangers, { ...columns, unknownUsers: 'unlabelled' })).toThrow(
      '2 of 2 users have no row there, and its ids are "bo"; name the columns of user ids',
    )
  })

  test.each([
    ['1.0', '".0" at the end'],
    ['01', 'leading zeros'],
    ['u1', 'the text before the number'],
    [' 1', 'blanks around them'],
  ])('tells why ids %j and 1 do not join', (id, why) => {
    const files = { interactions: utf8('user,item\n1,2\n'), attributes: utf8(`user,sex\n${id},f\n`) }
    expect(() => readCsvDataset(files)).toThrow(
      `its ids are "${id}"; most would be equal without ${why}; write ids in one way in both files`,
    )
  })

  test('lines that end in two ways are read as one', () => {
    const files = {
      interactions: utf8('user,item\n1,2\r\n2,2\n'),
      attributes: utf8('user,sex\r\n1,f\n2,f\r\n'),
    }
    const { items, attributes, notes } = readCsvDataset(files)
    expect([items, attributes['sex']!.classes, notes]).toEqual([['2'], ['f'], []])
    expect(() => readCsvDataset({ interactions: utf8('user,item\n1,2\r\n,3\n') })).toThrow('row 3, column user')
  })

  test('an index of pandas is no attribute', () => {
    const files = { interactions: utf8(',user,item\n0,1,2\n'), attributes: utf8(',user,sex\n0,1,f\n') }
    const dataset = readCsvDataset(files)
    expect(Object.keys(dataset.attributes)).toEqual(['sex'])
    expect(dataset.notes).toEqual([])
  })

  test('tells of ids that look like one, and of those that look like none', () => {
    const file = 'user,item\n12,a\n12.0,a\n012,b\n7,nan\n8, nan\n9,A\n'
    expect(readCsvDataset({ interactions: utf8(file) }).notes).toEqual([
      'users "12" and "12.0" are taken for two, and 1 more such pairs; where they are one, write its id in one way',
      'items "nan" and " nan" are taken for two; where they are one, write its id in one way',
      '"nan" is taken for one of the items; where it means none, leave out its rows',
    ])
  })

  test('reads another delimiter', () => {
    const dataset = readCsvDataset({ interactions: utf8('user;item\n1;2\n') }, { delimiter: ';' })
    expect([dataset.users, dataset.items]).toEqual([['1'], ['2']])
  })

  test.each([
    ['user,item\n', 'interactions.csv: expected rows below the header, got none'],
    ['user,item\n1,2\n3\n', 'interactions.csv, row 3: expected rows with the columns of the header'],
    ['user,item\n1,2\n\n3,4\n', 'interactions.csv, row 3: expected rows with the columns of the header'],
    ['user,user\n1,2\n', 'interactions.csv, row 1: expected different column names, got "user" twice'],
    [
      'user\titem\n1\t2\n',
      'interactions.csv, row 1: expected a column "user", got "user\\titem": is the delimiter another one than ","?',
    ],
    ['1,2\n3,4\n', 'row 1: expected a column "user", got "1", "2": is there no header? Write one; correct'],
    [
      'user,item\n9.007199254740992e+15,2\n',
      'row 2, column user: expected an id, got "9.007199254740992e+15": it went',
    ],
    ['user,item\n1,1e+20\n', 'row 2, column item: expected an id, got "1e+20": it went through a floating-point'],
    ['PAR1\0', 'expected text, got a Parquet file; write it as CSV'],
    ['user,item\n"a\nb",2\n3,\n', 'interactions.csv, row 4, column item: expected an id, got an empty field'],
  ])('refuses interactions %j', (text, message) => {
    expect(() => readCsvDataset({ interactions: utf8(text) })).toThrow(
      expect.objectContaining({ code: 'bad-data', message: expect.stringContaining(message) as string }),
    )
  })

  test('refuses a rating that is no number, duplicate users, and attributes without a column', () => {
    expect(() => readCsvDataset({ interactions: utf8('user,item,r\n1,2,\n') }, { ratingColumn: 'r' })).toThrow(
      'row 2, column r: expected a number, got ""',
    )
    const one = utf8('user,item\n1,2\n')
    expect(() => readCsvDataset({ interactions: one, attributes: utf8('user,g\n,f\n') })).toThrow(
      'attributes.csv, row 2, column user: expected an id, got an empty field',
    )
    expect(() => readCsvDataset({ interactions: one }, { itemColumn: 'user' })).toThrow(
      'expected a column of users and one of items, got "user" for both',
    )
    expect(() => readCsvDataset({ interactions: one, attributes: utf8('user,g\n1,f\n1,m\n') })).toThrow(
      'attributes.csv, row 3, column user: expected every user once, got "1" again after attributes.csv, row 2',
    )
    expect(() => readCsvDataset({ interactions: one, attributes: utf8('user\n1\n') })).toThrow(
      'attributes.csv, row 1: expected an attribute column beside "user", got none',
    )
  })
})
