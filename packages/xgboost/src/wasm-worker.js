/**
 * @file Worker that calls ml-xgboost's WebAssembly module. Plain JavaScript, so that it starts without a TypeScript
 * loader. The module prints while it loads and trains, hence the silenced console.
 */

import { createRequire } from 'node:module'
import { parentPort } from 'node:worker_threads'
import { xgboostCalls } from './wasm-calls.js'

for (const name of /** @type {const} */ (['log', 'warn', 'error', 'info'])) console[name] = () => {}

const module = createRequire(import.meta.url)('ml-xgboost/dist/wasm/xgboost.js')
const answer = xgboostCalls(module)

parentPort?.on('message', async (/** @type {import('./worker-message.ts').Request} */ request) => {
  await module.isReady
  parentPort?.postMessage(answer(request))
})
