/** @file Users on their way to chance: the moves that were made, and the table that they led to. */

import type { Matrix } from '@indistinct/core'
import { squaredDistance } from '../closed/closed-form.ts'
import type { TraceRow } from '../unlearned.ts'
import type { BlindMove } from './blind-map.ts'
import { movedTable } from './moved-table.ts'

/** Of a table (n, K) what is to come down. */
type RatioOf = (table: Matrix) => number

export interface BlindWalk {
  readonly classes: readonly Int32Array[]
  readonly deviations: Matrix
  readonly moves: readonly BlindMove[]
  readonly trace: readonly TraceRow[]
  /** The table that moves have led to. */
  at(): Matrix
  /** Takes `move` as made, which led to the table and took users as far as `loss`, the sum of squared distances. */
  made(move: BlindMove, loss: number): void
  /**
   * Makes the move where it brings `ratioOf` down, which is `ratio`, and returns what it is then: what the model cannot
   * answer for is not brought down by moving users further.
   */
  tryMove(move: BlindMove | undefined, ratioOf: RatioOf, ratio: number): number
  /** The table that `move` would lead to. The next try writes over it. */
  ahead(move: BlindMove): Matrix
  /** That table moved further, in place. */
  further(move: BlindMove): Matrix
  /** `tryMove` of moves that `ahead` and `further` made. */
  tryAhead(steps: readonly BlindMove[], ratioOf: RatioOf, ratio: number): number
}

/**
 * @param start table (n, K) and `spare`, one of its size that is written over: no others are held
 * @param deviations of users' labels from what the model expects: see `deviationsOf`
 */
export function blindWalk(
  { start, spare }: { readonly start: Matrix; readonly spare: Matrix },
  classes: readonly Int32Array[],
  deviations: Matrix,
  onPass?: (row: TraceRow) => void,
): BlindWalk {
  const moves: BlindMove[] = []
  const trace: TraceRow[] = []
  let [at, next] = [start, spare]
  const record = (loss: number): void => {
    const row = { pass: trace.length + 1, loss }
    trace.push(row)
    onPass?.(row)
  }
  const ahead: BlindWalk['ahead'] = (move) => movedTable(move, at, deviations, next)
  const further: BlindWalk['further'] = (move) => movedTable(move, next, deviations, next)
  const tryAhead: BlindWalk['tryAhead'] = (steps, ratioOf, ratio) => {
    const found = ratioOf(next)
    if (!(found < ratio)) return ratio
    moves.push(...steps)
    record(squaredDistance(at, next))
    ;[at, next] = [next, at]
    return found
  }
  return {
    classes,
    deviations,
    moves,
    trace,
    at: () => at,
    made(move, loss) {
      moves.push(move)
      record(loss)
    },
    ahead,
    further,
    tryAhead,
    tryMove(move, ratioOf, ratio) {
      if (!move) return ratio
      // Columns lead out of what the projection left: whoever moved into a direction that is empty would stand out
      // there.
      const leadsOut = move.kind === 'along' && move.along.kind === 'columns'
      const back = leadsOut ? moves.slice(0, 1).filter(({ kind }) => kind === 'affine') : []
      ahead(move)
      back.forEach(further)
      return tryAhead([move, ...back], ratioOf, ratio)
    },
  }
}
