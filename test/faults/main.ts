/**
 * @file `npm run faults -- [--kills 200] [--users 60] [--seed 1] [--minutes 30] [--command NAME …] [--only
 * refused|full|killed]`: refuses every step of the writing of every command in every way, runs it on disks that are
 * full, and kills processes. Prints what was found as JSON; exit code 1 on any complaint.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { commands, type CommandName } from './commands.ts'
import { cannotMount, onFullDisks } from './full-disk.ts'
import { numberFlag } from '../number-flag.ts'
import { killedRuns } from './killed-runs.ts'
import { refusedRuns } from './refused-runs.ts'
import { workplace } from './workplace.ts'

const text = (value: string) => ({ type: 'string', default: value }) as const
const { values } = parseArgs({
  options: {
    kills: text('200'),
    users: text('60'),
    seed: text('1'),
    minutes: text('Infinity'),
    command: { type: 'string', multiple: true },
    only: { type: 'string' },
  },
})
const names = (values.command ?? Object.keys(commands)) as CommandName[]
const unknown = names.find((name) => !Object.hasOwn(commands, name))
if (unknown !== undefined)
  throw new Error(`--command: expected one of ${Object.keys(commands).join(', ')}, got ${unknown}`)
const kinds = ['refused', 'full', 'killed']
if (values.only !== undefined && !kinds.includes(values.only))
  throw new Error(`--only: expected one of ${kinds.join(', ')}, got ${values.only}`)
const asked = {
  kills: numberFlag('kills', values.kills),
  users: numberFlag('users', values.users, 1),
  seed: numberFlag('seed', values.seed),
}
const does = (what: string): boolean => values.only === undefined || values.only === what
const end = performance.now() + numberFlag('minutes', values.minutes) * 60_000

const folder = mkdtempSync(join(tmpdir(), 'indistinct-faults-'))
const reason = cannotMount(folder)
if (reason !== undefined && does('full')) console.error(`no full disks: ${reason}`)
function tell(kind: string, result: { readonly complaints: readonly string[] }): void {
  console.log(JSON.stringify({ [kind]: result }))
  if (result.complaints.length > 0) process.exitCode = 1
}
try {
  for (const [n, name] of names.entries()) {
    const small = await workplace(join(folder, `small-${n}`), name, 30)
    if (does('refused')) tell('refused', await refusedRuns(small))
    if (does('full') && reason === undefined) {
      const place = await workplace(join(folder, `full-${n}`), name, asked.users)
      tell(
        'full',
        await onFullDisks(
          place,
          Array.from({ length: 10 }, (_, i) => 32 + 48 * i),
        ),
      )
    }
    if (!does('killed')) continue
    // Every command gets its share of the kills.
    const kills = Math.floor((asked.kills * (n + 1)) / names.length) - Math.floor((asked.kills * n) / names.length)
    const place = await workplace(join(folder, `killed-${n}`), name, asked.users)
    if (kills > 0) tell('killed', await killedRuns(place, kills, asked.seed, (end - performance.now()) / 60_000))
  }
} finally {
  rmSync(folder, { recursive: true })
}
