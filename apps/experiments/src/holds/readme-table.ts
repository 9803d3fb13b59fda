/** @file The table of results on the first page, between two marks. */

import { holdsSummary } from './holds-page.ts'
import type { HoldsResults } from './holds-results.ts'

const marks = ['<!-- npm run holds -->', '<!-- end of npm run holds -->'] as const

/**
 * `text` of the README with the table of `results`.
 * @throws RangeError where it lacks the marks.
 */
export function withHoldsTable(text: string, results: HoldsResults): string {
  const [from, to] = marks.map((mark) => text.indexOf(mark))
  if (from! < 0 || to! < from!)
    throw new RangeError(
      `README.md: expected the marks ${marks.join(' and ')}, got ${from! < 0 ? 'none' : 'the first alone'}`,
    )
  return `${text.slice(0, from! + marks[0].length)}\n\n${holdsSummary(results)}\n${text.slice(to)}`
}
