/** @file What a reader should know of dimensions that are no dimension, or tell nothing. */

import type { SeenDimensions } from './whole-dimensions.ts'

export interface NotedTable {
  readonly name: string
  readonly dimensions: readonly string[]
  /** Whether each dimension has a column of its own, which may be left out by its name. */
  readonly named: boolean
  /** Whether values may be whole by nature: made by hand, or what whole numbers stand for. */
  readonly anyValues: boolean
}

/** Lines on constant dimensions, and on those of whole numbers. */
export function dimensionNotes(
  seen: Pick<SeenDimensions, 'notes'>,
  constant: readonly number[],
  { name, dimensions, named, anyValues }: NotedTable,
): string[] {
  // What is added to vectors of one array stays in it.
  const advice = (numbers: readonly number[]): string =>
    named
      ? 'name the columns that are (--dimensions)'
      : `write the vectors without (numpy.delete(vectors, [${numbers.join(', ')}], axis=1))`
  return [
    ...(constant.length > 0 ? [`${name}: ${describeConstant(constant, dimensions)} the same in every row`] : []),
    ...(anyValues ? [] : seen.notes(dimensions, name, advice)),
  ]
}

function describeConstant(constant: readonly number[], dimensions: readonly string[]): string {
  const shown = constant
    .slice(0, 5)
    .map((j) => dimensions[j]!)
    .join(', ')
  const more = constant.length > 5 ? ` and ${constant.length - 5} more` : ''
  return constant.length === 1 ? `dimension ${shown} is` : `dimensions ${shown}${more} are`
}
