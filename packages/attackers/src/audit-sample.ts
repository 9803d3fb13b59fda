/**
 * @file The users of a large table that an audit attacks: enough to see a small leak, as many of each label as there
 * can be.
 */

import { gatherRows, randomStream, shuffle, type Labels, type Matrix } from '@indistinct/core'
import type { SplitScores } from './protocols/scoring.ts'

export interface AuditSample {
  readonly embedding: Matrix
  readonly labels: Labels
  /** Row of each drawn user in the whole table, ascending. */
  readonly rows: Int32Array
  /** Users with a label in the whole table. */
  readonly of: number
}

export const defaultMostUsers = 20_000

/**
 * At most `most` users with a label, drawn by the seed: all of a label that has few, and as many of each of the others
 * as then fit. Protocols take as many of each label as of the smallest anyway. Nothing where there are no more than
 * `most`.
 */
export function auditSample(embedding: Matrix, labels: Labels, most: number, seed: number): AuditSample | undefined {
  const members: number[][] = labels.classes.map(() => [])
  labels.codes.forEach((code, row) => code >= 0 && members[code]!.push(row))
  const of = members.reduce((sum, rows) => sum + rows.length, 0)
  // Labels of another table are for whoever checks that they fit.
  if (of <= most || labels.codes.length !== embedding.rows) return undefined
  let left = most
  const drawn: number[] = []
  const bySize = members
    .map((rows, code) => ({ rows, code }))
    .filter(({ rows }) => rows.length > 0)
    .sort((a, b) => a.rows.length - b.rows.length)
  bySize.forEach(({ rows, code }, at) => {
    const share = Math.min(rows.length, Math.floor(left / (bySize.length - at)))
    drawn.push(...shuffle(Int32Array.from(rows), randomStream(seed, 'audited-users', code)).subarray(0, share))
    left -= share
  })
  const rows = Int32Array.from(drawn).sort()
  return {
    embedding: gatherRows(embedding, rows),
    labels: { classes: labels.classes, codes: rows.map((row) => labels.codes[row]!) },
    rows,
    of,
  }
}

/** Splits of a sample with users numbered as in the whole table. */
export function inRowsOf(rows: Int32Array, splits: readonly SplitScores[]): SplitScores[] {
  return splits.map((split) => ({
    ...split,
    shadow: split.shadow.map((at) => rows[at]!),
    users: split.users.map((at) => rows[at]!),
  }))
}
