/** @file A thread of the pool in Node. Plain JavaScript, so that it needs no loader. */
import { workerData } from 'node:worker_threads'
import { runPoolThread } from './pool-thread.js'

runPoolThread(workerData)
