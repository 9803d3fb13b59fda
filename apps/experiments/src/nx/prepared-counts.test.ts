import { expect, test } from 'vitest'
import { countsText } from './prepared-counts.ts'

test('what is left of a data set is told: labels, notes of its reader, users dropped', () => {
  const text = countsText([
    {
      dataset: 'plays.csv',
      core: 5,
      loaded: { users: 10, items: 8, interactions: 90 },
      kept: { users: 9, items: 8, interactions: 86 },
      labels: {
        sex: {
          classes: [
            { label: 'F', users: 4, interactions: 40 },
            { label: 'M', users: 3, interactions: 30 },
            { label: 'X', users: 0, interactions: 0 },
          ],
          missing: { users: 2, interactions: 16 },
        },
      },
      notes: ['1 duplicate user-item row dropped'],
    },
  ])
  expect(text.split('\n')).toEqual([
    'plays.csv, sex: F 4, M 3; no label 2',
    'plays.csv: 1 duplicate user-item row dropped',
    'plays.csv: 1 of 10 users and 0 of 8 items have fewer than 5 interactions, and are in no model and no figure ' +
      '(--core)',
    '',
  ])
})
