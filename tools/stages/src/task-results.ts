/** @file What became of each task of a run, written to a file by the plugin's hook for the process that started Nx. */

import { writeFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

/** The environment variable that names the file. */
export const taskResultsVariable = 'INDISTINCT_TASK_RESULTS'

export interface TaskOutcome {
  readonly status: 'run' | 'cached' | 'failed' | 'skipped'
  /** The task's hash, for tests and diagnosis. */
  readonly hash?: string
  /** What a failed stage printed. */
  readonly output?: string
}

interface NxTaskResult {
  readonly task: { readonly target: { readonly project: string }; readonly hash?: string }
  readonly status: string
  readonly terminalOutput?: string
}

/** Writes outcomes by project name; does nothing where no file is asked for. */
export function writeTaskResults(results: { readonly [task: string]: NxTaskResult }): void {
  const path = process.env[taskResultsVariable]
  if (!path) return
  const outcomes: { [project: string]: TaskOutcome } = {}
  for (const { task, status, terminalOutput } of Object.values(results)) {
    outcomes[task.target.project] = {
      status:
        status === 'success'
          ? 'run'
          : status.includes('cache')
            ? 'cached'
            : status === 'failure'
              ? 'failed'
              : 'skipped',
      ...(task.hash !== undefined && { hash: task.hash }),
      ...(status === 'failure' && { output: stripVTControlCharacters(terminalOutput ?? '') }),
    }
  }
  writeFileSync(path, JSON.stringify(outcomes))
}
