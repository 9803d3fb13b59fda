/** @file Every benchmark is a project of Nx whose inputs are what it measures, and no more. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { benches } from '../apps/bench/src/benches.ts'
import { benchProjects } from '../tools/targets/src/bench-projects.js'
import { readWorkspace } from '../tools/targets/src/read-workspace.js'

const workspace = fileURLToPath(new URL('..', import.meta.url))
const names = Object.keys(
  (JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: { [path: string]: unknown } }).packages,
)
const manifests = names
  .filter((name) => /^(packages|apps|tools)\/[\w-]+$/.test(name))
  .map((name) => `${name}/package.json`)
const projects = benchProjects(readWorkspace(manifests, workspace), workspace)
const inputsOf = (name: string): readonly unknown[] => projects[`artifacts/bench/${name}`]!.targets!['bench']!.inputs!

test('one project a benchmark, by its name', () => {
  expect(
    Object.values(projects)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(benches.map(({ name }) => `bench:${name}`).sort())
})

test.each([
  [
    'mlp',
    ['apps/bench/peers/mlp.py', 'packages/attackers/src/**/*', 'packages/kernels/src/**/*'],
    ['packages/unlearners'],
  ],
  [
    'ratings',
    ['apps/bench/peers/ratings.py', 'packages/datasets/src/**/*'],
    ['packages/unlearners', 'packages/attackers'],
  ],
  ['xgb', ['apps/bench/peers/xgb.py', 'packages/xgboost/src/**/*'], ['packages/attackers', 'packages/recommenders']],
  [
    'start',
    ['apps/experiments/src/**/*', 'packages/unlearners/src/**/*', 'tools/stages/src/**/*'],
    ['packages/stores/README'],
  ],
])('%s: what it measures, and not the rest', (name, wanted, others) => {
  const inputs = inputsOf(name)
  for (const each of wanted) expect(inputs).toContain(`{workspaceRoot}/${each}`)
  for (const each of others) expect(JSON.stringify(inputs)).not.toContain(each)
  expect(inputs).toContainEqual({ runtime: 'node --import @indistinct/loader apps/bench/src/print-machine.ts' })
})
