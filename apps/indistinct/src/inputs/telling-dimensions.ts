/** @file Dimensions that are the label itself, written into the vectors. */

import type { Labels, Matrix } from '@indistinct/core'

/** What is seen of a table (N, K) whose rows pass in any order. */
export interface SeenTelling {
  /** Rows, row-major, and the number of the first. */
  see(values: ArrayLike<number>, first: number): void
  /** A line for people where there are such dimensions among those seen. */
  warnings(path: string, dimensions: readonly string[] | undefined, attribute: string): string[]
}

/**
 * Looks for dimensions of `cols` that hold one value for each label, not the same for all: as a column of labels does,
 * and trained ones never do.
 */
export function seenTelling(cols: number, { codes, classes }: Labels): SeenTelling {
  const valueOf = Array.from({ length: cols }, () => new Array<number | undefined>(classes.length))
  let left = Array.from({ length: cols }, (_, k) => k)
  return {
    see(values, first) {
      for (let at = 0, row = first; at < values.length && left.length > 0; at += cols, row++) {
        const code = codes[row]!
        if (code < 0) continue
        const tells = (k: number): boolean => (valueOf[k]![code] ??= values[at + k]) === values[at + k]
        if (!left.every(tells)) left = left.filter(tells)
      }
    },
    warnings(path, dimensions, attribute) {
      const names = left.filter((k) => new Set(valueOf[k]).size > 1).map((k) => dimensions?.[k] ?? `d${k}`)
      if (names.length === 0) return []
      const subject =
        names.length === 1 ? `dimension ${names[0]!} holds` : `each of dimensions ${names.join(', ')} holds`
      return [
        `${path}: ${subject} one value for each label of ${attribute}, as the label itself does: figures are of ` +
          'that, and not of what a model learned; write the vectors without it',
      ]
    },
  }
}

/** The same for a table in memory. */
export function tellingWarnings(
  path: string,
  { matrix, dimensions }: { readonly matrix: Matrix; readonly dimensions: readonly string[] },
  { labels, attribute }: { readonly labels: Labels; readonly attribute: string },
): string[] {
  const seen = seenTelling(matrix.cols, labels)
  seen.see(matrix.data, 0)
  return seen.warnings(path, dimensions, attribute)
}
