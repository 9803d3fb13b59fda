/**
 * @file Worker that calls a native libxgboost. Plain JavaScript, so that it starts without a TypeScript loader.
 *
 * All calls for one fit come from this one thread: XGBoost keeps its last error and its random state by thread.
 * Handles live within one request only; a model leaves as bytes.
 */

import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'

const koffi = createRequire(import.meta.url)('koffi')
const library = koffi.load(workerData.path)
const lastError = library.func('const char* XGBGetLastError()')

/** @param {string} signature */
function checked(signature) {
  const call = library.func(`int ${signature}`)
  return (/** @type {unknown[]} */ ...values) => {
    if (call(...values) !== 0) throw new Error(String(lastError()).split('\n')[0])
  }
}

const setGlobalConfig = checked('XGBSetGlobalConfig(const char* config)')
const createMatrix = checked(
  'XGDMatrixCreateFromMat_omp(const float* data, uint64_t rows, uint64_t cols, float missing, _Out_ void** out, ' +
    'int threads)',
)
const setFloats = checked(
  'XGDMatrixSetFloatInfo(void* matrix, const char* field, const float* values, uint64_t length)',
)
const freeMatrix = checked('XGDMatrixFree(void* matrix)')
const createBooster = checked('XGBoosterCreate(void** matrices, uint64_t length, _Out_ void** out)')
const setParameter = checked('XGBoosterSetParam(void* booster, const char* name, const char* value)')
const updateOneRound = checked('XGBoosterUpdateOneIter(void* booster, int round, void* matrix)')
const saveModel = checked(
  'XGBoosterSaveModelToBuffer(void* booster, const char* config, _Out_ uint64_t* length, _Out_ void** bytes)',
)
const loadModel = checked('XGBoosterLoadModelFromBuffer(void* booster, const void* bytes, uint64_t length)')
const predictMatrix = checked(
  'XGBoosterPredictFromDMatrix(void* booster, void* matrix, const char* config, _Out_ void** shape, _Out_ ' +
    'uint64_t* dimensions, _Out_ void** result)',
)
const freeBooster = checked('XGBoosterFree(void* booster)')

setGlobalConfig('{"verbosity":0}')

/**
 * @template T
 * @param {import('./worker-message.ts').Request} request
 * @param {(matrix: unknown) => T} use
 */
function withMatrix({ x, rows, cols }, use) {
  const out = [null]
  createMatrix(x, rows, cols, NaN, out, 1)
  try {
    return use(out[0])
  } finally {
    freeMatrix(out[0])
  }
}

/**
 * @template T
 * @param {unknown[]} matrices
 * @param {(booster: unknown) => T} use
 */
function withBooster(matrices, use) {
  const out = [null]
  createBooster(matrices, matrices.length, out)
  try {
    return use(out[0])
  } finally {
    freeBooster(out[0])
  }
}

/** @param {import('./worker-message.ts').FitRequest} request */
function fit(request) {
  return withMatrix(request, (matrix) => {
    setFloats(matrix, 'label', request.y, request.rows)
    return withBooster([matrix], (booster) => {
      for (const [name, value] of request.parameters) setParameter(booster, name, value)
      for (let round = 0; round < request.rounds; round++) updateOneRound(booster, round, matrix)
      const length = [0]
      const bytes = [null]
      saveModel(booster, '{"format":"ubj"}', length, bytes)
      return Uint8Array.from(koffi.decode(bytes[0], koffi.array('uint8_t', Number(length[0]), 'Typed')))
    })
  })
}

/** @param {import('./worker-message.ts').PredictRequest} request */
function predict(request) {
  return withMatrix(request, (matrix) =>
    withBooster([], (booster) => {
      loadModel(booster, request.model, request.model.length)
      setParameter(booster, 'nthread', '1')
      const result = [null]
      const config = '{"type":0,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false}'
      predictMatrix(booster, matrix, config, [null], [0], result)
      return Float32Array.from(koffi.decode(result[0], koffi.array('float', request.rows * request.outputs, 'Typed')))
    }),
  )
}

parentPort?.on('message', (/** @type {import('./worker-message.ts').Request} */ request) => {
  try {
    parentPort?.postMessage(request.kind === 'fit' ? { model: fit(request) } : { predictions: predict(request) })
  } catch (error) {
    parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error), broken: false })
  }
})
