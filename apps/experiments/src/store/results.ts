/** @file Figures in the artifacts of attack and evaluate, as the report and `npm start` read them. */

import type { AttackResult, Deviations, Exposure } from '@indistinct/attackers'

/** One attack on one user table: the result less its scores, with the curve that they draw. */
export interface StoredAttack extends Omit<AttackResult, 'splits'> {
  readonly table: string
  /** Different users that were scored, of each class. */
  readonly scored: readonly number[]
  readonly protocolDescription: string
  /** Who is most exposed by it. */
  readonly exposure: Exposure
  /** For p corrected for all attacks of a report. */
  readonly deviations: Deviations
  /** Points [false positive rate, true positive rate], mean over splits; for two classes only. */
  readonly roc?: readonly (readonly [number, number])[]
}

/** What grids keep of it. */
export type AttackFigures = Omit<StoredAttack, 'roc' | 'deviations' | 'exposure'>

/** One line of utility.json, with its 95 % interval. `group` is a class of the attribute, or absent for all users. */
export interface UtilityFigure {
  readonly metric: string
  readonly k: number
  readonly definition: string
  readonly group?: string
  readonly users: number
  readonly value: number
  readonly lower: number
  readonly upper: number
  /**
   * Less the original's figure of the same users, with the 95 % interval of the paired bootstrap; absent for the
   * original.
   */
  readonly change?: { readonly value: number; readonly lower: number; readonly upper: number }
}

/** What an attacker holds: the tables and most labels, or few; or, with most labels, something beside the tables. */
export const holdings = ['tables', 'tables, 10 % of labels', 'history', 'earlier release', 'other model'] as const
export type Holding = (typeof holdings)[number]

/** One attack of held.json. */
export interface HeldAttack {
  readonly holding: Holding
  /** Without the tables: what is held tells by itself. */
  readonly alone: boolean
  readonly attacker: string
  readonly protocol: string
  readonly input: string
  readonly auc: number
  readonly foldedAuc: { readonly value: number; readonly lower: number; readonly upper: number }
  readonly smallestDetectable: number
}
