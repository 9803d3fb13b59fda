/**
 * @file The thread that watches the one which decodes Parquet pages, and ends it beyond its limits of memory and time.
 * The thread that asks waits meanwhile, and could not see the other end.
 */

import { Worker, workerData } from 'node:worker_threads'
import { buffersOf } from './column-buffers.js'

/** @typedef {{ memory: number, processorSeconds: number }} Limits Bytes above what the process takes at the start. */

/** @type {{ port: import('node:worker_threads').MessagePort, flag: Int32Array<SharedArrayBuffer> }} */
const { port, flag } = workerData
/** Objects of the thread, in MiB; arrays of bytes and numbers lie beside them and are watched with the process. */
const HEAP = 256
const LOOK_EVERY_MS = 20

/** @type {Worker | undefined} */
let worker
/** @type {ReturnType<typeof setInterval> | undefined} */
let watch

port.on('message', (/** @type {{ request: object, limits: Limits }} */ { request, limits }) => {
  worker ??= start()
  const most = process.memoryUsage.rss() + limits.memory
  const before = process.cpuUsage()
  watch = setInterval(() => {
    const { user, system } = process.cpuUsage(before)
    if (process.memoryUsage.rss() > most)
      end(`pages that take more than ${Math.round(limits.memory / 2 ** 20)} MiB of memory`)
    else if (user + system > limits.processorSeconds * 1e6)
      end(`pages that take more than ${Math.round(limits.processorSeconds)} s`)
  }, LOOK_EVERY_MS)
  worker.postMessage(request)
})

function start() {
  const started = new Worker(new URL('./parquet-worker.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: HEAP, maxYoungGenerationSizeMb: 16 },
  })
  started.on('message', (answer) => reply(answer, started))
  started.on(
    'error',
    (error) => worker === started && end(`pages that end the thread which reads them (${error.message})`),
  )
  started.on('exit', () => worker === started && end('pages that end the thread which reads them'))
  return started
}

/** @param {string} error */
function end(error) {
  const ended = worker
  worker = undefined
  void ended?.terminate()
  reply({ error })
}

/** @param {import('./parquet-pages.js').WorkerAnswer} answer @param {Worker} [from] */
function reply(answer, from = worker) {
  // The answer of a thread that was ended meanwhile comes too late.
  if (from !== worker || !watch) return
  clearInterval(watch)
  watch = undefined
  port.postMessage(answer, buffersOf(answer))
  Atomics.store(flag, 0, 1)
  Atomics.notify(flag, 0)
}
