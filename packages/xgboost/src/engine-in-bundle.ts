/** @file XGBoost in a bundle for Node: the WebAssembly module of ml-xgboost, whose files the program hands over. */

import { wasmEngine } from './engine-in-browser.ts'
import type { XgbEngine } from './engine.ts'

export { describeXgbEngine, wasmEngine } from './engine-in-browser.ts'

export function xgbEngine(): XgbEngine {
  return wasmEngine('a bundle brings no native library')
}
