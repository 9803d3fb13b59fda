/** @file A thread that runs attacks of the battery for its parent: tables are sent once, tasks name them. */

import { parentPort } from 'node:worker_threads'
import { setThreads } from '@indistinct/kernels'
import { namedAttacker } from '../named-attackers.ts'
import type { WorkerMessage, WorkerReply } from './attack-pool.ts'
import { runTask } from './attack-task.ts'
import type { LabelledTable } from '../verdict/refit.ts'

// Speed comes from independent fits side by side; results are the same with any number of threads.
setThreads(1)
const tables = new Map<number, LabelledTable>()
const port = parentPort!

port.on('message', async (message: WorkerMessage) => {
  switch (message.kind) {
    case 'table':
      tables.set(message.table, message.data)
      return
    case 'drop':
      tables.delete(message.table)
      return
    case 'task': {
      let reply: WorkerReply
      try {
        reply = { result: await runTask(tables.get(message.table)!, message.task, namedAttacker) }
      } catch (cause) {
        reply = { error: cause instanceof Error ? cause.message : String(cause) }
      }
      port.postMessage(reply)
      return
    }
    default:
      throw new RangeError(`attack worker: unexpected message ${JSON.stringify(message satisfies never)}`)
  }
})
