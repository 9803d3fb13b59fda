/** @file That the docs hold together: links lead somewhere, files that are named exist, the index lists every page. */

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const workspace = fileURLToPath(new URL('..', import.meta.url))
const groups = readdirSync(workspace).filter((name) => ['docs', 'packages', 'apps', 'tools'].includes(name))
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...groups.flatMap((group) =>
    readdirSync(join(workspace, group)).map((name) =>
      group === 'docs' ? `docs/${name}` : `${group}/${name}/README.md`,
    ),
  ),
].filter((path) => path.endsWith('.md') && existsSync(join(workspace, path)))

const read = (path: string): string => readFileSync(join(workspace, path), 'utf8')
const prose = (path: string): string => read(path).replace(/^```[\s\S]*?^```/gm, '')

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-')

function brokenLinks(page: string): string[] {
  return [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link!)
    .filter((link) => {
      if (/^https?:/.test(link)) return false
      const [path, anchor] = link.split('#') as [string, string?]
      const target = path === '' ? page : normalize(join(dirname(page), path))
      if (!existsSync(join(workspace, target))) return true
      if (anchor === undefined || !target.endsWith('.md')) return false
      return ![...prose(target).matchAll(/^#+ (.*)$/gm)].some(([, heading]) => anchorOf(heading!) === anchor)
    })
}

/** Files named with a folder, such as `src/fit.ts`, from the root, from the page's folder or from its sources. */
function missingFiles(page: string): string[] {
  const named = [...prose(page).matchAll(/`((?:packages|apps|tools|test|docs|src)\/[\w./-]+\.\w+)`/g)].map(
    ([, path]) => path!,
  )
  return named.filter((path) => !path.includes('my-kernel') && ![path, join(dirname(page), path)].some(existsIn))
}

/** Names in the table of exports of a package that it does not export. */
function unknownExports(name: string): string[] {
  const [, table = ''] =
    /\n\| exports \| for \|\n\|---\|---\|\n((?:\|.*\n)+)/.exec(read(`packages/${name}/README.md`)) ?? []
  const firstCells = table.split('\n').map((line) => line.split(' | ')[0]!)
  const named = firstCells.flatMap((cell) => [...cell.matchAll(/`(\w+)/g)].map(([, identifier]) => identifier!))
  const index = read(`packages/${name}/src/index.ts`)
  return named.filter((identifier) => !new RegExp(`\\b${identifier}\\b`).test(index))
}

/** Values that the package exports and that neither a table of its README nor one of docs/methods.md names. */
function untoldExports(name: string): string[] {
  const rows = [read(`packages/${name}/README.md`), read('docs/methods.md')]
    .join('\n')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .join('\n')
  const values = [...read(`packages/${name}/src/index.ts`).matchAll(/^export \{([^}]*)\}/gm)]
    .flatMap(([, names]) => names!.split(','))
    .map((each) => each.trim())
    .filter((each) => each !== '' && !each.startsWith('type '))
  return values.filter((value) => !new RegExp(`\`${value}\\b`).test(rows))
}

/** Scripts that the page tells the reader to run and that package.json does not have. */
function unknownScripts(page: string): string[] {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> }
  const named = [...read(page).matchAll(/\bnpm run (?:-s |--silent )?([a-z][\w:-]*)/g)].map(([, name]) => name!)
  return named.filter((name) => scripts[name] === undefined)
}

/** Files that scripts of package.json run and that a clone would not have. */
function unclonedScripts(): string[] {
  const files = [...read('package.json').matchAll(/\b(?:apps|packages|test|tools)\/[\w./-]+\.(?:ts|js)\b/g)].map(String)
  const tracked = new Set(execFileSync('git', ['ls-files', ...files], { cwd: workspace, encoding: 'utf8' }).split('\n'))
  return files.filter((file) => !tracked.has(file))
}

const existsIn = (path: string): boolean => existsSync(join(workspace, path))

describe('docs', () => {
  test.each(pages)('links of %s lead somewhere', (page) => {
    expect(brokenLinks(page)).toEqual([])
  })

  test.each(pages)('files that %s names exist', (page) => {
    expect(missingFiles(page)).toEqual([])
  })

  test.each(pages)('scripts that %s tells to run exist', (page) => {
    expect(unknownScripts(page)).toEqual([])
  })

  test('a clone has every file that a script runs', () => {
    expect(unclonedScripts()).toEqual([])
  })

  test.each(readdirSync(join(workspace, 'packages')))(
    'the README of %s names what is exported, and nothing else',
    (name) => {
      expect(unknownExports(name)).toEqual([])
      expect(untoldExports(name)).toEqual([])
    },
  )

  test('the index lists every page', () => {
    const index = read('docs/README.md')
    const others = readdirSync(join(workspace, 'docs')).filter((name) => name !== 'README.md')
    expect(others.filter((name) => !index.includes(`](${name})`))).toEqual([])
  })

  test('the first page has 120 lines at most', () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(120)
  })
})
