/**
 * @file One component of each kind, generated in a copy of the workspace: it lints, compiles, and passes its contract.
 */

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generate, type Kind } from '../tools/generators/src/generate.ts'
import { copyWorkspace, type WorkspaceCopy } from './workspace-copy.ts'

const kinds: Record<Kind, string> = {
  attacker: 'one-by-one',
  dataset: 'my-shop',
  loss: 'mean-spread',
  metric: 'mean-error',
  recommender: 'plain-mf',
  unlearner: 'towards-mean',
}
/** The suites that run on every component of a kind; in them only tests of the new one, by name, are run. */
const contracts = [
  'packages/attackers/src/attackers/classical-attackers.test.ts',
  'packages/recommenders/src/contract.test.ts',
  'packages/observations/src/item-scores.test.ts',
  'packages/unlearners/src/unlearners.test.ts',
]

let copy: WorkspaceCopy
let changed: string[]

beforeAll(async () => {
  copy = copyWorkspace()
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x', ...args], { cwd: copy.root, encoding: 'utf8' })
  git('init', '--quiet')
  git('add', '.')
  git('commit', '--quiet', '--message', 'before')
  const { status, stderr } = run('nx', ['g', '@indistinct/generators:attacker', kinds.attacker])
  expect(stderr).not.toMatch(/error/i)
  expect(status).toBe(0)
  for (const [kind, name] of Object.entries(kinds).slice(1)) await generate(tree(), kind as Kind, name)
  changed = git('ls-files', '--modified', '--others', '--exclude-standard').trim().split('\n')
}, 240_000)

afterAll(() => copy?.remove())

function run(command: string, args: readonly string[]) {
  const env = { ...process.env, NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false', NO_COLOR: '1' }
  return spawnSync(process.execPath, [join(copy.root, 'node_modules/.bin', command), ...args], {
    cwd: copy.root,
    encoding: 'utf8',
    env,
  })
}

/** What Nx hands to a generator, on the files themselves. */
function tree() {
  const at = (path: string): string => join(copy.root, path)
  return {
    exists: (path: string) => existsSync(at(path)),
    read: (path: string) => readFileSync(at(path), 'utf8'),
    write: (path: string, text: string) => writeFileSync(at(path), text),
  }
}

test('each writes a source, a test, an index line and a row of the docs', async () => {
  const sources = ['attackers/src/attackers', 'datasets/src', 'losses/src', 'metrics/src', 'recommenders/src']
  Object.values(kinds).forEach((name, i) => {
    const folder = `packages/${sources[i] ?? 'unlearners/src/closed'}`
    for (const file of [`${folder}/${name}.ts`, `${folder}/${name}.test.ts`, folder.replace(/src.*/, 'src/index.ts')])
      expect(changed).toContain(file)
  })
  expect(changed).toContain('docs/methods.md')
  expect(changed).toContain('packages/metrics/README.md')
  await expect(generate(tree(), 'loss', kinds.loss)).rejects.toThrow(
    'packages/losses/src/mean-spread.ts is there already',
  )
  await expect(generate(tree(), 'loss', 'Mean')).rejects.toThrow(
    'generate: expected a name such as my-loss, got "Mean"',
  )
})

test('what they wrote lints and compiles', { timeout: 240_000 }, () => {
  const sources = changed.filter((file) => file.endsWith('.ts'))
  const lint = run('eslint', sources)
  expect(lint.stdout).toBe('')
  expect(lint.status).toBe(0)
  writeFileSync(
    join(copy.root, 'tsconfig.changed.json'),
    JSON.stringify({ extends: './tsconfig.base.json', compilerOptions: { noEmit: true }, files: sources }),
  )
  expect(run('tsc', ['-p', 'tsconfig.changed.json']).stdout).toBe('')
})

test('their own tests and the contract suites pass', { timeout: 240_000 }, () => {
  const own = changed.filter((file) => file.endsWith('.test.ts') && !contracts.includes(file))
  expect(own.length).toBe(Object.keys(kinds).length)
  const ownRun = run('vitest', ['run', ...own])
  expect(ownRun.stdout + ownRun.stderr).toMatch(/Test Files +6 passed \(6\)/)
  const contractRun = run('vitest', [
    'run',
    ...contracts,
    '-t',
    [kinds.attacker, kinds.recommender, kinds.unlearner].join('|'),
  ])
  expect(contractRun.stdout + contractRun.stderr).toMatch(/Test Files +4 passed \(4\)/)
})
