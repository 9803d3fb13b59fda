/**
 * @file Several attributes, or a number, by one map for everybody: maps of `blind` one after the other, until each
 * attribute is at chance.
 */

import {
  badData,
  checkMatrix,
  checkOptions,
  randomStream,
  shuffle,
  type Json,
  type Labels,
  type Matrix,
  type OptionKinds,
} from '@indistinct/core'
import { hsicTarget } from '@indistinct/losses'
import { checkCount } from '../checked-classes.ts'
import type { Fitted } from '../fitted/fitted-unlearner.ts'
import { intersection } from '../flow/intersection.ts'
import { curveRatios, valueCurves, type ValueCurves } from '../flow/value-curves.ts'
import type { TraceRow } from '../unlearned.ts'
import { mappedRows, type BlindMap } from './blind-map.ts'
import { blindKinds, differencesOf, fitBlind, type BlindOptions } from './blind.ts'
import { curveErasure } from './curve-erasure.ts'
import { ratios, surprises, type Differences } from './differences.ts'
import { neighbourMap } from './neighbour-map.ts'
import { fittedBlind } from './fitted-blind.ts'

export interface BlindInTurnOptions extends BlindOptions {
  /** Fewest users of a cell of the intersection; smaller ones are merged, see `intersection`. Default 20. */
  readonly leastCell?: number
  /** Rounds over all attributes after which to give up. Default 4. */
  readonly maxRounds?: number
}

const inTurnKinds: OptionKinds<BlindInTurnOptions> = { ...blindKinds, leastCell: 'number', maxRounds: 'number' }

type Attributes = Readonly<{ [attribute: string]: Labels }>

/**
 * `fitBlind` for every attribute of `attributes` (name -> labels of the N rows), and for their intersection, in turn:
 * each maps what the one before made of the rows. Maps that follow one another are one map, still a function of the
 * vector alone. Those whose classes differ by more than chance come again in the next round, since a map for one
 * attribute may bring another up. All users with any label are moved.
 *
 * `parameters.attributes` say of each how its classes differ before and after, over their null, and what is `above` it.
 * @throws RangeError on options or shapes that do not fit; IndistinctError 'bad-data' on no attribute or unusable ones.
 */
export function fitBlindInTurn(embedding: Matrix, attributes: Attributes, options: BlindInTurnOptions = {}): Fitted {
  checkOptions('blind', options, inTurnKinds)
  const { leastCell = 20 } = options
  checkCount('blind', 'leastCell', leastCell)
  const names = Object.keys(attributes)
  if (names.length === 0) throw badData('blind: expected at least one attribute, got none')
  const cells = names.length > 1 ? intersection(attributes, leastCell) : undefined
  const held = { ...attributes, ...(cells && cells.classes.length > 1 && { [names.join(' & ')]: cells }) }
  const { maps, parameters, trace } = inTurn(embedding, held, options)
  return fittedInTurn(embedding, attributes[names[0]!]!, { maps, parameters, trace, rows: rowsWithAny(held) })
}

/** Groups of equal counts that a number is cut into: coarse ones, which tell what is broad from few users, and fine. */
const groupCounts = [2, 4, 8]
/** Those whose names the fit keeps as its labels, as reports show them. */
const labelledGroups = 4

/**
 * The same for an attribute that is a number (N, NaN for none). A projection takes out what varies with the value, and
 * with curves over it (`curveErasure`). Then users are put into quarters and eighths by the value, and differences
 * between these brought to chance. `parameters.curvesBefore` and `curvesAfter` measure by other means,
 * as `hsicFlow` does: correlations of columns' axes, and of products of two, with curves over the number, over their
 * null.
 */
export function fitBlindValues(embedding: Matrix, values: Float64Array, options: BlindInTurnOptions = {}): Fitted {
  checkOptions('blind', options, inTurnKinds)
  checkMatrix('blind', embedding, 'an embedding')
  if (values.length !== embedding.rows)
    throw new RangeError(`blind: expected a value or NaN for each of ${embedding.rows} rows, got ${values.length}`)
  const target = hsicTarget(values)
  const curves = valueCurves(values, target)
  const grouped = Object.fromEntries(groupCounts.map((count) => [`${count} groups`, quantileLabels(values, count)]))
  const start: BlindMap[] = []
  for (const curve of curves.curves) {
    const map = curveErasure(mappedRows(embedding, target.rows, start), curve, target.rows, options.seed ?? 0)
    if (map) start.push(map)
  }
  const { maps, parameters, trace } = inTurn(embedding, grouped, options, start)
  const moved = mappedRows(embedding, target.rows, maps)
  const after = curveRatios(moved, curves)
  const chance = largestByChance(moved, curves, options.seed ?? 0)
  const above = (['means', 'products'] as const).filter((name) => after[name] > chance[name])
  const found = {
    ...parameters,
    ...(above.length > 0 && { outcome: 'not landed', stopped: 'no move by what the vector tells leads on', above }),
    erased: start.length,
    curves: curves.curves.length,
    curvesBefore: { ...curveRatios(embedding, curves) },
    curvesAfter: { ...after },
    curvesByChance: { ...chance },
  }
  return fittedInTurn(embedding, grouped[`${labelledGroups} groups`]!, {
    maps,
    parameters: found,
    trace,
    rows: target.rows,
  })
}

/** Times that values are dealt out at random to see what chance gives. */
const dealings = 39

/** The largest ratios of x (N, K) to the curves dealt out at random among their users. */
function largestByChance(x: Matrix, { rows, curves }: ValueCurves, seed: number): ReturnType<typeof curveRatios> {
  const random = randomStream(seed, 'blind', 'values dealt out')
  const largest = { means: 0, products: 0 }
  for (let dealing = 0; dealing < dealings; dealing++) {
    const dealt = shuffle(rows.slice(), random)
    const turned = curves.map((curve) => {
      const out = new Float64Array(curve.length)
      rows.forEach((row, at) => void (out[row] = curve[dealt[at]!]!))
      return out
    })
    const { means, products } = curveRatios(x, { rows, curves: turned })
    largest.means = Math.max(largest.means, means)
    largest.products = Math.max(largest.products, products)
  }
  return largest
}

interface Turns {
  readonly maps: readonly BlindMap[]
  readonly parameters: { readonly [name: string]: Json }
  readonly trace: readonly TraceRow[]
}

function inTurn(
  embedding: Matrix,
  held: Attributes,
  { seed = 0, smooth = 0, maxRounds = 4, onPass }: BlindInTurnOptions,
  start: readonly BlindMap[] = [],
): Turns {
  checkCount('blind', 'maxRounds', maxRounds)
  if (smooth !== 0) checkCount('blind', 'smooth', smooth)
  const rows = rowsWithAny(held)
  const maps = [...start]
  const trace: TraceRow[] = []
  const measured = (at: Matrix): Measured[] =>
    Object.entries(held).map(([name, labels]) => [name, differencesOf(at, labels)])
  const before = measured(embedding)
  let at = mappedRows(embedding, rows, start)
  let after = start.length > 0 ? measured(at) : before
  for (let round = 0; round < maxRounds && after.some(isOff); round++) {
    const made = trace.length
    for (const name of after.filter(isOff).map(([own]) => own)) {
      const options = {
        seed,
        onPass: ({ loss }: TraceRow) => {
          const row = { pass: trace.length + 1, loss }
          trace.push(row)
          onPass?.(row)
        },
      }
      const { map } = fitBlind(at, held[name]!, options)
      if (map.kind !== 'blind') throw new RangeError(`blind: expected a blind map, got ${map.kind}`)
      if (!map.maps.some(({ moves }) => moves.length > 0)) continue
      maps.push(...map.maps)
      at = mappedRows(at, rows, map.maps)
    }
    after = measured(at)
    if (trace.length === made) break
  }
  const outcome = maps.length > 0 ? 'landed' : 'already at null'
  if (smooth > 0) {
    maps.push(neighbourMap(at, rows, smooth, seed))
    after = measured(mappedRows(at, rows, maps.slice(-1)))
  }
  return { maps, parameters: { seed, smooth, ...foundIn(before, after, outcome) }, trace }
}

/** How an attribute's classes differ. */
type Measured = readonly [string, Differences]

function isOff([, found]: Measured): boolean {
  return surprises(found).length > 0
}

function foundIn(before: readonly Measured[], after: readonly Measured[], outcome: string): Turns['parameters'] {
  const off = after.some(isOff)
  return {
    outcome: off ? 'not landed' : outcome,
    ...(off && { stopped: 'no move by what the vector tells leads on' }),
    attributes: Object.fromEntries(
      after.map((each, a) => [
        each[0],
        {
          differencesBefore: ratios(before[a]![1]),
          differencesAfter: ratios(each[1]),
          ...(isOff(each) && { above: surprises(each[1]) }),
        },
      ]),
    ),
  }
}

function fittedInTurn(
  embedding: Matrix,
  first: Labels,
  { maps, parameters, trace, rows }: Turns & { readonly rows: Int32Array },
): Fitted {
  return fittedBlind(mappedRows(embedding, rows, maps), first, maps, parameters, trace)
}

function rowsWithAny(held: Attributes): Int32Array {
  const all = Object.values(held)
  const users = all[0]!.codes.length
  return Int32Array.from({ length: users }, (_, i) => i).filter((i) => all.some(({ codes }) => codes[i]! >= 0))
}

/** Labels (N) of `count` groups of about as many users, by their values; equal values stay together. */
function quantileLabels(values: Float64Array, count: number): Labels {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort()
  const ends = [
    ...new Set(Array.from({ length: count }, (_, g) => sorted[Math.ceil(((g + 1) * sorted.length) / count) - 1]!)),
  ]
  return {
    classes: ends.map((_, g) => `group ${g + 1}`),
    codes: Int32Array.from(values, (value) => (Number.isNaN(value) ? -1 : ends.findIndex((end) => value <= end))),
  }
}
