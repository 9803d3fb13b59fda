/** @file Fitting gradient-boosted trees and predicting with them, the same in both engines. */

import { checkMatrix, checkOptions, usageError, type Matrix, type OptionKinds } from '@indistinct/core'
import { environment } from '@indistinct/core/platform'
import { wasmEngine, xgbEngine } from '#engine'
import { send } from '#engine-workers'
import type { XgbEngine, XgbEngineName } from './engine.ts'
import type { Response } from './worker-message.ts'

const objectives = ['binary:logistic', 'multi:softprob', 'reg:squarederror'] as const

export type XgbObjective = (typeof objectives)[number]

/** XGBoost's parameters by their meaning; defaults are XGBoost's own. */
export interface XgbOptions {
  /** Boosting rounds (trees, or trees a class). */
  readonly rounds?: number
  readonly maxDepth?: number
  /** Learning rate. */
  readonly eta?: number
  /** Trees of each round, whose mean is taken: with one round and the two shares below 1 this is a random forest; 1. */
  readonly parallelTrees?: number
  /** Share of the rows that a tree is grown on, and of the columns that a node chooses from; 1. */
  readonly subsample?: number
  readonly columnsByNode?: number
  /** Least sum of second derivatives in a leaf, 1; a row has at most 1/4. */
  readonly minChildWeight?: number
  /** L2 penalty of the values of leaves; 1. */
  readonly lambda?: number
  /** `exact` gives the same trees in both engines; `hist` bins differently in different versions of XGBoost. */
  readonly treeMethod?: 'exact' | 'hist'
  /** Most bins of a column under `hist`; 256. Columns of no more different values have a bin for each. */
  readonly maxBins?: number
  readonly objective?: XgbObjective
  /** Number of classes for multi:softprob; the largest label + 1 unless given. */
  readonly classes?: number
  /**
   * Chooses rows and columns where not all of them are in use. Engines draw each in its own way: the same seed repeats
   * in one engine alone.
   */
  readonly seed?: number
  /** Which engine; the best there is unless given. */
  readonly engine?: XgbEngineName
}

export interface XgbModel {
  readonly engine: XgbEngine
  readonly objective: XgbObjective
  /** Values a row that `predict` gives. */
  readonly outputs: number
  readonly features: number
  /** The model in its engine's own format; no native memory is held. */
  readonly bytes: Uint8Array
  /**
   * Probabilities, (N, 1) of class 1 for binary:logistic, (N, C) for multi:softprob; values, (N, 1), for
   * reg:squarederror.
   */
  predict(x: Matrix): Promise<Matrix>
}

/** Most values (rows * cols) that the WebAssembly engine takes: 51 million were measured to fit into its 2 GB. */
export const wasmValueLimit = 32_000_000

/**
 * Fits boosted trees to features (N, K) and labels (N). Fits started together run side by side.
 * @param y labels 0 and 1 for binary:logistic, 0 .. C - 1 for multi:softprob, finite numbers for reg:squarederror
 * @throws RangeError on labels, shapes, options or values XGBoost would not take (NaN and infinities included).
 * @throws IndistinctError 'usage' when the engine asked for is missing or too small.
 */
export async function fitXgb(x: Matrix, y: ArrayLike<number>, options: XgbOptions = {}): Promise<XgbModel> {
  checkMatrix('fitXgb', x, 'x')
  checkXgbOptions('fitXgb', options)
  const settings = { ...defaults, ...options }
  const { rounds, objective } = settings
  const classes = checkLabels(x, y, objective, options.classes)
  checkFinite('fitXgb', x)
  const engine = chooseEngine(options.engine)
  if (engine.engine === 'wasm' && x.rows * x.cols > wasmValueLimit) {
    throw usageError(
      `XGBoost in WebAssembly takes at most ${wasmValueLimit} values, got ${x.rows} x ${x.cols}: install ` +
        'libxgboost, set XGBOOST_LIB, or sample users',
    )
  }
  const outputs = objective === 'multi:softprob' ? classes : 1
  const response = await send(engine, {
    kind: 'fit',
    x: new Float32Array(x.data),
    y: new Float32Array(y),
    rows: x.rows,
    cols: x.cols,
    rounds,
    parameters: parametersOf(settings, classes, engine),
  })
  const bytes = answer('fitXgb', engine, response, 'model')
  return {
    engine,
    objective,
    outputs,
    features: x.cols,
    bytes,
    predict: (features) => predict(engine, bytes, outputs, x.cols, features),
  }
}

const defaults = {
  rounds: 100,
  maxDepth: 6,
  eta: 0.3,
  treeMethod: 'exact',
  maxBins: 256,
  objective: 'binary:logistic',
  seed: 0,
  parallelTrees: 1,
  subsample: 1,
  columnsByNode: 1,
  minChildWeight: 1,
  lambda: 1,
} as const satisfies XgbOptions

const xgbKinds: OptionKinds<XgbOptions> = {
  rounds: 'number',
  maxDepth: 'number',
  eta: 'number',
  treeMethod: 'string',
  maxBins: 'number',
  objective: 'string',
  classes: 'number',
  engine: 'string',
  seed: 'number',
  parallelTrees: 'number',
  subsample: 'number',
  columnsByNode: 'number',
  minChildWeight: 'number',
  lambda: 'number',
}

type Settings = Required<Omit<XgbOptions, 'classes' | 'engine'>>

/**
 * Whether `fitXgb` would take `options`, for any features and labels.
 * @throws RangeError where it would not.
 */
export function checkXgbOptions(caller: string, options: XgbOptions): void {
  checkOptions(caller, options, xgbKinds)
  checkSettings(caller, { ...defaults, ...options })
}

function checkSettings(caller: string, settings: Settings): void {
  const { rounds, maxDepth, eta, maxBins, parallelTrees, subsample, columnsByNode, minChildWeight, lambda, seed } =
    settings
  if (!(Number.isInteger(rounds) && rounds >= 1))
    throw new RangeError(`${caller}: expected rounds of 1 or more, got ${rounds}`)
  if (!(Number.isInteger(maxBins) && maxBins >= 2))
    throw new RangeError(`${caller}: expected maxBins of 2 or more, got ${maxBins}`)
  if (!(Number.isInteger(maxDepth) && maxDepth >= 1))
    throw new RangeError(`${caller}: expected maxDepth of 1 or more, got ${maxDepth}`)
  if (!(eta > 0 && eta <= 1)) throw new RangeError(`${caller}: expected eta in (0, 1], got ${eta}`)
  if (!(Number.isInteger(parallelTrees) && parallelTrees >= 1))
    throw new RangeError(`${caller}: expected parallelTrees of 1 or more, got ${parallelTrees}`)
  for (const [name, share] of Object.entries({ subsample, columnsByNode }))
    if (!(share > 0 && share <= 1)) throw new RangeError(`${caller}: expected ${name} in (0, 1], got ${share}`)
  for (const [name, value] of Object.entries({ minChildWeight, lambda }))
    if (!(value >= 0 && value < Infinity))
      throw new RangeError(`${caller}: expected ${name} of 0 or more, got ${value}`)
  const { treeMethod, objective } = settings
  if (treeMethod !== 'exact' && treeMethod !== 'hist')
    throw new RangeError(`${caller}: expected treeMethod exact or hist, got ${String(treeMethod satisfies never)}`)
  if (!objectives.includes(objective))
    throw new RangeError(`${caller}: expected objective among ${objectives.join(', ')}, got ${String(objective)}`)
  if (!Number.isSafeInteger(seed)) throw new RangeError(`${caller}: expected an integer seed, got ${seed}`)
}

/** Settings under XGBoost's own names. */
function parametersOf(settings: Settings, classes: number, engine: XgbEngine): [string, string][] {
  const { maxDepth, eta, treeMethod, maxBins, objective, parallelTrees, subsample } = settings
  const { columnsByNode, minChildWeight, lambda, seed } = settings
  return [
    ['booster', 'gbtree'],
    // The version inside ml-xgboost knows squared error by its first name.
    ['objective', objective === 'reg:squarederror' && engine.engine === 'wasm' ? 'reg:linear' : objective],
    ['max_depth', String(maxDepth)],
    ['eta', String(eta)],
    ['tree_method', treeMethod],
    ...(treeMethod === 'hist' ? [['max_bin', String(maxBins)] as [string, string]] : []),
    // Pinned, because their defaults changed between versions of XGBoost or differ in ml-xgboost.
    ['base_score', '0.5'],
    ['num_parallel_tree', String(parallelTrees)],
    ['subsample', String(subsample)],
    ['colsample_bytree', '1'],
    ['colsample_bynode', String(columnsByNode)],
    ['min_child_weight', String(minChildWeight)],
    ['gamma', '0'],
    ['lambda', String(lambda)],
    ['alpha', '0'],
    // XGBoost reads a 32-bit integer.
    ['seed', String(((seed % 2147483648) + 2147483648) % 2147483648)],
    ['nthread', '1'],
    ...(engine.engine === 'native' ? [['verbosity', '0'] as [string, string]] : [['silent', '1'] as [string, string]]),
    ...(objective === 'multi:softprob' ? [['num_class', String(classes)] as [string, string]] : []),
  ]
}

async function predict(
  engine: XgbEngine,
  model: Uint8Array,
  outputs: number,
  features: number,
  x: Matrix,
): Promise<Matrix> {
  if (x.cols !== features) throw new RangeError(`predict: expected ${features} columns, got ${x.cols}`)
  checkFinite('predict', x)
  if (x.rows === 0) return { rows: 0, cols: outputs, data: new Float32Array(0) }
  const response = await send(engine, {
    kind: 'predict',
    model,
    x: new Float32Array(x.data),
    rows: x.rows,
    cols: x.cols,
    outputs,
  })
  return { rows: x.rows, cols: outputs, data: answer('predict', engine, response, 'predictions') }
}

function chooseEngine(name: XgbEngineName | undefined): XgbEngine {
  if (name === 'wasm') return wasmEngine('asked for')
  if (name === undefined) return xgbEngine()
  return xgbEngine({ ...environment, INDISTINCT_XGBOOST: name })
}

function answer(caller: string, engine: XgbEngine, response: Response, key: 'model'): Uint8Array
function answer(caller: string, engine: XgbEngine, response: Response, key: 'predictions'): Float32Array
function answer(
  caller: string,
  engine: XgbEngine,
  response: Response,
  key: 'model' | 'predictions',
): Uint8Array | Float32Array {
  if ('error' in response)
    throw new Error(`${caller}: XGBoost (${engine.engine} ${engine.version}) failed: ${response.error}`)
  return (response as unknown as Record<typeof key, Uint8Array | Float32Array>)[key]
}

/** Number of classes; 1 for regression. */
function checkLabels(x: Matrix, y: ArrayLike<number>, objective: XgbObjective, classes: number | undefined): number {
  if (x.rows === 0 || x.cols === 0)
    throw new RangeError(`fitXgb: expected at least one row and column, got ${x.rows} x ${x.cols}`)
  if (y.length !== x.rows) throw new RangeError(`fitXgb: expected ${x.rows} labels, got ${y.length}`)
  if (objective === 'reg:squarederror') {
    for (let i = 0; i < y.length; i++)
      if (!Number.isFinite(y[i]!))
        throw new RangeError(`fitXgb: expected finite values for ${objective}, got ${y[i]} at row ${i}`)
    return 1
  }
  let largest = 0
  for (let i = 0; i < y.length; i++) largest = Math.max(largest, y[i]!)
  const count = objective === 'binary:logistic' ? 2 : (classes ?? largest + 1)
  for (let i = 0; i < y.length; i++) {
    if (!(Number.isInteger(y[i]!) && y[i]! >= 0 && y[i]! < count)) {
      throw new RangeError(`fitXgb: expected labels 0 to ${count - 1} for ${objective}, got ${y[i]} at row ${i}`)
    }
  }
  if (objective === 'multi:softprob' && count < 2)
    throw new RangeError(`fitXgb: expected at least 2 classes, got ${count}`)
  return count
}

function checkFinite(caller: string, x: Matrix): void {
  for (let i = 0; i < x.data.length; i++) {
    if (!Number.isFinite(x.data[i]!)) {
      throw new RangeError(
        `${caller}: expected finite values, got ${x.data[i]} at row ${Math.floor(i / x.cols)}, column ${i % x.cols}`,
      )
    }
  }
}
