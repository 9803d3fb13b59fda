/** @file The lint of imports finds circles, undeclared imports and imports upwards, in a copy of the workspace. */

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allowed } from '../.dependency-cruiser.mjs'
import { copyWorkspace, type WorkspaceCopy } from './workspace-copy.ts'

let copy: WorkspaceCopy

beforeAll(() => {
  copy = copyWorkspace()
})

afterAll(() => copy.remove())

/** All that `paths` reach. */
function lint(...paths: string[]): { readonly status: number | null; readonly stdout: string } {
  const depcruise = join(copy.root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const args = [depcruise, ...paths, '--config', '.dependency-cruiser.mjs']
  return spawnSync(process.execPath, args, { cwd: copy.root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } })
}

test('a circle, an import upwards and an undeclared one are named; tests may import upwards what is declared', () => {
  const write = (path: string, text: string): void => writeFileSync(join(copy.root, path), text)
  write('packages/losses/src/one.ts', "import './two.ts'\n")
  write('packages/losses/src/two.ts', "import type { } from './one.ts'\n")
  write('packages/losses/src/upwards.ts', "import type { Attacker } from '@indistinct/attackers'\n")
  write('packages/losses/src/undeclared.test.ts', "import type { Attacker } from '@indistinct/attackers'\n")
  write('packages/unlearners/src/upwards.test.ts', "import type { Attacker } from '@indistinct/attackers'\n")
  write('packages/kernels/src/undeclared.ts', "import '@indistinct/metrics'\n")
  const { status, stdout } = lint('packages/losses', 'packages/kernels', 'packages/unlearners/src/upwards.test.ts')
  expect(status).not.toBe(0)
  expect(stdout).toMatch(/error no-circle: packages\/losses\/src\/(one|two)\.ts/)
  expect(stdout).toContain('error imports-of-packages-losses: packages/losses/src/upwards.ts')
  expect(stdout).toContain('error imports-of-packages-kernels: packages/kernels/src/undeclared.ts')
  expect(stdout).toContain('error imports-of-tests-of-packages-losses: packages/losses/src/undeclared.test.ts')
  expect(stdout).not.toContain('upwards.test.ts')
})

test('CONTRIBUTING tabulates the same layers', () => {
  const text = readFileSync('CONTRIBUTING.md', 'utf8')
  for (const [layer, below] of Object.entries(allowed))
    expect(text).toContain(`| ${layer} | ${below.join(', ') || 'nothing'} |`)
})
