import { expect, test } from 'vitest'
import { editDistance, nearest } from './nearest.ts'

test('edits: insert, delete, substitute, swap neighbours', () => {
  expect(editDistance('', 'abc')).toBe(3)
  expect(editDistance('kitten', 'sitting')).toBe(3)
  expect(editDistance('flwo', 'flow')).toBe(1)
  expect(editDistance('same', 'same')).toBe(0)
})

test('the nearest word, and none where all are far', () => {
  expect(nearest('atributes', ['attribute', 'attributes', 'out'])).toBe('attributes')
  expect(nearest('unlern', ['audit', 'unlearn', 'data'])).toBe('unlearn')
  expect(nearest('frobnicate', ['audit', 'unlearn', 'data'])).toBeUndefined()
  expect(nearest('x', ['ids', 'out'])).toBeUndefined()
})
