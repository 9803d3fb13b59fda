/** @file The other process of peak-memory.ts: prepares, measures its memory, works, and measures again. */

import { auditGrowthProbe } from './benches/audit-growth.bench.ts'
import { growthProbe } from './benches/growth.bench.ts'
import { mmdProbe } from './benches/mmd.bench.ts'

type Work = () => Record<string, number> | Promise<Record<string, number>>

const probes: { readonly [name: string]: (parameters: never) => Work } = {
  mmd: mmdProbe,
  growth: growthProbe,
  'audit-growth': auditGrowthProbe,
}
const [name, parameters] = process.argv.slice(2)
const work = probes[name!]!(JSON.parse(parameters!) as never)
// Peak and not present memory in both: what preparing took for a moment is no part of the work.
const before = process.resourceUsage().maxRSS * 1024
const result = await work()
const peak = process.resourceUsage().maxRSS * 1024
process.stdout.write(JSON.stringify({ before, peak, result }))
