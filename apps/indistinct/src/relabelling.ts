/** @file What is particular to `unlearn --method relabel`: files that tell nothing beyond the points, a draw that no finding chooses. */

import { matrix, type Labels, type Matrix } from '@indistinct/core'
import type { AuditedTable } from './audited-tables.ts'
import type { HarmSelfCheck } from './harm-self-check.ts'
import { atLength, type Lengths } from './written-table.ts'

/** What files will do to points of each of `tables`: done before they are dealt, so that it tells nothing of who has which. */
export function finishOf(tables: readonly AuditedTable[], lengths: Lengths): (points: Matrix, table: string) => Matrix {
  return (points, name) => atLength((tables.find((table) => table.name === name) ?? tables[0]!).source!, points, lengths)
}

/** (N, 1): 1 for users who are dealt a point. */
export function labelMask({ codes }: Labels): Matrix {
  return matrix(codes.length, 1, Float32Array.from(codes, (code) => (code >= 0 ? 1 : 0)))
}

export function relabelWarnings({ 'draw-seed': seed }: { readonly 'draw-seed'?: number | undefined }): string[] {
  if (seed === undefined) return []
  return [`--draw-seed ${seed}: the draw is not secret; who knows the number and the table undoes it; leave it out for a table that others will see`]
}

/**
 * A rise in the self-check is chance, since the draw did not see the attackers. It is no reason to refuse it: draws that were chosen by
 * what attackers find would not be as likely as any other, and would tell.
 */
export function keptByChance(harm: HarmSelfCheck): HarmSelfCheck {
  const kept = 'That is chance: one draw in a hundred looks so. It is kept, since draws chosen by what attackers find would tell. Do not draw again.'
  return { ...harm, worse: false, unchecked: [...harm.unchecked, kept] }
}
