/** @file How time and memory of a whole default audit grow with users and dimensions. */

import { audit, foreseeAudit } from '@indistinct/attackers'
import type { Json } from '@indistinct/core'
import type { Bench, Fact } from '../bench.ts'
import { normalTable } from '../normal-table.ts'
import { peakMemory } from '../peak-memory.ts'

interface Size {
  readonly rows: number
  readonly cols: number
  /** Processor seconds that are aimed at. */
  readonly atMost?: number
}

const sizes: readonly Size[] = [
  { rows: 300, cols: 16 },
  { rows: 1000, cols: 16 },
  { rows: 6000, cols: 16 },
  { rows: 300, cols: 64 },
  { rows: 1000, cols: 64 },
  { rows: 6000, cols: 64, atMost: 90 },
  { rows: 100_000, cols: 64 },
  { rows: 300, cols: 1536 },
  { rows: 1000, cols: 1536, atMost: 60 },
]
const mostMegabytes = 1500

export const auditGrowthBench: Bench = {
  name: 'audit-growth',
  title: 'Growth of a default audit with users and dimensions',
  target: 'processor time of 6,000 x 64 in 90 s, 1,000 x 1,536 in 60 s, in 1.5 GB',
  cases: async () => [],
  async extra({ threads, log }) {
    const rows: Json[][] = []
    const facts: Fact[] = []
    for (const { rows: users, cols, atMost } of sizes) {
      const { before, peak, result } = await peakMemory('audit-growth', { rows: users, cols }, threads)
      const { seconds, cpuSeconds, foreseen, attacks } = result as Record<string, number>
      rows.push([`K = ${cols}`, users, seconds!, cpuSeconds!, foreseen!, attacks!, before / 1e6, peak / 1e6])
      log(`  ${users} x ${cols}: ${cpuSeconds!.toFixed(1)} s of processor time, ${foreseen!.toFixed(1)} s foreseen`)
      if (atMost === undefined) continue
      const name = `${users.toLocaleString('en-GB')} x ${cols.toLocaleString('en-GB')}`
      facts.push(
        { name: `processor time, ${name}`, value: cpuSeconds!, unit: 's', atMost },
        { name: `memory at the peak, ${name}`, value: peak / 1e6, unit: 'MB', atMost: mostMegabytes },
      )
    }
    return {
      columns: ['work', 'N', 'seconds', 'CPU seconds', 'foreseen', 'attacks', 'MB before', 'MB at peak'],
      rows,
      facts,
      caption:
        'One run each, on normal users with a small leak. Processor time is of all threads; foreseen is what the ' +
        'audit says beforehand, of one processor. Of more than 20,000 users so many are drawn. Memory is that of a ' +
        'process that does nothing else, with the table.',
    }
  },
}

/** One audit, for probes.ts. */
export function auditGrowthProbe({
  rows,
  cols,
}: {
  rows: number
  cols: number
}): () => Promise<Record<string, number>> {
  const { theta, labels } = normalTable(rows, cols, 11, 0.05)
  return async () => {
    const foreseen = foreseeAudit(theta, labels, { seed: 1 }).seconds
    const cpu = process.cpuUsage()
    const start = performance.now()
    const { attacks } = await audit(theta, labels, { seed: 1 })
    const { user, system } = process.cpuUsage(cpu)
    return {
      foreseen,
      attacks: attacks.length,
      seconds: (performance.now() - start) / 1000,
      cpuSeconds: (user + system) / 1e6,
    }
  }
}
