/** @file Every step of a run's writing, refused in every way, and writes that take a few bytes at a time. */

import { join } from 'node:path'
import { refusalsOf, watchSteps, type Fault, type Step } from './refused-steps.ts'
import { complaints, exitCode, newOutputs, restore } from './workplace.ts'
import type { Workplace } from './place.ts'

export interface RefusedRuns {
  readonly command: string
  readonly steps: number
  readonly runs: number
  /** Runs by their exit code; 0 is right only where the folder could not be flushed after a file had its name. */
  readonly exits: Readonly<Record<string, number>>
  readonly complaints: readonly string[]
}

const BYTES_AT_ONCE = 4099

/** Runs once for each step and error that it can meet, or for one of them in turn where not `every`. */
export async function refusedRuns(
  place: Workplace,
  { every = true }: { readonly every?: boolean } = {},
): Promise<RefusedRuns> {
  const folder = join(place.folder, 'out')
  const wrong: string[] = []
  const exits: Record<string, number> = {}
  let runs = 0
  const attempt = async (fault?: Fault, mostBytes?: number): Promise<{ exit: number; steps: readonly Step[] }> => {
    restore(place)
    const watch = watchSteps(folder, fault, mostBytes)
    const exit = await exitCode(place).finally(() => watch.stop())
    return { exit, steps: watch.steps }
  }
  const isNew = (): boolean => newOutputs(place).length === place.after.size
  const { exit: unhindered, steps } = await attempt()
  if (unhindered !== 0 || !isNew()) wrong.push(`an unhindered run exits ${unhindered}`)
  const { exit: shortened } = await attempt(undefined, BYTES_AT_ONCE)
  if (shortened !== 0 || !isNew())
    wrong.push(`a run whose writes take ${BYTES_AT_ONCE} bytes at most exits ${shortened}`)
  for (let step = 0; step < steps.length; step++) {
    const possible = refusalsOf[steps[step]!]
    for (const what of every ? possible : [possible[step % possible.length]!]) {
      const { exit } = await attempt({ step, what })
      runs++
      exits[exit] = (exits[exit] ?? 0) + 1
      const name = `step ${step} (${steps[step]}), ${what}`
      for (const complaint of complaints(place, { strayParts: false })) wrong.push(`${name}: ${complaint}`)
      if (exit !== 4 && !(exit === 0 && isNew())) wrong.push(`${name}: exit code ${exit}`)
    }
  }
  return { command: place.name, steps: steps.length, runs, exits, complaints: wrong }
}
