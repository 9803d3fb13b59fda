/** @file Runs of the real binary, killed at random moments: half of them anywhere, half once a file is being written. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { randomStream, type Random } from '@indistinct/core'
import { complaints, digests, restore, type Workplace } from './unlearning-runs.ts'

const binary = fileURLToPath(new URL('../../apps/indistinct/bin/indistinct.js', import.meta.url))

export interface KilledRuns {
  readonly kills: number
  /** Runs that had ended before the kill came. */
  readonly late: number
  /** Kills after which a temporary file was left. */
  readonly strays: number
  /** Kills after which some outputs were new. */
  readonly partly: number
  readonly complaints: readonly string[]
}

/** Kills `kills` runs, or as many as come in `minutes`; the folder is left as each kill leaves it, so that the next run meets the leftovers. */
export async function killedRuns(prepared: Workplace, kills: number, seed: number, minutes = Infinity): Promise<KilledRuns> {
  const end = performance.now() + minutes * 60_000
  const random = randomStream(seed, 'killed-runs')
  const folder = join(prepared.folder, 'out')
  const wrong: string[] = []
  let [done, late, strays, partly] = [0, 0, 0, 0]
  const whole = await timed(prepared)
  // The report names the command, which another process spells in its own way.
  const place: Workplace = { ...prepared, after: digests(folder) }
  while (done < kills && performance.now() < end) {
    restore(place)
    if (!(await killed(place, random, whole, done % 2 === 0))) {
      late++
      if (late > 10 * kills + 10) throw new Error('killedRuns: runs end before they can be killed')
      continue
    }
    done++
    for (const complaint of complaints(place, { strayParts: true })) wrong.push(`kill ${done}: ${complaint}`)
    const found = digests(folder)
    if ([...found.keys()].some((name) => name.endsWith('.part'))) strays++
    if ([...place.after].some(([name, digest]) => found.get(name) === digest)) partly++
  }
  restore(place)
  await timed(place)
  for (const complaint of complaints(place, { strayParts: false })) wrong.push(`after a whole run: ${complaint}`)
  if ([...place.after].some(([name, digest]) => digests(folder).get(name) !== digest)) wrong.push('a whole run after the kills leaves other bytes')
  return { kills: done, late, strays, partly, complaints: wrong }
}

function start({ args }: Workplace) {
  return spawn(process.execPath, [binary, ...args], { stdio: 'ignore', env: { ...process.env, INDISTINCT_THREADS: '1' } })
}

/** Milliseconds that a whole run takes. */
async function timed(place: Workplace): Promise<number> {
  const begun = performance.now()
  const [code] = (await once(start(place), 'close')) as [number | null]
  if (code !== 0) throw new Error(`killedRuns: an unhindered run exits ${code}`)
  return performance.now() - begun
}

async function killed(place: Workplace, random: Random, whole: number, anywhere: boolean): Promise<boolean> {
  const child = start(place)
  const closed = once(child, 'close') as Promise<[number | null, string | null]>
  let ended = false
  void closed.then(() => (ended = true))
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  if (anywhere) await Promise.race([pause(random.uniform() * whole), closed])
  else {
    const own = `-${child.pid}-0.part`
    while (!ended && !readdirSync(join(place.folder, 'out')).some((name) => name.endsWith(own))) await pause(0)
    await Promise.race([pause(random.uniform() * 60), closed])
  }
  child.kill('SIGKILL')
  const [, signal] = await closed
  return signal === 'SIGKILL'
}
