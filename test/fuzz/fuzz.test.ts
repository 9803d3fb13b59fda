import { expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'
import { targets, verdict, type Target } from './targets.ts'

test.each(Object.keys(targets))('%s: two thousand changed files', async (format) => {
  const result = await fuzz({ format, cases: 2000, seed: 7 })
  expect(result.failure?.error).toBeUndefined()
  expect(result.cases).toBe(2000)
  // News of coverage are found: the corpus grows beyond the files it starts from.
  expect(result.corpus).toBeGreaterThan(targets[format]!.seeds().length)
}, 300_000)

test('another error than the parser’s own is a failure', async () => {
  const broken: Target = { parse: () => new Uint8Array(-1) && undefined, seeds: () => [], tokens: [''] }
  expect(await verdict(broken, new Uint8Array(0))).toBeInstanceOf(RangeError)
})
