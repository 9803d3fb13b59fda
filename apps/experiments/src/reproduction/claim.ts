/** @file One claim of the paper, judged by our cells. A verdict is computed, never written. */

import { signed } from '../reproduce/cells.ts'

export type Verdict = 'holds' | 'holds in part' | 'does not hold'

export interface Claim {
  readonly section: string
  /** In our words. */
  readonly claim: string
  readonly paper: string
  readonly here: string
  readonly verdict: Verdict
  readonly why: string
}

/** All of a number of cases, some of them, or none. */
export function verdictOf(cases: readonly boolean[]): Verdict {
  const held = cases.filter(Boolean).length
  return held === cases.length ? 'holds' : held === 0 ? 'does not hold' : 'holds in part'
}

export function percent(value: number): string {
  return `${signed(value, 1)} %`
}
