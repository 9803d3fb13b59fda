/** @file That edits affect what they can change and nothing else, and that a cached run tells the same totals. */

import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { copyWorkspace, type WorkspaceCopy } from './workspace-copy.ts'

let copy: WorkspaceCopy

beforeAll(() => {
  copy = copyWorkspace()
  git('init', '--quiet')
  git('add', '.')
  git('commit', '--quiet', '--message', 'before')
})

afterAll(() => copy?.remove())

function git(...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x', ...args], { cwd: copy.root })
}

function nx(...args: string[]): { readonly status: number | null; readonly stdout: string } {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NX_')))
  const bin = join(copy.root, 'node_modules/.bin/nx')
  const { status, stdout } = spawnSync(process.execPath, [bin, ...args], {
    cwd: copy.root,
    encoding: 'utf8',
    env: { ...env, NX_TUI: 'false', NO_COLOR: '1', NX_ISOLATE_PLUGINS: 'false' },
  })
  return { status, stdout }
}

/** Projects whose tests Nx would run after an edit of `path`. */
function affectedBy(path: string): string[] {
  appendFileSync(join(copy.root, path), '\n// An edit.\n')
  const { stdout } = nx('show', 'projects', '--affected', '--base=HEAD', '--with-target=test', '--json')
  git('checkout', '--quiet', '.')
  return (JSON.parse(stdout) as string[]).sort()
}

describe('nx affected -t test', () => {
  const apps = ['@indistinct/bench', '@indistinct/experiments', '@indistinct/page', 'indistinct']

  test.each([
    ['packages/losses/src/hsic.ts', ['@indistinct/losses', '@indistinct/unlearners']],
    [
      'packages/xgboost/src/fit.ts',
      ['attackers', 'observations', 'recommenders', 'unlearners', 'xgboost'].map((name) => `@indistinct/${name}`),
    ],
    ['packages/report/src/index.ts', ['@indistinct/report']],
  ])('%s: its package and what imports that', (path, packages) => {
    const importers = path.includes('report') ? apps.slice(1) : apps
    expect(affectedBy(path)).toEqual([...packages, ...importers, 'test'].sort())
  })

  test('core: everything that has tests, but for the loader, which imports nothing', () => {
    const tested = JSON.parse(nx('show', 'projects', '--with-target=test', '--json').stdout) as string[]
    expect(tested.length).toBeGreaterThan(15)
    expect(affectedBy('packages/core/src/matrix.ts')).toEqual(
      tested.filter((name) => name !== '@indistinct/loader').sort(),
    )
  })
})

describe('nx run-many -t test', () => {
  const run = () => {
    const { status, stdout } = nx(
      'run-many',
      '-t',
      'test',
      '-p',
      '@indistinct/core',
      '@indistinct/losses',
      '--outputStyle=static',
    )
    const cached = [...stdout.matchAll(/nx run @indistinct\/(\w+):test\s+\[.*cache/g)].map((match) => match[1]!)
    return { status, cached: cached.sort(), totals: stdout.trim().split('\n').at(-1)! }
  }
  const passed = (totals: string): number => Number(/^(\d+) passed, 0 failed, 0 skipped$/.exec(totals)?.[1])

  test('the cache, an edited test, a README, a failure', () => {
    const first = run()
    expect(first).toMatchObject({ status: 0, cached: [] })
    expect(passed(first.totals)).toBeGreaterThan(50)

    rmSync(join(copy.root, 'artifacts'), { recursive: true })
    appendFileSync(join(copy.root, 'packages/losses/README.md'), '\nMore.\n')
    expect(run()).toEqual({ ...first, cached: ['core', 'losses'] })

    const edited = join(copy.root, 'packages/losses/src/margin.test.ts')
    const text = readFileSync(edited, 'utf8')
    writeFileSync(edited, `${text}\ntest('one more', () => {})\n`)
    const more = run()
    expect(more).toMatchObject({ status: 0, cached: ['core'] })
    expect(passed(more.totals)).toBe(passed(first.totals) + 1)

    writeFileSync(edited, `${text}\ntest('one more', () => expect(1).toBe(2))\n`)
    const failed = run()
    expect(failed).toMatchObject({ cached: ['core'], totals: `${passed(first.totals)} passed, 1 failed, 0 skipped` })
    expect(failed.status).not.toBe(0)

    // Nothing is reported of a suite that does not start.
    writeFileSync(join(copy.root, 'vitest.config.ts'), 'no configuration')
    const broken = run()
    expect(broken).toMatchObject({ cached: [], totals: '0 passed, 2 failed, 0 skipped' })
    expect(broken.status).not.toBe(0)
  })
})
