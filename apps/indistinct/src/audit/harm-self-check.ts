/**
 * @file After every unlearning: whether the new tables give away more than the ones before, to who holds them alone.
 */

import { harmAttackers, harmCheck, type HarmCheck } from '@indistinct/attackers'
import {
  classCounts,
  copyMatrix,
  gatherRows,
  IndistinctError,
  labelledRows,
  randomStream,
  shuffle,
  WouldHarmError,
  type Json,
  type Labels,
  type Matrix,
} from '@indistinct/core'
import {
  checkedClasses,
  classDifferences,
  intersection,
  rankCheck,
  saferMethods,
  type Unlearned,
} from '@indistinct/unlearners'
import type { ChangedTable } from './before-and-after.ts'
import type { Log } from '../terminal/log.ts'
import { countOf, grouped, printable } from '../terminal/text-table.ts'

export interface HarmPart {
  readonly table: string
  readonly attribute: string
  readonly check: HarmCheck
  /** Users with a label, where the check saw a sample of them. */
  readonly sampledOf?: number
}

export interface HarmSelfCheck {
  readonly parts: readonly HarmPart[]
  /** What was not checked, and why, in sentences. */
  readonly unchecked: readonly string[]
  readonly worse: boolean
  readonly standsOut: boolean
}

/** Rise of a folded AUC that is no failure even where many users show that it is no chance. */
const tolerance = 0.01
/** Users with a label beyond which a seeded sample of so many is checked. */
const mostUsers = 20_000
/** Values of labelled users, for each pair of labels, up to which all five folds are scored; beyond, two of them. */
const fewValues = 100_000
/** Fewest users of a label; smaller ones are checked as one. */
const leastUsers = 20

/**
 * Attacks `tables` before and after, for each of the labels of `attributes` (N rows).
 * Tables whose rows are as they were are not attacked: they tell what they told.
 */
export async function checkHarm(
  tables: readonly ChangedTable[],
  attributes: Readonly<Record<string, Labels>>,
  seed: number,
  log: Log,
): Promise<HarmSelfCheck> {
  const parts: HarmPart[] = []
  const unchecked: string[] = []
  const progress = log.progress('self-check')
  const places = tables
    .filter(({ before, after }) => !sameValues(before, after))
    .flatMap((table) => Object.entries(attributes).map(([attribute, labels]) => ({ table, attribute, labels })))
  try {
    for (const [
      at,
      {
        table: { name, before, after },
        attribute,
        labels,
      },
    ] of places.entries()) {
      progress.update(at, places.length, `${name}, ${attribute}`)
      const merged = largeClasses(attribute, labels)
      if (merged.classes.length < 2) {
        unchecked.push(`Not checked for ${attribute}: fewer than two labels have ${leastUsers} users.`)
        continue
      }
      const rows = sampled(merged, seed)
      const own: Labels = { classes: merged.classes, codes: Int32Array.from(rows, (row) => merged.codes[row]!) }
      const values = rows.length * before.cols * (merged.classes.length - 1)
      const options = { seed, tolerance, scoredFolds: values <= fewValues ? 5 : 2 }
      try {
        const check = await harmCheck(gatherRows(before, rows), gatherRows(after, rows), own, options)
        const labelled = labelledRows(merged).length
        parts.push({ table: name, attribute, check, ...(rows.length < labelled && { sampledOf: labelled }) })
      } catch (error) {
        if (!(error instanceof IndistinctError)) throw error
        unchecked.push(`Not checked for ${attribute}: ${error.message}.`)
      }
    }
  } finally {
    progress.end()
  }
  return {
    parts,
    unchecked,
    worse: parts.some(({ check }) => check.worse),
    standsOut: parts.some(({ check }) => check.standsOut),
  }
}

/**
 * Whether nothing told labels apart in `before` (N, K), as it came to the flow: no statistic that the flow brings down,
 * no ranks of a column, no attacker of the check. The flow then moved users for what chance made.
 */
export function nothingStandsOut(
  before: Matrix,
  result: Unlearned,
  labels: Labels,
  { parts, standsOut }: HarmSelfCheck,
  seed: number,
): boolean {
  const { outcome, aboveBefore } = result.parameters
  if (result.method !== 'flow' || outcome !== 'landed' || aboveBefore !== undefined || parts.length === 0 || standsOut)
    return false
  return (
    classDifferences(before, labels, { seed }).every(({ ratio, chance }) => ratio <= chance) &&
    rankCheck(before, checkedClasses('unlearn', before, labels), 1).explained
  )
}

/** `result` with the table as it came, `before` (N, K). */
export function asItWas(before: Matrix, result: Unlearned): Unlearned {
  const { differencesBefore, pairs } = result.parameters
  const kept = Array.isArray(pairs)
    ? pairs.map((pair) => ({
        ...(pair as { [name: string]: Json }),
        ratio: (pair as { ratioBefore: number }).ratioBefore,
      }))
    : pairs
  return {
    ...result,
    embedding: copyMatrix(before),
    parameters: {
      ...result.parameters,
      outcome: 'nothing stands out',
      differencesAfter: differencesBefore!,
      ...(kept && { pairs: kept }),
    },
  }
}

/** The refusal of tables that give away more. */
export function harmRefused({ parts }: HarmSelfCheck, method: string): WouldHarmError {
  const worse = parts.filter(({ check }) => check.worse)
  const found = worse.map(({ table, attribute, check }) => `${table}, ${attribute}: ${check.sentence}`)
  return new WouldHarmError(
    `the new ${parts.length > 1 ? 'tables give' : 'table gives'} away more than before, and nothing was written. ` +
      `${found.join(' ')} Unlearn by ${saferMethods(method)}, or look at the result with --force, which writes it`,
  )
}

/** The findings in lines, whom they are about, and what was not checked. */
export function harmLines({ parts, unchecked }: HarmSelfCheck): string[] {
  const title = ({ table, attribute, sampledOf, check }: HarmPart): string => {
    const of = parts.length > 1 ? `, ${table}, ${attribute}` : ''
    if (sampledOf === undefined) return `Self-check${of}`
    return `Self-check${of} on a sample of ${grouped(check.labelled)} of ${countOf(sampledOf, 'user')}`
  }
  const found = parts.map((part) => `${title(part)}: ${part.check.sentence}`)
  if (parts.length + unchecked.length === 0)
    return ['Self-check: no row moved, so that the table tells what it told before.']
  return [...found, ...unchecked, ...(parts.length > 0 ? [scope(parts[0]!.check)] : [])].map(printable)
}

function scope({ level }: HarmCheck): string {
  const names = Object.values(harmAttackers).join('; ')
  return (
    `Scope of the self-check: attackers who hold the table alone and four fifths of the labels (${names}), at ` +
    `level ${level}.`
  )
}

/** For the sidecar and --json. */
export function harmJson(harm: HarmSelfCheck): { readonly [name: string]: Json } {
  const { parts, unchecked, worse } = harm
  const checks = parts.map(({ check, ...part }) => ({
    ...part,
    ...(JSON.parse(JSON.stringify(check)) as { [name: string]: Json }),
  }))
  return {
    checked: parts.length > 0,
    worse,
    tolerance,
    parts: checks,
    ...(unchecked.length > 0 && { unchecked: [...unchecked] }),
    words: harmLines(harm),
  }
}

function sameValues(before: Matrix, after: Matrix): boolean {
  return before.data.every((value, p) => value === after.data[p])
}

/** Labels whose small classes are one; without those that stay too few. */
function largeClasses(attribute: string, labels: Labels): Labels {
  const present = classCounts(labels).filter((count) => count > 0)
  if (present.length > 1 && present.every((count) => count >= leastUsers)) return labels
  return intersection({ [attribute]: labels }, leastUsers)
}

/** Rows with a label, at most `mostUsers` of them, labels in their shares; ascending. */
function sampled(labels: Labels, seed: number): Int32Array {
  const rows = labelledRows(labels)
  if (rows.length <= mostUsers) return rows
  const random = randomStream(seed, 'self-check sample')
  const chosen = labels.classes.flatMap((_, c) => {
    const own = shuffle(
      rows.filter((row) => labels.codes[row] === c),
      random,
    )
    return [
      ...own.subarray(
        0,
        Math.max(Math.min(own.length, leastUsers), Math.round((mostUsers * own.length) / rows.length)),
      ),
    ]
  })
  return Int32Array.from(chosen).sort()
}
