/**
 * @file Processes of their own, killed: every other one at a random moment of its life, the others at a random step of
 * their writing, half a write included.
 */

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { randomStream } from '@indistinct/core'
import { bundle, bundled } from './bundle.ts'
import { watchSteps } from './refused-steps.ts'
import { complaints, digests, exitCode, newOutputs, restore, strays } from './workplace.ts'
import type { Workplace } from './place.ts'

export interface KilledRuns {
  readonly command: string
  readonly kills: number
  /** Kills in the first, second, third and last quarter of the time that a whole run took. */
  readonly quarters: readonly number[]
  /**
   * Kills while files were being written: at a step of it, or with a temporary file of this process or some new outputs
   * there afterwards.
   */
  readonly writing: number
  /** Runs that had ended before the kill came. */
  readonly late: number
  /** Kills after which the process had left a temporary file. */
  readonly strays: number
  /** Kills after which some outputs were new. */
  readonly partly: number
  readonly complaints: readonly string[]
}

/**
 * Kills `kills` runs, or as many as come in `minutes`; the folder is left as each kill leaves it, so that the next run
 * meets the leftovers.
 */
export async function killedRuns(
  prepared: Workplace,
  kills: number,
  seed: number,
  minutes = Infinity,
): Promise<KilledRuns> {
  const end = performance.now() + minutes * 60_000
  const random = randomStream(seed, 'killed-runs', prepared.name)
  const folder = join(prepared.folder, 'out')
  const wrong: string[] = []
  const quarters = [0, 0, 0, 0]
  let [done, writing, late, left, partly] = [0, 0, 0, 0, 0]
  const watch = watchSteps(folder)
  await exitCode(prepared).finally(() => watch.stop())
  const steps = watch.steps.length
  await bundle()
  let whole = await timed(prepared)
  // The report names the command, which another process spells in its own way.
  const place: Workplace = { ...prepared, after: digests(folder) }
  for (let attempt = 0; done < kills && performance.now() < end; attempt++) {
    restore(place)
    const atStep = attempt % 2 === 1
    const begun = performance.now()
    const killed = await (atStep
      ? killedAtStep(place, random.integer(steps))
      : killedAfter(place, random.uniform() * whole))
    if (killed === undefined) {
      late++
      // Machines are busier at times.
      if (!atStep) whole = Math.min(whole, performance.now() - begun)
      if (late > 10 * kills + 10) throw new Error('killedRuns: runs end before they can be killed')
      continue
    }
    const share = (performance.now() - begun) / whole
    quarters[Math.min(3, Math.floor(4 * share))]!++
    done++
    for (const complaint of complaints(place, { strayParts: true })) wrong.push(`kill ${done}: ${complaint}`)
    const stray = strays(place).some((name) => name.includes(`-${killed}-`) || name.includes(`artifact.${killed}.`))
    const fresh = newOutputs(place).length > 0
    if (stray) left++
    if (fresh) partly++
    if (stray || fresh || atStep) writing++
  }
  restore(place)
  await timed(place)
  for (const complaint of complaints(place, { strayParts: false })) wrong.push(`after a whole run: ${complaint}`)
  if (newOutputs(place).length !== place.after.size) wrong.push('a whole run after the kills leaves other bytes')
  return { command: place.name, kills: done, quarters, writing, late, strays: left, partly, complaints: wrong }
}

function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, args, { stdio: 'ignore', env: { ...process.env, INDISTINCT_THREADS: '1', ...env } })
}

/** Milliseconds that a whole run takes. */
async function timed(place: Workplace): Promise<number> {
  const begun = performance.now()
  const [code] = (await once(start(place.process), 'close')) as [number | null]
  if (code !== 0) throw new Error(`killedRuns: an unhindered run of ${place.name} exits ${code}`)
  return performance.now() - begun
}

/** The number of the process, or undefined where it had ended before the kill came. */
async function killedAfter(place: Workplace, ms: number): Promise<number | undefined> {
  const child = start(place.process)
  const closed = once(child, 'close') as Promise<[number | null, string | null]>
  await Promise.race([new Promise((resolve) => setTimeout(resolve, ms)), closed])
  child.kill('SIGKILL')
  return (await closed)[1] === 'SIGKILL' ? child.pid : undefined
}

/** The same for a process that kills itself at a step of its writing. */
async function killedAtStep(place: Workplace, step: number): Promise<number | undefined> {
  const args = ['--import', bundled.dieAtStep, ...place.process]
  const child = start(args, { INDISTINCT_DIE_AT: String(step), INDISTINCT_DIE_IN: join(place.folder, 'out') })
  const [, signal] = (await once(child, 'close')) as [number | null, string | null]
  return signal === 'SIGKILL' ? child.pid : undefined
}
