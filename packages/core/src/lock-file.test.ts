import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { takeLock } from './lock-file.ts'
import { processStart } from './platform/process-start.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'indistinct-lock-'))
  path = join(folder, 'deep', 'lock')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Takes the lock and gives it back; what was said on the way. */
async function taken(): Promise<string[]> {
  const said: string[] = []
  const release = await takeLock(path, { onWait: (text) => said.push(text), poll: 5 })
  expect(readFileSync(path, 'utf8')).toContain(`"pid":${process.pid}`)
  release()
  expect(readdirSync(join(path, '..'))).toEqual([])
  return said
}

/** Puts `content` there as somebody else's lock, written `age` seconds ago. */
function held(content: string, age = 0): void {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, content)
  const then = Date.now() / 1000 - age
  utimesSync(path, then, then)
}

const holder = (given: object): string =>
  JSON.stringify({
    pid: process.pid,
    host: hostname(),
    started: processStart(process.pid),
    since: '2026-01-02T03:04:05.000Z',
    ...given,
  })

test('the second waits for the first, and is told whose it is and what to do if it is gone', async () => {
  const order: string[] = []
  const first = await takeLock(path)
  const second = takeLock(path, { onWait: (text) => order.push(text), poll: 5 })
  await vi.waitFor(() => expect(order).toHaveLength(1))
  order.push('first ends')
  first()
  ;(await second)()
  expect(order[0]).toMatch(
    new RegExp(
      `^process ${process.pid} on ${hostname()} is at work since \\d{4}-.*Z; waiting for it\\. If it has ended, ` +
        `remove ${path}$`,
    ),
  )
  expect(order[1]).toBe('first ends')
  expect(existsSync(path)).toBe(false)
})

test('the lock of a process that is gone is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  held(holder({ pid }))
  expect(await taken()).toEqual([])
})

test.runIf(process.platform === 'linux')(
  'the lock of a process whose number another one has now is taken over',
  async () => {
    held(holder({ started: 'another boot 12345' }))
    expect(await taken()).toEqual([])
  },
)

test.each([
  ['empty', ''],
  ['half', '{"pid":12'],
  ['of another version', '4711'],
  ['of nobody', '{"pid":-1}'],
])('a lock that is %s is taken over after a moment', async (_, content) => {
  held(content, 60)
  expect(await taken()).toEqual([])
})

test('a lock that is being written is given a moment', async () => {
  held('')
  const waiting = takeLock(path, { poll: 5, onWait: () => held(holder({ host: 'elsewhere' })) })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(readFileSync(path, 'utf8')).toContain('elsewhere')
  rmSync(path)
  ;(await waiting)()
})

test('a lock of another machine stays, however old', async () => {
  held(holder({ host: 'elsewhere', pid: 1 }), 1e6)
  const said: string[] = []
  const waiting = takeLock(path, { onWait: (text) => said.push(text), poll: 5 })
  await vi.waitFor(() =>
    expect(said).toEqual([expect.stringContaining('process 1 on elsewhere is at work since 2026-01-02')]),
  )
  rmSync(path)
  ;(await waiting)()
})

test('what is given back is the own lock alone', async () => {
  const release = await takeLock(path)
  held(holder({ host: 'elsewhere' }))
  release()
  expect(readFileSync(path, 'utf8')).toContain('elsewhere')
})

test('many processes that find a stale lock at once hold it one by one', async () => {
  held(holder({ pid: spawnSync(process.execPath, ['-e', '']).pid }))
  const script = `import { takeLock } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
    import { mkdirSync, rmdirSync } from 'node:fs'
    for (let i = 0; i < 20; i++) {
      const release = await takeLock(${JSON.stringify(path)}, { poll: 1 })
      mkdirSync(${JSON.stringify(join(folder, 'inside'))})
      rmdirSync(${JSON.stringify(join(folder, 'inside'))})
      release()
    }`
  const children = Array.from({ length: 3 }, (): ChildProcess =>
    spawn(process.execPath, ['--import', '@indistinct/loader', '--input-type=module', '-e', script], {
      stdio: 'inherit',
    }),
  )
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'close'))[0] as number))
  expect(codes).toEqual([0, 0, 0])
})
