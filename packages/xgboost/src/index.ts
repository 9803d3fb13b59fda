export { describeXgbEngine, wasmEngine, xgbEngine, type XgbEngine, type XgbEngineName } from './engine.ts'
export { setXgbWorkers } from './engine-workers.ts'
export { fitXgb, wasmValueLimit, type XgbModel, type XgbObjective, type XgbOptions } from './fit.ts'
