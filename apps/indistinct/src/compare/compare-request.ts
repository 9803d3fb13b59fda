/** @file What `compare` is asked to do: its methods, and the files that it writes. */

import { extname } from 'node:path'
import { usageError } from '@indistinct/core'
import type { UnlearnerName } from '@indistinct/unlearners'
import { checkOutputs } from '../outputs/output-files.ts'
import { defaultMethods, type CompareArguments } from './compare-options.ts'

export interface CompareRequest extends CompareArguments {
  readonly methods: readonly UnlearnerName[]
  /** Files that are written. */
  readonly writes: readonly string[]
}

/**
 * The request of `args`, before anything is read.
 * @throws IndistinctError 'usage' where the report has no format, 'file' where a file is in the way.
 */
export function compareRequest(args: CompareArguments): CompareRequest {
  const { out, report, methods = defaultMethods } = args
  if (report !== undefined && !/^\.(html?|svg)$/i.test(extname(report)))
    throw usageError(`--report: expected a file named .html or .svg, got ${report}`)
  const writes = [out, report].filter((path) => path !== undefined)
  checkOutputs(writes, [args.table, args.attributes, args.ids, args.items, args.interactions, args.seen], args.force)
  return { ...args, methods, writes }
}
