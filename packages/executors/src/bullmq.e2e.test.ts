/** @file BullMQ on a real Redis, with several workers: order, workers that are killed, a server that dies, resuming. */

import { fork, type ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { bullmqExecutor } from './bullmq.ts'
import { runTasks, type Executor } from './executor.ts'
import { redisMissing, startQueueServer, type TestRedis } from './testing/redis.ts'
import { testTasks, type TestTasks } from './testing/tasks.ts'

const missing = redisMissing()
if (missing !== undefined) console.log(`bullmq tests skipped: ${missing}`)

describe.skipIf(missing !== undefined)('bullmq executor', () => {
  let redis: TestRedis
  let made: TestTasks
  let executor: Executor
  let workers: ChildProcess[]
  const begin = async (appendOnly: boolean, count = 2): Promise<void> => {
    redis = await startQueueServer(appendOnly)
    vi.stubEnv('REDIS_URL', redis.env['REDIS_URL']!)
    executor = bullmqExecutor()
    workers = await Promise.all(Array.from({ length: count }, startWorker))
  }
  const startWorker = (): Promise<ChildProcess> =>
    new Promise((resolve, reject) => {
      const child = fork(fileURLToPath(new URL('testing/worker.ts', import.meta.url)), [made.folder, ...made.program], {
        execArgv: ['--import', '@indistinct/loader'],
      })
      child
        .once('message', () => resolve(child))
        .once('error', reject)
        .once('exit', (code) => reject(new Error(`the worker ended with ${code}`)))
    })
  beforeEach(() => {
    made = testTasks()
  })
  afterEach(async () => {
    await executor.close()
    for (const worker of workers) worker.kill('SIGKILL')
    vi.unstubAllEnvs()
    await redis.stop()
    made.remove()
  })

  test('a killed task again, a failed one not, and what follows it is left out', async () => {
    await begin(true)
    const { task, notes, done } = made
    made.killOnce('a')
    const tasks = [
      task('a'),
      task('b'),
      task('bad', [], { code: 3 }),
      task('c', ['a', 'b']),
      task('after-bad', ['bad']),
    ]
    const run = await runTasks(executor, tasks, { done, poll: 100, onWarning: (text) => expect.unreachable(text) })
    expect(run.missing).toEqual(['bad', 'after-bad'])
    expect(run.failures.get('bad')).toEqual({ code: 3, text: 'reason of bad' })
    expect(run.failures.get('after-bad')).toEqual({ text: 'left out, since bad failed' })
    const seen = notes()
    expect(seen.filter((line) => line === 'start a')).toHaveLength(2)
    expect(seen.filter((line) => line === 'start b')).toHaveLength(1)
    expect(seen.indexOf('start c')).toBeGreaterThan(Math.max(seen.indexOf('end a'), seen.indexOf('end b')))
    // Submitted again, what failed is tried again.
    const again = await runTasks(executor, [task('bad'), task('after-bad', ['bad'])], { done, poll: 100 })
    expect(again).toMatchObject({ missing: [], ended: true })
  })

  test('the task of a worker that is killed goes to another, and its process ends with it', async () => {
    await begin(true)
    const { task, notes, done } = made
    const run = runTasks(executor, [task('a', [], { wait: 1500 }), task('b', ['a'])], { done, poll: 100 })
    while (!notes().includes('start a')) await sleep(20)
    // One of the two has it: with both gone, a third finds it.
    for (const worker of workers) worker.kill('SIGKILL')
    workers = [await startWorker()]
    expect(await run).toMatchObject({ missing: [], ended: true })
    expect(notes().filter((line) => line.endsWith(' a'))).toEqual(['start a', 'start a', 'end a'])
  })

  test('with an append-only file the queue outlives its server', async () => {
    await begin(true, 0)
    const tasks = [made.task('a'), made.task('b', ['a'])]
    await runTasks(executor, tasks, { done: made.done, detach: true })
    // The file is flushed every second.
    await sleep(1500)
    await redis.kill()
    await expect(bullmqExecutor().held()).rejects.toThrow(/^Redis: .*ECONNREFUSED.*; the address comes from REDIS_URL$/)
    await redis.restart()
    workers = [await startWorker()]
    const other = bullmqExecutor()
    expect(await runTasks(other, tasks, { done: made.done, poll: 100 })).toMatchObject({ missing: [], ended: true })
    expect(made.notes()).toEqual(['start a', 'end a', 'start b', 'end b'])
    await other.close()
  })

  test('without one the user is told, and the same call submits what was lost', async () => {
    await begin(false, 1)
    const { task, notes, done } = made
    const tasks = [task('a'), task('b', ['a'], { wait: 1500 }), task('c', ['b'])]
    const warnings: string[] = []
    const first = runTasks(executor, tasks, { done, poll: 100, onWarning: (text) => warnings.push(text) }).catch(
      (error: Error) => error,
    )
    while (!notes().includes('start b')) await sleep(20)
    await redis.kill()
    expect(await first).toMatchObject({ code: 'file' })
    expect(warnings).toEqual([expect.stringContaining('appendonly no')])
    await redis.restart(true)
    const other = bullmqExecutor()
    expect(await runTasks(other, tasks, { done, poll: 100 })).toMatchObject({ missing: [], ended: true })
    expect(notes().filter((line) => line === 'end a')).toHaveLength(1)
    await other.close()
  })
})

test('an address that is none is refused without being shown', async () => {
  vi.stubEnv('REDIS_URL', 'http://user:secret@host')
  await expect(bullmqExecutor().held()).rejects.toThrow(/REDIS_URL: expected an address(?!.*secret)/)
  vi.unstubAllEnvs()
})
