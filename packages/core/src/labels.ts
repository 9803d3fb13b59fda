/** @file Attribute labels of users: class names and one code a user. */

/** Label of each user: `codes[i]` indexes `classes`, or is -1 where the label is missing. */
export interface Labels {
  readonly classes: readonly string[]
  readonly codes: Int32Array
}

/**
 * Codes the names of `values` (N); classes are sorted by code unit, so that the coding does not depend on row order.
 * Missing labels are `null`, `undefined` or the empty string.
 * @throws RangeError for a value that is no string: NaN would be a class.
 */
export function encodeLabels(values: readonly (string | null | undefined)[]): Labels {
  const present = new Set<string>()
  for (const [i, value] of values.entries()) {
    if (value === null || value === undefined || value === '') continue
    if (typeof value !== 'string')
      throw new RangeError(
        `encodeLabels: expected names, got the ${typeof value} ${String(value)} in row ${i}; String() makes a name`,
      )
    present.add(value)
  }
  const classes = [...present].sort()
  const codeOf = new Map(classes.map((name, code) => [name, code]))
  const codes = new Int32Array(values.length)
  for (let i = 0; i < values.length; i++) codes[i] = codeOf.get(values[i] ?? '') ?? -1
  return { classes, codes }
}

/**
 * For the public boundary: codes are indices, and one that names no class would be dropped or read as missing.
 * @throws RangeError unless `classes` is a list and `codes` an Int32Array from -1 to classes.length - 1.
 */
export function checkLabels(caller: string, labels: Labels): void {
  const { classes, codes }: Partial<Labels> = labels ?? {}
  if (!Array.isArray(classes) || !(codes instanceof Int32Array)) {
    const kinds = [classes, codes].map((part) => (part as object | undefined)?.constructor?.name ?? String(part))
    throw new RangeError(
      `${caller}: expected labels with a list of classes and an Int32Array of codes, got ${kinds.join(' and ')}; ` +
        'encodeLabels makes them of names',
    )
  }
  const wrong = codes.findIndex((code) => code < -1 || code >= classes.length)
  if (wrong < 0) return
  throw new RangeError(
    `${caller}: expected a label code from -1 to ${classes.length - 1} in row ${wrong}, got ${codes[wrong]}`,
  )
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
