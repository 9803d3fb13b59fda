/** @file XGBoost in a browser: the WebAssembly module of ml-xgboost, whose files the page hands over. */

import { usageError } from '@indistinct/core'
import type { XgbEngine } from './engine.ts'

/** What ml-xgboost has in dist/wasm, and its version. */
export interface XgboostFiles {
  /** Text of xgboost.js. */
  readonly script: string
  /** Bytes of xgboost.wasm. */
  readonly wasm: Uint8Array
  readonly version: string
}

let files: XgboostFiles | undefined

/** Hands over the files that fits need, since a page may have no place to fetch them from. */
export function provideXgboost(given: XgboostFiles): void {
  files = given
}

/** @throws IndistinctError 'usage' before {@link provideXgboost}. */
export function xgboostFiles(): XgboostFiles {
  if (files) return files
  throw usageError(
    'XGBoost has no files in this page: hand over xgboost.js and xgboost.wasm of ml-xgboost by provideXgboost of ' +
      '@indistinct/xgboost/browser',
  )
}

export function xgbEngine(): XgbEngine {
  return wasmEngine('a browser has no native library')
}

export function wasmEngine(reason?: string): XgbEngine {
  return {
    engine: 'wasm',
    version: xgboostFiles().version,
    path: 'xgboost.wasm',
    ...(reason !== undefined && { reason }),
  }
}

export function describeXgbEngine(): string {
  return `XGBoost in WebAssembly (ml-xgboost ${xgboostFiles().version})`
}
