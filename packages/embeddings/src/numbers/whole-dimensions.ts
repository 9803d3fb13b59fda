/**
 * @file Dimensions that hold nothing but whole numbers beside others that hold fractions: ids, ages, counts and labels
 * that were written into an array or a row of numbers with the vectors.
 */

import type { Matrix } from '@indistinct/core'

/** Fewest rows of which it says something that all values are whole. */
const FEWEST = 10
/** Least share of the rows in which another dimension holds a fraction. */
const FRACTIONS = 0.5

/**
 * Lines on those dimensions, or none. A table of whole numbers alone is taken as it is.
 * @param exact the values in full, (N, K) row-major, where `m` (N, K) is their rounding
 * @param advice what to do where such a dimension is no part of the vectors, by its numbers from 0
 */
export function wholeDimensionNotes(
  m: Matrix,
  exact: Float64Array | undefined,
  dimensions: readonly string[],
  name: string,
  advice: (numbers: readonly number[]) => string,
): string[] {
  const { rows, cols } = m
  const values = exact ?? m.data
  if (rows < FEWEST) return []
  const whole: number[] = []
  let fractions = 0
  for (let k = 0; k < cols; k++) {
    let count = 0
    let constant = true
    for (let p = k; p < values.length && count < FRACTIONS * rows; p += cols) {
      if (!Number.isInteger(values[p])) count++
      if (values[p] !== values[k]) constant = false
    }
    if (count >= FRACTIONS * rows) fractions++
    if (count === 0 && !constant) whole.push(k)
  }
  if (whole.length === 0 || whole.length >= fractions) return []
  const ids = whole.filter((k) => allDiffer(values, k, cols))
  const counts = whole.filter((k) => !ids.includes(k))
  return [
    ...(ids.length > 0 ? [note(ids, 'no two of them equal, as ids and row numbers are')] : []),
    ...(counts.length > 0 ? [note(counts, 'as ages, counts and labels are')] : []),
  ]

  function note(numbers: readonly number[], what: string): string {
    const names = numbers.slice(0, 5).map((k) => dimensions[k]!)
    const more = numbers.length > 5 ? ` and ${numbers.length - 5} more` : ''
    const [dimension, hold, it] =
      numbers.length === 1 ? ['dimension', 'holds', 'it is'] : ['dimensions', 'hold', 'they are']
    return (
      `${name}: ${dimension} ${names.join(', ')}${more} ${hold} whole numbers alone, ${what}, while others hold ` +
      `fractions; where ${it} no part of the vectors, ${advice(numbers)}`
    )
  }
}

function allDiffer(values: ArrayLike<number>, k: number, cols: number): boolean {
  const seen = new Set<number>()
  for (let p = k; p < values.length; p += cols) {
    if (seen.has(values[p]!)) return false
    seen.add(values[p]!)
  }
  return true
}
