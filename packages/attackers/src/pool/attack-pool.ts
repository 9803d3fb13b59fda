/**
 * @file Threads for attackers that compute on the thread they are called on. Tasks are independent and name all their
 * chance, so results do not depend on the number of threads or on who took what. Idle threads stay for the next audit
 * and do not keep the process alive.
 */

import { threads } from '@indistinct/kernels'
import { Worker } from 'node:worker_threads'
import type { AttackTask, AttackTaskResult } from './attack-task.ts'
import type { LabelledTable } from '../verdict/refit.ts'

export type WorkerMessage =
  | { readonly kind: 'table'; readonly table: number; readonly data: LabelledTable }
  | { readonly kind: 'drop'; readonly table: number }
  | { readonly kind: 'task'; readonly table: number; readonly task: AttackTask }

export type WorkerReply = { readonly result: AttackTaskResult } | { readonly error: string }

export interface AttackPool {
  /** Runs a task, whose attacker is one of the battery, when a thread is free. */
  run(task: AttackTask): Promise<AttackTaskResult>
  /** Lets go of the table, once all tasks are done. */
  close(): void
}

interface Job {
  readonly table: number
  readonly task: AttackTask
  readonly resolve: (result: AttackTaskResult) => void
  readonly reject: (error: Error) => void
}

const idle: Worker[] = []
const known = new WeakMap<Worker, Set<number>>()
const tables = new Map<number, LabelledTable>()
const queue: Job[] = []
let running = 0
let opened = 0

/** A pool that attacks `table`. */
export function openAttackPool({ embedding, codes, rowsOfClass }: LabelledTable): AttackPool {
  const id = opened++
  // In shared memory the table is there once, however many threads read it.
  const data = new Float32Array(new SharedArrayBuffer(4 * embedding.data.length))
  data.set(embedding.data)
  tables.set(id, { embedding: { rows: embedding.rows, cols: embedding.cols, data }, codes, rowsOfClass })
  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        queue.push({ table: id, task, resolve, reject })
        dispatch()
      }),
    close() {
      tables.delete(id)
      for (const worker of idle) if (known.get(worker)!.delete(id)) post(worker, { kind: 'drop', table: id })
    },
  }
}

function dispatch(): void {
  while (queue.length > 0 && running < threads()) {
    const job = queue.shift()!
    const worker = idle.pop() ?? start()
    running++
    worker.ref()
    give(worker, job)
  }
}

function give(worker: Worker, { table, task, resolve, reject }: Job): void {
  const settle = (usable: boolean, answer: () => void): void => {
    worker.removeAllListeners('message')
    worker.removeAllListeners('error')
    worker.removeAllListeners('exit')
    worker.on('error', () => {})
    running--
    if (usable) {
      worker.unref()
      idle.push(worker)
    } else {
      void worker.terminate()
    }
    answer()
    dispatch()
  }
  worker.once('message', (reply: WorkerReply) =>
    settle(true, () => ('error' in reply ? reject(new Error(reply.error)) : resolve(reply.result))),
  )
  worker.once('error', (error: Error) => settle(false, () => reject(error)))
  worker.once('exit', (code) => settle(false, () => reject(new Error(`the attack worker ended with code ${code}`))))
  const tablesKnown = known.get(worker)!
  for (const old of tablesKnown) {
    if (tables.has(old)) continue
    tablesKnown.delete(old)
    post(worker, { kind: 'drop', table: old })
  }
  if (!tablesKnown.has(table)) {
    tablesKnown.add(table)
    post(worker, { kind: 'table', table, data: tables.get(table)! })
  }
  post(worker, { kind: 'task', table, task })
}

function post(worker: Worker, message: WorkerMessage): void {
  worker.postMessage(message)
}

function start(): Worker {
  // The worker registers its own loader; flags of the parent, such as a debugger's, stay where they are.
  const worker = new Worker(new URL('./attack-worker.js', import.meta.url), { execArgv: [] })
  known.set(worker, new Set())
  return worker
}
