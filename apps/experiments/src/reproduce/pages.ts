/** @file Tables 2 to 5 from results files, as pages. */

import { attackPage } from './attack-page.ts'
import { dataPage } from './data-page.ts'
import type { Page } from './document.ts'
import { inDataOrder } from './groups.ts'
import type { ResultsFile } from './results-file.ts'
import { timePage } from './time-page.ts'
import { utilityPage } from './utility-page.ts'

export const pageNames = ['table-2', 'table-3', 'table-4', 'table-5'] as const
export type PageName = (typeof pageNames)[number]

/** The page `name` over `files` of one protocol, which come in any order. */
export function pageOf(name: PageName, files: readonly ResultsFile[]): Page {
  const sorted = inDataOrder(files)
  switch (name) {
    case 'table-2':
      return dataPage(sorted)
    case 'table-3':
      return attackPage(sorted)
    case 'table-4':
      return utilityPage(sorted)
    case 'table-5':
      return timePage(sorted)
    default:
      throw new RangeError(
        `pageOf: expected one of ${pageNames.join(', ')}, got ${JSON.stringify(name satisfies never)}`,
      )
  }
}
