/** @file What the main thread and an engine's worker say to each other. */

export interface FitRequest {
  readonly kind: 'fit'
  /** Features (rows * cols), row-major. */
  readonly x: Float32Array
  /** Labels 0 .. classes - 1 (rows). */
  readonly y: Float32Array
  readonly rows: number
  readonly cols: number
  readonly rounds: number
  /** XGBoost's parameters, as text. */
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

export interface PredictRequest {
  readonly kind: 'predict'
  readonly model: Uint8Array
  readonly x: Float32Array
  readonly rows: number
  readonly cols: number
  /** Values a row: 1 for binary:logistic, the number of classes for multi:softprob. */
  readonly outputs: number
}

export type Request = FitRequest | PredictRequest

/** A model (bytes, in the engine's own format), predictions, or why there are none. */
export type Response =
  | { readonly model: Uint8Array }
  | { readonly predictions: Float32Array }
  | { readonly error: string; /** The worker's memory is not to be trusted any more. */ readonly broken: boolean }
