import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { commitFiles, createFile, IndistinctError, sha256, stageFile, writeFileAtomic } from './index.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'indistinct-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('writes text, bytes and chunks, makes folders, leaves nothing beside', () => {
  writeFileAtomic(join(folder, 'a', 'text'), 'é')
  writeFileAtomic(join(folder, 'a', 'chunks'), [Uint8Array.of(65, 66), Uint8Array.of(67)])
  expect(readFileSync(join(folder, 'a', 'text'), 'utf8')).toBe('é')
  expect(readFileSync(join(folder, 'a', 'chunks'), 'utf8')).toBe('ABC')
  expect(readdirSync(join(folder, 'a')).sort()).toEqual(['chunks', 'text'])
})

test('a failure half way leaves the old file whole and no part behind', () => {
  const path = join(folder, 'kept')
  writeFileSync(path, 'old')
  function* failing(): Generator<Uint8Array> {
    yield Uint8Array.of(1, 2, 3)
    throw new Error('boom')
  }
  expect(() => writeFileAtomic(path, failing())).toThrow(IndistinctError)
  expect(readFileSync(path, 'utf8')).toBe('old')
  expect(readdirSync(folder)).toEqual(['kept'])
})

test('an unusable folder is an error of code file that names the path', () => {
  writeFileSync(join(folder, 'plain'), '')
  const path = join(folder, 'plain', 'below')
  try {
    writeFileAtomic(path, 'x')
    expect.unreachable()
  } catch (error) {
    expect((error as IndistinctError).code).toBe('file')
    expect((error as IndistinctError).message).toContain(path)
  }
})

test('files that are staged together get their names together', () => {
  writeFileSync(join(folder, 'a'), 'old')
  const files = [stageFile(join(folder, 'b'), 'beside'), stageFile(join(folder, 'a'), 'new')]
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('old')
  expect(files.map((file) => file.sha256)).toEqual([sha256('beside'), sha256('new')])
  commitFiles(files)
  expect(['a', 'b'].map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(['new', 'beside'])
  expect(readdirSync(folder).sort()).toEqual(['a', 'b'])
})

test('a staged file that is discarded leaves nothing, and no second writer of one path goes on', () => {
  const file = createFile(join(folder, 'a'))
  file.write(Uint8Array.of(1))
  expect(() => createFile(join(folder, 'a'))).toThrow('is being written already')
  file.stage().discard()
  expect(readdirSync(folder)).toEqual([])
})

test('leftovers of killed processes go with the next writing of that path; those of running ones stay', async () => {
  const script = `import { createFile } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
    createFile(${JSON.stringify(join(folder, 'a'))}).write(new Uint8Array(9))
    process.stdout.write('open')
    setInterval(() => {}, 1000)`
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, ['--import', '@indistinct/loader', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout!, 'data')
    return child
  }
  const [killed, running] = [await start(), await start()]
  killed.kill('SIGKILL')
  await once(killed, 'close')
  expect(readdirSync(folder)).toHaveLength(2)
  writeFileAtomic(join(folder, 'a'), 'whole')
  expect(readdirSync(folder)).toEqual([expect.stringMatching(new RegExp(`^\\.a\\..*-${running.pid}-0\\.part$`)), 'a'])
  running.kill('SIGKILL')
  await once(running, 'close')
  writeFileAtomic(join(folder, 'a'), 'again')
  expect(readdirSync(folder)).toEqual(['a'])
})

describe('every step that the system refuses', () => {
  const steps = ['openSync', 'writeSync', 'fsyncSync', 'closeSync', 'renameSync'] as const
  test.each(steps.flatMap((step) => ['ENOSPC', 'EACCES', 'EIO'].map((code) => [step, code] as const)))(
    '%s: %s',
    (step, code) => {
      const path = join(folder, 'kept')
      writeFileSync(path, 'old')
      const real = fs[step] as (...args: unknown[]) => unknown
      let refused = 0
      const stub = (...args: unknown[]): unknown => {
        if (step === 'closeSync') real(...args)
        if (refused++ === 0) throw Object.assign(new Error(`${code}: refused, ${step}`), { code })
        return step === 'closeSync' ? undefined : real(...args)
      }
      Object.assign(fs, { [step]: stub })
      syncBuiltinESMExports()
      try {
        expect(() => writeFileAtomic(path, 'new')).toThrow(
          expect.objectContaining({ code: 'file', message: `cannot write ${path}: ${code}: refused, ${step}` }),
        )
      } finally {
        Object.assign(fs, { [step]: real })
        syncBuiltinESMExports()
      }
      expect(refused).toBeGreaterThan(0)
      expect(readFileSync(path, 'utf8')).toBe('old')
      expect(readdirSync(folder)).toEqual(['kept'])
    },
  )

  test('short writes are continued', () => {
    const real = fs.writeSync
    Object.assign(fs, {
      writeSync: (fd: number, bytes: Uint8Array, at: number, length: number) =>
        real(fd, bytes, at, Math.min(length, 3)),
    })
    syncBuiltinESMExports()
    try {
      writeFileAtomic(join(folder, 'whole'), '0123456789')
    } finally {
      Object.assign(fs, { writeSync: real })
      syncBuiltinESMExports()
    }
    expect(readFileSync(join(folder, 'whole'), 'utf8')).toBe('0123456789')
  })

  test('a write that takes nothing is refused', () => {
    const real = fs.writeSync
    Object.assign(fs, { writeSync: () => 0 })
    syncBuiltinESMExports()
    try {
      expect(() => writeFileAtomic(join(folder, 'none'), 'x')).toThrow('the disk takes no more bytes')
    } finally {
      Object.assign(fs, { writeSync: real })
      syncBuiltinESMExports()
    }
    expect(readdirSync(folder)).toEqual([])
  })
})
