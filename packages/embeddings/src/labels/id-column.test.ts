import { describe, expect, test } from 'vitest'
import { idArrayOf, idColumnOf, isUsualIdName, looksLikeIds } from './id-column.ts'

const found = (...names: string[]): string | undefined => idColumnOf(names, undefined, 'x.csv')

test.each([
  'id',
  'ID',
  'ids',
  'user',
  'User',
  'users',
  'user_id',
  'user_ids',
  'userId',
  'userID',
  'User-ID',
  'user id',
  'USER.ID',
  'uid',
  'UID',
  '_id',
  'customer_id',
  'memberId',
  'id_student',
  'user_uuid',
  'user_id:token',
  'uid:token',
])('%j is a usual name', (name) => {
  expect(isUsualIdName(name)).toBe(true)
  expect(found('gender', name)).toBe(name)
})

test.each([
  'item_id',
  'movieId',
  'region_id',
  'occupation',
  'member',
  'customer',
  'zip',
  'paid',
  'd0',
  'gender',
  'username',
  'idle',
  'userdata',
  'grid',
  '0',
])('%j is none', (name) => {
  expect(isUsualIdName(name)).toBe(false)
  expect(found('gender', name)).toBeUndefined()
})

describe('an index of pandas', () => {
  test('is taken where there is no better name', () => {
    expect(found('', 'gender')).toBe('')
    expect(found('Unnamed: 0', 'gender')).toBe('Unnamed: 0')
    expect(found('d0', 'd1', '__index_level_0__')).toBe('__index_level_0__')
    expect(found('', 'user_id', 'gender')).toBe('user_id')
  })

  test('stands first in CSV', () => {
    expect(found('gender', '')).toBeUndefined()
    expect(found('gender', 'index')).toBeUndefined()
  })
})

test('two usual names are refused with the flag', () => {
  expect(() => found('id', 'user_id', 'gender')).toThrow(
    'x.csv: "id" and "user_id" could each hold the ids; name the one that does (--table-id-column)',
  )
  expect(() => idColumnOf(['id', 'uid', 'user'], undefined, 'x.csv', '--id-column')).toThrow(
    '"id", "uid" and "user" could each hold the ids; name the one that does (--id-column)',
  )
})

test('a requested column that is not there: what there is', () => {
  expect(idColumnOf(['user_id:token', 'age:float'], 'user_id', 'x.user')).toBe('user_id:token')
  expect(() => idArrayOf(['user_ids'], 'user_id', 'x.npz')).toThrow(
    'x.npz: there is no column "user_id" to take ids from; the columns are "user_ids"; ids look to be in ' +
      '"user_ids": name it (--table-id-column user_ids)',
  )
  // The flag may be meant for the attribute file.
  expect(idArrayOf([], 'user_id', 'x.npz')).toBeUndefined()
})

describe('values that look like ids', () => {
  const numbers = Array.from({ length: 12 }, (_, i) => String(100 - i))

  test('text and whole numbers of which no two are equal', () => {
    expect(looksLikeIds(numbers)).toBe(true)
    expect(looksLikeIds(numbers.map((n) => `u${n}`))).toBe(true)
  })

  test('not measurements, vectors, repeated or empty values, or too few to say', () => {
    expect(looksLikeIds(numbers.map((n) => `${n}.5`))).toBe(false)
    expect(looksLikeIds(numbers.map((n) => `${n}e-5`))).toBe(false)
    expect(looksLikeIds(numbers.map((n) => `[${n}, 1]`))).toBe(false)
    expect(looksLikeIds([...numbers, '100'])).toBe(false)
    expect(looksLikeIds([...numbers, ''])).toBe(false)
    expect(looksLikeIds(numbers.slice(0, 9))).toBe(false)
  })
})
