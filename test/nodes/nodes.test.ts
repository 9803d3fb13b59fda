import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { nodeBinary } from './node-binary.ts'
import { runTests } from './run-tests.ts'

// Within the workspace, where `vitest` can be imported, but no source: lint may read all sources at this moment.
let folder: string
beforeAll(() => {
  mkdirSync('artifacts', { recursive: true })
  folder = mkdtempSync('artifacts/test-nodes-')
  mkdirSync(join(folder, 'test'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('counts tests of every kind, names what failed, and children run the same Node', () => {
  writeFileSync(
    join(folder, 'test', 'some.test.ts'),
    `import { execFileSync } from 'node:child_process'
    import { expect, test } from 'vitest'
    test('same', () => expect(execFileSync('node', ['-p', 'process.execPath'], { encoding: 'utf8' }).trim()).toBe(process.execPath))
    test('wrong', () => expect(1).toBe(2))
    test.skip('left out', () => undefined)`,
  )
  const run = runTests(process.execPath, [], { root: folder })
  expect(run).toMatchObject({ node: process.version, passed: 1, failed: 1, skipped: 1 })
  expect(run.failures).toEqual([expect.stringMatching(/some\.test\.ts: wrong: AssertionError: expected 1 to be 2/)])
  writeFileSync(join(folder, 'test', 'some.test.ts'), `throw new Error('not loaded')`)
  expect(runTests(process.execPath, [], { root: folder }).failures).toEqual([
    expect.stringMatching(/some\.test\.ts: not loaded$/),
  ])
})

test('without npm the reason is one line', () => {
  vi.stubEnv('TMPDIR', join(process.cwd(), folder))
  vi.stubEnv('PATH', '/nonexistent')
  expect(nodeBinary('22')).toEqual({
    reason: expect.stringMatching(/^npm has no node-\S+@22 for us: .*ENOENT$/) as string,
  })
  vi.unstubAllEnvs()
})
