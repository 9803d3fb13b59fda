import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { takeLock } from './run-lock.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'indistinct-lock-'))
  path = join(folder, 'grids', 'lock')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('takeLock', () => {
  test('the second waits for the first, and says for whom', async () => {
    const order: string[] = []
    const first = await takeLock(path)
    const second = takeLock(path, (pid) => order.push(`waiting for ${pid}`)).then((release) => {
      order.push('second')
      return release
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    order.push('first ends')
    first()
    const release = await second
    release()
    expect(order).toEqual([`waiting for ${process.pid}`, 'first ends', 'second'])
    expect(existsSync(path)).toBe(false)
  })

  test('the lock of a process that is gone is taken over', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    const release = await takeLock(path)
    release()
    writeFileSync(path, String(pid))
    let waited = false
    const again = await takeLock(path, () => (waited = true))
    again()
    expect(waited).toBe(false)
  })
})
