/** @file One stage from its input to its artifact, with what it cost beside it. */

import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { writeFileAtomic } from '@indistinct/core'
import type { StageInput } from '@indistinct/stages'
import { makeArtifact } from './artifact-folder.ts'
import { runningProgress } from './progress-log.ts'
import type { StageContext } from './stage-context.ts'

/** timing/seconds.json. */
export interface StageCost {
  /** Wall-clock. */
  readonly seconds: number
  /** Of all threads: what the work costs, also where others keep the cores from it. */
  readonly cpuSeconds: number
  /** MiB that the process has held at most. */
  readonly memory: number
}

/** Makes the artifact of `node` under its root, relative to the working directory, as are those that it reads. */
export async function runStage(node: StageInput): Promise<StageCost> {
  const stage = (await import(`../stages/${node.stage}.ts`)) as { run(context: StageContext): Promise<void> }
  const started = performance.now()
  const used = process.cpuUsage()
  await makeArtifact(node.root, (artifact) => stage.run({ ...node, artifact, progress: runningProgress(node.id) }))
  const seconds = Math.round(performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(used)
  const cost = {
    seconds,
    cpuSeconds: Math.round((user + system) / 1000) / 1000,
    memory: Math.ceil(process.resourceUsage().maxRSS / 1024),
  }
  writeFileAtomic(join(node.root, 'timing', 'seconds.json'), `${JSON.stringify(cost)}\n`)
  return cost
}
