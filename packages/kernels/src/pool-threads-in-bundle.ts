/** @file What the pool takes from Node in a bundle: kernels and threads are text, so no file need lie beside it. */

import { Buffer } from 'node:buffer'
import { Worker } from 'node:worker_threads'
import { kernelsBase64 } from './generated/kernels-base64.js'
import { runPoolThread, type PoolData } from './pool-thread.js'

export { defaultThreads, mostThreads, poolBytes } from './pool-threads.ts'

export function kernelBytes(): BufferSource {
  return Buffer.from(kernelsBase64, 'base64')
}

export function startPoolThread(data: PoolData): void {
  const program = `(${runPoolThread})(require('node:worker_threads').workerData)`
  new Worker(program, { eval: true, workerData: data, execArgv: [] }).unref()
}
