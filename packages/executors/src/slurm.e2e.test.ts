/** @file Slurm, a real one of one node: waves, kills, a controller that dies with its queue, and resuming. */

import { execFileSync } from 'node:child_process'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { runTasks, type Executor } from './executor.ts'
import { slurmExecutor } from './slurm.ts'
import { slurmMissing, startSlurm, type TestSlurm } from './testing/slurm.ts'
import { testTasks, type TestTasks } from './testing/tasks.ts'

const missing = slurmMissing()
if (missing !== undefined) console.log(`slurm tests skipped: ${missing}`)

describe.skipIf(missing !== undefined)('slurm executor', () => {
  let slurm: TestSlurm
  let made: TestTasks
  let executor: Executor
  beforeAll(async () => {
    slurm = await startSlurm()
    vi.stubEnv('SLURM_CONF', slurm.env['SLURM_CONF']!)
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await slurm?.stop()
  })
  beforeEach(() => {
    made = testTasks()
    executor = slurmExecutor({ program: made.program, folder: made.folder, label: 'test', workers: 2 })
  })
  afterEach(() => made.remove())

  test('runs waves one after the other; a killed task again, a failed one not, nor what needs it', async () => {
    const { task, notes, done } = made
    made.killOnce('a')
    const run = await runTasks(
      executor,
      [task('a'), task('bad', [], { code: 3 }), task('b', ['a']), task('after-bad', ['bad'])],
      { done, poll: 300 },
    )
    expect(run.missing).toEqual(['bad', 'after-bad'])
    expect(run.failures.get('bad')).toEqual({ code: 3, text: 'reason of bad' })
    // The wave starts whatever became of the one before: the task sees for itself that it cannot do its work.
    expect(run.failures.get('after-bad')).toEqual({ code: 4, text: 'bad is not there' })
    expect(notes().filter((line) => / [ab]$/.test(line))).toEqual(['start a', 'start a', 'end a', 'start b', 'end b'])
  })

  test('a caller that goes away and comes back submits nothing twice', async () => {
    const tasks = [made.task('a', [], { wait: 2500 }), made.task('b', ['a'])]
    expect(await runTasks(executor, tasks, { done: made.done, detach: true })).toMatchObject({
      ended: false,
      missing: ['a', 'b'],
    })
    const other = slurmExecutor({ program: made.program, folder: made.folder, label: 'test' })
    expect([...(await other.held())!].sort()).toEqual(['a', 'b'])
    expect(await runTasks(other, tasks, { done: made.done, poll: 300 })).toMatchObject({ ended: true, missing: [] })
    expect(made.notes()).toEqual(['start a', 'end a', 'start b', 'end b'])
  })

  test('says why Slurm holds jobs back', async () => {
    const node = (...state: string[]): void =>
      void execFileSync('scontrol', ['update', `nodename=${hostname().split('.')[0]}`, ...state])
    node('state=drain', 'reason=test')
    const stop = new AbortController()
    const warnings: string[] = []
    const onWarning = (text: string): void => {
      warnings.push(text)
      stop.abort()
    }
    const tasks = [made.task('a'), made.task('b', ['a'])]
    expect(
      await runTasks(executor, tasks, { done: made.done, poll: 300, onWarning, signal: stop.signal }),
    ).toMatchObject({ ended: false, missing: ['a', 'b'] })
    expect(warnings).toEqual([
      expect.stringMatching(
        /^Slurm holds jobs back: (ReqNodeNotAvail|Nodes required for job are DOWN, DRAINED).*; see squeue --name=indistinct-test and sinfo$/,
      ),
    ])
    node('state=resume')
    expect(await runTasks(executor, tasks, { done: made.done, poll: 300 })).toMatchObject({ ended: true, missing: [] })
  })

  test('after the controller died and lost its queue, the same call submits what is missing', async () => {
    const tasks = [made.task('a'), made.task('b', ['a'], { wait: 3000 }), made.task('c', ['b'])]
    const first = runTasks(executor, tasks, { done: made.done, poll: 300 }).catch((error: Error) => error)
    while (!made.notes().includes('start b')) await sleep(100)
    await slurm.killController()
    expect(await first).toMatchObject({ code: 'file', message: expect.stringMatching(/^Slurm: squeue: /) as string })
    await slurm.restartController(true)
    expect(await runTasks(executor, tasks, { done: made.done, poll: 300 })).toMatchObject({ ended: true, missing: [] })
    expect(made.notes().filter((line) => line === 'end a')).toHaveLength(1)
    expect(made.notes().filter((line) => line === 'end c')).toHaveLength(1)
  })
})

test('a machine without Slurm is told so', async () => {
  vi.stubEnv('PATH', '/nonexistent')
  const executor = slurmExecutor({ program: ['node'], folder: '/nonexistent', label: 'test' })
  await expect(executor.held()).rejects.toThrow('cannot run squeue: it is not on the PATH')
  vi.unstubAllEnvs()
})
