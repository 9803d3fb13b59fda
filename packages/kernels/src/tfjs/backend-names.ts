/** @file The backends of TensorFlow.js by name, and what is said of the open one: without its types. */

/** In the order in which they are tried. */
export const backendNames = ['tensorflow', 'webgpu', 'wasm'] as const

export type BackendName = (typeof backendNames)[number]

export interface Backend {
  /** The name tfjs knows it by; `tensorflow` is tfjs-node-gpu. */
  readonly name: BackendName
  /** What it computes on, in words. */
  readonly device: string
  /** Why each backend before it in the order is not in use, a line each. */
  readonly absent: readonly string[]
  /** One line: which backend is in use and why. */
  readonly reason: string
}
