/**
 * @file `npm run faults -- [--kills 200] [--users 20000] [--seed 1] [--minutes 30]`: refuses every step of the writing of an unlearning
 * run in every way, then kills runs of the real binary. Prints what was found as JSON; exit code 1 on any complaint.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { killedRuns } from './killed-runs.ts'
import { refusedRuns } from './refused-runs.ts'
import { workplace } from './unlearning-runs.ts'

const { values } = parseArgs({ options: { kills: { type: 'string', default: '200' }, users: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' }, minutes: { type: 'string', default: 'Infinity' } } })
const folder = mkdtempSync(join(tmpdir(), 'indistinct-faults-'))
try {
  const refused = await refusedRuns(await workplace(join(folder, 'refused'), 60))
  console.log(JSON.stringify({ refused }))
  const killed = await killedRuns(await workplace(join(folder, 'killed'), Number(values.users)), Number(values.kills), Number(values.seed), Number(values.minutes))
  console.log(JSON.stringify({ killed }))
  process.exitCode = refused.complaints.length + killed.complaints.length > 0 ? 1 : 0
} finally {
  rmSync(folder, { recursive: true })
}
