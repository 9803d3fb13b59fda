/** Packages in one file for Node: bundled as they are, and run with no packages and no other file beside them. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { build as viteBuild } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runEveryPackage } from '../browser/every-package.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-bundles-'))
afterAll(() => rmSync(folder, { recursive: true }))

const entry = join(process.cwd(), 'test/node-bundles/entry.ts')

async function byEsbuild(outfile: string, minify = false): Promise<void> {
  await build({
    entryPoints: [entry],
    bundle: true,
    minify,
    platform: 'node',
    format: 'esm',
    conditions: ['bundle'],
    logLevel: 'silent',
    outfile,
  })
}

async function byVite(outfile: string): Promise<void> {
  await viteBuild({
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true, resolve: { conditions: ['bundle', 'node', 'import', 'default'] } },
    build: {
      ssr: entry,
      target: 'node20',
      outDir: join(outfile, '..'),
      rollupOptions: { output: { entryFileNames: 'bundle.mjs', inlineDynamicImports: true } },
    },
  })
}

describe('in one file for Node', () => {
  let inNode: Record<string, string>
  const files = join(folder, 'files')
  beforeAll(async () => {
    const require = createRequire(new URL('../../packages/xgboost/package.json', import.meta.url))
    mkdirSync(files)
    for (const name of ['xgboost.js', 'xgboost.wasm'])
      writeFileSync(join(files, name), readFileSync(require.resolve(`ml-xgboost/dist/wasm/${name}`)))
    writeFileSync(join(files, 'version'), (require('ml-xgboost/package.json') as { version: string }).version)
    process.env['INDISTINCT_XGBOOST'] = 'wasm'
    mkdirSync(join(folder, 'here'))
    inNode = await runEveryPackage(`${join(folder, 'here')}/`)
  })

  test.each([
    ['esbuild', byEsbuild],
    ['esbuild, minified', (outfile: string) => byEsbuild(outfile, true)],
    ['Vite', byVite],
  ])('%s: every package gives the bytes that it gives from its own files', async (name, bundle) => {
    const place = join(folder, name)
    mkdirSync(join(place, 'made'), { recursive: true })
    await bundle(join(place, 'bundle.mjs'))
    expect(readdirSync(place).sort()).toEqual(['bundle.mjs', 'made'])
    const printed = execFileSync(process.execPath, ['bundle.mjs', files, join(place, 'made')], {
      cwd: place,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    })
    const { threads, found } = JSON.parse(printed) as { threads: number; found: Record<string, string> }
    expect(threads).toBe(3)
    expect(found).toEqual(inNode)
  })
})
