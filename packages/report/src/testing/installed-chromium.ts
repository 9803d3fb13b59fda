/** @file Where tests find a Chromium: one that is installed, never one that is downloaded. */

import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** The browser that CHROMIUM_PATH names, or the first one on PATH; undefined where there is none. */
export function installedChromium(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const given = environment['CHROMIUM_PATH']
  if (given !== undefined && given !== '') return given
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(executable)
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
