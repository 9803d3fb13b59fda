/** @file Worker processes: order, restarts after a kill, memory, and tasks that end with who runs them. */

import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runTasks, wavesOf } from './executor.ts'
import { localExecutor } from './local.ts'
import { testTasks, type TestTasks } from './testing/tasks.ts'

const placeOf = ({ program, folder }: TestTasks) => ({ program, folder })

let made: TestTasks
beforeEach(() => {
  made = testTasks()
})
afterEach(() => made.remove())
const options = {
  poll: 20,
  get done() {
    return made.done
  },
}

describe('local executor', () => {
  test('runs each task once, after what it comes after, and nothing that is done', async () => {
    const { task, notes } = made
    const executor = localExecutor(placeOf(made))
    await runTasks(executor, [task('a')], options)
    const heard: string[] = []
    const run = await runTasks(executor, [task('c', ['b', 'a']), task('a'), task('b', ['a']), task('d', ['c'])], {
      ...options,
      onDone: (id) => heard.push(id),
    })
    expect(run).toMatchObject({ missing: [], ended: true })
    expect(notes()).toEqual(['a', 'b', 'c', 'd'].flatMap((id) => [`start ${id}`, `end ${id}`]))
    expect(heard).toEqual(['a', 'b', 'c', 'd'])
  })

  test('starts a task again that a signal ended, not one that failed; what follows a failure is left out', async () => {
    const { task, notes } = made
    made.killOnce('a')
    const run = await runTasks(
      localExecutor(placeOf(made)),
      [task('a'), task('bad', [], { code: 4 }), task('after-bad', ['bad'])],
      options,
    )
    expect(run.missing).toEqual(['bad', 'after-bad'])
    expect(run.failures.get('bad')).toEqual({ code: 4, text: 'reason of bad' })
    expect(run.failures.get('after-bad')).toEqual({ text: 'left out, since bad failed' })
    expect(notes().filter((line) => line.endsWith(' a'))).toEqual(['start a', 'start a', 'end a'])
    expect(notes().filter((line) => line === 'start bad')).toHaveLength(1)
  })

  test('tasks whose estimates together exceed the memory run one after another', async () => {
    const tasks = ['a', 'b', 'c'].map((id) => ({ ...made.task(id), memory: 600 }))
    await runTasks(localExecutor({ ...placeOf(made), workers: 3, memory: 1000 }), tasks, options)
    expect(made.notes()).toEqual(['a', 'b', 'c'].flatMap((id) => [`start ${id}`, `end ${id}`]))
  })

  test('closing stops what runs and drops what waits', async () => {
    const executor = localExecutor({ ...placeOf(made), workers: 1 })
    await executor.submit([made.task('a', [], { wait: 60_000 }), made.task('b')])
    while (made.notes().length === 0) await sleep(20)
    await executor.close()
    expect([...(await executor.held())!]).toEqual([])
    expect(made.notes()).toEqual(['start a'])
  })

  test('refuses ids twice, ids of other characters, and circles', async () => {
    const { task } = made
    const executor = localExecutor(placeOf(made))
    await expect(runTasks(executor, [task('a'), task('a')], options)).rejects.toThrow('every id once, got a twice')
    await expect(runTasks(executor, [task('A b')], options)).rejects.toThrow('got "A b"')
    expect(() => wavesOf([task('a', ['b']), task('b', ['a'])])).toThrow('got a after b after a')
  })
})
