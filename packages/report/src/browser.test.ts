/** The page in a real browser: what a strict parser cannot tell. Skipped where no Chromium is installed. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleReport, manyAttacks, withStrings } from './testing/example-report.ts'
import { installedChromium } from './testing/installed-chromium.ts'
import type { AttackRow, ExposureData, ReportData } from './report-data.ts'
import { reportHtml } from './report-html.ts'

const chromium = installedChromium()
if (chromium === undefined)
  console.warn('reports are not opened in a browser: no Chromium on PATH, and CHROMIUM_PATH is not set')

const data = exampleReport()
const hostile =
  `"><script>document.title='owned'</script><img src=x ` +
  `onerror="document.title='owned'"></style></svg>'\u202e\u0627\u0644\u0639\u0631\u0628\u064a\u0629 ]]>`

/** Every column filled, under names as long as those of two files joined. */
function widest(): ReportData {
  const { attacks, ...rest } = manyAttacks()
  const figures = (side: AttackRow['before']): AttackRow['before'] =>
    side && { ...side, correctedP: 0.0123, precision: side.balancedAccuracy!, recall: side.balancedAccuracy! }
  return {
    ...rest,
    exposure: { before: longNames(rest.exposure!.before!), after: longNames(rest.exposure!.after!) },
    attacks: attacks!.map((row) => ({
      ...row,
      table: `${row.table}-of-users-2026.parquet`,
      before: figures(row.before)!,
      after: figures(row.after)!,
    })),
  }
}

function longNames(exposure: ExposureData): ExposureData {
  const groups = exposure.groups.map((each) => ({ ...each, name: `users by interactions, second fifth: ${each.name}` }))
  return { ...exposure, groups }
}

describe.skipIf(chromium === undefined)('in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'indistinct-report-'))
  let browser: Browser
  beforeAll(async () => {
    const { chromium: driver } = await import('playwright-core')
    // Continuous integration runs as root, where Chromium has no sandbox; the pages are our own.
    browser = await driver.launch({
      executablePath: chromium!,
      headless: true,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    })
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true })
  })

  interface Opened {
    readonly page: Page
    /** Uncaught errors and messages of the console, violations of the policy among them. */
    readonly complaints: string[]
    /** Everything that was asked for but the file itself. */
    readonly requests: string[]
  }

  async function open(
    report: ReportData,
    width: number,
    height: number,
    edit = (text: string): string => text,
  ): Promise<Opened> {
    const path = join(folder, `report-${width}.html`)
    writeFileSync(path, edit(reportHtml(report)))
    const page = await browser.newPage({ viewport: { width, height } })
    const complaints: string[] = []
    const requests: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => complaints.push(message.text()))
    page.on('dialog', (dialog) => void dialog.dismiss())
    const address = pathToFileURL(path).href
    page.on('request', (request) => {
      if (request.url() !== address && !request.url().startsWith('data:')) requests.push(request.url())
    })
    await page.goto(address)
    return { page, complaints, requests }
  }

  /** Elements, outside of boxes that scroll by themselves, that reach beyond the right edge. */
  function overflowing(page: Page): Promise<string[]> {
    // A string: the tests are compiled without types of the browser.
    return page.evaluate(`[...document.querySelectorAll('body *')].filter((element) => {
      const box = element.getBoundingClientRect()
      return box.width > 0 && box.right > document.documentElement.clientWidth + 0.5 && !element.closest('.scroll, .panels.wide')
    }).map((element) => element.tagName + ' ' + element.textContent.slice(0, 40))`)
  }

  const widths = (page: Page): Promise<[number, number]> =>
    page.evaluate('[document.documentElement.scrollWidth, document.documentElement.clientWidth]')

  test('shows every figure, asks for nothing and complains of nothing', async () => {
    const { page, complaints, requests } = await open(data, 1200, 900)
    expect([complaints, requests]).toEqual([[], []])
    const drawn: { id: string; figures: number; marks: number }[] =
      await page.evaluate(`[...document.querySelectorAll('section')].map((section) => ({
      id: section.id,
      figures: [...section.querySelectorAll('svg[role=img]')].filter((svg) => svg.getBoundingClientRect().width > 40).length,
      marks: section.querySelectorAll('svg path, svg circle').length,
    }))`)
    const figures = Object.fromEntries(drawn.map(({ id, figures }) => [id, figures]))
    expect(figures['attacks']).toBeGreaterThanOrEqual(4)
    expect(figures['roc']).toBeGreaterThanOrEqual(4)
    expect(figures['dimensions']).toBeGreaterThanOrEqual(8)
    // By label and by prediction, before and after.
    expect(figures['scatter']).toBe(4)
    expect(figures['displacement']).toBe(1)
    // The style sheet is applied: it is allowed by its digest alone.
    expect(await page.evaluate(`getComputedStyle(document.querySelector('.verdict')).borderLeftWidth`)).toBe('5px')
    await page.close()
  })

  test('labels that are markup, break out of attributes or run from right to left do nothing', async () => {
    const { page, complaints, requests } = await open(withStrings(data, hostile), 1200, 900)
    expect([complaints, requests]).toEqual([[], []])
    expect(await page.evaluate(`document.querySelectorAll('script, img, iframe, object, form').length`)).toBe(0)
    expect(await page.title()).toMatch(/^"><script>/)
    expect(await page.evaluate('document.body.textContent.includes("<script>document.title=")')).toBe(true)
    await page.close()
  })

  test('even a script that got into the page does not run, and these tests would notice', async () => {
    const smuggled =
      '<script>document.title="owned"</script><img src="https://example.invalid/x.png" alt=""/><p ' +
      'style="width:2000px">wide</p><div class="legend"><svg width="900" height="9"></svg></div>'
    const { page, complaints } = await open(data, 360, 740, (text) => text.replace('<main>', `<main>${smuggled}`))
    expect(await page.title()).toBe(data.title)
    // The script, the style attribute and the image are refused, and said to be.
    expect(complaints.filter((text) => text.includes('Content Security Policy')).length).toBeGreaterThanOrEqual(3)
    expect((await overflowing(page)).length).toBeGreaterThan(0)
    await page.close()
  })

  test.each([
    ['a usual report', data],
    ['eight attackers on three inputs', manyAttacks()],
    ['hostile labels', withStrings(data, hostile)],
    ['long words', withStrings(data, 'x'.repeat(300))],
  ])('a phone shows %s without scrolling sideways', async (_, report) => {
    const { page, complaints } = await open(report, 360, 740)
    expect(await overflowing(page)).toEqual([])
    const [content, view] = await widths(page)
    expect(content).toBeLessThanOrEqual(view)
    // The same with everything unfolded.
    await page.evaluate(`document.querySelectorAll('details').forEach((each) => (each.open = true))`)
    expect(await overflowing(page)).toEqual([])
    expect(complaints).toEqual([])
    await page.close()
  })

  test('folds long lists, and a click unfolds them', async () => {
    const { page } = await open(manyAttacks(), 1200, 900)
    const details = page.locator('#attacks details')
    expect(await details.count()).toBe(8)
    expect(await page.locator('#attacks > .scroll tbody tr').count()).toBe(8)
    const table = details.first().locator('table')
    expect(await table.isVisible()).toBe(false)
    await details.first().locator('summary').click()
    expect(await table.isVisible()).toBe(true)
    expect(await table.locator('tbody tr').count()).toBe(12)
    await page.close()
  })

  test.each([
    ['a page of 1200 pixels', 1200, 'screen'],
    // A4 less margins of 1 cm, at 96 dots an inch.
    ['print on A4', 718, 'print'],
  ] as const)('no table is wider than %s', async (_, width, media) => {
    const { page } = await open(widest(), width, 900)
    await page.emulateMedia({ media })
    await page.evaluate(`document.querySelectorAll('details').forEach((each) => (each.open = true))`)
    const wide = await page.evaluate(`[...document.querySelectorAll('.scroll')]
      .filter(({ clientWidth, firstElementChild }) => firstElementChild.getBoundingClientRect().width > clientWidth + 0.5)
      .map((each) => each.getAttribute('aria-label'))`)
    expect(wide).toEqual([])
    expect(await page.locator('.scroll').count()).toBeGreaterThan(10)
    await page.close()
  })

  test('prints', async () => {
    const { page } = await open(data, 1200, 900)
    const pdf = await page.pdf({ format: 'A4' })
    expect(pdf.subarray(0, 5).toString('latin1')).toBe('%PDF-')
    expect(pdf.length).toBeGreaterThan(10_000)
    await page.close()
  })

  test('is readable in the dark', async () => {
    const { page } = await open(data, 1200, 900)
    await page.emulateMedia({ colorScheme: 'dark' })
    const [background, text]: [string, string] = await page.evaluate(
      '[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]',
    )
    const brightness = (colour: string): number =>
      [...colour.matchAll(/\d+/g)].slice(0, 3).reduce((sum, [value]) => sum + Number(value), 0) / 3
    expect(brightness(text) - brightness(background)).toBeGreaterThan(150)
    await page.close()
  })
})
