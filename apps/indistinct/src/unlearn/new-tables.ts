/** @file New tables as their files will hold them: what is measured, checked and attacked is what is written. */

import type { Matrix } from '@indistinct/core'
import type { EmbeddingTable } from '@indistinct/embeddings'
import type { Unlearned } from '@indistinct/unlearners'
import type { ChangedTable } from '../audit/before-and-after.ts'
import { rowsInOrder } from '../inputs/audited-tables.ts'
import { labelMask } from './relabelling.ts'
import type { ReadTable, UnlearnInputs } from './unlearn-inputs.ts'
import { writtenPoints, writtenTable } from './written-table.ts'

/** A table before and after, users in the order of the first table. */
export interface NewTable extends ChangedTable, Pick<ReadTable, 'path' | 'out' | 'source'> {
  readonly result: Unlearned
  /** As it is written: users in the order of its own file. */
  readonly table: EmbeddingTable
  /** For people: what was scaled, rounded or left out. */
  readonly notes: readonly string[]
}

/** The tables with the rows of `results`, one for each of them. */
export function newTables({ request, inputs, tables }: UnlearnInputs, results: readonly Unlearned[]): NewTable[] {
  const { lengths, method } = request
  const first = inputs.table
  const dealt = method === 'relabel' ? labelMask(inputs.labels) : undefined
  return tables.map(({ name, matrix, ...read }, t) => {
    const { source, path, out } = read
    const asFile = (rows: Matrix): Matrix =>
      t === 0 ? rows : rowsInOrder({ ...first, matrix: rows }, request.table, source, path)
    const rows = asFile(results[t]!.embedding)
    const { table, notes } = dealt
      ? writtenPoints(read, rows, lengths, Uint8Array.from(asFile(dealt).data))
      : writtenTable(read, rows, lengths)
    const after = t === 0 ? table.matrix : rowsInOrder(table, out, first, request.table)
    return { ...read, name, before: matrix, after, result: results[t]!, table, notes }
  })
}
