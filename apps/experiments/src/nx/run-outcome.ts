/** @file How a run of a grid ended: exit codes, and what to say about stages that failed. */

import type { StageNode } from '@indistinct/stages'
import type { GridRun } from './nx-run.ts'

/** Exit codes of errors that are expected. */
export const errorCodes = { usage: 2, 'bad-data': 3, file: 4 }

export const signalCodes: { readonly [signal: string]: number } = { SIGINT: 130, SIGTERM: 143 }

/** Whether `run` made the artifact of a node, or found it in the cache. */
export const madeIn =
  ({ outcomes }: Pick<GridRun, 'outcomes'>) =>
  ({ id }: Pick<StageNode, 'id'>): boolean =>
    ['run', 'cached'].includes(outcomes.get(id)?.status ?? '')

/**
 * 0 when nothing is missing; 6 when some results are there; else the code of the first failed stage.
 * @param some whether the run gave any result
 */
export function exitCodeOf(run: GridRun, missing: boolean, some: boolean): number {
  if (!missing) return 0
  return some ? 6 : ([...run.exitCodes.values()][0] ?? 1)
}

/** What failed, with what it printed, or all that Nx printed when no stage was reached. */
export function failureText(run: GridRun, missing: readonly string[]): string {
  const failed = [...run.outcomes].filter(([, outcome]) => outcome.status === 'failed')
  if (failed.length === 0) return `nx ended before any stage was run:\n${run.output}\n`
  const texts = failed.map(([id, { output = '' }]) => {
    const said = output
      .split(/\r?\n/)
      .filter((line) => line !== '' && !line.startsWith('> node ') && !line.startsWith('Warning: command '))
    return `${id} failed:\n${said.map((line) => `  ${line}`).join('\n')}\n`
  })
  const left = missing.length - failed.length
  if (left <= 0) return texts.join('')
  const them = failed.length === 1 ? 'it' : 'them'
  return `${texts.join('')}${left} stages were left out, since they need ${them}.\n`
}
