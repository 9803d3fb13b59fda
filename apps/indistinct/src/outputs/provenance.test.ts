import { expect, test } from 'vitest'
import { ownVersion } from '../terminal/system.ts'
import { commandLine } from './provenance.ts'

test('the command line can be pasted into a shell', () => {
  expect(
    commandLine(['audit', 'my users.npy', '--attribute', "it's", '--missing-label', '', '--dimensions', 'd*']),
  ).toBe(`indistinct audit 'my users.npy' --attribute 'it'\\''s' --missing-label '' --dimensions 'd*'`)
})

test('the version is that of the package', () => {
  expect(ownVersion()).toMatch(/^\d+\.\d+\.\d+$/)
})
