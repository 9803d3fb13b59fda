import { afterEach, expect, test } from 'vitest'
import { runKernel, setThreads, threads } from './runtime.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

test.each([1, 2])('a task that traps says why, on %i threads, and the next run is as usual', (count) => {
  setThreads(count)
  const beyond = 2 ** 32 - 64
  const rates = [1, 1, 0.9, 0.1, 0.9, 0.1, 1e-8, 0]
  const run = (): void => runKernel('adam', 8, [beyond, beyond, beyond, beyond, 8192, ...rates, 1024])
  expect(run).toThrow(/memory access out of bounds/)
  expect(run).toThrow(/memory access out of bounds/)
})
