/**
 * @file Fitting and predicting by the functions of ml-xgboost's WebAssembly module. A function that needs nothing
 * around it: Node loads it, browsers are given its text.
 *
 * It calls the module's own functions and not the package's XGBoost class: the class passes data on the module's 5 MB
 * stack (80,000 x 16 values overflow it), draws half of the rows unless told otherwise, and copies models byte by byte.
 * It also takes the value -1 for a missing one. So features are multiplied by the power of two that brings them above
 * -1, which is exact and moves every threshold alike; the factor leads the model's bytes.
 */

/** @param {any} module what ml-xgboost/dist/wasm/xgboost.js exports, once it is ready */
// eslint-disable-next-line max-lines-per-function -- one module, whose memory all of its calls share
export function xgboostCalls(module) {
  /** @param {Float32Array | Uint8Array} values */
  function copyIn(values) {
    const at = module._malloc(values.byteLength)
    // The heap's views are replaced when it grows: look them up after each allocation.
    module.HEAPU8.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at)
    return at
  }

  /** The largest power of two, at most 1, that brings all of `x` above -1. @param {Float32Array} x */
  function factorAbove(x) {
    let lowest = 0
    for (const value of x) if (value < lowest) lowest = value
    let factor = 1
    while (lowest * factor <= -1) factor /= 2
    return factor
  }

  /**
   * `x` times the factor of the training features. What is -1 or less is below all of those, and so of every threshold:
   * it may be any such value but -1 itself.
   * @param {Float32Array} x
   * @param {number} factor
   */
  function scaled(x, factor) {
    return x.map((value) => (value * factor <= -1 ? -2 : value * factor))
  }

  /** @param {import('./worker-message.ts').FitRequest} request */
  function fit({ x, y, rows, cols, rounds, parameters }) {
    const factor = factorAbove(x)
    const xAt = copyIn(scaled(x, factor))
    const yAt = copyIn(y)
    const model = module._create_model(xAt, yAt, rows, cols)
    module._free(xAt)
    module._free(yAt)
    for (const [name, value] of parameters) {
      // Not cwrap, which evaluates a text: pages forbid that.
      module.ccall('set_param', null, ['number', 'string', 'string'], [model, name, value])
    }
    module._train_full_model(model, rounds)
    const size = module._save_model(model)
    if (size < 0) throw new Error('the model could not be saved')
    const at = module._malloc(size)
    module._get_file_content(at, size)
    const bytes = new Uint8Array(4 + size)
    new DataView(bytes.buffer, bytes.byteOffset).setFloat32(0, factor, true)
    bytes.set(module.HEAPU8.subarray(at, at + size), 4)
    module._free(at)
    module._free_memory_model(model)
    return bytes
  }

  /** @param {import('./worker-message.ts').PredictRequest} request */
  function predict({ model: bytes, x, rows, cols, outputs }) {
    const factor = new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true)
    const bytesAt = copyIn(bytes.subarray(4))
    const model = module._load_model(bytesAt, bytes.length - 4)
    module._free(bytesAt)
    if (model === 0) throw new Error('the model could not be loaded')
    const features = scaled(x, factor)
    const predictions = new Float32Array(rows * outputs)
    const rowAt = module._malloc(4 * cols)
    const outAt = module._malloc(4 * outputs)
    for (let i = 0; i < rows; i++) {
      module.HEAPF32.set(features.subarray(i * cols, (i + 1) * cols), rowAt >> 2)
      const size = module._predict_one(model, rowAt, cols, outAt)
      if (size !== outputs) throw new Error(`expected ${outputs} values a row, got ${size}`)
      for (let c = 0; c < outputs; c++) predictions[i * outputs + c] = module.HEAPF32[(outAt >> 2) + c]
    }
    module._free(rowAt)
    module._free(outAt)
    module._free_memory_model(model)
    return predictions
  }

  /**
   * After an abort the module's memory is lost, so any failure is `broken`, and the worker is to be replaced.
   * @param {import('./worker-message.ts').Request} request @returns {import('./worker-message.ts').Response}
   */
  return (request) => {
    try {
      return request.kind === 'fit' ? { model: fit(request) } : { predictions: predict(request) }
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error), broken: true }
    }
  }
}
