/** @file The exact kernel of the flow on a device. */

import { matrix, type Matrix } from '@indistinct/core'
import type { TwoSamples } from '@indistinct/kernels'
import { openDevice, type DeviceProgram } from '@indistinct/kernels/device'
import type { FlowKernel } from '../flow/flow-kernel.ts'
import type { MmdProgram } from './mmd-program.ts'

let opened: DeviceProgram<MmdProgram> | undefined

/** All pairs of users, as `exactKernel` visits them. A table goes to the device for each pass, and none stays. */
export const deviceKernel: FlowKernel = {
  name: 'exact',
  measure(theta: Matrix, { first, second }: TwoSamples, bandwidth?: number) {
    opened ??= openDevice().open<MmdProgram>(new URL('./mmd-program.js', import.meta.url), {})
    const { rows, cols, data } = theta
    const question = { rows, cols, data: new Float32Array(data), first, second }
    const { gradient, ...sums } = opened.call(
      'measure',
      bandwidth === undefined ? question : { ...question, bandwidth },
    )
    const own = matrix(rows, cols, gradient)
    return { ...sums, trace: 5 * (first.length + second.length), standardError: 0, gradient: () => own }
  },
  refresh() {},
}
