/** @file Tasks of the page's worker: a worker a task, which is ended with it. */

import PageWorker from './worker.ts?worker&inline'
import type { Report, Task } from './messages.ts'

/** Hands `task` to a worker and each report of it to `onReport`, until it is over; gives what ends it before. */
export function runTask(task: Task, onReport: (report: Report) => void): () => void {
  const worker = new PageWorker()
  const end = (): void => worker.terminate()
  worker.onmessage = ({ data }: MessageEvent<Report>) => {
    if (data.kind !== 'note' && data.kind !== 'progress' && data.kind !== 'scored') end()
    onReport(data)
  }
  worker.onerror = ({ message }) => {
    end()
    onReport({ kind: 'failed', message: message || 'the worker did not start', exitCode: 1 })
  }
  worker.postMessage(task)
  return end
}
