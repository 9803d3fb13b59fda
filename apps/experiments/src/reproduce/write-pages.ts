/** @file Generated pages: Markdown, LaTeX and JSON beside the results files that they come from. */

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '@indistinct/core'
import { latexOf, markdownOf } from './document.ts'
import { pageNames, pageOf, type PageName } from './pages.ts'
import { readResults, type ResultsFile } from './results-file.ts'
import { jsonOf } from './table-json.ts'

/** Results files in `folder`, by data set. */
export function resultsIn(folder: string): ResultsFile[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !name.startsWith('table-'))
    .sort()
    .map((name) => readResults(join(folder, name))!)
}

/** Every page that `files` fill, as file name -> text. */
export function pagesOf(files: readonly ResultsFile[]): Map<string, string> {
  const pages = new Map<string, string>()
  for (const name of pageNames) {
    const filled = files.filter((file) => (name === 'table-2' ? file.data !== undefined : file.models.length > 0))
    if (filled.length === 0) continue
    const page = pageOf(name, filled)
    pages.set(`${name}.md`, markdownOf(page))
    pages.set(`${name}.tex`, latexOf(page))
    pages.set(`${name}.json`, jsonOf(page, filled[0]!.protocol))
  }
  return pages
}

/** Writes every page anew and returns the paths of those of `names`. */
export function writePages(folder: string, names: readonly PageName[]): string[] {
  const written: string[] = []
  for (const [name, text] of pagesOf(resultsIn(folder))) {
    writeFileAtomic(join(folder, name), text)
    if (names.some((each) => name.startsWith(`${each}.`))) written.push(join(folder, name))
  }
  return written
}
