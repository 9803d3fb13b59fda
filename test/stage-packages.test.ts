/** @file That the table of packages a stage runs is what its runner imports. */

import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { stagePackages, stages } from '../tools/stages/src/stage.ts'

describe('stagePackages', () => {
  const sources = fileURLToPath(new URL('../apps/experiments/src', import.meta.url))

  /** Files and workspace packages that running `entry` loads: type-only imports load nothing. */
  function closureOf(entry: string, files: Set<string>, packages: Set<string>): void {
    if (files.has(entry)) return
    files.add(entry)
    for (const [, clause, specifier] of readFileSync(entry, 'utf8').matchAll(
      /^import\s+(type\s)?[^'"]*['"]([^'"]+)['"]/gm,
    )) {
      if (clause !== undefined) continue
      if (specifier!.startsWith('.')) closureOf(resolve(dirname(entry), specifier!), files, packages)
      else if (specifier!.startsWith('@indistinct/')) packages.add(specifier!)
    }
  }

  test.each(stages)('%s runs the packages that are its inputs, and files that are', (stage) => {
    const files = new Set<string>()
    const packages = new Set<string>()
    closureOf(join(sources, 'run-stage.ts'), files, packages)
    closureOf(join(sources, 'stages', `${stage}.ts`), files, packages)
    expect([...packages].sort()).toEqual([...stagePackages[stage]].sort())
    for (const file of files)
      expect(relative(sources, file)).toMatch(new RegExp(`^(run-stage|stages/${stage}(-[a-z-]+)?|store/[a-z-]+)\\.ts$`))
  })
})
