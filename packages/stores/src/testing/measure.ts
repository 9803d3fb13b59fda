/**
 * @file Times a publication on a server of its own, step by step, for docs/stores.md:
 * `node --import @indistinct/loader packages/stores/src/testing/measure.ts redis|postgres|pglite USERS DIMENSIONS`
 */

import { readdirSync, readFileSync } from 'node:fs'
import { randomStream } from '@indistinct/core'
import type { IdentifiedVectors, Progress } from '../store.ts'
import { pglite, postgres, redis } from './places.ts'
import { vectorsOf } from './tables.ts'

const [kind = 'redis', users = '100000', dimensions = '64'] = process.argv.slice(2)
const [rows, cols] = [Number(users), Number(dimensions)]
const places = { pglite, postgres, redis }
const place = await places[kind as keyof typeof places].start(cols)

function table(seed: number): IdentifiedVectors {
  const random = randomStream(seed, 'measured')
  return {
    ids: Array.from({ length: rows }, (_, i) => String(i)),
    matrix: { rows, cols, data: Float32Array.from({ length: rows * cols }, () => random.normal()) },
  }
}

/** Seconds that the server and its processes have computed, which other load on the machine does not change (Linux). */
function serverSeconds(): number {
  if (place.pid === undefined) return NaN
  let ticks = 0
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
        .map(Number)
      // Of the server itself also what its ended children had computed.
      if (Number(pid) === place.pid) ticks += fields[11]! + fields[12]! + fields[13]! + fields[14]!
      else if (fields[1] === place.pid) ticks += fields[11]! + fields[12]!
    } catch {
      // The process ended in between.
    }
  }
  return ticks / 100
}

await place.fill(vectorsOf(table(1)))
const store = await place.open()
const next = table(2)
const seconds = new Map<Progress['step'], { wall: number; server: number; client: number }>()
let current: Progress['step'] = 'survey'
const now = (): { wall: number; server: number; client: number } => {
  const { user, system } = process.cpuUsage()
  return { wall: performance.now() / 1000, server: serverSeconds(), client: (user + system) / 1e6 }
}
let last = now()
const count = (step: Progress['step'], end = false): void => {
  if (step === current && !end) return
  const time = now()
  const sum = seconds.get(current) ?? { wall: 0, server: 0, client: 0 }
  seconds.set(current, {
    wall: sum.wall + time.wall - last.wall,
    server: sum.server + time.server - last.server,
    client: sum.client + time.client - last.client,
  })
  last = time
  current = step
}
await store.publish(next, { onProgress: ({ step }) => count(step) })
count(current, true)
console.log(
  `${kind}, ${rows} users, ${cols} dimensions; seconds: on the clock, computed by the server, computed by this program`,
)
for (const [step, { wall, server, client }] of seconds)
  console.log(`${step.padEnd(8)} ${[wall, server, client].map((value) => value.toFixed(2).padStart(8)).join('')}`)
await store.close()
await place.stop()
