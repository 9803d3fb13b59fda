/**
 * @file Seconds of an audit and of an unlearning of one's own table in Chromium, beside those of the command line, one
 * thread each: `npm run page-times -- TABLE LABELS ATTRIBUTE`. Prints a table in Markdown; both results must agree.
 */

import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { usageError } from '@indistinct/core'
import type { Page } from 'playwright-core'
import { build } from 'vite'
import { chromium, launched, opened } from '../../../test/browser/in-chromium.ts'

const [table, labels, attribute, ...more] = process.argv.slice(2)
if (table === undefined || labels === undefined || attribute === undefined || more.length > 0)
  throw usageError(
    `page-times: expected a table, a file of labels and an attribute, got ${process.argv.slice(2).join(' ') || 'none'}`,
  )
if (chromium === undefined) throw usageError('page-times: no Chromium on PATH; set CHROMIUM_PATH')

const binary = fileURLToPath(new URL('../../indistinct/bin/indistinct.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'indistinct-page-times-'))
const rows: string[] = []
try {
  for (const path of [table, labels]) copyFileSync(resolve(path), join(folder, basename(path)))
  await build({
    root: fileURLToPath(new URL('..', import.meta.url)),
    build: { outDir: join(folder, 'built'), emptyOutDir: true },
  })
  const browser = await launched()
  const { page } = await opened(browser, pathToFileURL(join(folder, 'built', 'index.html')).href)
  page.setDefaultTimeout(0)
  await give(page)
  for (const [name, done] of [
    ['Audit', 'Audit done'],
    ['Unlearn, and audit before and after', 'Unlearning done'],
  ] as const) {
    const inPage = await seconds(async () => {
      await page.getByRole('button', { name, exact: true }).click()
      await page.getByRole('heading', { name: done }).waitFor()
    })
    console.error(`${name}: ${inPage.toFixed(0)} s in Chromium`)
    const words = (await page.locator('#work ~ div .command code').innerText()).split(' ').slice(2)
    const verdict = await page.locator('#work ~ div .verdict').last().innerText()
    const beside = await seconds(() => commandLine(words))
    rows.push(
      `| ${name.toLowerCase()} | ${inPage.toFixed(0)} | ${beside.toFixed(0)} | ${(inPage / beside).toFixed(2)} |`,
    )
    console.error(
      `${name}: ${inPage.toFixed(0)} s in Chromium, ${beside.toFixed(0)} s from the command line: ${verdict}`,
    )
  }
  await browser.close()
  console.log(`| ${basename(table)} | Chromium, s | command line, s | ratio |\n|---|---|---|---|\n${rows.join('\n')}`)
} finally {
  rmSync(folder, { recursive: true })
}

/** Chooses both files, as the dialog does, and the attribute. */
async function give(page: Page): Promise<void> {
  const inputs = page.locator('label.drop input[type=file]')
  await inputs.nth(0).setInputFiles(join(folder, basename(table!)))
  await inputs.nth(1).setInputFiles(join(folder, basename(labels!)))
  await page.locator('#attribute option', { hasText: attribute! }).first().waitFor({ state: 'attached' })
  await page.locator('#attribute').selectOption(attribute!)
  await page.getByRole('button', { name: 'Audit', exact: true }).and(page.locator(':enabled')).waitFor()
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}

/** The same work by the same XGBoost, on one thread. */
function commandLine(words: readonly string[]): Promise<void> {
  const env = { ...process.env, INDISTINCT_THREADS: '1', INDISTINCT_XGBOOST: 'wasm' }
  const child = spawn(process.execPath, [binary, ...words], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)))
  return new Promise((settle, reject) =>
    child.on('error', reject).on('close', (code) => {
      if (code === 0) settle()
      else reject(new Error(`page-times: expected the command line to end with 0, got ${code}: ${errors}`))
    }),
  )
}
