/**
 * @file Several attributes at once: flows in turn, intersections of the attributes included, until each stands on its
 * null.
 */

import { badData, checkOptions, copyMatrix, type Labels, type Matrix } from '@indistinct/core'
import { nullMmd, rbfMmd } from '@indistinct/kernels'
import { engineRecord } from '@indistinct/kernels/device'
import { flowCourseKinds } from './flow-course.ts'
import { flowKinds, type CalibratedFlowOptions } from './flow-options.ts'
import { afterSmoothing, withSmoothing } from './after-smoothing.ts'
import { intersection } from './intersection.ts'
import { checkCount, checkedClasses, checkPositive } from '../checked-classes.ts'
import { checkSmooth, smoothedRows } from './smoothed-last.ts'
import { structuredFlow } from './structured-flow.ts'
import { backOnLattices, structureJson, tableStructure, type TableStructure } from '../structure/table-structure.ts'
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
  attributes: Readonly<{ [attribute: string]: Labels }>,
  options: JointFlowOptions = {},
): Unlearned {
  const { whitening, narrow, smooth, metric, engine, onPass } = flowKinds
  checkOptions<JointFlowOptions>('calibratedFlowJoint', options, {
    ...flowCourseKinds,
    ...{ whitening, narrow, smooth, metric, engine, onPass },
    leastCell: 'number',
    maxRounds: 'number',
    jointTolerance: 'number',
  })
  const task = checkedTask(embedding, attributes, options)
  const { course, structure, rows } = task
  const trace: TraceRow[] = []
  const record: Say = (row) => {
    const next = { pass: trace.length + 1, ...row }
    trace.push(next)
    options.onPass?.(next)
  }
  const before = extentsOf(task, embedding, record)
  const { at, extents: after } = inTurn(task, { at: copyMatrix(embedding), extents: before }, record)
  const off = Object.values(after).some(({ largest }) => largest > 1 + course.jointTolerance)
  const outcome = off ? 'not landed' : after === before ? 'already at null' : 'landed'
  if (after !== before && !options.smooth) backOnLattices(at, rows, structure, 0)
  const result = unlearned({
    embedding: at,
    method: 'flow-joint',
    parameters: {
      ...structureJson(structure),
      outcome,
      ...(outcome === 'not landed' && { stopped: `all ${course.maxRounds} rounds are spent` }),
      ...course,
      smooth: options.smooth ?? 0,
      ...engineRecord(options.engine),
      attributes: Object.fromEntries(
        Object.entries(after).map(([name, { largest, smallest }]) => [
          name,
          {
            largestRatio: largest,
            smallestRatio: smallest,
            largestRatioBefore: before[name]!.largest,
            classes: task.classes[name]!.length,
          },
        ]),
      ),
    },
    trace,
    passes: trace.length,
  })
  return options.smooth ? smoothedJoint(result, task, options) : result
}

/** The result smoothed, and how classes of each attribute differ then. */
function smoothedJoint(result: Unlearned, { held, structure }: JointTask, options: JointFlowOptions): Unlearned {
  const [embedding] = smoothedRows([result.embedding], [structure], options) as [Matrix]
  const found = Object.entries(held).map(
    ([name, labels]) => [name, afterSmoothing(result.embedding, embedding, labels, options)] as const,
  )
  const all = {
    found: { attributes: Object.fromEntries(found.map(([name, own]) => [name, own.found])) },
    brought: found.flatMap(([name, { brought }]) => brought.map((each) => `${each} of ${name}`)),
  }
  return unlearned({ ...result, embedding, parameters: withSmoothing(result.parameters, all) })
}

/** Says a row of the trace. */
type Say = (row: { readonly loss: number; readonly largestRatio: number; readonly attribute: number }) => void

/** The largest and the smallest MMD^2 of an attribute's pairs over their landings. */
interface Extent {
  readonly largest: number
  readonly smallest: number
}

interface Reached {
  readonly at: Matrix
  readonly extents: Readonly<{ [attribute: string]: Extent }>
}

interface JointTask {
  readonly course: Pick<Required<JointFlowOptions>, 'level' | 'leastCell' | 'maxRounds' | 'jointTolerance'>
  /** Options of each flow. */
  readonly flow: CalibratedFlowOptions
  /** Attributes, and their intersection where there are several. */
  readonly held: Readonly<{ [attribute: string]: Labels }>
  readonly classes: Readonly<{ [attribute: string]: readonly Int32Array[] }>
  /** Users with any label. */
  readonly rows: Int32Array
  /** Of the table that came: after one flow, values are off their lattices until all are done. */
  readonly structure: TableStructure
}

/** @throws as `calibratedFlowJoint`. */
function checkedTask(
  embedding: Matrix,
  attributes: Readonly<{ [attribute: string]: Labels }>,
  { leastCell = 20, maxRounds = 20, jointTolerance = 0.05, onPass: _, ...given }: JointFlowOptions,
): JointTask {
  const caller = 'calibratedFlowJoint'
  // What others would move again need not land finer: of 21 occupations some 200 pairs draw one another for hundreds of
  // passes.
  const flow = { tolerance: Math.max(0.01, 0.8 * jointTolerance), maxPasses: 2000, ...given }
  checkCount(caller, 'leastCell', leastCell)
  checkCount(caller, 'maxRounds', maxRounds)
  checkPositive(caller, 'jointTolerance', jointTolerance)
  checkSmooth(embedding, flow)
  const names = Object.keys(attributes)
  if (names.length === 0) throw badData(`${caller}: expected at least one attribute, got none`)
  const held = { ...attributes }
  if (names.length > 1) {
    const cells = intersection(attributes, leastCell)
    if (cells.classes.length > 1) held[names.join(' & ')] = cells
  }
  const classes = Object.fromEntries(
    Object.entries(held).map(([name, labels]) => [name, checkedClasses(`${caller}, ${name}`, embedding, labels)]),
  )
  const all = Object.values(held)
  const rows = Int32Array.from(
    Array.from({ length: embedding.rows }, (_, i) => i).filter((i) => all.some(({ codes }) => codes[i]! >= 0)),
  )
  const course = { level: flow.level ?? 1, leastCell, maxRounds, jointTolerance }
  return { course, flow, held, classes, rows, structure: tableStructure(embedding, rows) }
}

/** Flows of the attributes that are off, the worst first, round after round. */
function inTurn({ course, flow, held, classes, structure }: JointTask, start: Reached, record: Say): Reached {
  const { maxRounds, jointTolerance } = course
  const isOff = ({ largest }: Extent): boolean => largest > 1 + jointTolerance
  let { at, extents } = start
  for (let round = 0; round < maxRounds && Object.values(extents).some(isOff); round++) {
    const off = Object.entries(extents).filter(([, extent]) => isOff(extent))
    for (const [name] of off.sort(([, a], [, b]) => b.largest - a.largest)) {
      const attribute = Object.keys(held).indexOf(name)
      const options: CalibratedFlowOptions = {
        ...flow,
        kernel: 'exact',
        onPass: ({ loss, largestRatio }) => record({ loss, largestRatio: largestRatio!, attribute }),
      }
      at = copyMatrix(structuredFlow(at, held[name]!, options, structure).result.embedding)
    }
    extents = extentsOf({ course, classes }, at, record)
  }
  return { at, extents }
}

function extentsOf(
  { course: { level }, classes }: Pick<JointTask, 'course' | 'classes'>,
  at: Matrix,
  record: Say,
): Reached['extents'] {
  return Object.fromEntries(
    Object.entries(classes).map(([name, own], attribute) => {
      const ratios = pairRatios(at, own, level)
      const [largest, smallest] = [Math.max(...ratios), Math.min(...ratios)]
      record({ loss: largest, largestRatio: largest, attribute })
      return [name, { largest, smallest }]
    }),
  )
}

function pairRatios(theta: Matrix, classes: readonly Int32Array[], level: number): number[] {
  return classes.flatMap((first, a) =>
    classes.slice(a + 1).map((second) => {
      const { value, total, trace } = rbfMmd(theta, { first, second }, { gradient: false })
      return value / (level * nullMmd(total, trace, first.length, second.length))
    }),
  )
}
