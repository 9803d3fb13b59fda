/** @file Attribute labels of users: class names and one code a user. */

/** Label of each user: `codes[i]` indexes `classes`, or is -1 where the label is missing. */
export interface Labels {
  readonly classes: readonly string[]
  readonly codes: Int32Array
}

/**
 * Codes the names of `values` (N); classes are sorted by code unit, so that the coding does not depend on row order.
 * Missing labels are `null`, `undefined` or the empty string.
 */
export function encodeLabels(values: readonly (string | null | undefined)[]): Labels {
  const present = new Set<string>()
  for (const value of values) if (value !== null && value !== undefined && value !== '') present.add(value)
  const classes = [...present].sort()
  const codeOf = new Map(classes.map((name, code) => [name, code]))
  const codes = new Int32Array(values.length)
  for (let i = 0; i < values.length; i++) codes[i] = codeOf.get(values[i] ?? '') ?? -1
  return { classes, codes }
}

/** Number of users of each class (C); missing labels are not counted. */
export function classCounts(labels: Labels): Int32Array {
  const counts = new Int32Array(labels.classes.length)
  for (const code of labels.codes) if (code >= 0) counts[code]!++
  return counts
}

/** Rows that carry a label, ascending. */
export function labelledRows(labels: Labels): Int32Array {
  const rows: number[] = []
  for (let i = 0; i < labels.codes.length; i++) if (labels.codes[i]! >= 0) rows.push(i)
  return Int32Array.from(rows)
}
