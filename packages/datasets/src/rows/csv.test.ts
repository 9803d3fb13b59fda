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
    expect(dataset.notes).toEqual(['1 duplicate user-item row dropped'])
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
      'interactions.csv, row 2, column who: expected a user of attributes.csv, got "zoe"; add a row for it',
    )
    expect([...readCsvDataset(files, { ...columns, unknownUsers: 'unlabelled' }).attributes['gender']!.codes]).toEqual([
      -1, 0,
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
    expect(() => readCsvDataset({ interactions: one, attributes: utf8('user,g\n1,f\n1,m\n') })).toThrow(
      'attributes.csv, row 3, column user: expected every user once, got "1" again after attributes.csv, row 2',
    )
    expect(() => readCsvDataset({ interactions: one, attributes: utf8('user\n1\n') })).toThrow(
      'attributes.csv, row 1: expected an attribute column beside "user", got none',
    )
  })
})
