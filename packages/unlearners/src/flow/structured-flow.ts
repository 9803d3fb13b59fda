/** @file The calibrated flow on a table with fine structure, in which a move by the label would tell the label. */

import { copyMatrix, labelledRows, WouldHarmError, type Labels, type Matrix } from '@indistinct/core'
import type { CalibratedFlowOptions } from './flow-options.ts'
import { checkedClasses } from '../checked-classes.ts'
import { nearGroups, partedNear, roughness } from '../structure/near-rows.ts'
import { ruledFlow } from './ruled-flow.ts'
import { saferMethods } from '../safer-methods.ts'
import { standardisedColumns } from './standardised-columns.ts'
import {
  backOnLattices,
  rulesOf,
  structureJson,
  tableStructure,
  type TableStructure,
} from '../structure/table-structure.ts'
import { unlearned, type Unlearned } from '../unlearned.ts'

/** Share of users whom the flow may part from their nearest user of another label by more than they stood apart. */
const mostParted = 0.02
/**
 * Length of a step, in spreads, that does not lead out of where users stand evenly: where it does, they stand in
 * clusters and move with them.
 */
const clusterScale = 0.05
/** Radii of groups that are tried. */
const mostRadii = 2
/** Passes after which a flow by rules gives up: where rules stand in its way, more do not help. */
const mostRuledPasses = 60

export interface StructuredFlow {
  readonly result: Unlearned
  readonly structure: TableStructure
  /** Rows that moved as one. */
  readonly groups: readonly Int32Array[]
}

/**
 * The flow before values are rounded to lattices: with it the structure of the table, or that of the table it came
 * from, and the groups of rows that moved as one.
 * @throws as `calibratedFlow`.
 */
export function structuredFlow(
  embedding: Matrix,
  labels: Labels,
  options: CalibratedFlowOptions,
  structure = tableStructure(embedding, labelledRows(labels)),
): StructuredFlow {
  const classes = checkedClasses('calibratedFlow', embedding, labels)
  const held = structure.lattices.filter(({ kind }) => kind === 'held').length
  if (held === embedding.cols) {
    throw refused(`all ${held} columns have few values, or one that many users share: whoever moves off it shows`)
  }
  // Who is near to whom is a matter of the units that the flow works in.
  const units = standardisedColumns(embedding, classes)
  const before = units?.table ?? embedding
  const { share, spread } = roughness(before, structure.points, clusterScale, 0)
  let radius = share > mostParted ? clusterScale * spread : 0
  let groups = radius > 0 ? groupsWithin(before, structure, radius) : structure.equal
  for (let tried = 0; ; tried++) {
    const rules = rulesOf([structure], [groups])
    const strict = radius > 0 || held > 0
    const most = strict ? { maxPasses: Math.min(options.maxPasses ?? Infinity, mostRuledPasses) } : {}
    const result = ruledFlow(embedding, labels, { ...options, ...most }, rules)
    const { outcome, maxPasses, differencesOfRanks } = result.parameters
    // Ranks are looked at where nobody moved: no rule stood in the way.
    const givenUp =
      outcome === 'not landed' &&
      differencesOfRanks === undefined &&
      (result.passes < Number(maxPasses) || maxPasses === mostRuledPasses)
    if (strict && givenUp) throw refused(strayText(groups.length, held), options)
    const { parted, apart, nearest } = partedNear(before, units?.of(result.embedding) ?? result.embedding, classes)
    const localScale = { nearest, parted, ...(radius > 0 && { radius, groups: groups.length }) }
    const parameters = { ...result.parameters, smooth: options.smooth ?? 0, ...structureJson(structure), localScale }
    if (parted <= mostParted) return { result: unlearned({ ...result, parameters }), structure, groups }
    if (tried === mostRadii) throw refused(partedText(parted), options)
    radius = Math.max(apart, 2 * radius)
    groups = groupsWithin(before, structure, radius)
  }
}

/**
 * @throws WouldHarmError where tables moved together part users of different labels who stood near, in `before` (N, K).
 */
export function expectNotParted(before: Matrix, after: Matrix, labels: Labels): void {
  const classes = checkedClasses('calibratedFlow', before, labels)
  const units = standardisedColumns(before, classes)
  const { parted } = partedNear(units?.table ?? before, units?.of(after) ?? after, classes)
  if (parted > mostParted) throw refused(partedText(parted))
}

/** Lists of rows within `radius`, with all rows of each point. */
function groupsWithin(theta: Matrix, { equal, points }: TableStructure, radius: number): Int32Array[] {
  const sameAs = new Map(equal.map((members) => [members[0]!, members]))
  const near = nearGroups(theta, points, radius)
  const grouped = new Set(near.flatMap((members) => [...members]))
  return [
    ...near.map((members) => Int32Array.from([...members].flatMap((row) => [...(sameAs.get(row) ?? [row])]))),
    ...equal.filter((members) => !grouped.has(members[0]!)),
  ]
}

/** `result` with moved values on the lattices of its table; where nobody moved, it is left as it is. */
export function onLattices(
  result: Unlearned,
  labels: Labels,
  structure: TableStructure,
  { seed = 0 }: CalibratedFlowOptions,
): Unlearned {
  const { outcome, together } = result.parameters
  const outcomes = [outcome, (together as { outcome?: unknown } | undefined)?.outcome ?? outcome]
  if (
    outcomes.every((each) => each === 'already at null') ||
    !structure.lattices.some(({ kind }) => kind === 'lattice')
  )
    return result
  const embedding = copyMatrix(result.embedding)
  backOnLattices(embedding, labelledRows(labels), structure, seed)
  return unlearned({ ...result, embedding })
}

function partedText(parted: number): string {
  return (
    `${(100 * parted).toFixed(1)} % of users stand nearer to a user of another label than the flow would move the ` +
    'two apart, so that the way they move tells the label'
  )
}

function strayText(groups: number, held: number): string {
  const kept = [
    ...(groups > 0 ? [`${groups} group${groups > 1 ? 's' : ''} of equal or near rows moving as one`] : []),
    ...(held > 0 ? [`${held} column${held > 1 ? 's' : ''} of few values standing still`] : []),
  ]
  return `with ${kept.join(' and ')}, classes do not come down to what chance makes of them`
}

function refused(reason: string, { narrow = 0 }: CalibratedFlowOptions = {}): WouldHarmError {
  const wider = narrow > 0 ? 'leave narrow kernels out (narrow 0), or ' : ''
  return new WouldHarmError(`calibratedFlow: ${reason}; ${wider}unlearn by ${saferMethods('flow')}`)
}
