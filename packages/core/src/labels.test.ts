import { expect, test } from 'vitest'
import { checkLabels, classCounts, encodeLabels, labelledRows } from './index.ts'

test('labels are coded by sorted name, missing ones are -1', () => {
  const labels = encodeLabels(['m', 'f', null, 'm', '', undefined, 'é'])
  expect(labels.classes).toEqual(['f', 'm', 'é'])
  expect([...labels.codes]).toEqual([1, 0, -1, 1, -1, -1, 2])
  expect([...classCounts(labels)]).toEqual([1, 2, 1])
  expect([...labelledRows(labels)]).toEqual([0, 1, 3, 6])
})

test('values that are no names are refused', () => {
  expect(() => encodeLabels(['f', NaN as unknown as string])).toThrow('expected names, got the number NaN in row 1')
})

test('codes that name no class, or are no Int32Array, are refused', () => {
  const classes = ['f', 'm']
  expect(() => checkLabels('here', { classes, codes: Int32Array.of(-1, 0, 1) })).not.toThrow()
  for (const code of [2, -2])
    expect(() => checkLabels('here', { classes, codes: Int32Array.of(0, code) })).toThrow(
      `here: expected a label code from -1 to 1 in row 1, got ${code}`,
    )
  for (const wrong of [{ classes, codes: [0, 1] }, { codes: Int32Array.of(0) }, ['f', 'm'], undefined])
    expect(() => checkLabels('here', wrong as never)).toThrow('here: expected labels with a list of classes')
})
