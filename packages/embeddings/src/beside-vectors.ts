/** @file What a file holds beside the vectors of a table and their ids, which nobody attacks or moves. */

import { vectorTextOf } from './formats/csv/vector-text.ts'
import { dtypeOf } from './formats/parquet/parquet-vectors.ts'
import type { PassThroughColumn } from './embedding-table.ts'
import type { TableContainer } from './table-container.ts'

export interface BesideVectors {
  /** What messages call one of them. */
  readonly what: 'column' | 'array'
  /** Names of all columns or arrays. */
  readonly names: readonly string[]
  /** Of those that hold numbers with a fraction, or vectors of them, for each row. */
  readonly numbers: readonly string[]
}

/** Users whose values are looked at. */
export const looked = 1000

/**
 * @param columns those that have a text for each row; their first {@link looked} values will do
 * @param container what else the file holds
 */
export function besideVectors({
  columns,
  container,
}: {
  readonly columns: readonly PassThroughColumn[]
  readonly container?: TableContainer | undefined
}): BesideVectors {
  const others = withoutTexts(container)
  return {
    what: container?.format === 'npz' || container?.format === 'safetensors' ? 'array' : 'column',
    names: [...columns.map(({ name }) => name), ...others.names],
    numbers: [...columns.filter(({ values }) => holdsNumbers(values)).map(({ name }) => name), ...others.numbers],
  }
}

/** Arrays, and columns whose values have no text, such as lists. */
function withoutTexts(container: TableContainer | undefined): Pick<BesideVectors, 'names' | 'numbers'> {
  if (container?.format === 'npz' || container?.format === 'safetensors')
    return { names: container.others, numbers: container.othersOfNumbers }
  if (container?.format !== 'parquet') return { names: [], numbers: [] }
  const lists = container.columns.filter(
    ({ name, leaves }) => container.withoutText.includes(name) && leaves.some((leaf) => dtypeOf(leaf) !== undefined),
  )
  return { names: container.withoutText, numbers: lists.map(({ name }) => name) }
}

/** Whether most values are numbers with a fraction, as a bias, a norm or a score is, or vectors. */
function holdsNumbers(values: readonly string[]): boolean {
  const some = values.slice(0, looked).filter((value) => value !== '')
  const numbers = some.filter(
    (value) =>
      /^[+-]?\d*\.\d*[1-9]\d*(e[+-]?\d+)?$/i.test(value) ||
      (/^[[({].*\d/.test(value) && vectorTextOf(value) !== undefined),
  )
  return some.length > 0 && 2 * numbers.length > some.length
}
