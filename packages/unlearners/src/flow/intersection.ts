/** @file Several attributes as one: the cells where they meet. */

import type { Labels } from '@indistinct/core'

/**
 * Users by their values of all attributes at once: one class a combination that has at least `least` users, and one,
 * named 'other' ('all others' where a label has that name), of the rest, which is left unlabelled where it is smaller
 * than that itself. A user who lacks one of the labels has none.
 */
export function intersection(attributes: Readonly<Record<string, Labels>>, least: number): Labels {
  const all = Object.values(attributes)
  const users = all[0]?.codes.length ?? 0
  const names = Array.from({ length: users }, (_, i) =>
    all.every(({ codes }) => codes[i]! >= 0)
      ? all.map(({ classes, codes }) => classes[codes[i]!]!).join(' & ')
      : undefined,
  )
  const counts = new Map<string, number>()
  for (const name of names) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  const kept = [...counts.keys()].filter((name) => counts.get(name)! >= least).sort()
  const rest = [...counts.values()].filter((count) => count < least).reduce((a, b) => a + b, 0)
  const classes = rest >= least ? [...kept, kept.includes('other') ? 'all others' : 'other'] : kept
  const codeOf = new Map(kept.map((name, code) => [name, code]))
  return {
    classes,
    codes: Int32Array.from(names, (name) =>
      name === undefined ? -1 : (codeOf.get(name) ?? (rest >= least ? kept.length : -1)),
    ),
  }
}
