import { encodeLabels, matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import { tellingWarnings } from './telling-dimensions.ts'

const labels = encodeLabels(['F', 'M', 'F', '', 'M'])
const warned = (...rows: number[][]): string[] =>
  tellingWarnings(
    'u.npy',
    { matrix: matrix(5, rows[0]!.length, Float32Array.from(rows.flat())), dimensions: ['d0', 'd1'] },
    { labels, attribute: 'gender' },
  )

test('a dimension that is the label is told, whoever has none', () => {
  expect(warned([0.1, 1], [0.2, -1], [0.3, 1], [0.4, 0.5], [0.5, -1])).toEqual([
    'u.npy: dimension d1 holds one value for each label of gender, as the label itself does: figures are of that, ' +
      'and not of what a model learned; write the vectors without it',
  ])
})

test('one user who differs, or the same value for all labels, is no such dimension', () => {
  expect(warned([0.1, 1], [0.2, -1], [0.3, 1], [0.4, 0.5], [0.5, 1])).toEqual([])
  expect(warned([0.1, 1], [0.2, 1], [0.3, 1], [0.4, 0.5], [0.5, 1])).toEqual([])
})
