/** @file That docs/deviations.md lists every file in which a deviation from the paper is marked. */

import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const workspace = fileURLToPath(new URL('..', import.meta.url))
const listed = readFileSync(join(workspace, 'docs/deviations.md'), 'utf8')
const sources = ['packages', 'apps', 'tools'].flatMap((group) =>
  readdirSync(join(workspace, group)).flatMap((folder) =>
    ['src', 'grids', 'protocols'].flatMap((part) => sourcesIn(join(workspace, group, folder, part))),
  ),
)
const marked = sources.filter((path) => readFileSync(path, 'utf8').includes('Deviation:'))

describe('docs/deviations.md', () => {
  test('some files are marked', () => {
    expect(marked.length).toBeGreaterThan(5)
  })

  test.each(marked.map((path) => basename(path)))('names %s', (name) => {
    expect(listed).toMatch(new RegExp(`\`([a-z]+/)*${name.replaceAll('.', '\\.')}\``))
  })

  test('names files that there are', () => {
    const known = new Set(sources.map((path) => basename(path)))
    for (const [, name] of listed.matchAll(/`(?:[a-z]+\/)*([a-z0-9-]+\.ts)`/g)) expect(known).toContain(name)
  })
})

function sourcesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => join(folder, file))
  } catch (error) {
    // Not every package has every folder.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR')
      return []
    throw error
  }
}
