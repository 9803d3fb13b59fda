import { expect, test } from 'vitest'
import { atMost } from './at-most.ts'

test('so many calls at once, in their order; one that fails makes room', async () => {
  const log: string[] = []
  let now = 0
  let most = 0
  const run = atMost(2, async (name: string) => {
    most = Math.max(most, ++now)
    log.push(name)
    await new Promise((resolve) => setImmediate(resolve))
    now--
    if (name === 'b') throw new RangeError('expected another')
    return name
  })
  const calls = ['a', 'b', 'c', 'd', 'e'].map((name) => run(name).catch((error: Error) => error.message))
  expect(await Promise.all(calls)).toEqual(['a', 'expected another', 'c', 'd', 'e'])
  expect([most, log]).toEqual([2, ['a', 'b', 'c', 'd', 'e']])
  expect(await run('f')).toBe('f')
})
