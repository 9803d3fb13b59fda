import { expect, test } from 'vitest'
import { describe } from './describe.ts'
import { datasetOfPairs } from './testing.ts'

test('describe counts users and interactions of each class and of missing labels', () => {
  const whole = datasetOfPairs(3, 4, [
    [0, 0],
    [0, 1],
    [1, 2],
    [2, 3],
    [2, 0],
  ])
  const dataset = { ...whole, attributes: { gender: { classes: ['F', 'M'], codes: Int32Array.of(0, -1, 0) } } }
  expect(describe(dataset)).toEqual({
    name: 'pairs',
    users: 3,
    items: 4,
    interactions: 5,
    sparsity: 1 - 5 / 12,
    attributes: {
      gender: {
        classes: [
          { label: 'F', users: 2, interactions: 4 },
          { label: 'M', users: 0, interactions: 0 },
        ],
        missing: { users: 1, interactions: 1 },
      },
    },
  })
})
