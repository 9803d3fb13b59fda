/**
 * @file A pool thread: sleeps until the generation changes, then takes tasks until none is left. Plain JavaScript, and
 * a function that needs nothing around it: Node loads it, browsers are given its text.
 */

/**
 * @typedef {{ control: Int32Array, said: Uint16Array, memory: object, module: WebAssembly.Module,
 * names: readonly string[], index: number }} PoolData
 */

/** @param {PoolData} data */
export function runPoolThread({ control, said, memory, module, names, index }) {
  const shared = /** @type {WebAssembly.Memory} */ (memory)
  const { exports } = new WebAssembly.Instance(module, { env: { memory: shared } })
  const kernels = names.map((name) => /** @type {(task: number, block: number) => void} */ (exports[name]))
  let seen = 0
  for (;;) {
    Atomics.wait(control, 0, seen)
    seen = Atomics.load(control, 0)
    while (index < Atomics.load(control, 6)) {
      // One counter both claims a task and says whether the generation is open: see runtime.ts.
      const ticket = Atomics.sub(control, 1, 1)
      if (ticket <= 0) break
      // Memory that grew while this thread started may still have its old size here, and filling it would trap: growth
      // by nothing brings the size up to date.
      if (shared.buffer.byteLength < /** @type {number} */ (control[7]) * 65536) shared.grow(0)
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
}
