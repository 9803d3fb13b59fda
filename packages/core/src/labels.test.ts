import { expect, test } from 'vitest'
import { classCounts, encodeLabels, labelledRows } from './index.ts'

test('labels are coded by sorted name, missing ones are -1', () => {
  const labels = encodeLabels(['m', 'f', null, 'm', '', undefined, 'é'])
  expect(labels.classes).toEqual(['f', 'm', 'é'])
  expect([...labels.codes]).toEqual([1, 0, -1, 1, -1, -1, 2])
  expect([...classCounts(labels)]).toEqual([1, 2, 1])
  expect([...labelledRows(labels)]).toEqual([0, 1, 3, 6])
})
