/** @file Which user tables a method acts on. */

import { usageError, type Json } from '@indistinct/core'

/**
 * Those of `tables` that `listed`, a method's option `tables`, names; all where it is absent. A list may name tables of
 * several recommenders.
 * @throws IndistinctError 'usage' when it names none of this one's.
 */
export function tablesToProtect(listed: Json | undefined, tables: readonly string[]): readonly string[] {
  if (listed === undefined) return tables
  if (!Array.isArray(listed)) throw usageError(`expected tables as a list of names, got ${JSON.stringify(listed)}`)
  const chosen = tables.filter((name) => listed.includes(name))
  if (chosen.length === 0) throw usageError(`expected tables among ${tables.join(', ')}, got ${listed.join(', ')}`)
  return chosen
}
