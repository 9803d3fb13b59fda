/** @file Pages of tests in an installed Chromium, with what they complain of and what they ask for. */

import type { Browser, Page } from 'playwright-core'
import { installedChromium } from '../../packages/report/src/testing/installed-chromium.ts'

export const chromium = installedChromium()

/** Says once that tests of `what` are skipped, where there is no browser. */
export function noteWithoutChromium(what: string): void {
  if (chromium === undefined)
    console.warn(`${what}: not opened in a browser, since no Chromium is on PATH, and CHROMIUM_PATH is not set`)
}

export async function launched(): Promise<Browser> {
  const { chromium: driver } = await import('playwright-core')
  return driver.launch({
    executablePath: chromium!,
    headless: true,
    // Continuous integration runs as root, where Chromium has no sandbox; the pages are our own.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
}

export interface OpenedPage {
  readonly page: Page
  /** Uncaught errors and messages of the console, violations of the policy among them. */
  readonly complaints: string[]
  /** All that was asked for but the file itself, and what the page made. */
  readonly requests: string[]
}

export async function opened(
  browser: Browser,
  address: string,
  viewport = { width: 1200, height: 900 },
): Promise<OpenedPage> {
  const page = await browser.newPage({ viewport, acceptDownloads: true })
  // As long as the test itself may take: the 30 seconds of Playwright are too few on busy cores.
  page.setDefaultTimeout(0)
  const complaints: string[] = []
  const requests: string[] = []
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message))
  page.on('console', (message) => complaints.push(message.text()))
  page.on('request', (request) => {
    if (request.url() !== address && !/^(data|blob):/.test(request.url())) requests.push(request.url())
  })
  await page.goto(address)
  return { page, complaints, requests }
}
