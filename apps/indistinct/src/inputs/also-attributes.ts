/** @file Further attributes of the attribute file, beside the one that --attribute names. */

import { usageError, type Json, type Labels } from '@indistinct/core'
import { joinLabels, readAttribute } from '@indistinct/embeddings'
import { labelNamesOf } from './merge-labels.ts'
import { attributeSummary, classWarnings, labelLine, type LeastLabels, type TableInputs } from './table-inputs.ts'
import type { TableArguments } from './table-arguments.ts'

export interface AlsoAttributes {
  /** Labels of the rows of the table, by attribute. */
  readonly labels: Readonly<Record<string, Labels>>
  /** For JSON results. */
  readonly summaries: readonly Json[]
  /** Labels and counts of each, in words. */
  readonly lines: readonly string[]
  /** What a reader of the result should know. */
  readonly warnings: readonly string[]
}

/**
 * Reads the columns that --also names. @throws IndistinctError 'usage' where one is named twice, 'bad-data' where one
 * does not fit.
 */
export async function readAlso(
  args: TableArguments,
  also: readonly string[],
  inputs: TableInputs,
  least: LeastLabels = {},
): Promise<AlsoAttributes> {
  const names = [inputs.column.name, ...also]
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw usageError(`--also: ${twice} is given twice, or is --attribute`)
  const labels: Record<string, Labels> = {}
  const summaries: Json[] = []
  const lines: string[] = []
  const warnings: string[] = []
  for (const name of also) {
    const column = await readAttribute(args.attributes, name, {
      idColumn: args['id-column'],
      byPosition: args['by-position'],
    })
    const joined = joinLabels(inputs.table, column, { ...labelNamesOf(args, column.values), ...least })
    labels[name] = joined.labels
    const summary = attributeSummary({ ...joined, column })
    summaries.push(summary as unknown as Json)
    lines.push(labelLine(summary, joined.unmatched))
    warnings.push(...classWarnings(name, joined.labels, least))
  }
  return { labels, summaries, lines, warnings }
}
