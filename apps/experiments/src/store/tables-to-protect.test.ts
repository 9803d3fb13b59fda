import { describe, expect, test } from 'vitest'
import { tablesToProtect } from './tables-to-protect.ts'

describe('tablesToProtect', () => {
  test('all unless some are listed, whatever else the list names', () => {
    expect(tablesToProtect(undefined, ['gmf', 'mlp'])).toEqual(['gmf', 'mlp'])
    expect(tablesToProtect(['layer-0', 'gmf'], ['gmf', 'mlp'])).toEqual(['gmf'])
  })

  test('refuses lists that leave nothing', () => {
    expect(() => tablesToProtect(['layer-0'], ['gmf', 'mlp'])).toThrow('expected tables among gmf, mlp, got layer-0')
    expect(() => tablesToProtect('gmf', ['gmf'])).toThrow('expected tables as a list of names, got "gmf"')
  })
})
