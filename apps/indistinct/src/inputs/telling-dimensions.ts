/** @file Dimensions that are the label itself, written into the vectors. */

import type { Labels, Matrix } from '@indistinct/core'

/**
 * Numbers of the columns of `m` (N, K) that hold one value for each label, not the same for all: as a column of labels
 * does, and trained ones never do.
 */
function tellingDimensions(m: Matrix, { codes, classes }: Labels): number[] {
  const found: number[] = []
  for (let k = 0; k < m.cols; k++) {
    const valueOf = new Array<number | undefined>(classes.length)
    const tells = codes.every(
      (code, i) => code < 0 || (valueOf[code] ??= m.data[i * m.cols + k]) === m.data[i * m.cols + k],
    )
    if (tells && new Set(valueOf).size > 1) found.push(k)
  }
  return found
}

/** A line for people where there are such dimensions. */
export function tellingWarnings(
  path: string,
  { matrix, dimensions }: { readonly matrix: Matrix; readonly dimensions: readonly string[] },
  { labels, attribute }: { readonly labels: Labels; readonly attribute: string },
): string[] {
  const names = tellingDimensions(matrix, labels).map((k) => dimensions[k]!)
  if (names.length === 0) return []
  const subject = names.length === 1 ? `dimension ${names[0]!} holds` : `each of dimensions ${names.join(', ')} holds`
  return [
    `${path}: ${subject} one value for each label of ${attribute}, as the label itself does: figures are of that, ` +
      'and not of what a model learned; write the vectors without it',
  ]
}
