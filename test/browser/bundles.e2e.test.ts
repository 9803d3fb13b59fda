/** Packages in browsers: bundled as they are, and run in Chromium with the results that Node has. */

import { createServer } from 'node:http'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { Browser } from 'playwright-core'
import { build as viteBuild } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runEveryPackage } from './every-package.ts'
import { chromium, launched, noteWithoutChromium, opened } from './in-chromium.ts'

noteWithoutChromium('packages in browsers')

/** They talk to databases and start processes. */
const nodeAlone = ['stores', 'executors']
const packages = readdirSync('packages').filter((name) => !nodeAlone.includes(name))
const folder = mkdtempSync(join(tmpdir(), 'indistinct-browser-'))
afterAll(() => rmSync(folder, { recursive: true }))

const entry = join(process.cwd(), 'test/browser/entry.ts')

async function bundledByEsbuild(contents: string, treeShaking: boolean): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: 'test/browser', loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'silent',
    treeShaking,
    write: false,
  })
  return outputFiles[0]!.text
}

async function bundledByVite(): Promise<string> {
  const built = await viteBuild({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, target: 'es2022', lib: { entry, formats: ['es'] } },
  })
  const [{ output }] = built as unknown as [{ output: { code: string }[] }]
  expect(output).toHaveLength(1)
  return output[0]!.code
}

test.each(packages)('esbuild bundles all of %s for browsers, without a polyfill', async (name) => {
  const text = await bundledByEsbuild(`export * from '@indistinct/${name}'`, false)
  expect(text).not.toMatch(/(from |import\(|require\()["']node:/)
})

describe.skipIf(chromium === undefined)('in Chromium', () => {
  let browser: Browser
  let inNode: Record<string, string>
  const require = createRequire(new URL('../../packages/xgboost/package.json', import.meta.url))
  const files = {
    script: readFileSync(require.resolve('ml-xgboost/dist/wasm/xgboost.js'), 'utf8'),
    wasm: readFileSync(require.resolve('ml-xgboost/dist/wasm/xgboost.wasm')).toString('base64'),
    version: (require('ml-xgboost/package.json') as { version: string }).version,
  }
  beforeAll(async () => {
    process.env['INDISTINCT_XGBOOST'] = 'wasm'
    inNode = await runEveryPackage(`${folder}/`)
    browser = await launched()
  })
  afterAll(() => browser?.close())

  function written(name: string, code: string): string {
    const path = join(folder, `${name}.html`)
    const program = code.replaceAll('</script', '<\\/script')
    writeFileSync(path, `<!doctype html><link rel="icon" href="data:,"><script type="module">${program}</script>`)
    return path
  }

  async function ran(address: string): Promise<void> {
    const { page, complaints, requests } = await opened(browser, address)
    await page.waitForFunction('globalThis.isReady', undefined, { timeout: 240_000 }).catch(() => undefined)
    expect(complaints).toEqual([])
    expect(await page.evaluate(`globalThis.run(${JSON.stringify(files)})`)).toEqual(inNode)
    expect(complaints).toEqual([])
    expect(requests).toEqual([])
  }

  test('esbuild: every package gives the bytes that it gives in Node', async () => {
    await ran(pathToFileURL(written('esbuild', await bundledByEsbuild(`import ${JSON.stringify(entry)}`, true))).href)
  })

  test('Vite: the same', async () => {
    await ran(pathToFileURL(written('vite', await bundledByVite())).href)
  })

  test('threads of an isolated page share the kernels, with the same results', async () => {
    const worker = `
      import { matrix, randomStream, sha256, bytesOf } from '@indistinct/core'
      import { rbfMmd, setThreads, threads } from '@indistinct/kernels'
      const random = randomStream(1, 'threads')
      const users = matrix(3000, 16, Float32Array.from({ length: 48000 }, () => random.normal()))
      const [first, second] = [0, 1].map((c) => Int32Array.from({ length: 1500 }, (_, i) => 2 * i + c))
      const found = []
      const run = () => found.push(sha256(bytesOf(rbfMmd(users, { first, second }).gradient.data)))
      setThreads(1)
      run()
      setThreads(3)
      run()
      // Threads of a browser start once their maker waits for something.
      setTimeout(() => { run(); postMessage({ threads: threads(), found }) }, 500)`
    const code = await bundledByEsbuild(worker, true)
    const server = createServer((request, response) => {
      const isWorker = request.url === '/worker.js'
      response.writeHead(200, {
        'content-type': isWorker ? 'text/javascript' : 'text/html',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      })
      response.end(isWorker ? code : '<!doctype html><link rel="icon" href="data:,">')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { page } = await opened(browser, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      const answer = await page.evaluate<{ threads: number; found: string[] }>(`new Promise((resolve, reject) => {
        const worker = new Worker('/worker.js', { type: 'module' })
        worker.onmessage = ({ data }) => resolve(data)
        worker.onerror = ({ message }) => reject(new Error(message))
      })`)
      expect(answer.threads).toBe(3)
      expect(new Set(answer.found).size).toBe(1)
    } finally {
      server.close()
    }
  })
})
