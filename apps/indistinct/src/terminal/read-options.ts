/** @file How the flags of a command say that its table is read. */

import type { ReadTableOptions } from '@indistinct/embeddings'
import type { TableArguments } from '../inputs/table-arguments.ts'

/** How a table of `args` is read. A column of it that is one of the attributes holds labels, whatever they are. */
export function readOptions(
  args: Omit<TableArguments, 'table' | 'attributes'> & { readonly also?: readonly string[] | undefined },
): ReadTableOptions {
  return {
    ids: args.ids,
    idColumn: args['table-id-column'] ?? args['id-column'],
    dimensions: args.dimensions,
    labels: [args.attribute, ...(args.also ?? [])],
    key: args['table-key'],
    scale: args.scale,
    zeroPoint: args['zero-point'],
  }
}
