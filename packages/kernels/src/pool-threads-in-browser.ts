/**
 * @file What the pool takes from a browser. Memory is shared with other threads in pages that are isolated from all
 * others alone, and the thread of a page itself may not wait: elsewhere there is one thread.
 */

import { kernelsBase64 } from './generated/kernels-base64.js'
import { runPoolThread, type PoolData } from './pool-thread.js'

const { crossOriginIsolated = false, document } = globalThis as { crossOriginIsolated?: boolean; document?: unknown }
const shares = crossOriginIsolated && document === undefined

export const mostThreads: number = shares ? Infinity : 1

export function defaultThreads(): number {
  return navigator.hardwareConcurrency
}

export function poolBytes(count: number): SharedArrayBuffer {
  return shares ? new SharedArrayBuffer(count) : (new ArrayBuffer(count) as unknown as SharedArrayBuffer)
}

export function kernelBytes(): BufferSource {
  return Uint8Array.from(atob(kernelsBase64), (character) => character.charCodeAt(0))
}

/** The thread's program is a function that needs nothing around it, so that pages need no further file. */
export function startPoolThread(data: PoolData): void {
  const program = `onmessage = ({ data }) => (${runPoolThread})(data)`
  const address = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }))
  new Worker(address).postMessage(data)
}
