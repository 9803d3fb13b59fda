/**
 * @file Several attributes at once: flows in turn, intersections of the attributes included, until each stands on its
 * null.
 */

import { badData, copyMatrix, type Json, type Labels, type Matrix } from '@indistinct/core'
import { nullMmd, rbfMmd } from '@indistinct/kernels'
import type { CalibratedFlowOptions } from './flow-options.ts'
import { checkCount, checkedClasses, checkPositive } from '../checked-classes.ts'
import { structuredFlow } from './structured-flow.ts'
import { backOnLattices, structureJson, tableStructure } from '../structure/table-structure.ts'
import { unlearned, type TraceRow, type Unlearned } from '../unlearned.ts'

export interface JointFlowOptions extends Omit<CalibratedFlowOptions, 'kernel' | 'frequencies' | 'seed'> {
  /** Fewest users of a cell of the intersection; smaller ones are merged, see `intersection`. Default 20. */
  readonly leastCell?: number
  /** Rounds over all attributes after which to give up. Default 20. */
  readonly maxRounds?: number
  /**
   * Share of its landing by which a pair may stay above it: one attribute's flow moves the others' users too. Default
   * 0.05; `tolerance` of each flow is four fifths of it, at least 0.01, unless given, and `maxPasses` 2,000.
   */
  readonly jointTolerance?: number
}

/**
 * Users by their values of all attributes at once: one class a combination that has at least `least` users, and one,
 * named 'other' ('all others' where a label has that name), of the rest, which is left unlabelled where it is smaller
 * than that itself. A user who lacks one of the labels has none.
 */
export function intersection(attributes: Readonly<Record<string, Labels>>, least: number): Labels {
  const all = Object.values(attributes)
  const users = all[0]?.codes.length ?? 0
  const names = Array.from({ length: users }, (_, i) =>
    all.every(({ codes }) => codes[i]! >= 0)
      ? all.map(({ classes, codes }) => classes[codes[i]!]!).join(' & ')
      : undefined,
  )
  const counts = new Map<string, number>()
  for (const name of names) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  const kept = [...counts.keys()].filter((name) => counts.get(name)! >= least).sort()
  const rest = [...counts.values()].filter((count) => count < least).reduce((a, b) => a + b, 0)
  const classes = rest >= least ? [...kept, kept.includes('other') ? 'all others' : 'other'] : kept
  const codeOf = new Map(kept.map((name, code) => [name, code]))
  return {
    classes,
    codes: Int32Array.from(names, (name) =>
      name === undefined ? -1 : (codeOf.get(name) ?? (rest >= least ? kept.length : -1)),
    ),
  }
}

/**
 * Brings every attribute of `attributes` (name -> labels of the N rows), and their intersection, to chance: flows in
 * turn, the attribute furthest above its landing first, until no pair of any attribute is more than `jointTolerance`
 * above it. Attributes that go together pull each other: one may end below its own landing when another's flow drags it
 * there, and `parameters.attributes` says where each ended. Attributes at chance one by one need not be at their
 * intersections (two that are told apart only by whether they agree), hence the last. Where rounds run out the table
 * reached is returned with the outcome 'not landed'.
 * @throws RangeError on options that do not fit; IndistinctError 'bad-data' on no attribute or unusable ones, named.
 */
export function calibratedFlowJoint(
  embedding: Matrix,
  attributes: Readonly<Record<string, Labels>>,
  options: JointFlowOptions = {},
): Unlearned {
  const caller = 'calibratedFlowJoint'
  const { leastCell = 20, maxRounds = 20, jointTolerance = 0.05, onPass, ...given } = options
  // What others would move again need not land finer: of 21 occupations some 200 pairs draw one another for hundreds of
  // passes.
  const flow = { tolerance: Math.max(0.01, 0.8 * jointTolerance), maxPasses: 2000, ...given }
  const { level = 1 } = flow
  checkCount(caller, 'leastCell', leastCell)
  checkCount(caller, 'maxRounds', maxRounds)
  checkPositive(caller, 'jointTolerance', jointTolerance)
  const names = Object.keys(attributes)
  if (names.length === 0) throw badData(`${caller}: expected at least one attribute, got none`)
  const held: Record<string, Labels> = { ...attributes }
  if (names.length > 1) {
    const cells = intersection(attributes, leastCell)
    if (cells.classes.length > 1) held[names.join(' & ')] = cells
  }
  const classes = Object.fromEntries(
    Object.entries(held).map(([name, labels]) => [name, checkedClasses(`${caller}, ${name}`, embedding, labels)]),
  )

  const rows = Int32Array.from(
    Array.from({ length: embedding.rows }, (_, i) => i).filter((i) =>
      Object.values(held).some(({ codes }) => codes[i]! >= 0),
    ),
  )
  // Of the table that came: after one flow, values are off their lattices until all are done.
  const structure = tableStructure(embedding, rows)
  let at = copyMatrix(embedding)
  const trace: TraceRow[] = []
  const row = (loss: number, largestRatio: number, attribute: number): void => {
    const next = { pass: trace.length + 1, loss, largestRatio, attribute }
    trace.push(next)
    onPass?.(next)
  }
  /** The largest and the smallest MMD^2 of an attribute's pairs over their landings. */
  const extent = (name: string): { largest: number; smallest: number } => {
    const ratios = pairRatios(at, classes[name]!, level)
    const [largest, smallest] = [Math.max(...ratios), Math.min(...ratios)]
    row(largest, largest, Object.keys(held).indexOf(name))
    return { largest, smallest }
  }
  const before = Object.fromEntries(Object.keys(held).map((name) => [name, extent(name)]))
  let after = before
  for (let round = 0; ; round++) {
    const [worst] = Object.entries(after).sort(([, a], [, b]) => b.largest - a.largest)
    if (worst![1].largest <= 1 + jointTolerance || round === maxRounds) break
    for (const [name] of Object.entries(after)
      .filter(([, { largest }]) => largest > 1 + jointTolerance)
      .sort(([, a], [, b]) => b.largest - a.largest)) {
      const attribute = Object.keys(held).indexOf(name)
      at = copyMatrix(
        structuredFlow(
          at,
          held[name]!,
          { ...flow, kernel: 'exact', onPass: ({ loss, largestRatio }) => row(loss, largestRatio!, attribute) },
          structure,
        ).result.embedding,
      )
    }
    after = Object.fromEntries(Object.keys(held).map((name) => [name, extent(name)]))
  }
  const said = Object.fromEntries(
    Object.entries(after).map(([name, { largest, smallest }]) => [
      name,
      {
        largestRatio: largest,
        smallestRatio: smallest,
        largestRatioBefore: before[name]!.largest,
        classes: classes[name]!.length,
      },
    ]),
  )
  const off = Object.values(after).some(({ largest }) => largest > 1 + jointTolerance)
  const outcome = off ? 'not landed' : after === before ? 'already at null' : 'landed'
  if (after !== before) backOnLattices(at, rows, structure, 0)
  return unlearned({
    embedding: at,
    method: 'flow-joint',
    parameters: {
      ...structureJson(structure),
      outcome,
      ...(outcome === 'not landed' && { stopped: `all ${maxRounds} rounds are spent` }),
      level,
      leastCell,
      maxRounds,
      jointTolerance,
      attributes: said as unknown as Json,
    },
    trace,
    passes: trace.length,
  })
}

function pairRatios(theta: Matrix, classes: readonly Int32Array[], level: number): number[] {
  return classes.flatMap((first, a) =>
    classes.slice(a + 1).map((second) => {
      const { value, total, trace } = rbfMmd(theta, { first, second }, { gradient: false })
      return value / (level * nullMmd(total, trace, first.length, second.length))
    }),
  )
}
