/**
 * @file A pool thread: sleeps until the generation changes, then takes tasks until none is left. Plain JavaScript, so
 * that a worker needs no loader.
 */
import { workerData } from 'node:worker_threads'

/**
 * @type {{ control: Int32Array<SharedArrayBuffer>, said: Uint16Array<SharedArrayBuffer>, memory: WebAssembly.Memory,
 * module: WebAssembly.Module, names: string[], index: number }}
 */
const { control, said, memory, module, names, index } = workerData
const { exports } = new WebAssembly.Instance(module, { env: { memory } })
const kernels = names.map((name) => /** @type {(task: number, block: number) => void} */ (exports[name]))

let seen = 0
for (;;) {
  Atomics.wait(control, 0, seen)
  seen = Atomics.load(control, 0)
  while (index < Atomics.load(control, 6)) {
    // One counter both claims a task and says whether the generation is open: see runtime.ts.
    const ticket = Atomics.sub(control, 1, 1)
    if (ticket <= 0) break
    try {
      ;/** @type {(task: number, block: number) => void} */ (kernels[/** @type {number} */ (control[4])])(
        ticket - 1,
        1024,
      )
    } catch (error) {
      const text = String(error).slice(0, said.length - 1)
      if (Atomics.exchange(control, 5, 1) === 0)
        for (let i = 0; i < said.length; i++) said[i] = i < text.length ? text.charCodeAt(i) : 0
    }
    if (Atomics.add(control, 2, 1) + 1 === Atomics.load(control, 3)) Atomics.notify(control, 2)
  }
}
