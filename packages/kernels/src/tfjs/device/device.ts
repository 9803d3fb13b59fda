/**
 * @file TensorFlow.js behind synchronous calls. It runs in a thread of its own, since WebGPU gives results to those
 * alone who wait for them by events; the thread that asks waits meanwhile. What stays on the device between calls is
 * held by programs there.
 */

import { IndistinctError, type ErrorCode } from '@indistinct/core'
import { MessageChannel, receiveMessageOnPort, SHARE_ENV, Worker, type MessagePort } from 'node:worker_threads'
import type { Backend } from '../backend-names.ts'
import type { Answer, Question } from './device-thread.ts'

/** Methods that a program on the device answers to. */
export type Methods = { readonly [method: string]: (argument: never) => unknown }

/** A program on the device. */
export interface DeviceProgram<Of extends Methods> {
  call<Name extends keyof Of & string>(method: Name, argument: Parameters<Of[Name]>[0]): Awaited<ReturnType<Of[Name]>>
  /** Gives back what it holds. */
  close(): void
}

export interface Device {
  readonly backend: Backend
  /**
   * Runs `open(setup)` of `module` there, a file that ends in .js: in the workspace it passes on the .ts beside it.
   * Arguments and results are copied; a module gives back all that it allocates by its method `close`.
   */
  open<Of extends Methods>(module: URL, setup: object): DeviceProgram<Of>
  /** Tensors that are alive there, and their bytes. */
  memory(): { readonly tensors: number; readonly bytes: number }
}

let opened: Device | undefined

/**
 * The device of this process; the first call starts its thread.
 * @throws IndistinctError 'usage' where the backend that INDISTINCT_TFJS_BACKEND names does not open.
 */
export function openDevice(): Device {
  opened ??= start()
  return opened
}

/** Answers come in this order: 0 while the thread works, 1 once there is one, 2 when it has ended. */
const [waiting, ended] = [0, 2]
const patience = 1000

function start(): Device {
  const { port1, port2 } = new MessageChannel()
  const flag = new Int32Array(new SharedArrayBuffer(4), 0, 1)
  const thread = new Worker(new URL('./device-thread.js', import.meta.url), {
    workerData: { port: port2, flag },
    transferList: [port2],
    // Native libraries read the variables that are set for them there.
    env: SHARE_ENV,
    // Loader flags of the parent are of no use: the file registers its own.
    execArgv: [],
  })
  // Neither keeps the process alive.
  thread.unref()
  port1.unref()
  const ask = <Result>(question: Question): Result => answerTo(question, port1, flag) as Result
  const backend = ask<Backend>({ kind: 'backend' })
  return {
    backend,
    open(module, setup) {
      const program = ask<number>({ kind: 'open', module: module.href, setup })
      return {
        call: (method, argument) => ask({ kind: 'call', program, method, argument }),
        close: () => ask({ kind: 'call', program, method: 'close', argument: undefined }),
      }
    },
    memory: () => ask({ kind: 'memory' }),
  }
}

function answerTo(question: Question, port: MessagePort, flag: Int32Array): unknown {
  if (Atomics.load(flag, 0) === ended) throw new Error('openDevice: the thread of TensorFlow.js has ended')
  Atomics.store(flag, 0, waiting)
  port.postMessage(question)
  while (Atomics.load(flag, 0) === waiting) Atomics.wait(flag, 0, waiting, patience)
  const answer = (receiveMessageOnPort(port) as { message: Answer } | undefined)?.message
  if (!answer) throw new Error('openDevice: the thread of TensorFlow.js ended without an answer; is memory short?')
  if ('result' in answer) return answer.result
  const { name, message, code } = answer.error
  if (code !== undefined) throw new IndistinctError(code as ErrorCode, message)
  throw name === 'RangeError' ? new RangeError(message) : new Error(message)
}
