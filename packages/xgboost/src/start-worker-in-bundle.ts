/**
 * @file The thread that XGBoost runs in, in a bundle: its program is text, so that no file need lie beside the bundle.
 */

import { Worker } from 'node:worker_threads'
import { xgboostFiles } from './engine-in-browser.ts'
import { xgboostCalls } from './wasm-calls.js'

/** The script reads its file by `fs`, and gets the bytes that are there. It prints: the console is silenced. */
export function startWorker(): Worker {
  const { script, wasm } = xgboostFiles()
  const program = `
const { parentPort, workerData } = require('node:worker_threads')
for (const name of ['log', 'warn', 'error', 'info']) console[name] = () => {}
const module = { exports: {} }
const own = (name) => (name === 'fs' ? { readFileSync: () => Buffer.from(workerData.wasm) } : require(name))
;(function (module, exports, require, __dirname) {${script}
})(module, module.exports, own, '/')
const answer = (${xgboostCalls})(module.exports)
parentPort.on('message', async (request) => {
  await module.exports.isReady
  parentPort.postMessage(answer(request))
})`
  return new Worker(program, { eval: true, workerData: { wasm }, execArgv: [], stdout: true, stderr: true })
}
