import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

interface Example {
  readonly readme: string
  readonly code: string
  /** Examples that read a user's own files are compiled only. */
  readonly runs: boolean
}

const root = process.cwd()
const readmes = [
  'README.md',
  ...['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}/README.md`),
  ),
]
const examples = readmes
  .filter((readme) => existsSync(join(root, readme)))
  .flatMap((readme): Example[] =>
    [...readFileSync(join(root, readme), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => ({
      readme,
      code: code!,
      runs: readme.startsWith('packages/') && !/readTable\(|readAttribute\(/.test(code!),
    })),
  )

// Inside the workspace, so that its packages are found; ignored by git.
let folder = ''
beforeAll(() => {
  mkdirSync(join(root, 'artifacts'), { recursive: true })
  folder = mkdtempSync(join(root, 'artifacts', 'examples-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('README examples', () => {
  test('every package has one', () => {
    const without = readdirSync(join(root, 'packages')).filter(
      (name) => !examples.some(({ readme }) => readme === `packages/${name}/README.md`),
    )
    expect(without).toEqual([])
  })

  test('all of them compile', () => {
    const files = examples.map(({ code }, i) => {
      const file = join(folder, `example-${i}.ts`)
      writeFileSync(file, code)
      return file
    })
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile) as { config: object }
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root)
    const found = ts.getPreEmitDiagnostics(ts.createProgram(files, { ...options, noUnusedLocals: false }))
    expect(
      found.map(({ file, messageText }) => {
        const at = files.indexOf(file?.fileName ?? '')
        return `${examples[at]?.readme ?? file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
      }),
    ).toEqual([])
  })

  test.each(examples.filter(({ runs }) => runs))('$readme runs, and prints or writes', ({ code }) => {
    const place = mkdtempSync(join(folder, 'run-'))
    const file = join(place, 'example.ts')
    writeFileSync(file, code)
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', '@indistinct/loader', file], {
      cwd: place,
      encoding: 'utf8',
      env: { ...process.env, INDISTINCT_DATA: '' },
    })
    expect(stderr).not.toMatch(/Error/)
    expect(status).toBe(0)
    expect(stdout.trim() !== '' || readdirSync(place).length > 1).toBe(true)
  })
})
