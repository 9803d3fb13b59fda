/** @file Labels as they count: those that mean "not known" as missing, spellings of one label as that label. */

import { badData } from '@indistinct/core'
import { quoted } from '../quoted.ts'

export interface LabelNames {
  /** Labels that mean "not known", beside the empty one; such users count as missing. */
  readonly missing?: readonly string[] | undefined
  /** Other spellings of a label, by spelling. */
  readonly merge?: ReadonlyMap<string, string> | undefined
}

/**
 * The label that a value counts as, the empty string for none.
 * @returns `check` throws IndistinctError 'bad-data' where a spelling that `names` has was never seen: a slip of the
 * pen.
 */
export function countedLabels({ missing = [], merge = new Map<string, string>() }: LabelNames): {
  of(value: string): string
  check(path: string): void
} {
  const unseen = new Map([
    ...missing.map((label): [string, string] => [label, 'is to count as missing']),
    ...[...merge].map(([label, other]): [string, string] => [label, `is to be merged with ${quoted(other)}`]),
  ])
  const ignored = new Set(missing)
  return {
    of(value) {
      unseen.delete(value)
      return ignored.has(value) ? '' : (merge.get(value) ?? value)
    },
    check(path) {
      for (const [label, what] of unseen) throw badData(`${path}: no user has the label ${quoted(label)} that ${what}`)
    },
  }
}
