/** @file What a switch to another version did, for people and as JSON. */

import { counted, type Json } from '@indistinct/core'
import type { Switched } from '@indistinct/stores'
import { commandLine } from '../outputs/provenance.ts'
import type { StoreKind } from './store-options.ts'
import { countOf } from '../terminal/text-table.ts'

export function switchedJson(
  schema: string,
  store: StoreKind,
  place: string,
  { version, before, record, changed, others, leftovers }: Switched,
): { [key: string]: Json } {
  const { rows, dimensions, checksum } = record
  return { schema, store, place, version, before, rows, dimensions, checksum, changed, others, leftovers }
}

/** @param flags the place, as a command takes it */
export function switchedText(
  place: string,
  { version, before, record, changed }: Switched,
  flags: readonly string[],
): string {
  const users = countOf(record.rows, 'user')
  const size = `${users}, ${counted(record.dimensions, 'dimension')}, checksum ${record.checksum}`
  const vectors = countOf(changed, 'vector')
  if (version === before) {
    const done = changed === 0 ? 'it was live before, and nothing changed' : `${vectors} changed`
    return `version ${version} is live in ${place}: ${size}\n${done}\n`
  }
  return [
    `version ${version} is live in ${place}: ${size}`,
    `${vectors} changed; before it, version ${before} was live`,
    `to go back: ${commandLine(['rollback', '--in', ...flags, '--to', String(before)])}`,
    '',
  ].join('\n')
}
