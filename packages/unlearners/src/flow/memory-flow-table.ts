/** @file A flow's table in memory: any kernel, any metric of scores. */

import { matrix, type Matrix } from '@indistinct/core'
import type { FourierMmd } from '@indistinct/kernels'
import { calibrateMoments, calibrateMomentsIn } from './calibrate/calibrate-moments.ts'
import { calibrateRadii, radiusRatio } from './calibrate/calibrate-radii.ts'
import { calibrateShapes, shapeRatio } from './calibrate/calibrate-shapes.ts'
import { classMoments, momentRatios } from './calibrate/class-moments.ts'
import type { ClassMoments } from './calibrate/common-axes.ts'
import type { FlowKernel } from './flow-kernel.ts'
import { classPairs, type FlowTable } from './flow-table.ts'
import { holdMoments, holdMomentsIn, steepestIn } from './calibrate/hold-moments.ts'
import { keepRules, type MoveRule } from './move-rules.ts'
import type { ScoreMetric } from './score-metric.ts'

export interface MemoryFlowOptions {
  readonly shapes: boolean
  readonly metric?: ScoreMetric
  /** What all displacements go through; none for tables without structure. */
  readonly rules: readonly MoveRule[]
}

/** The flow on `embedding` (N, K), which is left as it is. A direction takes the place of the one before. */
export function memoryFlowTable(
  embedding: Matrix,
  classes: readonly Int32Array[],
  kernel: FlowKernel,
  { shapes, metric, rules }: MemoryFlowOptions,
): FlowTable<Matrix, Matrix, FourierMmd> {
  const ruled = (theta: Matrix, mapped: Matrix): Matrix =>
    rules.length === 0 ? mapped : movedByRules(theta, mapped, rules)
  // Tables that are no longer needed take the next ones: of a million users each is a quarter of a gigabyte.
  const spare: Matrix[] = []
  const table = (): Matrix => spare.pop() ?? matrix(embedding.rows, embedding.cols)
  let last: Matrix | undefined
  const moments = knownMoments(classes)
  return {
    kernel: kernel.name,
    sizes: classes.map((members) => members.length),
    start: embedding,
    refresh: () => kernel.refresh(),
    measure: (theta) =>
      classPairs(classes.length).map(({ first, second }) =>
        kernel.measure(theta, { first: classes[first]!, second: classes[second]! }),
      ),
    differences(theta) {
      const own = moments.of(theta)
      return {
        ...momentRatios(theta, classes, own),
        ...(shapes && { shapes: shapeRatio(theta, classes, own), radii: radiusRatio(theta, classes, own) }),
      }
    },
    calibrated: (theta, level) =>
      ruled(
        theta,
        metric
          ? calibrateMomentsIn(metric, theta, classes, level)
          : calibrateMoments(theta, classes, level, moments.of(theta)),
      ),
    shaped: (theta, level) => ruled(theta, calibrateShapes(theta, classes, level, moments.of(theta))),
    scaled: (theta, level) => ruled(theta, calibrateRadii(theta, classes, level, moments.of(theta))),
    blend: (from, to, share) => blend(from, to, share, table()),
    direction(theta, mmds, factors, hold) {
      const along = (last = weightedGradients(theta, mmds, factors, last))
      if (metric) {
        if (hold) holdMomentsIn(metric, along, theta, classes)
        else steepestIn(metric, along, classes)
      } else if (hold) {
        holdMoments(along, theta, classes, moments.of(theta))
      }
      if (rules.length > 0) keepRules(along, rules)
      return along
    },
    displaced: (theta, direction, step) => displaced(theta, direction, step, table()),
    discard(theta) {
      if (theta === embedding) return
      moments.forget(theta)
      spare.push(theta)
    },
  }
}

/** Moments of tables, taken once each until they are forgotten: a discarded table's rows are written over. */
function knownMoments(classes: readonly Int32Array[]): {
  of(theta: Matrix): ClassMoments
  forget(theta: Matrix): void
} {
  const known = new WeakMap<Matrix, ClassMoments>()
  return {
    of(theta) {
      const found = known.get(theta) ?? classMoments(theta, classes)
      known.set(theta, found)
      return found
    },
    forget: (theta) => void known.delete(theta),
  }
}

/** The sum over pairs of factor times gradient (N, K). It may take the place of `out`. */
function weightedGradients(
  theta: Matrix,
  mmds: readonly FourierMmd[],
  factors: readonly number[],
  out?: Matrix,
): Matrix {
  if (mmds.length === 1) {
    const direction = mmds[0]!.gradient(out)
    for (let p = 0; p < direction.data.length; p++) direction.data[p]! *= factors[0]!
    return direction
  }
  const direction = matrix(theta.rows, theta.cols)
  mmds.forEach((mmd, p) => {
    const gradient = mmd.gradient().data
    for (let q = 0; q < gradient.length; q++) direction.data[q]! += factors[p]! * gradient[q]!
  })
  return direction
}

/** theta + eta * direction in `out`; rows that the direction leaves alone keep their bits. */
function displaced(theta: Matrix, direction: Matrix, eta: number, out: Matrix): Matrix {
  out.data.set(theta.data)
  for (let p = 0; p < out.data.length; p++) if (direction.data[p] !== 0) out.data[p]! += eta * direction.data[p]!
  return out
}

/** (1 - share) * from + share * to in `out`, exactly `to` at 1; equal entries keep their bits. */
function blend(from: Matrix, to: Matrix, share: number, out: Matrix): Matrix {
  out.data.set(share === 1 ? to.data : from.data)
  if (share === 1) return out
  for (let p = 0; p < out.data.length; p++)
    if (to.data[p] !== from.data[p]) out.data[p]! += share * (to.data[p]! - from.data[p]!)
  return out
}

/** theta moved as `mapped` is, by the rules; `mapped` is overwritten. */
export function movedByRules(theta: Matrix, mapped: Matrix, rules: readonly MoveRule[]): Matrix {
  for (let p = 0; p < mapped.data.length; p++) mapped.data[p]! -= theta.data[p]!
  keepRules(mapped, rules)
  // What does not move keeps its bits, those of -0 too.
  for (let p = 0; p < mapped.data.length; p++)
    mapped.data[p] = mapped.data[p] === 0 ? theta.data[p]! : theta.data[p]! + mapped.data[p]!
  return mapped
}
