/** @file Checks of the tables and labels that sections and figures are made from. */

import { checkLabels, checkMatrix, type Labels, type Matrix } from '@indistinct/core'

/**
 * @param after of the shape of `before`, or of its rows alone where `anyWidth`
 * @throws RangeError when a table is no matrix, or tables and labels do not fit.
 */
export function checkTables(
  caller: string,
  { before, after, labels }: { readonly before: Matrix; readonly after: Matrix | undefined; readonly labels: Labels },
  { anyWidth = false } = {},
): void {
  checkMatrix(caller, before, 'a table before')
  checkLabels(caller, labels)
  if (labels.codes.length !== before.rows)
    throw new RangeError(`${caller}: expected ${before.rows} labels, got ${labels.codes.length}`)
  if (!after) return
  checkMatrix(caller, after, 'a table after')
  if (after.rows !== before.rows || (!anyWidth && after.cols !== before.cols)) {
    const [expected, got] = anyWidth
      ? [`${before.rows} rows`, after.rows]
      : [`${before.rows} x ${before.cols}`, `${after.rows} x ${after.cols}`]
    throw new RangeError(`${caller}: expected a table of ${expected} after, got ${got}`)
  }
}
