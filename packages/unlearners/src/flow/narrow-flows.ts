/** @file The flow gone on with under narrow kernels, which see who is near to whom. */

import type { Json, Matrix } from '@indistinct/core'
import type { FlowCourse, FlowEnd } from './flow-course.ts'

/**
 * `whitening` of distances, in turn: users of one label may stand near to one another along axes of little variance.
 */
const whitenings = [1, 0]
/**
 * Of the tolerance: a narrow kernel's null is large, since nearly all of it is what users are to themselves, so that a
 * hundredth above it is a leak already.
 */
const ofTolerance = 0.1
/** Share of its landing below which MMD^2 under the wide kernel may not fall: chance makes classes less alike. */
const leastWide = 0.85

/**
 * Where `from` has landed under kernels as wide as the table, users near to one another may still have labels in
 * common: MMD^2 under wide kernels hardly counts that, and neighbours, trees and support vectors live on it. `flowOn`
 * takes a table further under narrow kernels. Users move little by it. A flow that would take MMD^2 under the wide
 * kernel far below its landing is left out. `parameters.narrowFlows` say where each began and ended, and where that
 * stood then (`wide`).
 */
export function narrowFlows(
  from: FlowEnd<Matrix>,
  course: FlowCourse,
  flowOn: (table: Matrix, whitening: number, course: FlowCourse) => FlowEnd<Matrix>,
  wideRatio: (table: Matrix) => number,
): FlowEnd<Matrix> {
  const flows: { readonly [name: string]: Json }[] = []
  let { state, trace } = from
  let late: { readonly [name: string]: Json } = {}
  for (const whitening of whitenings) {
    const before = trace
    const maxPasses = course.maxPasses - before.length
    if (maxPasses <= 0) {
      late = { outcome: 'not landed', stopped: `all ${course.maxPasses} passes are spent` }
      break
    }
    const end = flowOn(state, whitening, { ...course, tolerance: ofTolerance * course.tolerance, maxPasses })
    const { outcome, stopped, pairs } = end.parameters
    trace = [...before, ...end.trace.map((row) => ({ ...row, pass: before.length + row.pass }))]
    const wide = end.state === state ? undefined : wideRatio(end.state)
    const isLeftOut = wide !== undefined && wide < leastWide
    flows.push({
      whitening,
      outcome: isLeftOut ? 'left out' : outcome!,
      pairs: pairs!,
      ...(wide !== undefined && { wide }),
    })
    if (isLeftOut) continue
    if (outcome === 'not landed') late = { outcome, ...(stopped !== undefined && { stopped }) }
    state = end.state
  }
  return { state, trace, parameters: { ...from.parameters, narrowFlows: flows, ...late } }
}
