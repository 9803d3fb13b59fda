/**
 * @file What the flow, and `blind`, take beside their parameters: further attributes to hide with the first, a number,
 * and what scores are made of.
 */

import { usageError, type Json, type Labels } from '@indistinct/core'
import { basename } from '@indistinct/core/platform'
import { innerProductMetric, type ScoreMetric } from '@indistinct/unlearners'
import { readAlso } from '../inputs/also-attributes.ts'
import { readItemVectors } from '../inputs/item-vectors.ts'
import type { TableInputs } from '../inputs/table-inputs.ts'
import type { FileRecord } from '../inputs/file-record.ts'
import { leastLabels, type UnlearnRequest } from './unlearn-request.ts'

export interface FlowExtras {
  /** Labels of the further attributes, by name. */
  readonly also?: Readonly<Record<string, Labels>>
  readonly metric?: ScoreMetric
  /** For the sidecar. */
  readonly summaries: readonly Json[]
  /** Labels and counts of each, in words. */
  readonly lines: readonly string[]
  readonly files: Record<string, FileRecord>
  /** What a reader of the result should know. */
  readonly warnings: readonly string[]
}

/**
 * Reads what --also and --items name.
 * @throws IndistinctError 'usage' where the method, or another flag, does not go with them; 'bad-data' where files do
 * not fit.
 */
export async function readFlowExtras(args: UnlearnRequest, inputs: TableInputs): Promise<FlowExtras> {
  const { also, items, update } = args
  const found = {
    summaries: [] as Json[],
    lines: [] as string[],
    files: {} as Record<string, FileRecord>,
    warnings: [] as string[],
  }
  const given = args.continuous ? '--continuous' : also ? '--also' : items !== undefined ? '--items' : undefined
  if (given === undefined) return found
  if (update !== undefined && items !== undefined)
    throw usageError('--items: nothing is fitted with --update; leave one of them out')
  // A map for everybody is left by `blind` whatever the attributes are.
  const maps = args.method === 'blind'
  if (args.method !== 'flow' && !(maps && items === undefined)) {
    const isFor = items === undefined ? `${given} is for the flow and for blind` : '--items is for the flow'
    throw usageError(`${isFor}, not for ${args.method}`)
  }
  if (args.continuous) {
    expectOneNumber(args, maps)
    found.warnings.push(
      `${inputs.column.name} is a number: labels and figures here are of its quarters, attacks of the number and ` +
        'of its quarters',
    )
    return found
  }
  let labels: FlowExtras['also']
  if (also) {
    if (!maps && (args.fit !== undefined || args.unlabelled === 'map'))
      throw usageError(
        '--also: several attributes together leave no map for other users; leave out ' +
          `${args.fit === undefined ? '--unlabelled map' : '--fit'}`,
      )
    const read = await readAlso(args, also, inputs, leastLabels(args))
    labels = read.labels
    found.summaries.push(...read.summaries)
    found.lines.push(...read.lines)
    found.warnings.push(...read.warnings)
    found.warnings.push(
      `${also.join(' and ')} ${also.length === 1 ? 'is' : 'are'} hidden together with ${inputs.column.name}; ` +
        `figures here are of ${inputs.column.name} alone, attacks of each and of where they meet`,
    )
  }
  if (items === undefined) return { ...found, also: labels! }
  const table = await readItemVectors(items, inputs.table, args.table)
  found.files['items'] = { file: basename(items), sha256: table.source!.sha256 }
  return { ...found, ...(labels && { also: labels }), metric: innerProductMetric(inputs.table.matrix, table.matrix) }
}

/** @throws IndistinctError 'usage' where a flag does not go with --continuous. */
function expectOneNumber(args: UnlearnRequest, maps: boolean): void {
  const other = Object.entries({
    also: args.also,
    items: args.items,
    'first-step': args['first-step'],
    narrow: args.narrow || undefined,
    ...(!maps && { smooth: args.smooth || undefined }),
    ...(!maps && { fit: args.fit, 'unlabelled map': args.unlabelled === 'map' || undefined }),
  }).find(([, value]) => value !== undefined)
  if (!other) return
  throw usageError(
    maps
      ? `--continuous: one number is hidden at a time; leave out --${other[0]}`
      : `--continuous: HSIC takes one number and leaves no map for other users; leave out --${other[0]}`,
  )
}
