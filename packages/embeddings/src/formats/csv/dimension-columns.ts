/** @file Which columns of a file are the dimensions of its vectors. */

import { usageError } from '@indistinct/core'
import { columnList } from '../../labels/column-list.ts'
import { quoted } from '../../quoted.ts'

/**
 * The dimension columns among `others`, the columns that may be dimensions: those requested by name or as one prefix
 * ending in `*`, or else the ones named <prefix><number>, or all where no name ends in a number.
 * @throws IndistinctError 'usage' where a requested one is missing, or several groups could be meant.
 */
export function dimensionColumns(
  others: readonly string[],
  requested: readonly string[] | undefined,
  header: readonly string[],
  path: string,
): string[] {
  const numbered = (name: string): string | undefined => /^(.*?)\d+$/.exec(name)?.[1]
  if (requested) {
    const [first] = requested
    if (requested.length === 1 && first!.endsWith('*')) {
      const found = others.filter((name) => numbered(name) === first!.slice(0, -1))
      if (found.length === 0)
        throw usageError(
          `${path}: no column is named ${first!.slice(0, -1)}<number>; the columns are ${columnList(header)}`,
        )
      return found
    }
    const known = new Set(others)
    for (const name of requested) {
      if (!known.has(name))
        throw usageError(
          `${path}: there is no column ${quoted(name)} to take a dimension from; the columns are ${columnList(header)}`,
        )
    }
    return [...requested]
  }
  const byPrefix = new Map<string, string[]>()
  for (const name of others) {
    const prefix = numbered(name)
    if (prefix === undefined) continue
    const group = byPrefix.get(prefix)
    if (group) group.push(name)
    else byPrefix.set(prefix, [name])
  }
  if (byPrefix.size === 0) return [...others]
  const [first, ...rest] = [...byPrefix.values()].sort((a, b) => b.length - a.length)
  if (rest.some((names) => names.length > 1) || (rest.length > 0 && first!.length === 1)) {
    const prefixes = [...byPrefix.keys()].map((prefix) => quoted(`${prefix}*`)).join(', ')
    throw usageError(
      `${path}: several groups of columns could be the dimensions: ${prefixes}; choose one (--dimensions)`,
    )
  }
  return first!
}
