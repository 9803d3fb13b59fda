/**
 * @file Runs kernels over a pool of threads, synchronously. A kernel is cut into tasks by its shape alone, each task
 * writes to places of its own, and reductions run in task order: results do not depend on the number of threads.
 */

import { defaultThreads, mostThreads, poolBytes, startPoolThread, kernelBytes } from '#pool-threads'
import { memory } from './memory.ts'

// Slots of the control block. `open` counts the tasks not yet claimed: a claim is one atomic subtraction, valid only
// if the count was positive, so a thread that comes late to a finished generation claims nothing.
const generation = 0
const open = 1
const done = 2
const tasks = 3
const kernel = 4
const failed = 5
const limit = 6
/** Pages of memory as the calling thread has it. */
const pages = 7
const blockAddress = 1024

const control = new Int32Array(poolBytes(64))
/** What the first task that failed said, in UTF-16, ended by a zero. */
const said = new Uint16Array(poolBytes(256))
const module = new WebAssembly.Module(kernelBytes())
const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as Record<
  string,
  (task: number, block: number) => void
>
const names = Object.keys(exports).filter((name) => typeof exports[name] === 'function')
const block = new Float64Array(memory.buffer, blockAddress, 64)
/** The same arguments as 32-bit integers, addresses beyond 2^31 wrapped: see arguments.ts of the kernels. */
const wholes = new Int32Array(memory.buffer, blockAddress + block.byteLength, 64)

let threadCount = Math.min(defaultThreads(), mostThreads)
let workers = 0

/** Threads that kernels may use, the calling one included. */
export function threads(): number {
  return threadCount
}

/**
 * Sets the number of threads, or as many as there can be; results stay the same, byte for byte. A browser has one
 * unless its page is isolated from all others.
 */
export function setThreads(count: number): void {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`setThreads: expected a positive integer, got ${count}`)
  // Surplus workers stay asleep: ending one could take a claimed task with it.
  threadCount = Math.min(count, mostThreads)
}

/**
 * Runs tasks 0 .. count - 1 of the kernel `name` and returns when all are done. Arguments are addresses or numbers.
 * Pass `serial` where the work is smaller than waking a thread (about 20 us).
 */
export function runKernel(name: string, count: number, args: readonly number[], serial = false): void {
  const run = exports[name]
  if (!run) throw new RangeError(`runKernel: expected one of ${names.join(', ')}, got ${name}`)
  block.set(args)
  wholes.set(args)
  if (serial || threadCount === 1 || count === 1) {
    for (let task = 0; task < count; task++) run(task, blockAddress)
    return
  }
  while (workers < threadCount - 1) startPoolThread({ control, said, memory, module, names, index: workers++ })
  control[limit] = threadCount - 1
  control[tasks] = count
  control[kernel] = names.indexOf(name)
  control[pages] = memory.buffer.byteLength / 65536
  Atomics.store(control, done, 0)
  Atomics.store(control, open, count)
  Atomics.add(control, generation, 1)
  Atomics.notify(control, generation)
  for (;;) {
    const ticket = Atomics.sub(control, open, 1)
    if (ticket <= 0) break
    try {
      run(ticket - 1, blockAddress)
    } catch (error) {
      if (Atomics.exchange(control, failed, 1) === 0) say(String(error))
    }
    Atomics.add(control, done, 1)
  }
  for (;;) {
    const finished = Atomics.load(control, done)
    if (finished === count) break
    Atomics.wait(control, done, finished, 1000)
  }
  if (Atomics.exchange(control, failed, 0) === 1) {
    const text = String.fromCharCode(...said.subarray(0, said.indexOf(0)))
    throw new Error(`runKernel: ${name} trapped: ${text}`)
  }
}

function say(text: string): void {
  const short = text.slice(0, said.length - 1)
  for (let i = 0; i < said.length; i++) said[i] = i < short.length ? short.charCodeAt(i) : 0
}
