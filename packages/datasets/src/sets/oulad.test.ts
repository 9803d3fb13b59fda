import { expect, test } from 'vitest'
import { readOulad } from './oulad.ts'

const people = 'user,gender,age_band,disability,region,highest_education'
const read = (interactions: string, users: string) =>
  readOulad({ 'interactions.csv': Buffer.from(interactions), 'users.csv': Buffer.from(users) })

test('reads students with their attributes, and leaves out who handed nothing in', () => {
  const users =
    `${people}\n5,M,0-35,N,Wales,HE Qualification\n7,F,55<=,Y,Scotland,A Level or Equivalent\n9,F,0-35,N,Wales,No ` +
    `Formal quals\n`
  const dataset = read('user,item\n7,a1752\n5,a1752\n7,a1753\n', users)
  expect([dataset.name, dataset.users, dataset.items]).toEqual(['oulad', ['7', '5'], ['a1752', 'a1753']])
  expect([...dataset.interactions.users]).toEqual([0, 1, 0])
  expect(dataset.attributes['disability']).toEqual({ classes: ['N', 'Y'], codes: Int32Array.of(1, 0) })
  expect(dataset.attributes['age_band']!.classes).toEqual(['0-35', '55<='])
  expect(Object.keys(dataset.attributes)).toEqual(['gender', 'age_band', 'disability', 'region', 'highest_education'])
})

test.each([
  ['user,item\n7,a1\n', 'user,gender\n7,F\n', 'users.csv, row 1: expected a column "age_band"'],
  [
    'user,item\n7,a1\n',
    `${people}\n5,M,0-35,N,Wales,HE\n`,
    'interactions.csv, row 2, column user: expected a user of users.csv, got "7"',
  ],
  ['user,item\n7,\n', `${people}\n7,M,0-35,N,Wales,HE\n`, 'interactions.csv, row 2, column item: expected an id'],
])('refuses %j with %j', (interactions, users, message) => {
  expect(() => read(interactions, users)).toThrow(
    expect.objectContaining({ code: 'bad-data', message: expect.stringContaining(message) as string }),
  )
})
