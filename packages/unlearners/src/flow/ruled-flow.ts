/** @file The calibrated flow with rules for how users may move. */

import { badData, copyMatrix, type Labels, type Matrix } from '@indistinct/core'
import { chosenEngine } from '@indistinct/kernels'
import { engineRecord } from '@indistinct/kernels/device'
import { expectOnDevice } from '../device/descend-on-device.ts'
import { deviceKernel } from '../device/device-kernel.ts'
import { axisScaling } from './calibrate/axis-scaling.ts'
import type { CalibratedFlowOptions } from './flow-options.ts'
import { checkedClasses } from '../checked-classes.ts'
import { classMoments } from './calibrate/class-moments.ts'
import { mostUnlike } from '../linear-algebra/column-scales.ts'
import {
  defaultFrequencies,
  exactKernel,
  exactKernelIn,
  mostExactUsers,
  randomFourierKernel,
  type FlowKernel,
} from './flow-kernel.ts'
import { memoryFlowTable } from './memory-flow-table.ts'
import type { MoveRule } from './move-rules.ts'
import { rankCheck } from './rank-check.ts'
import { runFlow } from './run-flow.ts'
import { checkedCourse } from './flow-course.ts'
import { standardisedColumns } from './standardised-columns.ts'
import { unlearned, type Unlearned } from '../unlearned.ts'

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
  const { metric, whitening = 0, onPass } = options
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
  const table = memoryFlowTable(start, classes, kernel, { shapes: course.shapes, rules, ...(metric && { metric }) })
  const { state, parameters, trace } = runFlow(caller, table, course, onPass)
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
  const onDevice = chosenEngine(options.engine) === 'tfjs'
  if (onDevice) expectOnDevice('calibratedFlow', 'the kernel', kernel, ['exact'])
  const exact = onDevice ? deviceKernel : exactKernel
  switch (kernel) {
    case 'exact':
      return scaling ? exactKernelIn(scaling, exact) : exact
    case 'random-fourier':
      return randomFourierKernel(embedding.cols, frequencies, seed, scaling)
    default:
      throw new RangeError(
        `calibratedFlow: expected kernel 'exact' or 'random-fourier', got '${String(kernel satisfies never)}'`,
      )
  }
}
