export { describeXgbEngine, wasmEngine, xgbEngine } from '#engine'
export { setXgbWorkers } from '#engine-workers'
export type { XgbEngine, XgbEngineName } from './engine.ts'
export { checkXgbOptions, fitXgb, wasmValueLimit, type XgbModel, type XgbObjective, type XgbOptions } from './fit.ts'
