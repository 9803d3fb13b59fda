/** @file Runs one stage in a process of its own; Nx starts it with the node in INDISTINCT_STAGE. */

import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { IndistinctError, writeFileAtomic } from '@indistinct/core'
import type { StageInput } from '@indistinct/stages'
import { makeArtifact } from './store/artifact-folder.ts'
import { logProgress, runningProgress } from './store/progress-log.ts'
import type { StageContext } from './store/stage-context.ts'

const exitCodes = { usage: 2, 'bad-data': 3, file: 4 }

const input = JSON.parse(process.env['INDISTINCT_STAGE'] ?? 'null') as StageInput | null
try {
  if (input === null) throw new RangeError('run-stage: expected a stage node as JSON in INDISTINCT_STAGE, got nothing; start it through nx')
  await run(input)
  // Idle kernel threads and attackers' workers must not keep a finished stage alive.
  process.exit(0)
} catch (error) {
  const expected = error instanceof IndistinctError
  const code = expected ? exitCodes[error.code] : 1
  console.error(expected ? error.message : error)
  if (input !== null) logProgress({ id: input.id, state: 'failed', code })
  process.exit(code)
}

async function run(node: StageInput): Promise<void> {
  // Kernels read their number of threads when they are loaded; it changes no byte, so it is no input of the hash.
  const widths = JSON.parse(process.env['INDISTINCT_STAGE_THREADS'] ?? '{}') as { [stage: string]: number }
  const width = widths[node.stage]
  if (width !== undefined) process.env['INDISTINCT_THREADS'] = String(width)
  const stage = (await import(`./stages/${node.stage}.ts`)) as { run(context: StageContext): Promise<void> }
  const started = performance.now()
  const used = process.cpuUsage()
  await makeArtifact(node.root, (artifact) => stage.run({ ...node, artifact, progress: runningProgress(node.id) }))
  const seconds = Math.round(performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(used)
  // Of all threads: what the work costs, also where others keep the cores from it.
  const cpuSeconds = Math.round((user + system) / 1000) / 1000
  writeFileAtomic(join(node.root, 'timing', 'seconds.json'), `${JSON.stringify({ seconds, cpuSeconds })}\n`)
  logProgress({ id: node.id, state: 'done', seconds })
}
