/** @file A flow under way: the tables that it measures, and the passes that this takes. */

import { badData } from '@indistinct/core'
import { nullMmd } from '@indistinct/kernels'
import type { TraceRow } from '../unlearned.ts'
import type { FlowCourse } from './flow-course.ts'
import { passesSpent, type Measured } from './flow-step.ts'
import { classPairs, type ClassDifferences, type FlowTable, type PairMmd } from './flow-table.ts'

/** What a flow is run on and how; `onPass` hears of every pass. */
export interface FlowTask<State, Direction, Mmd extends PairMmd> {
  /** Named in errors. */
  readonly caller: string
  readonly table: FlowTable<State, Direction, Mmd>
  readonly course: FlowCourse
  readonly onPass?: ((row: TraceRow) => void) | undefined
}

export interface FlowWalk<State, Direction, Mmd extends PairMmd> extends FlowTask<State, Direction, Mmd> {
  /** The table as it came. */
  readonly start: Measured<State, Mmd>
  /** A row for every pass so far. */
  readonly trace: readonly TraceRow[]
  /** Whether a move found no pass left. */
  isSpent(): boolean
  /** What `move` gives, or `stay` once passes are spent. */
  orStay<T>(stay: T, move: () => T): T
  /** Measures the table that `step` led to: a share of the moments' map, or eta. */
  measure(state: State, stage: number, step: number): Measured<State, Mmd>
  differences(of: Measured<State, Mmd>): ClassDifferences
  discard(of: Measured<State, Mmd>): void
}

/** @throws IndistinctError 'bad-data' where a statistic is no number. */
export function flowWalk<State, Direction, Mmd extends PairMmd>(
  task: FlowTask<State, Direction, Mmd>,
): FlowWalk<State, Direction, Mmd> {
  type At = Measured<State, Mmd>
  const { table, course, onPass } = task
  const trace: TraceRow[] = []
  const known = new WeakMap<At, ClassDifferences>()
  let spent = false
  const measure = (state: State, stage: number, step: number): At => {
    if (trace.length === course.maxPasses) throw passesSpent
    const at = measuredPairs(task, state)
    const row = rowOf(task, at, { pass: trace.length + 1, stage, step })
    trace.push(row)
    onPass?.(row)
    return at
  }
  return {
    ...task,
    start: measure(table.start, 0, 0),
    trace,
    measure,
    isSpent: () => spent,
    orStay(stay, move) {
      try {
        return move()
      } catch (error) {
        if (error !== passesSpent) throw error
        spent = true
        return stay
      }
    },
    differences(of) {
      const found = known.get(of) ?? table.differences(of.state)
      known.set(of, found)
      return found
    },
    discard: ({ state }) => table.discard(state),
  }
}

/** MMD^2 of every pair of classes, and its ratio to the landing. */
export function measuredPairs<State, Mmd extends PairMmd>(
  { table, course: { level } }: Pick<FlowTask<State, unknown, Mmd>, 'table' | 'course'>,
  state: State,
): Measured<State, Mmd> {
  const { sizes } = table
  const pairNames = classPairs(sizes.length)
  const pairs = table.measure(state).map((mmd, p) => {
    const { first, second } = pairNames[p]!
    const ratio = mmd.value / (level * nullMmd(mmd.total, mmd.trace, sizes[first]!, sizes[second]!))
    return { first, second, mmd, ratio }
  })
  return { state, pairs }
}

function rowOf<State, Mmd extends PairMmd>(
  { caller }: FlowTask<State, unknown, Mmd>,
  { pairs }: Measured<State, Mmd>,
  { pass, stage, step }: { readonly pass: number; readonly stage: number; readonly step: number },
): TraceRow {
  const loss = pairs.reduce((sum, pair) => sum + pair.mmd.value, 0) / pairs.length
  const ratios = pairs.map((pair) => pair.ratio)
  const [largestRatio, smallestRatio] = [Math.max(...ratios), Math.min(...ratios)]
  if (!ratios.every(Number.isFinite))
    throw badData(
      `${caller}: expected numbers, got MMD^2 ${loss} at ${largestRatio} times the landing in pass ${pass}; look ` +
        'for columns of very large or very small values',
    )
  return { pass, loss, stage, step, largestRatio, smallestRatio }
}
