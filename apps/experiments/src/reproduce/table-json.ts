/** @file A page's cells as JSON: each of ours beside the paper's, unrounded. */

import { jsonText } from '@indistinct/core'
import type { Page } from './document.ts'

const tableSchema = 'indistinct.table/1'

/** `page` as JSON; ours has six digits, as results have. */
export function jsonOf({ title, blocks }: Page, protocol: string): string {
  const cells = blocks
    .flatMap((block) => block.cells ?? [])
    .map((cell) =>
      Object.fromEntries(
        Object.entries(cell).map(([name, value]) => [
          name,
          typeof value === 'number' ? Number(value.toFixed(6)) : value,
        ]),
      ),
    )
  return jsonText({ schema: tableSchema, title, protocol, cells }, 1)
}
