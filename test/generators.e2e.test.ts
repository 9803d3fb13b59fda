/**
 * @file One component of each kind, generated in a copy of the workspace: it touches four files, lints, compiles,
 * passes its contract, and runs by name.
 */

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { syntheticDataset } from '@indistinct/datasets'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
  'packages/unlearners/src/fitted/fitted-unlearner.test.ts',
  'packages/unlearners/src/unlearners.test.ts',
]
/** Where a component of each kind goes, the line that names it, and its row of the docs. */
const places: Record<Kind, readonly [folder: string, line: string, row: string]> = {
  attacker: ['packages/attackers/src/attackers', 'packages/attackers/src/named-attackers.ts', 'docs/methods.md'],
  dataset: ['packages/datasets/src/sets', 'packages/datasets/src/known-datasets.ts', 'docs/methods.md'],
  loss: ['packages/losses/src', 'packages/losses/src/index.ts', 'docs/methods.md'],
  metric: ['packages/metrics/src', 'packages/metrics/src/index.ts', 'packages/metrics/README.md'],
  recommender: ['packages/recommenders/src', 'packages/recommenders/src/recommenders.ts', 'docs/methods.md'],
  unlearner: ['packages/unlearners/src/closed', 'packages/unlearners/src/unlearners.ts', 'docs/methods.md'],
}

let copy: WorkspaceCopy
const changed = {} as Record<Kind, readonly string[]>

beforeAll(async () => {
  copy = copyWorkspace()
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x', ...args], { cwd: copy.root, encoding: 'utf8' })
  git('init', '--quiet')
  git('add', '.')
  git('commit', '--quiet', '--message', 'before')
  for (const [kind, name] of Object.entries(kinds) as [Kind, string][]) {
    if (kind === 'attacker') {
      const { status, stderr } = run('nx', ['g', '@indistinct/generators:attacker', name])
      expect(stderr).not.toMatch(/error/i)
      expect(status).toBe(0)
    } else await generate(tree(), kind, name)
    git('add', '.')
    changed[kind] = git('diff', '--cached', '--name-only').trim().split('\n')
    git('commit', '--quiet', '--message', kind)
  }
})

afterAll(() => copy?.remove())

function run(command: string, args: readonly string[]) {
  return runNode([join(copy.root, 'node_modules/.bin', command), ...args])
}

function runNode(args: readonly string[]) {
  const env = { ...process.env, NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false', NO_COLOR: '1', INIT_CWD: undefined }
  return spawnSync(process.execPath, args, { cwd: copy.root, encoding: 'utf8', env, maxBuffer: 2 ** 28 })
}

/** What the command line prints, which must end well. */
function printed(...args: readonly string[]): string {
  const { status, stdout, stderr } = runNode(args)
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

const indistinct = (...args: readonly string[]): string => printed('apps/indistinct/bin/indistinct.js', ...args)
const start = (...args: readonly string[]): string => printed('apps/experiments/bin/start.js', ...args)

/** What Nx hands to a generator, on the files themselves. */
function tree() {
  const at = (path: string): string => join(copy.root, path)
  return {
    exists: (path: string) => existsSync(at(path)),
    read: (path: string) => readFileSync(at(path), 'utf8'),
    write: (path: string, text: string) => writeFileSync(at(path), text),
  }
}

test.each(Object.keys(kinds) as Kind[])('%s: four places', (kind) => {
  const [folder, line, row] = places[kind]
  const source = `${folder}/${kinds[kind]}`
  expect([...changed[kind]].sort()).toEqual([`${source}.ts`, `${source}.test.ts`, line, row].sort())
})

test('names that are taken, and names that are none, are refused', async () => {
  await expect(generate(tree(), 'loss', kinds.loss)).rejects.toThrow(
    'packages/losses/src/mean-spread.ts is there already',
  )
  await expect(generate(tree(), 'loss', 'Mean')).rejects.toThrow(
    'generate: expected a name such as my-loss, got "Mean"',
  )
})

test('what they wrote lints and compiles', () => {
  const sources = Object.values(changed)
    .flat()
    .filter((file) => file.endsWith('.ts'))
  const lint = run('eslint', sources)
  expect(lint.stdout).toBe('')
  expect(lint.status).toBe(0)
  writeFileSync(
    join(copy.root, 'tsconfig.changed.json'),
    JSON.stringify({
      extends: './tsconfig.base.json',
      compilerOptions: { noEmit: true, allowJs: true },
      files: sources,
    }),
  )
  expect(run('tsc', ['-p', 'tsconfig.changed.json']).stdout).toBe('')
})

test('their own tests, the contract suites and the tests of completeness and docs pass', () => {
  const own = Object.values(changed)
    .flat()
    .filter((file) => file.endsWith('.test.ts'))
  expect(own.length).toBe(Object.keys(kinds).length)
  const ownRun = run('vitest', ['run', ...own, 'test/completeness.test.ts', 'test/docs.test.ts'])
  expect(ownRun.stdout + ownRun.stderr).toMatch(/Test Files +8 passed \(8\)/)
  const contractRun = run('vitest', [
    'run',
    ...contracts,
    '-t',
    [kinds.attacker, kinds.recommender, kinds.unlearner].join('|'),
  ])
  expect(contractRun.stdout + contractRun.stderr).toMatch(/Test Files +4 passed \(4\)/)
})

describe('known by name', () => {
  const data = 'my-data'
  beforeAll(() => {
    mkdirSync(join(copy.root, data, kinds.dataset), { recursive: true })
    const { users, items, interactions, attributes } = syntheticDataset({ seed: 1, users: 150, items: 60 })
    const { classes, codes } = attributes['gender']!
    const rows = Array.from(interactions.users, (user, at) => {
      const item = items[interactions.items[at]!]!
      return `${users[user]!},${item},${codes[user]! < 0 ? '' : classes[codes[user]!]!}\n`
    })
    writeFileSync(join(copy.root, data, kinds.dataset, `${kinds.dataset}.csv`), `user,item,gender\n${rows.join('')}`)
    // Two numbers a user, of which one tells the label.
    const table = Array.from({ length: 120 }, (_, i) => `u${i},${Math.sin(i)},${(i % 2) + Math.cos(7 * i)}\n`)
    const labels = Array.from({ length: 120 }, (_, i) => `u${i},${i % 2 === 0 ? 'F' : 'M'}\n`)
    writeFileSync(join(copy.root, 'table.csv'), `id,a,b\n${table.join('')}`)
    writeFileSync(join(copy.root, 'people.csv'), `id,gender\n${labels.join('')}`)
  })

  test('npm start: data set, recommender, unlearner and attacker', () => {
    const help = start('--help')
    for (const kind of ['dataset', 'recommender', 'unlearner', 'attacker'] as const) expect(help).toContain(kinds[kind])
    const text = start(
      ...['--dataset', kinds.dataset, '--data', data, '--recommender', kinds.recommender],
      ...['--method', kinds.unlearner, '--attacker', kinds.attacker, '--protocol', 'five-fold'],
      ...['--epochs', '3', '--json'],
    )
    const { complete, models } = JSON.parse(text) as {
      complete: boolean
      models: { dataset: string; recommender: string; method?: string; attacks: { attacker: string }[] }[]
    }
    expect(complete).toBe(true)
    expect(models.map(({ dataset, recommender, method }) => [dataset, recommender, method])).toEqual([
      [kinds.dataset, kinds.recommender, undefined],
      [kinds.dataset, kinds.recommender, kinds.unlearner],
    ])
    for (const { attacks } of models) expect(attacks.map(({ attacker }) => attacker)).toEqual([kinds.attacker])
  })

  test('indistinct: attacker, unlearner and data set, in help and in config files too', () => {
    const table = ['table.csv', '--attributes', 'people.csv', '--attribute', 'gender', '--quiet']
    const audit = JSON.parse(indistinct('audit', ...table, '--attackers', kinds.attacker, '--json')) as {
      attacks: { attacker: string }[]
    }
    expect(audit.attacks.map(({ attacker }) => attacker)).toEqual([kinds.attacker])
    writeFileSync(join(copy.root, 'config.json'), JSON.stringify({ unlearn: { method: kinds.unlearner } }))
    indistinct('unlearn', ...table, '--config', 'config.json', '--out', 'unlearned.csv')
    expect(readFileSync(join(copy.root, 'unlearned.csv'), 'utf8').split('\n').length).toBe(122)
    const compared = indistinct('compare', ...table, '--methods', kinds.unlearner, '--attackers', kinds.attacker)
    expect(compared).toContain(kinds.unlearner)
    expect(indistinct('data', 'describe', kinds.dataset, '--data-folder', data)).toContain('150')
    expect(indistinct('audit', '--help')).toContain(kinds.attacker)
    expect(indistinct('unlearn', '--help')).toContain(kinds.unlearner)
    expect(indistinct('data', 'list')).toContain(kinds.dataset)
  })

  test('loss and metric: from the package', () => {
    const program = `import { meanSpread } from '@indistinct/losses'
      import { meanError } from '@indistinct/metrics'
      const theta = { rows: 4, cols: 1, data: Float32Array.of(0, 2, 4, 6) }
      const { value } = meanSpread(theta, { classes: ['f', 'm'], codes: Int32Array.of(0, 0, 1, 1) })
      console.log(value, meanError([0.75, 0.25], [1, 0]))`
    writeFileSync(join(copy.root, 'apps/experiments/program.ts'), program)
    expect(printed('--conditions=source', '--import', '@indistinct/loader', 'apps/experiments/program.ts')).toBe(
      '16 0.25\n',
    )
  })
})
