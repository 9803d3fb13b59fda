/**
 * @file The workers of a page that fit and predict: each takes one request at a time, and one that breaks is replaced.
 */

import { xgboostFiles } from './engine-in-browser.ts'
import type { XgbEngine } from './engine.ts'
import { xgboostCalls } from './wasm-calls.js'
import type { Request, Response } from './worker-message.ts'

interface Job {
  readonly request: Request
  readonly resolve: (response: Response) => void
}

const queue: Job[] = []
const idle: Worker[] = []
let running = 0
/** Each worker holds a module with memory of its own. */
let limit = Math.min(4, navigator.hardwareConcurrency)

export function setXgbWorkers(count: number): void {
  if (!(Number.isInteger(count) && count >= 1))
    throw new RangeError(`setXgbWorkers: expected a positive integer, got ${count}`)
  limit = count
}

export function send(_engine: XgbEngine, request: Request): Promise<Response> {
  return new Promise((resolve) => {
    queue.push({ request, resolve })
    dispatch()
  })
}

function dispatch(): void {
  while (queue.length > 0 && running < limit) {
    const { request, resolve } = queue.shift()!
    const worker = idle.pop() ?? start()
    running++
    const settle = (response: Response): void => {
      worker.onmessage = worker.onerror = null
      running--
      if ('error' in response && response.broken) worker.terminate()
      else idle.push(worker)
      resolve(response)
      dispatch()
    }
    worker.onmessage = ({ data }: MessageEvent<Response>) => settle(data)
    worker.onerror = ({ message }) => settle({ error: message, broken: true })
    worker.postMessage(request, transferable(request))
  }
}

/** Buffers that belong to the request alone move; a model stays, since it predicts again. */
function transferable(request: Request): ArrayBuffer[] {
  return (request.kind === 'fit' ? [request.x.buffer, request.y.buffer] : [request.x.buffer]) as ArrayBuffer[]
}

/** The script asks for its file by `fetch`, and gets the bytes that are there. It prints: the console is silenced. */
function start(): Worker {
  const { script, wasm } = xgboostFiles()
  const program = `
for (const name of ['log', 'warn', 'error', 'info']) console[name] = () => {}
let provide
const bytes = new Promise((resolve) => { provide = resolve })
self.fetch = async () => new Response(await bytes, { headers: { 'content-type': 'application/wasm' } })
const module = { exports: {} }
;(function (module, exports, require) {${script}
})(module, module.exports, () => ({}))
const answer = (${xgboostCalls})(module.exports)
onmessage = async ({ data }) => {
  if (data.wasm) return provide(data.wasm)
  await module.exports.isReady.catch(() => undefined)
  postMessage(answer(data))
}`
  const worker = new Worker(URL.createObjectURL(new Blob([program], { type: 'text/javascript' })))
  worker.postMessage({ wasm })
  return worker
}
