/** @file How the flags of a command say that its table is read. */

import type { ReadTableOptions } from '@indistinct/embeddings'
import type { TableArguments } from '../inputs/table-arguments.ts'

/** How a table of `args` is read. */
export function readOptions(args: Omit<TableArguments, 'table' | 'attributes' | 'attribute'>): ReadTableOptions {
  return {
    ids: args.ids,
    idColumn: args['table-id-column'] ?? args['id-column'],
    dimensions: args.dimensions,
    key: args['table-key'],
    scale: args.scale,
    zeroPoint: args['zero-point'],
  }
}
