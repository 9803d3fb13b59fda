/** @file Chooses the TensorFlow.js backend: CUDA where tfjs-node-gpu works, WebAssembly everywhere else. */

import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs-core'
import { registerGradients } from './gradients.ts'

export interface Backend {
  /** The name tfjs knows it by; `tensorflow` is tfjs-node-gpu. */
  readonly name: 'tensorflow' | 'wasm'
  /** One line: which backend is in use and why. */
  readonly reason: string
}

const gpuPackage = '@tensorflow/tfjs-node-gpu'

let opened: Promise<Backend> | undefined

/**
 * Makes the best backend current and registers the gradients that tfjs-core leaves out; later calls give the same
 * backend. With tfjs-node-gpu installed and a GPU in sight that is `tensorflow`, otherwise `wasm`.
 */
export function openBackend(): Promise<Backend> {
  opened ??= open()
  return opened
}

async function open(): Promise<Backend> {
  // In production mode tfjs keeps its greetings and advice to itself.
  tf.enableProdMode()
  const problem = await openGpu()
  if (problem === undefined) {
    registerGradients()
    return { name: 'tensorflow', reason: `tensorflow backend: ${gpuPackage} ${tf.version_core} sees a GPU` }
  }
  await import('@tensorflow/tfjs-backend-wasm')
  if (!(await tf.setBackend('wasm'))) throw new Error('openBackend: expected the wasm backend to start, got a failure')
  registerGradients()
  return { name: 'wasm', reason: `wasm backend (SIMD, one thread): ${problem}` }
}

/** Starts tfjs-node-gpu, or says why not. */
async function openGpu(): Promise<string | undefined> {
  const require = createRequire(import.meta.url)
  try {
    require.resolve(gpuPackage)
  } catch {
    return `${gpuPackage} is not installed`
  }
  try {
    // The native library logs every device at level 0; errors stay.
    process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
    // Node 23 removed this function, which tfjs-node 4.22 calls.
    const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean }
    util.isNullOrUndefined ??= (value) => value === null || value === undefined
    require(gpuPackage)
    if (!(await tf.setBackend('tensorflow'))) return `${gpuPackage} does not start`
    if (!(tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice) return `${gpuPackage} finds no GPU`
    tf.tidy(() => tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])).dataSync())
    return undefined
  } catch (error) {
    return `${gpuPackage} does not load: ${(error as Error).message.split('\n')[0]!.trim()}`
  }
}
