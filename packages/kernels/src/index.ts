export { allocate, allocateInt32, kernelMemoryBytes, release } from './memory.ts'
export { propagate } from './propagate.ts'
export { setThreads, threads } from './runtime.ts'
