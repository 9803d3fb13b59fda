import { expect, test } from 'vitest'
import {
  bullmqExecutor,
  kubernetesExecutor,
  localExecutor,
  runTasks,
  slurmExecutor,
  startBullmqWorker,
} from './index.ts'

/** As programs without types hand it over. */
const untyped = <T>(value: unknown): T => value as T
const program = ['node', 'indistinct.js']
const common = { program, folder: 'logs', label: 'x', image: 'y' }

test.each<[string, () => unknown]>([
  ['localExecutor', () => localExecutor(untyped({ program, folder: 'logs', worker: 3 }))],
  ['slurmExecutor', () => slurmExecutor(untyped({ program, folder: 'logs', label: 'x', worker: 3 }))],
  ['kubernetesExecutor', () => kubernetesExecutor(untyped({ ...common, worker: 3 }))],
  ['bullmqExecutor', () => bullmqExecutor(untyped({ worker: 3 }))],
])('%s refuses misspelt options', (name, make) => {
  expect(make).toThrow(new RegExp(`^${name}: expected options among .*, got worker$`))
})

test('workers and runs refuse misspelt options before they start', async () => {
  await expect(startBullmqWorker(untyped({ program, folder: 'logs', lock: 3 }))).rejects.toThrow(/got lock$/)
  const executor = localExecutor({ program, folder: 'logs' })
  await expect(runTasks(executor, [], untyped({ done: async () => new Set(), detached: true }))).rejects.toThrow(
    /^runTasks: .* got detached$/,
  )
  await executor.close()
})
