import { badData } from '@indistinct/core'
import { expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'
import { tableTargets } from './table-targets.ts'
import { targets } from './targets.ts'
import { verdict, type Target } from './verdict.ts'

test.each(Object.keys(targets))('%s: a thousand changed files', async (format) => {
  const result = await fuzz({ format, cases: 1000, seed: 7 })
  expect(result.failure?.error).toBeUndefined()
  expect(result.cases).toBe(1000)
  expect(result.blocks).toBeGreaterThan(10)
  // News of coverage are found: the corpus of a table grows beyond the files it starts from.
  if (Object.hasOwn(tableTargets, format)) expect(result.corpus).toBeGreaterThan(targets[format]!.seeds().length)
})

test.each<[string, Target['parse'], unknown]>([
  ['another error than the parser’s own', () => new Uint8Array(-1), RangeError],
  ['memory out of proportion', () => new Uint8Array(1 << 27), RangeError],
])('%s is a failure', async (_, parse, error) => {
  expect(await verdict({ parse, seeds: () => [], tokens: [''], growth: 16 }, new Uint8Array(9))).toBeInstanceOf(error)
})

test('an error of the parser’s own is none', async () => {
  const parse = (): never => {
    throw badData('x')
  }
  expect(await verdict({ parse, seeds: () => [], tokens: [''], growth: 16 }, new Uint8Array(9))).toBe('refused')
})
