import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readLastfm } from './lastfm.ts'

const read = (text: string) => readLastfm({ 'lastfm.csv': Buffer.from(text) })

describe('readLastfm', () => {
  test('reads quoted artists and non-ASCII countries, and drops duplicates', () => {
    const dataset = read(
      'user,artist,sex,country\n9,"earth, wind & fire",f,Germany\n9,björk,f,Germany\n4,björk,m,Côte ' +
        "d'Ivoire\n9,björk,f,Germany\n",
    )
    expect(dataset.users).toEqual(['9', '4'])
    expect(dataset.items).toEqual(['earth, wind & fire', 'björk'])
    expect([...dataset.interactions.users]).toEqual([0, 0, 1])
    expect([...dataset.interactions.items]).toEqual([0, 1, 1])
    expect(dataset.attributes['gender']).toEqual({ classes: ['F', 'M'], codes: Int32Array.of(0, 1) })
    expect(dataset.attributes['country']!.classes).toEqual(["Côte d'Ivoire", 'Germany'])
    expect(dataset.notes).toEqual(['1 duplicate user-item row dropped'])
  })

  test.each([
    ['', 'lastfm.csv is empty'],
    ['user,artist,sex\n1,a,f\n', 'lastfm.csv, row 1: expected a column "country", got "user", "artist", "sex"'],
    ['user;artist;sex;country\n1;a;f;X\n', 'is the delimiter another one than ","?'],
    ['user,artist,sex,country\n1,a,f,X\n1,b,f\n', 'lastfm.csv, row 3: expected rows with the columns of the header'],
    ['user,artist,sex,country\n1,a,f,X\n1,"b,f,X\n', 'Quote Not Closed'],
    ['user,artist,sex,country\n1,a,w,X\n', 'lastfm.csv, row 2, column sex: expected f or m, got "w"'],
    [
      'user,artist,sex,country\n1,a,f,X\n1,b,m,X\n',
      'lastfm.csv, row 3, columns sex and country: expected f and X as before for user 1, got m and X',
    ],
    ['user,artist,sex,country\n,a,f,X\n', 'lastfm.csv, row 2, column user: expected an id, got an empty field'],
  ])('refuses %j', (text, message) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: 'bad-data', message: expect.stringContaining(message) as string }),
    )
  })

  test('refuses a file that is still compressed', () => {
    expect(() => readLastfm({ 'lastfm.csv': gzipSync('user,artist,sex,country\n1,x,f,X\n') })).toThrow(
      'lastfm.csv: expected text, got a file that gzip compressed; decompress it (gzip -d) first',
    )
  })

  test('refuses bytes that are not UTF-8', () => {
    expect(() =>
      readLastfm({ 'lastfm.csv': Buffer.from('user,artist,sex,country\n1,bj\xf6rk,f,X\n', 'latin1') }),
    ).toThrow('lastfm.csv: expected UTF-8 text, got bytes that are not')
  })
})
