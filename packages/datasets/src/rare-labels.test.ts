import { expect, test } from 'vitest'
import type { Dataset } from './dataset.ts'
import { withoutRareLabels } from './rare-labels.ts'

const dataset: Dataset = {
  name: 'tiny',
  users: ['a', 'b', 'c', 'd', 'e', 'f'],
  items: ['x'],
  interactions: { users: Int32Array.of(0), items: Int32Array.of(0) },
  attributes: {
    work: { classes: ['doctor', 'other', 'lawyer', 'student'], codes: Int32Array.of(1, 0, 3, 3, 1, -1) },
    gender: { classes: ['F', 'M'], codes: Int32Array.of(0, 0, 0, 1, 1, 1) },
  },
  notes: ['as read'],
}

test('rare labels become unknown, the rest are numbered anew', () => {
  const { attributes, notes, users } = withoutRareLabels(dataset, 2)
  expect(users).toEqual(dataset.users)
  expect(attributes['work']).toEqual({ classes: ['other', 'student'], codes: Int32Array.of(0, -1, 1, 1, 0, -1) })
  expect(attributes['gender']).toEqual(dataset.attributes['gender'])
  expect(notes).toEqual(['as read', 'labels of work that fewer than 2 users have are taken as unknown: doctor, lawyer'])
})

test('a class without users counts as rare', () => {
  expect(
    withoutRareLabels(
      { ...dataset, attributes: { work: { classes: ['a', 'b'], codes: Int32Array.of(1, 1, 1, 1, 1, 1) } } },
      1,
    ).attributes['work']?.classes,
  ).toEqual(['b'])
})

test('refuses a count that is none', () => {
  expect(() => withoutRareLabels(dataset, 0)).toThrow('withoutRareLabels: expected a positive integer, got 0')
})
