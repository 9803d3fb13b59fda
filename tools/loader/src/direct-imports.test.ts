import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { directImports, source } from './direct-imports.js'
import { listedNames } from './package-files.js'

const root = mkdtempSync(join(tmpdir(), 'indistinct-imports-'))
afterAll(() => rmSync(root, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

beforeAll(() => {
  const exports = { '.': './src/index.ts', './part': { browser: './src/other.ts', default: './src/part/index.ts' } }
  write('packages/many/package.json', JSON.stringify({ name: '@indistinct/many', exports }))
  write(
    'packages/many/src/index.ts',
    [
      '/** All. */',
      "export { a, type A, b as c } from './a.ts'",
      "export type { D } from './d.ts'",
      "export {\n  e,\n} from './e.ts'\n",
    ].join('\n'),
  )
  write('packages/many/src/part/index.ts', "export { f } from '../f.ts'\n")
  write('packages/whole/package.json', JSON.stringify({ name: '@indistinct/whole', exports: './src/index.ts' }))
  write('packages/whole/src/index.ts', "export { g } from './g.ts'\nexport const h = 1\n")
})

const led = (text: string): string => directImports(text, { root, names: listedNames })
const at = (file: string): string => JSON.stringify(pathToFileURL(join(root, 'packages/many/src', file)).href)

describe('directImports', () => {
  test('names come from the files that the index lists, on the lines where they stood', () => {
    const text = "import {\n  a,\n  c as d,\n  e,\n} from '@indistinct/many'\nrest()\n"
    expect(led(text)).toBe(
      `import { a as a, b as d } from ${at('a.ts')}; import { e as e } from ${at('e.ts')};\n\n\n\n\nrest()\n`,
    )
  })

  test('of a subpath too, as Node resolves it', () => {
    expect(led("import { f } from '@indistinct/many/part'\n")).toBe(`import { f as f } from ${at('f.ts')};\n`)
  })

  test('an import of which types alone were left goes', () => {
    expect(led("import {        } from '@indistinct/many'\nrest()\n")).toBe('\nrest()\n')
  })

  test.each([
    "import { missing } from '@indistinct/many'\n",
    "import { g } from '@indistinct/whole'\n",
    "import * as all from '@indistinct/many'\n",
    "import { x } from '@indistinct/nowhere'\n",
    "import { readFileSync } from 'node:fs'\n",
    "const text = `\nimport { a } from '@indistinct/many'\n`\n",
  ])('all else stays: %j', (text) => {
    expect(led(text)).toBe(text)
  })

  test('comments and blanked types before an import do not hide it', () => {
    const text = "/** A file. */\n;      \n// A line.\nimport { a } from '@indistinct/many'\n"
    expect(led(text)).toContain(`import { a as a } from ${at('a.ts')};`)
  })

  test('the index is read without its types', () => {
    expect([...listedNames(join(root, 'packages/many/src/index.ts'), source)!.keys()]).toEqual(['a', 'c', 'e'])
  })
})
