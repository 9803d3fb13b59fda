/** @file Every component has its test, its index line and its row of the docs; every package says why it exists. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { namedAttackers } from '@indistinct/attackers'
import { knownDatasets } from '@indistinct/datasets'
import * as metrics from '@indistinct/metrics'
import { recommenders } from '@indistinct/recommenders'
import { inTrainingMethods, unlearners } from '@indistinct/unlearners'
import { describe, expect, test } from 'vitest'

const workspace = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string): string => readFileSync(join(workspace, path), 'utf8')
const methods = read('docs/methods.md')

function sources(name: string, wanted: (file: string) => boolean): string[] {
  return readdirSync(join(workspace, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && wanted(file))
    .map((file) => read(`packages/${name}/src/${file}`))
}

const isTest = (file: string): boolean => file.endsWith('.test.ts')
const testsOf = (name: string): string => sources(name, isTest).join('\n')
const namedIn = (text: string, name: string): boolean => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text)

/** Names without a row of docs/methods.md that begins with them, alone or beside others. */
function withoutRow(names: readonly string[]): string[] {
  const firstCells = methods
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(' | ')[0]!)
  return names.filter((name) => !firstCells.some((cell) => cell.includes(`\`${name}\``)))
}

describe('components', () => {
  test('recommenders: file, line of the table, row; the contract suite runs on all that are listed', () => {
    const names = recommenders.map(({ name }) => name)
    expect(withoutRow(names)).toEqual([])
    expect(
      names.filter((name) => !read('packages/recommenders/src/recommenders.ts').includes(`'./${name}.ts'`)),
    ).toEqual([])
    expect(read('packages/recommenders/src/contract.test.ts')).toContain('describe.each(recommenders')
  })

  test('attackers: file, test, line of a table, row', () => {
    expect(withoutRow(Object.keys(namedAttackers))).toEqual([])
    // Some of fine structure are settings of another's file.
    const files: Readonly<Record<string, string>> = {
      'knn-1': 'knn',
      'knn-3': 'knn',
      'knn-5': 'knn',
      'fine-svm': 'svm',
      'mlp-official': 'official',
      'xgb-official': 'official',
    }
    const names = Object.keys(namedAttackers).map((name) => files[name] ?? name)
    const tables = ['battery', 'fine-battery', 'named-attackers'].map((table) =>
      read(`packages/attackers/src/${table}.ts`),
    )
    expect(names.filter((name) => !tables.join().includes(`/${name}.ts'`))).toEqual([])
    expect(names.filter((name) => !testsOf('attackers').includes(`'./${name}.ts'`))).toEqual([])
    expect(read('packages/attackers/src/attackers/classical-attackers.test.ts')).toContain(
      'Object.values(namedAttackers)',
    )
  })

  test('unlearners: test, row; the contract suite runs on all that are listed', () => {
    expect(withoutRow([...Object.keys(unlearners), ...Object.keys(inTrainingMethods)])).toEqual([])
    const functions = Object.values(unlearners).map(({ unlearn }) => unlearn.name)
    expect(functions.filter((name) => !namedIn(testsOf('unlearners'), name))).toEqual([])
    expect(read('packages/unlearners/src/unlearners.test.ts')).toContain('Object.keys(unlearners)')
  })

  test('losses: test, index line, row', () => {
    const names = sources('losses', (file) => !isTest(file))
      .flatMap((text) => text.split('\nexport function ').slice(1))
      .filter((text) => /\): \w*Loss \{$/m.test(text.split('\n}')[0]!))
      .map((text) => /^\w+/.exec(text)![0])
    expect(names.length).toBeGreaterThanOrEqual(8)
    expect(withoutRow(names)).toEqual([])
    expect(names.filter((name) => !namedIn(read('packages/losses/src/index.ts'), name))).toEqual([])
    expect(names.filter((name) => !namedIn(testsOf('losses'), name))).toEqual([])
  })

  test('data sets: test, row', () => {
    const names = knownDatasets.map(({ name }) => name)
    expect(withoutRow(names)).toEqual([])
    expect(names.filter((name) => !namedIn(testsOf('datasets'), name))).toEqual([])
  })

  test('metrics: test, row of the package README', () => {
    const names = Object.entries(metrics)
      .filter(([, value]) => typeof value === 'function')
      .map(([name]) => name)
    expect(names.filter((name) => !namedIn(testsOf('metrics'), name))).toEqual([])
    const rows = read('packages/metrics/README.md')
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .join('\n')
    expect(names.filter((name) => !rows.includes(`\`${name}\``))).toEqual([])
  })
})

const packages = readdirSync(join(workspace, 'packages'))

test.each(packages)('README of %s: why it exists, an example, how to add to it', (name) => {
  const readme = read(`packages/${name}/README.md`)
  const [title, ...why] = readme.split('```')[0]!.trim().split('\n')
  expect(title).toBe(`# @indistinct/${name}`)
  const lines = why.filter((line) => line !== '')
  expect(lines.length).toBeGreaterThanOrEqual(3)
  expect(lines.length).toBeLessThanOrEqual(16)
  expect(readme).toContain('```ts\n')
  expect(readme).toMatch(/(^|\n)(#+ )?Add (a|an|your|another|to) /i)
})
