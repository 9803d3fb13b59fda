import { describe, expect, test } from 'vitest'
import { parseJson } from './parse-json.ts'

const nested = (depth: number, [open, close] = ['[', ']']): string => `${open!.repeat(depth)}${close!.repeat(depth)}`

describe('parseJson', () => {
  test('values as JSON.parse gives them, brackets within text included', () => {
    const text = `{"a":["${'['.repeat(500)}","\\"[[","${'\\\\'}"],"b":${nested(99)}}`
    expect(parseJson(text)).toEqual(JSON.parse(text))
  })

  test.each([
    ['lists', nested(101)],
    ['objects', `${'{"a":'.repeat(101)}1${'}'.repeat(101)}`],
    ['a hundred thousand lists', nested(1e5)],
  ])('%s nested deeper than 100', (_, text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError)
    expect(() => parseJson(text)).toThrow('nested deeper than 100')
  })

  test('siblings are no depth', () => {
    expect(parseJson(`[${Array.from({ length: 500 }, () => '[1]').join(',')}]`)).toHaveLength(500)
  })

  test.each(['', '[', '{"a":', '"\\', '[1,]'])('no JSON: %j', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError)
  })
})
