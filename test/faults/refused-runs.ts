/** @file Every step of a run's writing, refused in every way. */

import { join } from 'node:path'
import { withRefusal } from './refused-steps.ts'
import { complaints, digests, exitCode, restore, type Workplace } from './unlearning-runs.ts'

export interface RefusedRuns {
  readonly steps: number
  readonly runs: number
  /** Runs by their exit code; 0 is right only where the folder could not be flushed after a file had its name. */
  readonly exits: Readonly<Record<string, number>>
  readonly complaints: readonly string[]
}

/** Runs once for each step and error. */
export async function refusedRuns(place: Workplace): Promise<RefusedRuns> {
  const codes = ['ENOSPC', 'EACCES', 'EIO'] as const
  const folder = join(place.folder, 'out')
  let last = 0
  const steps = await withRefusal(folder, undefined, async () => {
    last = await exitCode(place)
  })
  const wrong = last === 0 ? [] : [`an unhindered run exits ${last}`]
  const exits: Record<string, number> = {}
  let runs = 0
  for (let step = 0; step < steps.length; step++) {
    for (const code of codes) {
      restore(place)
      let exit = 0
      await withRefusal(folder, { step, code }, async () => {
        exit = await exitCode(place)
      })
      runs++
      exits[exit] = (exits[exit] ?? 0) + 1
      const name = `step ${step} (${steps[step]}), ${code}`
      for (const complaint of complaints(place, { strayParts: false })) wrong.push(`${name}: ${complaint}`)
      const isWhole = [...place.after].every(([file, digest]) => digests(folder).get(file) === digest)
      if (exit !== 4 && !(exit === 0 && isWhole)) wrong.push(`${name}: exit code ${exit}`)
    }
  }
  return { steps: steps.length, runs, exits, complaints: wrong }
}
