/** @file Worker processes: order, restarts after a kill, memory, and processes that end with their parent. */

import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runTasks, wavesOf, type Task } from './executor.ts'
import { localExecutor } from './local.ts'

let folder: string
let program: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'indistinct-local-'))
  const script = join(folder, 'task.mjs')
  // `task.mjs ID MILLISECONDS [CODE]`: notes its start and end; a file `kill-ID` makes it kill itself, once.
  writeFileSync(
    script,
    `import { appendFileSync, existsSync, rmSync } from 'node:fs'
     const [id, wait, code = '0'] = process.argv.slice(2)
     const note = (what) => appendFileSync(new URL('notes', import.meta.url), what + ' ' + id + '\\n')
     const kill = new URL('kill-' + id, import.meta.url)
     note('start')
     if (existsSync(kill)) { rmSync(kill); process.kill(process.pid, 'SIGKILL') }
     setTimeout(() => { if (code !== '0') console.error('reason of ' + id); else note('end'); process.exit(Number(code)) }, Number(wait))`,
  )
  program = [process.execPath, script]
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const notes = (): string[] => (existsSync(join(folder, 'notes')) ? readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n') : [])
const done = (): Promise<Set<string>> => Promise.resolve(new Set(notes().filter((line) => line.startsWith('end ')).map((line) => line.slice(4))))
const task = (id: string, after: string[] = [], more: Partial<Task> = {}): Task => ({ id, args: [id, '30'], after, ...more })

describe('local executor', () => {
  test('runs each task once, after what it comes after, and nothing that is done', async () => {
    appendFileSync(join(folder, 'notes'), 'end a\n')
    const heard: string[] = []
    const tasks = [task('c', ['b', 'a']), task('a'), task('b', ['a']), task('d', ['c'])]
    const run = await runTasks(localExecutor({ program, folder }), tasks, { done, poll: 20, onDone: (id) => heard.push(id) })
    expect(run).toMatchObject({ missing: [], ended: true })
    expect(notes()).toEqual(['end a', 'start b', 'end b', 'start c', 'end c', 'start d', 'end d'])
    expect(heard).toEqual(['a', 'b', 'c', 'd'])
  })

  test('starts a task again that a signal ended, and not one that failed; what comes after a failure is left out', async () => {
    writeFileSync(join(folder, 'kill-a'), '')
    const run = await runTasks(localExecutor({ program, folder }), [task('a'), task('bad', [], { args: ['bad', '1', '4'] }), task('after-bad', ['bad'])], { done, poll: 20 })
    expect(run.missing).toEqual(['bad', 'after-bad'])
    expect(run.failures.get('bad')).toEqual({ code: 4, text: 'reason of bad' })
    expect(run.failures.get('after-bad')).toEqual({ text: 'left out, since bad failed' })
    expect(notes().filter((line) => line.endsWith(' a'))).toEqual(['start a', 'start a', 'end a'])
    expect(notes().filter((line) => line === 'start bad')).toHaveLength(1)
  })

  test('tasks whose estimates together exceed the memory run one after another', async () => {
    const tasks = ['a', 'b', 'c'].map((id) => task(id, [], { memory: 600 }))
    await runTasks(localExecutor({ program, folder, workers: 3, memory: 1000 }), tasks, { done, poll: 20 })
    expect(notes()).toEqual(['a', 'b', 'c'].flatMap((id) => [`start ${id}`, `end ${id}`]))
  })

  test('closing stops what runs and drops what waits', async () => {
    const executor = localExecutor({ program, folder, workers: 1 })
    await executor.submit([task('a', [], { args: ['a', '60000'] }), task('b')])
    while (notes().length === 0) await sleep(20)
    await executor.close()
    expect([...(await executor.held())!]).toEqual([])
    expect(notes()).toEqual(['start a'])
  })

  test('refuses ids twice, ids of other characters, and circles', async () => {
    const executor = localExecutor({ program, folder })
    await expect(runTasks(executor, [task('a'), task('a')], { done })).rejects.toThrow('every id once, got a twice')
    await expect(runTasks(executor, [task('A b')], { done })).rejects.toThrow('got "A b"')
    expect(() => wavesOf([task('a', ['b']), task('b', ['a'])])).toThrow('got a after b after a')
  })
})
