/**
 * @file Tasks for tests of engines: a script whose runs leave a result and a note, and that kills itself when told to.
 */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Task } from '../task.ts'

export interface TestTasks {
  readonly folder: string
  readonly program: readonly string[]
  task(id: string, after?: readonly string[], more?: { readonly code?: number; readonly wait?: number }): Task
  /** The next run of `id` ends by SIGKILL in the middle of its work. */
  killOnce(id: string): void
  readonly done: (ids: readonly string[]) => Promise<ReadonlySet<string>>
  /** `start ID` and `end ID`, in their order. */
  notes(): string[]
  remove(): void
}

export function testTasks(): TestTasks {
  const folder = mkdtempSync(join(tmpdir(), 'indistinct-tasks-'))
  const script = join(folder, 'task.mjs')
  const results = join(folder, 'results')
  mkdirSync(results)
  writeFileSync(
    script,
    `import { appendFileSync, existsSync, rmSync, renameSync, writeFileSync } from 'node:fs'
     if (process.channel) { process.once('disconnect', () => process.exit(143)); process.channel.unref() }
     const [id, wait, code, ...after] = process.argv.slice(2)
     const at = (name) => new URL(name, import.meta.url)
     appendFileSync(at('notes'), 'start ' + id + '\\n')
     const lacking = after.find((other) => !existsSync(at('results/' + other)))
     if (lacking !== undefined) { console.error(lacking + ' is not there'); process.exit(4) }
     if (existsSync(at('kill-' + id))) { rmSync(at('kill-' + id)); process.kill(process.pid, 'SIGKILL') }
     setTimeout(() => {
       if (code !== '0') { console.error('reason of ' + id); process.exit(Number(code)) }
       writeFileSync(at('part-' + id + process.pid), id)
       renameSync(at('part-' + id + process.pid), at('results/' + id))
       appendFileSync(at('notes'), 'end ' + id + '\\n')
     }, Number(wait))`,
  )
  return {
    folder,
    program: [process.execPath, script],
    task: (id, after = [], { code = 0, wait = 50 } = {}) => ({
      id,
      args: [id, String(wait), String(code), ...after],
      after,
      memory: 100,
    }),
    killOnce: (id) => writeFileSync(join(folder, `kill-${id}`), ''),
    done: (ids) => Promise.resolve(new Set(readdirSync(results).filter((id) => ids.includes(id)))),
    // A file that was made may still be empty.
    notes: () =>
      existsSync(join(folder, 'notes')) ? readFileSync(join(folder, 'notes'), 'utf8').split('\n').filter(Boolean) : [],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
