/** @file Options of the calibrated flow. */

import type { OptionKinds } from '@indistinct/core'
import type { Engine } from '@indistinct/kernels'
import type { FlowKernelName } from './flow-kernel.ts'
import { flowCourseKinds, type FlowCourse } from './flow-course.ts'
import type { ScoreMetric } from './score-metric.ts'
import type { TraceRow } from '../unlearned.ts'

export interface CalibratedFlowOptions extends Partial<FlowCourse> {
  /**
   * 'exact' visits all pairs of users; 'random-fourier' estimates MMD^2, its null value and gradient in time linear in
   * their number. Default: exact up to 50,000 labelled users.
   */
  readonly kernel?: FlowKernelName
  /** Frequencies of 'random-fourier', a multiple of 8: its error shrinks as one over their root. Default 512. */
  readonly frequencies?: number
  /**
   * Seed of the frequencies, and of the groups in which more than 10,000 rows look for their neighbours; the exact
   * kernel draws nothing. Default 0.
   */
  readonly seed?: number
  /**
   * How much of their spread is taken out of axes in the kernel's distances, from 0 (the default: distances as they
   * are) to 1 (all axes weigh the same), see `axisScaling`. Tables side by side differ in directions of little
   * variance, which radial kernels hardly see otherwise. MMD^2 then lands in these coordinates.
   */
  readonly whitening?: number
  /**
   * Once it has landed, the flow goes on with kernels so many times narrower, first in distances that whitening makes
   * the same in every direction, then in distances as they are: see `narrowFlows`. They see who is near to whom. With
   * the kernel 'exact' only. Default 0: it does not; 16 was tried.
   */
  readonly narrow?: number
  /**
   * When all else is done, every row goes a quarter of the way to the mean of so many of its nearest rows, whatever the
   * labels: rows of a model hold noise, which neighbours average away. Rows without a label go too: having moved does
   * not tell that there is one. Neighbours are those in all tables side by side, as the flow left them. It leaves no
   * fit. Default 0: not at all; 10 was tried.
   */
  readonly smooth?: number
  /**
   * What moving each user costs in scores (`innerProductMetric`, `scoreMetric`), for all rows of the table. Default:
   * the same in every direction and for every user.
   */
  readonly metric?: ScoreMetric
  /**
   * What visits the pairs of users: see `chosenEngine` of @indistinct/kernels. 'tfjs' has the kernel 'exact' alone, for
   * any number of users that is asked for it.
   */
  readonly engine?: Engine
  readonly onPass?: (row: TraceRow) => void
}

export const flowKinds: OptionKinds<CalibratedFlowOptions> = {
  ...flowCourseKinds,
  kernel: 'string',
  frequencies: 'number',
  seed: 'number',
  whitening: 'number',
  narrow: 'number',
  smooth: 'number',
  metric: 'object',
  engine: 'string',
  onPass: 'function',
}
