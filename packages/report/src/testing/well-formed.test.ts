import { describe, expect, test } from 'vitest'
import { wellFormed } from './well-formed.ts'

describe('wellFormed', () => {
  test('lists elements with their attributes', () => {
    expect(wellFormed('<!DOCTYPE html><p id="a">x &lt; y<br/></p>').map((e) => e.name)).toEqual(['p', 'br'])
  })

  test.each([
    ['an element that is not closed', '<p>'],
    ['crossed elements', '<b><i></b></i>'],
    ['a bare ampersand', '<p>a & b</p>'],
    ['a bare bracket', '<p>a < b</p>'],
    ['an unquoted attribute', '<p id=a></p>'],
    ['a repeated id', '<p id="a"></p><p id="a"></p>'],
    ['a repeated attribute', '<p id="a" id="b"></p>'],
  ])('refuses %s', (_, text) => {
    expect(() => wellFormed(`<!DOCTYPE html>${text}`)).toThrow(/^wellFormed/)
  })
})
