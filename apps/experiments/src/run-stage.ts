/** @file Runs one stage in a process of its own; Nx starts it with the node in INDISTINCT_STAGE. */

import { IndistinctError, WouldHarmError } from '@indistinct/core'
import type { StageInput } from '@indistinct/stages'
import { logProgress } from './store/progress-log.ts'
import { runStage } from './store/stage-run.ts'

const exitCodes = { usage: 2, 'bad-data': 3, file: 4 }

const input = JSON.parse(process.env['INDISTINCT_STAGE'] ?? 'null') as StageInput | null
try {
  if (input === null)
    throw new RangeError(
      'run-stage: expected a stage node as JSON in INDISTINCT_STAGE, got nothing; start it through nx',
    )
  // Kernels read their number of threads when they are loaded; it changes no byte, so it is no input of the hash.
  const widths = JSON.parse(process.env['INDISTINCT_STAGE_THREADS'] ?? '{}') as { [stage: string]: number }
  const width = widths[input.stage]
  if (width !== undefined) process.env['INDISTINCT_THREADS'] = String(width)
  const { seconds } = await runStage(input)
  logProgress({ id: input.id, state: 'done', seconds })
  // Idle kernel threads and attackers' workers must not keep a finished stage alive.
  process.exit(0)
} catch (error) {
  const expected = error instanceof IndistinctError
  const code = error instanceof WouldHarmError ? 5 : expected ? exitCodes[error.code] : 1
  console.error(expected ? error.message : error)
  if (input !== null) logProgress({ id: input.id, state: 'failed', code })
  process.exit(code)
}
