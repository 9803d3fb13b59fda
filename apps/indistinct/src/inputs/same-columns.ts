/** @file Whether two tables have the same dimensions in the same order, as far as their files name them. */

import { badData } from '@indistinct/core'
import type { EmbeddingTable } from '@indistinct/embeddings'

/** Columns of a table, and where they stand. */
export interface NamedColumns {
  readonly path: string
  /** Absent where the file has no names for them. */
  readonly names: readonly string[] | undefined
}

/** Names of the dimensions that the file of `table` itself has: those of a matrix or of lists are made up. */
export function namesOfDimensions({ dimensions, header }: Pick<EmbeddingTable, 'dimensions' | 'header'>) {
  return header && dimensions.every((name) => header.includes(name)) ? dimensions : undefined
}

/**
 * What to warn of where columns of `own` are taken for those of `expected` under other names; both have as many.
 * @throws IndistinctError 'bad-data' where names are the same in another order, or some of them are.
 */
export function sameColumns(own: NamedColumns, expected: NamedColumns): string[] {
  const [names, others] = [own.names, expected.names]
  if (!names || !others || names.every((name, k) => name === others[k])) return []
  const known = new Set(others)
  const shared = names.filter((name) => known.has(name))
  const at = names.findIndex((name, k) => name !== others[k])
  const [one, other] = [JSON.stringify(names[at]), JSON.stringify(others[at])]
  const differ = `column ${at + 1} is ${one}, and that of ${expected.path} ${other}`
  if (shared.length === 0)
    return [`${own.path}: ${differ}; no name is the same, and columns are taken in the order of the file`]
  if (shared.length === names.length)
    throw badData(
      `${own.path} has the columns of ${expected.path} in another order: ${differ}; write them in that order, or ` +
        'name it with --dimensions',
    )
  throw badData(
    `${own.path} has other columns than ${expected.path}: ${differ}; choose those of the same name ` +
      '(--dimensions), or rename them where they are the same',
  )
}
