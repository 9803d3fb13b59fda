/** @file A worker in a process of its own, for tests that kill it: `worker.ts FOLDER INTERPRETER SCRIPT`. */

import { startBullmqWorker } from '../bullmq-worker.ts'

const [folder = '', ...program] = process.argv.slice(2)
const stop = await startBullmqWorker({ program, folder, lockSeconds: 2 })
process.send?.('ready')
process.once('SIGTERM', () => void stop().then(() => process.exit()))
