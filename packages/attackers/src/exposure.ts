/**
 * @file Who is most exposed by an attack: single users, and groups of them.
 *
 * The risk of a user is the probability that the attack gives to the user's own label: its mean over the draws in which
 * the attacker did not know that label. An attacker can be sure and wrong, so the surest guesses are counted too: how
 * many of them are right, beside how many guessing by the labels' shares would get right.
 */

import type { Matrix } from '@indistinct/core'
import { aucInterval, NORMAL_975 } from '@indistinct/metrics'
import type { Estimate } from './protocols/attack-metrics.ts'
import type { SplitScores } from './protocols/scoring.ts'

/** Share of users that the surest guesses are. */
const surestShare = 0.05

export interface UserGroup {
  readonly name: string
  /** Rows of the table. */
  readonly rows: ArrayLike<number>
}

export interface GroupExposure {
  readonly name: string
  /** Users that were scored. */
  readonly users: number
  /** Risk that 95 % of these users do not exceed; its interval is of order statistics. */
  readonly risk: Estimate
  /** The surest twentieth of the guesses: how many, the share that is right, and the share that guessing gets right. */
  readonly surest: { readonly users: number; readonly right: Estimate; readonly guess: number }
  /** AUC among these users alone, of two labels; by DeLong on mean scores, with fits as they are. */
  readonly auc?: Estimate
}

export interface Exposure {
  /** Users that were scored. */
  readonly users: number
  /** The largest risk of a user. */
  readonly largest: number
  readonly all: GroupExposure
  /** The users of each label; their surest guesses are those of that label, among all users. */
  readonly labels: readonly GroupExposure[]
  readonly groups: readonly GroupExposure[]
  /** Whether answers were turned round, since the AUC lay below one half; of two labels only. */
  readonly turned: boolean
}

/** Fewest users of each label that a group is told of with. */
const leastUsers = 20

/**
 * @param attack its splits, the labels that are the columns of their probabilities, and its mean AUC
 * @param groups of rows, told of where they hold at least 20 scored users of each label
 */
export function exposureOf(
  {
    splits,
    classes,
    auc,
  }: {
    readonly splits: readonly SplitScores[]
    readonly classes: readonly string[]
    readonly auc: { readonly value: number }
  },
  groups: readonly UserGroup[] = [],
): Exposure {
  const turned = classes.length === 2 && auc.value < 0.5
  const scored = meanScores(splits, classes.length, turned)
  const everyone = Array.from(scored.codes.keys())
  const slotOf = new Map(scored.rows.map((row, slot) => [row, slot]))
  const all = groupExposure('all users', everyone, scored)
  const ofLabel = (code: number): number[] => everyone.filter((slot) => scored.codes[slot] === code)
  return {
    users: everyone.length,
    largest: everyone.reduce((most, slot) => Math.max(most, riskOf(scored, slot)), 0),
    all,
    labels: classes.map((name, code) => ({
      name,
      users: ofLabel(code).length,
      risk: upperRisk(ofLabel(code).map((slot) => riskOf(scored, slot))),
      surest: surest(
        everyone,
        scored,
        (slot) => scored.means[slot]![code]!,
        () => code,
      ),
    })),
    groups: groups.flatMap(({ name, rows }) => {
      const slots = Array.from(rows).flatMap((row) => slotOf.get(row) ?? [])
      const counts = classes.map((_, code) => slots.filter((slot) => scored.codes[slot] === code).length)
      return Math.min(...counts) < leastUsers ? [] : [groupExposure(name, slots, scored)]
    }),
    turned,
  }
}

/** Rows in fifths of `values`, lowest first, those of equal values by row; nothing where all values are equal. */
export function fifthsBy(values: ArrayLike<number>, names: (fifth: number) => string): UserGroup[] {
  const rows = Array.from({ length: values.length }, (_, row) => row).sort((a, b) => values[a]! - values[b]! || a - b)
  if (rows.length === 0 || values[rows[0]!] === values[rows.at(-1)!]) return []
  return Array.from({ length: 5 }, (_, fifth) => ({
    name: names(fifth),
    rows: rows.slice(Math.floor((fifth * rows.length) / 5), Math.floor(((fifth + 1) * rows.length) / 5)),
  }))
}

/** Rows in fifths of the length of their vectors in a table (N, K): in many models longer ones are more active. */
export function lengthFifths({ rows, cols, data }: Matrix): UserGroup[] {
  const lengths = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    let squares = 0
    for (let p = row * cols; p < (row + 1) * cols; p++) squares += data[p]! * data[p]!
    lengths[row] = Math.sqrt(squares)
  }
  const longest = lengths.reduce((a, b) => Math.max(a, b), 0)
  // Rows of unit length differ in rounding alone.
  if (longest - lengths.reduce((a, b) => Math.min(a, b), longest) < 1e-4 * longest) return []
  const places = ['shortest', 'second', 'third', 'fourth', 'longest']
  return fifthsBy(lengths, (fifth) => `vectors by length, ${places[fifth]!} fifth`)
}

/** Of each scored user: the row, the label's code, and the mean probabilities. */
interface Scored {
  readonly rows: readonly number[]
  readonly codes: readonly number[]
  readonly means: readonly Float64Array[]
}

function meanScores(splits: readonly SplitScores[], classes: number, turned: boolean): Scored {
  const sums = new Map<number, { code: number; times: number; sum: Float64Array }>()
  for (const { users, codes, probabilities } of splits) {
    users.forEach((row, i) => {
      let own = sums.get(row)
      if (!own) sums.set(row, (own = { code: codes[i]!, times: 0, sum: new Float64Array(classes) }))
      own.times++
      for (let c = 0; c < classes; c++) own.sum[c]! += probabilities.data[i * classes + (turned ? classes - 1 - c : c)]!
    })
  }
  const rows = [...sums.keys()].sort((a, b) => a - b)
  return {
    rows,
    codes: rows.map((row) => sums.get(row)!.code),
    means: rows.map((row) => {
      const { sum, times } = sums.get(row)!
      return sum.map((value) => share(value / times))
    }),
  }
}

function riskOf({ means, codes }: Scored, slot: number): number {
  return means[slot]![codes[slot]!]!
}

function groupExposure(name: string, slots: readonly number[], scored: Scored): GroupExposure {
  const named = (slot: number): number => {
    const mean = scored.means[slot]!
    return mean.indexOf(Math.max(...mean))
  }
  const positives = slots.filter((slot) => scored.codes[slot] === 1).length
  const two = scored.means[0]?.length === 2 && positives > 0 && positives < slots.length
  const auc = two
    ? aucInterval(
        slots.map((slot) => scored.means[slot]![1]!),
        slots.map((slot) => scored.codes[slot]!),
      )
    : undefined
  return {
    name,
    users: slots.length,
    risk: upperRisk(slots.map((slot) => riskOf(scored, slot))),
    surest: surest(slots, scored, (slot) => Math.max(...scored.means[slot]!), named),
    ...(auc && { auc: { value: share(auc.auc), lower: share(auc.lower), upper: share(auc.upper) } }),
  }
}

/** Without what sums in floating point add beyond the ends. */
function share(value: number): number {
  return Math.min(1, Math.max(0, value))
}

/** The 95 % quantile of `risks`, between the order statistics that hold it 95 times of 100. */
function upperRisk(risks: readonly number[]): Estimate {
  const sorted = Float64Array.from(risks).sort()
  const n = sorted.length
  const at = (rank: number): number => sorted[Math.min(n - 1, Math.max(0, Math.ceil(rank) - 1))]!
  const half = NORMAL_975 * Math.sqrt(n * 0.95 * 0.05)
  return { value: at(0.95 * n), lower: at(0.95 * n - half), upper: at(0.95 * n + half + 1) }
}

/** The twentieth of `slots` with the largest `score`, ties by row, and how many have the label that `named` gives. */
function surest(
  slots: readonly number[],
  { codes }: Scored,
  score: (slot: number) => number,
  named: (slot: number) => number,
): GroupExposure['surest'] {
  const count = Math.max(1, Math.round(surestShare * slots.length))
  const first = slots
    .map((slot) => ({ slot, sure: score(slot) }))
    .sort((a, b) => b.sure - a.sure || a.slot - b.slot)
    .slice(0, count)
    .map(({ slot }) => slot)
  const shares = new Map<number, number>()
  for (const slot of slots) shares.set(codes[slot]!, (shares.get(codes[slot]!) ?? 0) + 1 / slots.length)
  const right = first.filter((slot) => codes[slot] === named(slot)).length
  return {
    users: count,
    right: wilson(right, count),
    guess: Math.min(1, first.reduce((sum, slot) => sum + (shares.get(named(slot)) ?? 0), 0) / count),
  }
}

/** A share with Wilson's 95 % interval. */
function wilson(hits: number, of: number): Estimate {
  const rate = hits / of
  const z = NORMAL_975 ** 2 / of
  const centre = (rate + z / 2) / (1 + z)
  const half = (NORMAL_975 / (1 + z)) * Math.sqrt((rate * (1 - rate)) / of + z / (4 * of))
  return { value: rate, lower: share(Math.min(rate, centre - half)), upper: share(Math.max(rate, centre + half)) }
}
