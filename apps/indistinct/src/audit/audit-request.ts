/** @file What `audit` is asked to do: arguments that go together. */

import { extname } from '@indistinct/core/platform'
import { usageError } from '@indistinct/core'
import { checkFiling } from '../filing/filing-options.ts'
import { checkOnceEach } from '../inputs/file-identity.ts'
import { checkOutputs } from '../outputs/output-files.ts'
import type { AuditArguments } from './audit-options.ts'

export interface AuditRequest extends AuditArguments {
  /** The first of the tables. */
  readonly table: string
}

/**
 * The request of `args`, before anything is read.
 * @throws IndistinctError 'usage' where arguments do not go together, 'file' where a file is in the way.
 */
export function auditRequest(args: AuditArguments): AuditRequest {
  const { report, tables, attributes, ids, sample, also, force } = args
  if (report !== undefined && !/^\.html?$/i.test(extname(report)))
    throw usageError(`--report: expected a file named .html, got ${report}`)
  checkOnceEach([...tables, ...(args.with ?? [])])
  checkFiling(args)
  const written = [report, ...(args.export ?? [])].filter((path) => path !== undefined)
  checkOutputs(written, [...tables, attributes, ids], force)
  if (args.before !== undefined && args.format !== 'github')
    throw usageError('--before: expected --format github beside it, whose summary shows it')
  if (args.format === 'github' && args.json) throw usageError('expected --format github or --json, got both')
  if (sample !== undefined && tables.length > 1)
    throw usageError('--sample: expected one table or one manifest, got several; shards are named by their manifest')
  if (sample !== undefined && also)
    throw usageError('--also: one attribute at a time with --sample; leave one of them out')
  return { ...args, table: tables[0]! }
}
