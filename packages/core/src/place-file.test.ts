import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs, { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { commitFiles, stageFile, writeFileAtomic, writeFiles } from './write-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'indistinct-place-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => join(folder, name)
const isThere = (name: string): object =>
  expect.objectContaining({ code: 'file', message: `${at(name)} is there already; pass --force to replace it` })

/** Runs `work` on a file system without hard links. */
function withoutLinks(work: () => void): void {
  const real = fs.linkSync
  Object.assign(fs, {
    linkSync() {
      throw Object.assign(new Error('EPERM: no links'), { code: 'EPERM' })
    },
  })
  syncBuiltinESMExports()
  try {
    work()
  } finally {
    Object.assign(fs, { linkSync: real })
    syncBuiltinESMExports()
  }
}

describe.each([
  ['with links', (work: () => void) => work()],
  ['without links', withoutLinks],
])('%s', (_, on) => {
  test('of two files for one name the second is refused, and the first stays', () => {
    on(() => {
      const staged = stageFile(at('a'), 'one', { replace: false })
      writeFileSync(at('a'), 'two')
      expect(() => staged.commit()).toThrow(isThere('a'))
    })
    expect(readFileSync(at('a'), 'utf8')).toBe('two')
    expect(readdirSync(folder)).toEqual(['a'])
  })

  test('a new file is whole', () => {
    on(() => writeFileAtomic(at('a'), 'one', { replace: false }))
    expect(readFileSync(at('a'), 'utf8')).toBe('one')
    expect(readdirSync(folder)).toEqual(['a'])
  })

  test('all new files or none', () => {
    writeFileSync(at('c'), 'old')
    on(() =>
      expect(() =>
        writeFiles(
          [
            [at('a'), '1'],
            [undefined, ''],
            [at('b'), '2'],
            [at('c'), '3'],
          ],
          { replace: false },
        ),
      ).toThrow(isThere('c')),
    )
    expect(readdirSync(folder)).toEqual(['c'])
    expect(readFileSync(at('c'), 'utf8')).toBe('old')
  })
})

test('all replaced files or none: old bytes come back, and what was not there is not', () => {
  writeFileSync(at('a'), 'old')
  mkdirSync(at('c'))
  writeFileSync(at('c/x'), '')
  expect(() =>
    writeFiles([
      [at('a'), '1'],
      [at('b'), '2'],
      [at('c'), '3'],
    ]),
  ).toThrow('cannot write')
  expect(readdirSync(folder).sort()).toEqual(['a', 'c'])
  expect(readFileSync(at('a'), 'utf8')).toBe('old')
})

test('what another run put there meanwhile is not taken away', () => {
  const files = ['a', 'b'].map((name) => stageFile(at(name), name, { replace: false }))
  const late = {
    ...files[1]!,
    place() {
      rmSync(at('a'))
      writeFileSync(at('a'), 'other')
      throw new Error('refused')
    },
  }
  expect(() => commitFiles([files[0]!, late])).toThrow('refused')
  expect(readFileSync(at('a'), 'utf8')).toBe('other')
  expect(existsSync(at('b'))).toBe(false)
})

test('of many processes that want one set of names exactly one gets all of them', async () => {
  const script = `import { writeFiles } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
    process.stdout.write('ready')
    process.stdin.once('data', () => {
      try { writeFiles(['a', 'b', 'c'].map((name) => [${JSON.stringify(folder)} + '/' + name, String(process.pid)]), { replace: false }) } catch (error) { process.exit(error.code === 'file' ? 4 : 1) }
      process.exit(0)
    })`
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--import', '@indistinct/loader', '--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  )
  await Promise.all(children.map((child) => once(child.stdout, 'data')))
  for (const child of children) child.stdin.end('go')
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'close'))[0] as number))
  expect(codes.sort()).toEqual([0, 4, 4, 4])
  const winner = String(children.find(({ exitCode }) => exitCode === 0)!.pid)
  expect(readdirSync(folder).map((name) => [name, readFileSync(at(name), 'utf8')])).toEqual(
    ['a', 'b', 'c'].map((name) => [name, winner]),
  )
})
