import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-loader-'))
afterAll(() => rmSync(folder, { recursive: true }))

function ran(source: string): { status: number | null; stdout: string; stderr: string } {
  const file = join(folder, 'program.ts')
  writeFileSync(file, source)
  return spawnSync(process.execPath, ['--import', '@indistinct/loader', file], { encoding: 'utf8' })
}

test('types go, the rest stays where it was: an error names the line and column of the source', () => {
  const { status, stderr } = ran(
    `interface Row {\n  readonly id: number\n}\nconst row = { id: 1 } as Row\nthrow new Error(String(row.id))\n`,
  )
  expect(status).toBe(1)
  expect(stderr).toContain('program.ts:5:7')
})

test('an edited file is read anew, and a worker thread that imports the loader runs TypeScript too', () => {
  expect(ran('console.log(1 satisfies number)').stdout).toBe('1\n')
  expect(ran('console.log(2 satisfies number)').stdout).toBe('2\n')
  writeFileSync(join(folder, 'thread.ts'), 'console.log("thread" as string)')
  const worker = `import '${import.meta.resolve('@indistinct/loader')}'\nawait import('./thread.ts')\n`
  writeFileSync(join(folder, 'thread.js'), worker)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  expect(
    ran(`import { Worker } from 'node:worker_threads'\nnew Worker(new URL('./thread.js', import.meta.url))`).stdout,
  ).toBe('thread\n')
})

test('syntax that is more than a type is refused by file and line', () => {
  const { status, stderr } = ran('const a: number = 1\nenum Kind { One }\nconsole.log(a, Kind.One)\n')
  expect(status).toBe(1)
  expect(stderr).toContain('program.ts:2: expected syntax that can be erased, got enum Kind { One }')
})
