/** The built page in Chromium: from dropped files to the bytes that the command line writes. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bytesOf } from '@indistinct/core'
import { readTable, writeNpy } from '@indistinct/embeddings'
import { zipSync } from 'fflate'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromium, launched, noteWithoutChromium, opened, type OpenedPage } from '../../../test/browser/in-chromium.ts'
import { indistinct, plantLeak } from '../../indistinct/src/end-to-end/spawned-cli.ts'

noteWithoutChromium('the page of the audit')

const folder = mkdtempSync(join(tmpdir(), 'indistinct-page-'))
const root = new URL('..', import.meta.url).pathname
const address = pathToFileURL(join(folder, 'built', 'index.html')).href
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

beforeAll(async () => {
  plantLeak(folder, 140, 1.5)
  await build({ root, build: { outDir: join(folder, 'built'), emptyOutDir: true } })
})
afterAll(() => rmSync(folder, { recursive: true }))

test('is one file, whose policy names no host', () => {
  expect(readdirSync(join(folder, 'built'))).toEqual(['index.html'])
  const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(
    readFileSync(join(folder, 'built/index.html'), 'utf8'),
  )!
  expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^']*' 'wasm-unsafe-eval'; style-src 'sha256-/)
  expect(policy).not.toMatch(/https?:|\*|unsafe-inline|'unsafe-eval'|connect-src/)
})

describe.skipIf(chromium === undefined)('in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launched()
  })
  afterAll(() => browser?.close())

  /** Drops a file of the folder onto a field, as a hand does. */
  async function drop(page: Page, label: string, name: string): Promise<void> {
    const content = readFileSync(join(folder, name)).toString('base64')
    const transfer = await page.evaluateHandle(
      `(() => {
        const bytes = Uint8Array.from(atob(${JSON.stringify(content)}), (character) => character.charCodeAt(0))
        const transfer = new DataTransfer()
        transfer.items.add(new File([bytes], ${JSON.stringify(name)}))
        return transfer
      })()`,
    )
    await page.locator('label.drop', { hasText: label }).dispatchEvent('drop', { dataTransfer: transfer })
  }

  async function withFiles(viewport?: { width: number; height: number }): Promise<OpenedPage> {
    const visit = await opened(browser, address, viewport)
    await drop(visit.page, 'Table of users', 'users.csv')
    await drop(visit.page, 'Labels', 'people.csv')
    await visit.page.getByRole('button', { name: 'Audit', exact: true }).and(visit.page.locator(':enabled')).waitFor()
    return visit
  }

  async function downloaded(page: Page): Promise<Record<string, Buffer>> {
    const files: Record<string, Buffer> = {}
    for (const link of await page.locator('.downloads a').all()) {
      const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
      files[download.suggestedFilename()] = readFileSync((await download.path())!)
    }
    return files
  }

  /** Runs the command that the page shows, in the folder of its files. */
  async function fromCommandLine(page: Page): Promise<string> {
    const words = (await page.locator('#work ~ div .command code').innerText()).split(' ')
    expect(words.slice(0, 2)).toEqual(['npx', 'indistinct'])
    for (const name of readdirSync(folder)) if (/^(audit|unlearned)/.test(name)) rmSync(join(folder, name))
    const environment = { INDISTINCT_XGBOOST: 'wasm' }
    const { code, stdout, stderr } = await indistinct(words.slice(2), { cwd: folder, env: environment })
    expect(stderr).not.toContain('error')
    expect(code).toBe(0)
    return stdout
  }

  /** What a result ran on is the one thing that differs. */
  function anywhere(text: string | Buffer): string {
    return String(text)
      .replace(/"(?:node|browser)": "[^"]*"/g, 'RUNTIME')
      .replace(/<li>(?:node|browser): [^<]*<\/li>/g, '')
      .split('\n')
      .filter((line) => !/^\s*RUNTIME,?$/.test(line))
      .join('\n')
  }

  async function seriousFindings(page: Page): Promise<string[]> {
    await page.evaluate(axe)
    const found = await page.evaluate<{ id: string; impact: string; nodes: { html: string }[] }[]>(
      'axe.run().then(({ violations }) => violations)',
    )
    return found
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`)
  }

  test('an audit has the report and the record of the command line', async () => {
    const { page, complaints, requests } = await withFiles()
    expect(await page.locator('main').innerText()).toContain('140 users, 6 dimensions')
    expect(await seriousFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'Audit', exact: true }).click()
    await page.locator('.scored tr').first().waitFor()
    await page.getByRole('heading', { name: 'Audit done' }).waitFor()
    expect(await page.evaluate('document.activeElement.id')).toBe('work')
    expect(await seriousFindings(page)).toEqual([])
    const files = await downloaded(page)
    const stdout = await fromCommandLine(page)
    expect(Object.keys(files).sort()).toEqual(['audit.html', 'audit.json'])
    expect(anywhere(files['audit.json']!)).toBe(anywhere(stdout))
    expect(anywhere(files['audit.html']!)).toBe(anywhere(readFileSync(join(folder, 'audit.html'))))
    expect(complaints).toEqual([])
    expect(requests).toEqual([])
    await page.close()
  })

  test('unlearning has the table of the command line, its record and its report', async () => {
    const { page, complaints, requests } = await withFiles()
    await page.getByRole('button', { name: /^Unlearn/ }).click()
    await page.getByRole('heading', { name: 'Unlearning done' }).waitFor()
    const files = await downloaded(page)
    await fromCommandLine(page)
    const names = ['unlearned-users.csv', 'unlearned-users.csv.html', 'unlearned-users.csv.json']
    expect(Object.keys(files).sort()).toEqual(names)
    expect(files[names[0]!]!.equals(readFileSync(join(folder, names[0]!)))).toBe(true)
    for (const name of names.slice(1)) expect(anywhere(files[name]!)).toBe(anywhere(readFileSync(join(folder, name))))
    expect(complaints).toEqual([])
    expect(requests).toEqual([])
    await page.close()
  })

  test('blind has the table of the command line, too', async () => {
    const { page, complaints, requests } = await withFiles()
    await page.getByRole('radio', { name: /^Blind/ }).check()
    await page.getByRole('button', { name: /^Unlearn/ }).click()
    await page.getByRole('heading', { name: 'Unlearning done' }).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    const files = await downloaded(page)
    await fromCommandLine(page)
    const name = 'unlearned-users.csv'
    expect(files[name]!.equals(readFileSync(join(folder, name)))).toBe(true)
    expect(anywhere(files[`${name}.json`]!)).toBe(anywhere(readFileSync(join(folder, `${name}.json`))))
    expect(JSON.parse(String(files[`${name}.json`]))).toMatchObject({ method: 'blind' })
    expect([complaints, requests]).toEqual([[], []])
    await page.close()
  })

  test('relabel gives every user a vector, by a draw that no second run has', async () => {
    const rowsOf = (text: Buffer | string): string[] =>
      String(text)
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => Float32Array.from(line.split(',').slice(1), Number).join())
    const dealt: string[][] = []
    for (let run = 0; run < 2; run++) {
      const { page, complaints } = await withFiles()
      await page.getByRole('radio', { name: /^Relabel/ }).check()
      await page.getByRole('button', { name: /^Unlearn/ }).click()
      await page.getByRole('heading', { name: 'Unlearning done' }).waitFor()
      const files = await downloaded(page)
      dealt.push(rowsOf(files['unlearned-users.csv']!))
      expect(JSON.parse(String(files['unlearned-users.csv.json']))).toMatchObject({
        method: 'relabel',
        parameters: { drawSeed: 'secret' },
      })
      expect(complaints).toEqual([])
      await page.close()
    }
    const given = rowsOf(readFileSync(join(folder, 'users.csv')))
    for (const rows of dealt) {
      expect(rows).not.toEqual(given)
      expect(rows.filter((row) => /^-?\d[^N]*$/.test(row))).toHaveLength(given.length)
    }
    expect(dealt[0]).not.toEqual(dealt[1])
  })

  test('an attacker who holds what users did is told of as by the command line', async () => {
    const lines = readFileSync(join(folder, 'people.csv'), 'utf8').trim().split('\n').slice(1)
    const did = lines.flatMap((line, i) => {
      const [user, group] = line.split(',')
      return [`${user},item${i % 7}`, `${user},${group === 'F' ? 'a' : 'b'}${i % 5}`]
    })
    writeFileSync(join(folder, 'history.csv'), `user,item\n${did.join('\n')}\n`)
    const { page, complaints, requests } = await withFiles()
    await page.getByRole('radio', { name: /^More than this table/ }).check()
    expect(await page.getByRole('radio', { name: /^Blind/ }).isChecked()).toBe(true)
    await drop(page, 'What else it holds', 'history.csv')
    await page.getByRole('button', { name: 'Audit', exact: true }).and(page.locator(':enabled')).click()
    await page.getByRole('heading', { name: 'Audit done' }).waitFor()
    const files = await downloaded(page)
    const stdout = await fromCommandLine(page)
    expect(stdout).toContain('"attackerHolds": "history"')
    expect(anywhere(files['audit.json']!)).toBe(anywhere(stdout))
    expect(anywhere(files['audit.html']!)).toBe(anywhere(readFileSync(join(folder, 'audit.html'))))
    expect([complaints, requests]).toEqual([[], []])
    await page.close()
  })

  test('of a compressed npz it has the arrays of the command line, and says why not the bytes', async () => {
    const { matrix: users } = await readTable(join(folder, 'users.csv'))
    const arrays = { 'vectors.npy': writeNpy([users.rows, users.cols], users.data) }
    writeFileSync(join(folder, 'users.npz'), zipSync(arrays, { level: 6 }))
    const { page, complaints } = await withFiles()
    await drop(page, 'Table of users', 'users.npz')
    await page.getByLabel('Ids of users').selectOption({ label: 'none: line i is of row i' })
    await page.locator('main', { hasText: 'joined by position' }).waitFor()
    await page
      .getByRole('button', { name: /^Unlearn/ })
      .and(page.locator(':enabled'))
      .click()
    await page.getByRole('heading', { name: 'Unlearning done' }).waitFor()
    expect(await page.locator('main').innerText()).toContain('a page has no zlib')
    const name = 'unlearned-users.npz'
    const content = (await downloaded(page))[name]!
    writeFileSync(join(folder, 'from-page.npz'), content)
    await fromCommandLine(page)
    const { matrix: own } = await readTable(join(folder, 'from-page.npz'))
    const { matrix: theirs } = await readTable(join(folder, name))
    expect([own.rows, own.cols]).toEqual([theirs.rows, theirs.cols])
    expect(bytesOf(own.data)).toEqual(bytesOf(theirs.data))
    expect(content.equals(readFileSync(join(folder, name)))).toBe(false)
    expect(complaints).toEqual([])
    await page.close()
  })

  test('it says what is wrong with a file, stops, and fits a phone', async () => {
    writeFileSync(join(folder, 'users.pkl'), 'pickle')
    const { page, complaints } = await withFiles({ width: 360, height: 740 })
    await page.getByRole('button', { name: 'Audit', exact: true }).click()
    await page.locator('.scored tr').first().waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByRole('heading', { name: 'Audit stopped' }).waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    await drop(page, 'Table of users', 'users.pkl')
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').innerText()).toContain('a pickle runs code when it is loaded')
    expect(complaints).toEqual([])
    await page.close()
  })
})
