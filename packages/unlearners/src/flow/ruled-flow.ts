/** @file The calibrated flow with rules for how users may move. */

import { badData, copyMatrix, usageError, type Labels, type Matrix } from '@indistinct/core'
import { chosenEngine, type FourierMmd } from '@indistinct/kernels'
import { engineRecord } from '@indistinct/kernels/device'
import { expectOnDevice } from '../device/descend-on-device.ts'
import { deviceKernel } from '../device/device-kernel.ts'
import { axisScaling } from './calibrate/axis-scaling.ts'
import type { CalibratedFlowOptions } from './flow-options.ts'
import { checkedClasses } from '../checked-classes.ts'
import { classMoments } from './calibrate/class-moments.ts'
import { mostUnlike } from '../linear-algebra/column-scales.ts'
import { flowInShells } from './flow-in-shells.ts'
import {
  defaultFrequencies,
  exactKernel,
  exactKernelIn,
  holdingKernel,
  mostExactUsers,
  narrowKernel,
  randomFourierKernel,
  type FlowKernel,
} from './flow-kernel.ts'
import { memoryFlowTable, movedByRules } from './memory-flow-table.ts'
import { narrowFlows } from './narrow-flows.ts'
import type { MoveRule } from './move-rules.ts'
import { rankCheck } from './rank-check.ts'
import { smallestRatio } from './flow-step.ts'
import type { FlowTable } from './flow-table.ts'
import { measuredPairs } from './flow-walk.ts'
import { runFlow } from './run-flow.ts'
import { checkedCourse, type FlowCourse, type FlowEnd } from './flow-course.ts'
import { standardisedColumns } from './standardised-columns.ts'
import { unlearned, type Unlearned } from '../unlearned.ts'

/** Beyond, float32 distances to the nearest users say little. */
const mostNarrow = 256

/** The flow on `embedding` (N, K) whose displacements go through `rules`. */
export function ruledFlow(
  embedding: Matrix,
  labels: Labels,
  options: CalibratedFlowOptions,
  rules: readonly MoveRule[],
): Unlearned {
  const caller = 'calibratedFlow'
  const classes = checkedClasses(caller, embedding, labels)
  const course = checkedCourse(caller, options)
  const { metric, whitening = 0 } = options
  if (!(whitening >= 0 && whitening <= 1))
    throw new RangeError(`${caller}: expected whitening from 0 to 1, got ${whitening}`)
  if (metric && (metric.rows !== embedding.rows || metric.cols !== embedding.cols)) {
    throw new RangeError(
      `${caller}: expected a metric of the table's shape (${embedding.rows}, ${embedding.cols}), got ` +
        `(${metric.rows}, ${metric.cols})`,
    )
  }
  const standardised = standardisedColumns(embedding, classes)
  if (standardised && metric) {
    throw badData(
      `${caller}: expected columns of like spread for a metric of scores, got one over ${mostUnlike} times as ` +
        'wide as another; ' +
        'leave the metric (--items) out, or divide the wide columns by a constant',
    )
  }
  const start = standardised?.table ?? embedding
  const scaling = whitening > 0 ? axisScaling(classMoments(start, classes), whitening) : undefined
  const kernel = chosenKernel(start, classes, options, scaling)
  const { state, parameters, trace } = flowsUnder(kernel, start, classes, { options, course, rules })
  const ranks = parameters['outcome'] === 'already at null' ? rankCheck(embedding, classes, course.level) : undefined
  return unlearned({
    embedding: state === start ? copyMatrix(embedding) : (standardised?.back(state) ?? state),
    method: 'flow',
    parameters: {
      ...parameters,
      ...(ranks && { differencesOfRanks: ranks.ratio }),
      ...(ranks &&
        !ranks.explained && {
          outcome: 'not landed',
          stopped: `means and distances find classes alike, but ranks in column ${ranks.column} tell them apart`,
        }),
      ...(standardised && { columns: 'standardised' }),
      ...(whitening > 0 && { whitening }),
      ...(metric && { metric: metric.stride === 0 ? 'one for all' : 'one a user' }),
      ...(kernel.name === 'random-fourier' && {
        frequencies: options.frequencies ?? defaultFrequencies,
        seed: options.seed ?? 0,
      }),
      ...engineRecord(options.engine),
    },
    trace,
    passes: trace.length,
  })
}

interface RuledCourse {
  readonly options: CalibratedFlowOptions
  readonly course: FlowCourse
  readonly rules: readonly MoveRule[]
}

/** The flow of `start` under `kernel`, and then under narrow ones where these are asked for. */
function flowsUnder(
  kernel: FlowKernel,
  start: Matrix,
  classes: readonly Int32Array[],
  { options, course, rules }: RuledCourse,
): FlowEnd<Matrix> {
  const { metric, narrow = 0, onPass } = options
  if (narrow !== 0) expectNarrow(narrow, kernel)
  const tableUnder = (from: Matrix, under: FlowKernel): FlowTable<Matrix, Matrix, FourierMmd> =>
    memoryFlowTable(from, classes, under, { shapes: course.shapes, rules, ...(metric && { metric }) })
  const flowOn = (from: Matrix, under: FlowKernel, of: FlowCourse): FlowEnd<Matrix> =>
    runFlow('calibratedFlow', tableUnder(from, under), of, onPass)
  const wide = metric
    ? flowOn(start, kernel, course)
    : flowInShells(flowOn(start, kernel, course), classes, course, (from, table, left) =>
        flowOn(rules.length > 0 ? movedByRules(from, table, rules) : table, kernel, left),
      )
  const parameters = { ...wide.parameters, narrow }
  if (narrow === 0 || wide.parameters['outcome'] !== 'landed') return { ...wide, parameters }
  const exact = narrowKernel(exactOn(options), narrow)
  return narrowFlows(
    { ...wide, parameters },
    course,
    (from, whitened, of) => {
      const nearer = whitened > 0 ? exactKernelIn(axisScaling(classMoments(from, classes), whitened), exact) : exact
      return flowOn(from, holdingKernel(nearer, kernel), of)
    },
    (table) => smallestRatio(measuredPairs({ table: tableUnder(table, kernel), course }, table)),
  )
}

function chosenKernel(
  embedding: Matrix,
  classes: readonly Int32Array[],
  options: CalibratedFlowOptions,
  scaling?: Matrix,
): FlowKernel {
  const users = classes.reduce((sum, members) => sum + members.length, 0)
  const {
    kernel = users > mostExactUsers ? 'random-fourier' : 'exact',
    frequencies = defaultFrequencies,
    seed = 0,
  } = options
  if (chosenEngine(options.engine) === 'tfjs') expectOnDevice('calibratedFlow', 'the kernel', kernel, ['exact'])
  switch (kernel) {
    case 'exact':
      return scaling ? exactKernelIn(scaling, exactOn(options)) : exactOn(options)
    case 'random-fourier':
      return randomFourierKernel(embedding.cols, frequencies, seed, scaling)
    default:
      throw new RangeError(
        `calibratedFlow: expected kernel 'exact' or 'random-fourier', got '${String(kernel satisfies never)}'`,
      )
  }
}

function exactOn({ engine }: CalibratedFlowOptions): FlowKernel {
  return chosenEngine(engine) === 'tfjs' ? deviceKernel : exactKernel
}

function expectNarrow(times: number, { name }: FlowKernel): void {
  if (!(times >= 1 && times <= mostNarrow))
    throw new RangeError(`calibratedFlow: expected narrow to be 0, or from 1 to ${mostNarrow}, got ${times}`)
  if (name !== 'exact')
    throw usageError(
      `calibratedFlow: expected the exact kernel with narrow, got ${name}: random frequencies estimate narrow ` +
        `kernels too roughly; beyond ${mostExactUsers.toLocaleString('en-GB')} labelled users leave narrow out`,
    )
}
