/**
 * @file An attribute that is a number, such as an age: its values for the flow, its quarters for everything that wants
 * labels.
 */

import { badData } from '@indistinct/core'
import {
  joinLabels,
  parseDecimal,
  type AttributeColumn,
  type EmbeddingTable,
  type JoinOptions,
} from '@indistinct/embeddings'

/** Most groups that users are put into for reports and attacks. */
const groups = 4

/**
 * The same column with the quarter of each value in its place, named by its ends: "18 to 25".
 * @throws IndistinctError 'bad-data' where a value is no number, or fewer than `minimumLabels` (two) differ.
 */
export function quarters(
  column: AttributeColumn,
  missing: readonly string[] = [],
  { minimumLabels = 2 }: Pick<JoinOptions, 'minimumLabels'> = {},
): AttributeColumn {
  const numbers = column.values.map((text, at) =>
    text === '' || missing.includes(text) ? undefined : numberIn(column, text, at),
  )
  const sorted = numbers.filter((value) => value !== undefined).sort((a, b) => a - b)
  const differing = sorted.length === 0 ? 0 : sorted[0] === sorted.at(-1) ? 1 : 2
  if (differing < minimumLabels)
    throw badData(
      `${column.path}: column ${JSON.stringify(column.name)}: expected numbers that differ, got ` +
        `${sorted.length === 0 ? 'none' : `only ${sorted[0]}`}`,
    )
  if (differing === 0) return column
  // The last value of each group; equal values stay together.
  const ends = [
    ...new Set(Array.from({ length: groups }, (_, g) => sorted[Math.ceil(((g + 1) * sorted.length) / groups) - 1]!)),
  ]
  // Names sort as text, so the number of the group comes first.
  const names = ends.map((end, g) => {
    const first = sorted.find((value) => g === 0 || value > ends[g - 1]!)!
    return `${g + 1}: ${first === end ? String(end) : `${first} to ${end}`}`
  })
  return {
    ...column,
    values: numbers.map((value, at) =>
      value === undefined ? column.values[at]! : names[ends.findIndex((end) => value <= end)]!,
    ),
  }
}

/** The value of each row of `table` (N), NaN where it has none. */
export function continuousValues(
  table: EmbeddingTable,
  column: AttributeColumn,
  options: Pick<JoinOptions, 'missing' | 'rows' | 'minimumLabels'> = {},
): Float64Array {
  const { labels } = joinLabels(table, column, { ...options, minimumUsers: 1 })
  const values = labels.classes.map(Number)
  return Float64Array.from(labels.codes, (code) => (code < 0 ? NaN : values[code]!))
}

/** As tables are read: decimal numbers, with an exponent or without, and nothing else. */
function numberIn(column: AttributeColumn, text: string, at: number): number {
  const value = parseDecimal(text)
  if (!Number.isNaN(value)) return value
  const advice = /^[+-]?\d+,\d+$/.test(text)
    ? ', with a decimal comma; write decimal points'
    : '; name labels that mean "not known" with --missing-label'
  throw badData(
    `${column.path}: column ${JSON.stringify(column.name)}: expected a number for --continuous, got ` +
      `${JSON.stringify(text)} in row ${at} (from ` +
      `0)${column.ids ? `, user ${JSON.stringify(column.ids[at])}` : ''}${advice}`,
  )
}
