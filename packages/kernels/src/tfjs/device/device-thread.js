/** @file Registers the loader of TypeScript sources in the thread of the device, which has none of its parent's. */
import { workerData } from 'node:worker_threads'

// Who waits for an answer is told that there will be none.
process.on('exit', () => {
  Atomics.store(workerData.flag, 0, 2)
  Atomics.notify(workerData.flag, 0)
})
await import('@indistinct/loader')
await import('./device-thread.ts')
