/** @file The backend `tensorflow`: CUDA by @tensorflow/tfjs-node-gpu, for NVIDIA. */

import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs-core'
import { firstLine, type Attempt } from './attempt.ts'
import { optionalPackage } from './optional-package.ts'

const gpuPackage = '@tensorflow/tfjs-node-gpu'

/** Starts it, or says why not. */
export async function openTensorflow(): Promise<Attempt> {
  const path = optionalPackage(gpuPackage)
  if (path === undefined) return { problem: `${gpuPackage} is not installed` }
  try {
    // The native library logs every device at level 0; errors stay.
    process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
    // Products of 10-bit mantissas are not those of the other engines.
    process.env['NVIDIA_TF32_OVERRIDE'] ??= '0'
    const require = createRequire(import.meta.url)
    // Node 23 removed this function, which tfjs-node 4.22 calls.
    const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean }
    util.isNullOrUndefined ??= (value) => value === null || value === undefined
    require(path)
    if (!(await tf.setBackend('tensorflow'))) return { problem: `${gpuPackage} does not start` }
    if (!(tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice)
      return { problem: `${gpuPackage} finds no GPU` }
    tf.tidy(() => tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])).dataSync())
    return { device: `a GPU that ${gpuPackage} ${tf.version_core} sees` }
  } catch (error) {
    return { problem: `${gpuPackage} does not load: ${firstLine(error)}` }
  }
}
