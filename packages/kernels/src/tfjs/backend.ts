/** @file Chooses the TensorFlow.js backend: CUDA by tfjs-node-gpu, else any GPU by WebGPU, else WebAssembly. */

import { usageError } from '@indistinct/core'
import * as tf from '@tensorflow/tfjs-core'
import type { Attempt } from './attempt.ts'
import { backendNames, type Backend, type BackendName } from './backend-names.ts'
import { registerGradients } from './gradients.ts'
import { tensorflowInstallation } from './required-packages.ts'
import { openTensorflow } from './tensorflow.ts'
import { openWebGpu } from './webgpu.ts'

let opened: Promise<Backend> | undefined

/**
 * Makes the best backend current and registers the gradients that tfjs-core leaves out; later calls give the same
 * backend. That is `tensorflow` with @tensorflow/tfjs-node-gpu and a GPU in sight, then `webgpu` with the packages
 * webgpu and @tensorflow/tfjs-backend-webgpu and a GPU in sight, else `wasm`.
 * @param wanted the one backend to open; by default the one that INDISTINCT_TFJS_BACKEND names, if it names one. A
 * program on the CPU that acts as a GPU is accepted then.
 * @throws IndistinctError 'usage' where that one does not open.
 */
export function openBackend(wanted = process.env['INDISTINCT_TFJS_BACKEND'] || undefined): Promise<Backend> {
  opened ??= open(wanted)
  return opened
}

async function open(wanted: string | undefined): Promise<Backend> {
  if (wanted !== undefined && !backendNames.some((name) => name === wanted))
    throw usageError(
      `INDISTINCT_TFJS_BACKEND: expected one of ${backendNames.join(', ')}, got ${JSON.stringify(wanted)}`,
    )
  // In production mode tfjs keeps its greetings and advice to itself.
  tf.enableProdMode()
  const absent: string[] = []
  for (const name of backendNames) {
    if (wanted !== undefined && name !== wanted) continue
    const attempt = await attemptOf(name, wanted !== undefined)
    if ('problem' in attempt) {
      absent.push(attempt.problem)
      continue
    }
    registerGradients()
    const { device } = attempt
    return { name, device, absent, reason: `${name} backend, ${device}${absent.map((line) => `; ${line}`).join('')}` }
  }
  throw usageError(
    wanted === undefined
      ? `TensorFlow.js has no backend: ${absent.join('; ')}; ${tensorflowInstallation}`
      : `INDISTINCT_TFJS_BACKEND=${wanted}: ${absent.join('; ')}`,
  )
}

function attemptOf(name: BackendName, forced: boolean): Promise<Attempt> {
  switch (name) {
    case 'tensorflow':
      return openTensorflow()
    case 'webgpu':
      return openWebGpu(forced)
    case 'wasm':
      return openWasm()
  }
}

async function openWasm(): Promise<Attempt> {
  try {
    await import('@tensorflow/tfjs-backend-wasm')
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND') throw error
    return { problem: '@tensorflow/tfjs-backend-wasm is not installed' }
  }
  if (!(await tf.setBackend('wasm'))) throw new Error('openBackend: expected the wasm backend to start, got a failure')
  return { device: 'the CPU (SIMD, one thread)' }
}
