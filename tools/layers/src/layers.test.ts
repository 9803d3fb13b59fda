import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { allowed, layerBreaches, readWorkspace, type WorkspacePackage } from './layers.ts'

function workspace(importer: Partial<WorkspacePackage>): WorkspacePackage[] {
  return [
    { name: '@indistinct/core', layer: 'core', dependencies: [], imports: [] },
    { name: '@indistinct/attackers', layer: 'composite', dependencies: [], imports: [] },
    { name: '@indistinct/losses', layer: 'stage', dependencies: [], imports: [], ...importer },
  ]
}

test('a declared import from a lower layer is fine', () => {
  const packages = workspace({
    dependencies: ['@indistinct/core'],
    imports: [{ file: 'a.ts', name: '@indistinct/core' }],
  })
  expect(layerBreaches(packages)).toEqual([])
})

test('an import upwards is a breach, except in a test', () => {
  const imports = [
    { file: 'a.ts', name: '@indistinct/attackers' },
    { file: 'a.test.ts', name: '@indistinct/attackers' },
  ]
  expect(layerBreaches(workspace({ dependencies: ['@indistinct/attackers'], imports }))).toEqual([
    'a.ts: layer stage may import core, kernels, but @indistinct/attackers is of layer composite',
  ])
})

test('undeclared imports and missing tags are breaches', () => {
  expect(layerBreaches(workspace({ imports: [{ file: 'a.ts', name: '@indistinct/core' }] }))[0]).toContain(
    'does not declare',
  )
  expect(layerBreaches(workspace({ layer: '' }))[0]).toContain('expected a tag layer:')
})

test('this workspace is read, and every package of it has a layer', () => {
  const packages = readWorkspace(process.cwd())
  expect(packages.map((entry) => entry.name)).toContain('@indistinct/core')
  expect(
    packages
      .find((entry) => entry.name === '@indistinct/kernels')
      ?.imports.some((found) => found.name === '@indistinct/core'),
  ).toBe(true)
})

test('CONTRIBUTING tabulates the same layers', () => {
  const text = readFileSync('CONTRIBUTING.md', 'utf8')
  for (const [layer, below] of Object.entries(allowed))
    expect(text).toContain(`| ${layer} | ${below.join(', ') || 'nothing'} |`)
})
