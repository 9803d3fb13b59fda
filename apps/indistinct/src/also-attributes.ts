/** @file Further attributes of the attribute file, beside the one that --attribute names. */

import { usageError, type Json, type Labels } from '@indistinct/core'
import { joinLabels, readAttribute } from '@indistinct/embeddings'
import { attributeSummary, type TableArguments, type TableInputs } from './table-inputs.ts'

export interface AlsoAttributes {
  /** Labels of the rows of the table, by attribute. */
  readonly labels: Readonly<Record<string, Labels>>
  /** For JSON results. */
  readonly summaries: readonly Json[]
}

/** Reads the columns that --also names. @throws IndistinctError 'usage' where one is named twice, 'bad-data' where one does not fit. */
export async function readAlso(args: TableArguments, also: readonly string[], inputs: TableInputs): Promise<AlsoAttributes> {
  const names = [inputs.column.name, ...also]
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw usageError(`--also: ${twice} is given twice, or is --attribute`)
  const labels: Record<string, Labels> = {}
  const summaries: Json[] = []
  for (const name of also) {
    const column = await readAttribute(args.attributes, name, { idColumn: args['id-column'] })
    const missing = (args['missing-label'] ?? []).filter((label) => column.values.includes(label))
    const joined = joinLabels(inputs.table, column, { missing })
    labels[name] = joined.labels
    summaries.push(attributeSummary({ ...inputs, column, ...joined }) as unknown as Json)
  }
  return { labels, summaries }
}
