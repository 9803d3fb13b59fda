/** @file Attributes with many classes, cut down to as many as a figure can tell apart. */

import { classCounts, type Labels } from '@indistinct/core'
import { drawnClasses } from '../charts/class-colours.ts'
import type { ClassSummary } from '../report-data.ts'

/**
 * Keeps the largest five of more than six classes, in their order, and merges the others into a sixth; equal sizes
 * stay in class order. Missing labels stay -1.
 */
export function mergeSmallClasses(labels: Labels): {
  classes: ClassSummary[]
  codes: Int32Array
  merge: (codes: Int32Array) => Int32Array
} {
  const counts = classCounts(labels)
  const all = labels.classes.map((name, code) => ({ name, users: counts[code]! }))
  if (all.length <= drawnClasses) return { classes: all, codes: labels.codes, merge: (codes) => codes }
  const order = all.map((_, code) => code).sort((a, b) => counts[b]! - counts[a]! || a - b)
  const kept = order.slice(0, drawnClasses - 1).sort((a, b) => a - b)
  const others = order.slice(drawnClasses - 1)
  const newCode = new Int32Array(all.length).fill(kept.length)
  kept.forEach((code, index) => (newCode[code] = index))
  const merge = (codes: Int32Array): Int32Array => codes.map((code) => (code < 0 ? -1 : newCode[code]!))
  const users = others.reduce((sum, code) => sum + counts[code]!, 0)
  return {
    classes: [...kept.map((code) => all[code]!), { name: `${others.length} other classes`, users }],
    codes: merge(labels.codes),
    merge,
  }
}
