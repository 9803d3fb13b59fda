/** @file Which runs of `unlearn` stream their table, instead of holding it. */

import { usageError } from '@indistinct/core'
import { findIdsBeside, formatOf, inputFormat, isText, openTable, type TableReader } from '@indistinct/embeddings'
import type { UnlearnerName } from '@indistinct/unlearners'
import { readOptions } from '../terminal/read-options.ts'
import type { UnlearnRequest } from './unlearn-request.ts'

/** Methods whose result is an affine map for each class, or one for everyone, by the moments of the classes alone. */
const streamedMethods: readonly UnlearnerName[] = ['mean-matching', 'leace', 'gaussian-transport']

/**
 * Bytes of float32 from which `auto` streams: below, a table is held in memory, and everything about it is reported.
 */
const streamedFrom = 2 ** 30

/**
 * The opened table where this run is to stream it, else undefined.
 * @throws IndistinctError 'usage' where --stream always cannot be.
 */
export function tableToStream(request: UnlearnRequest): TableReader | undefined {
  if (request.stream === 'never') return undefined
  const reason = whyNot(request)
  if (request.stream === 'always' && reason !== undefined) throw usageError(`--stream always: ${reason}`)
  if (reason !== undefined) return undefined
  const table = openTable(request.table, readOptions(request))
  if (request.stream === 'always' || 4 * table.rows * table.cols >= streamedFrom) return table
  table.close()
  return undefined
}

/** What keeps a run from being streamed. */
function whyNot(request: UnlearnRequest): string | undefined {
  if (!streamedMethods.includes(request.method))
    return `${request.method} holds the whole table; ${streamedMethods.join(', ')} do not`
  const flags = {
    delta: request.delta,
    fit: request.fit,
    update: request.update,
    ids: request.ids,
    report: request.report,
    recipient: request.recipient,
    export: request.export,
    audit: request.audit || undefined,
    also: request.also,
    items: request.items,
    continuous: request.continuous || undefined,
  }
  const given = Object.entries(flags).find(([, value]) => value !== undefined)
  if (given) return `--${given[0]} needs the whole table in memory`
  const beside = findIdsBeside(request.table)
  if (beside !== undefined) return `ids in ${beside} need the whole table in memory`
  const [from, to] = [inputFormat(request.table), formatOf(request.out)]
  if (isText(from) || isText(to))
    return 'text is not read or written block by block; use .npy, .parquet or .safetensors'
  return from === to || from === 'npy' ? undefined : `a table read from ${from} is written to ${from}`
}
