/**
 * @file The thread that decodes Parquet pages, asked as a function is: who asks waits. Browsers have no such thread.
 */

import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads'
import type { WorkerAnswer, WorkerRequest } from './parquet-pages.js'
import type { Limits } from './parquet-warden.js'

interface Thread {
  readonly port: MessagePort
  readonly flag: Int32Array
}

let thread: Thread | undefined

/** The thread answers long before, if only that it ended the other one. */
const PATIENCE_MS = 1_800_000

type AskThread = (question: { readonly request: WorkerRequest; readonly limits: Limits }) => WorkerAnswer

/** Undefined where there is no other thread. */
export const askThread: AskThread | undefined = (question) => {
  thread ??= startThread()
  const { port, flag } = thread
  Atomics.store(flag, 0, 0)
  port.postMessage(question)
  Atomics.wait(flag, 0, 0, PATIENCE_MS)
  const received = receiveMessageOnPort(port) as { message: WorkerAnswer } | undefined
  return received ? received.message : { error: 'no answer from the thread that reads pages' }
}

function startThread(): Thread {
  const { port1, port2 } = new MessageChannel()
  const flag = new Int32Array(new SharedArrayBuffer(4), 0, 1)
  const warden = new Worker(new URL('./parquet-warden.js', import.meta.url), {
    workerData: { port: port2, flag },
    transferList: [port2],
  })
  // Neither keeps the process alive.
  warden.unref()
  port1.unref()
  return { port: port1, flag }
}
