import { expect, test } from 'vitest'
import { canonicalJson, jsonText, sha256 } from './index.ts'

test('key order does not show', () => {
  expect(canonicalJson({ b: [{ d: 1, c: undefined, a: null }], a: 'x' })).toBe('{"a":"x","b":[{"a":null,"d":1}]}')
  expect(canonicalJson({ a: 1 }, 2)).toBe('{\n  "a": 1\n}')
})

test('as a file it ends its last line', () => {
  expect(jsonText({ b: 1, a: [] }, 1)).toBe('{\n "a": [],\n "b": 1\n}\n')
  expect(() => jsonText([NaN])).toThrow('expected a finite number')
})

test('NaN is refused rather than written as null', () => {
  expect(() => canonicalJson({ a: [NaN] })).toThrow('expected a finite number, got NaN')
})

test('sha256 of the empty text is the published one', () => {
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})
