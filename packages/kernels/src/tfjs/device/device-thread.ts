/** @file The thread in which TensorFlow.js runs: it opens programs by their files, and answers questions one by one. */

import { usageError } from '@indistinct/core'
import { workerData, type MessagePort } from 'node:worker_threads'
import { missingTensorflow } from '../required-packages.ts'

export type Question =
  | { readonly kind: 'backend' }
  | { readonly kind: 'memory' }
  | { readonly kind: 'open'; readonly module: string; readonly setup: object }
  | { readonly kind: 'call'; readonly program: number; readonly method: string; readonly argument: unknown }

export type Answer =
  | { readonly result: unknown }
  | { readonly error: { readonly name: string; readonly message: string; readonly code?: string } }

type Program = { readonly [method: string]: (argument: unknown) => unknown }

const { port, flag } = workerData as { port: MessagePort; flag: Int32Array }
const programs = new Map<number, Program>()
let count = 0

process.on('exit', () => {
  Atomics.store(flag, 0, 2)
  Atomics.notify(flag, 0)
})

port.on('message', (question: Question) => {
  void reply(question)
})

async function reply(question: Question): Promise<void> {
  let answer: Answer
  try {
    answer = { result: await answerTo(question) }
  } catch (error) {
    // Errors of Node have codes too.
    const { name, message, code } = error as Error & { code?: string }
    answer = { error: { name, message, ...(name === 'IndistinctError' && code !== undefined && { code }) } }
  }
  port.postMessage(answer)
  Atomics.store(flag, 0, 1)
  Atomics.notify(flag, 0)
}

async function answerTo(question: Question): Promise<unknown> {
  const missing = missingTensorflow()
  if (missing !== undefined) throw usageError(missing)
  // Loaded here, so that what does not load is an answer too.
  const [{ openBackend }, { tf }] = await Promise.all([import('../backend.ts'), import('../tensors.ts')])
  const backend = await openBackend()
  switch (question.kind) {
    case 'backend':
      return backend
    case 'memory': {
      const { numTensors, numBytes } = tf.memory()
      return { tensors: numTensors, bytes: numBytes }
    }
    case 'open': {
      const { open } = (await import(question.module)) as { open: (setup: object) => Program | Promise<Program> }
      programs.set(++count, await open(question.setup))
      return count
    }
    case 'call': {
      const program = programs.get(question.program)
      if (!program) throw new Error(`device: expected a program that is open, got ${question.program}`)
      const method = program[question.method]
      if (!method) throw new Error(`device: expected a method of the program, got ${question.method}`)
      if (question.method === 'close') programs.delete(question.program)
      return await method(question.argument)
    }
  }
}
