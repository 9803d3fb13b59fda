/** @file Runs the sides of a case in turn: whatever else the machine does then hits all of them alike. */

import type { Case, Fact, OpenSide, Settings, Timing } from './bench.ts'
import { ratioOf, summary, type Summary } from './statistics.ts'

export interface SideResult {
  readonly name: string
  readonly seconds: Summary
  readonly cpuSeconds: Summary
  readonly samples: readonly number[]
  readonly notes?: string
}

export interface RatioResult {
  readonly peer: string
  /** Peer's time over ours: medians, and the range that the extremes allow. */
  readonly time: Summary
  /** The same of processor time, which waiting for a core does not enter. */
  readonly cpu: number
  readonly atLeast?: number
}

export interface CaseResult {
  readonly name: string
  readonly sides: readonly SideResult[]
  readonly ratios: readonly RatioResult[]
  readonly skipped: readonly { readonly peer: string; readonly reason: string }[]
  readonly facts: readonly Fact[]
}

/** Short work is run more often than asked: until a side has run for so long, and at most so often. */
const enoughSeconds = 3
const mostRounds = 31

/**
 * Untimed rounds, then `repeats` timed ones or more, in each of which every side runs once. One untimed round; for
 * short work up to ten, about a second, so that what compiles as it runs has been compiled.
 */
export async function measureCase(work: Case, settings: Settings): Promise<CaseResult> {
  const skipped: { peer: string; reason: string }[] = []
  const open: { name: string; side: OpenSide; timings: Timing[] }[] = []
  try {
    for (const side of [work.ours, ...work.peers]) {
      const opened = await side.open(settings)
      if (!('skipped' in opened)) {
        open.push({ name: side.name, side: opened, timings: [] })
        continue
      }
      if (side === work.ours)
        throw new Error(`measureCase: expected our side of ${work.name} to run, got ${opened.skipped}`)
      skipped.push({ peer: side.name, reason: opened.skipped })
      settings.log(`  ${side.name} skipped: ${opened.skipped}`)
    }
    let slowest = 0
    for (const { side } of open) slowest = Math.max(slowest, await wallSeconds(side))
    for (let round = 1; round < Math.min(10, 1 / slowest); round++) for (const { side } of open) await side.run()
    const rounds = Math.max(settings.repeats, Math.min(mostRounds, Math.ceil(enoughSeconds / slowest)))
    for (let round = 0; round < rounds; round++) {
      for (const each of open) each.timings.push(await each.side.run())
    }
    const sides = open.map(({ name, side, timings }): SideResult => {
      const notes = side.notes?.()
      return {
        name,
        seconds: summary(timings.map((timing) => timing.seconds)),
        cpuSeconds: summary(timings.map((timing) => timing.cpuSeconds)),
        samples: timings.map((timing) => timing.seconds),
        ...(notes !== undefined && { notes }),
      }
    })
    const [ours, ...peers] = sides as [SideResult, ...SideResult[]]
    const ratios = peers.map((peer): RatioResult => {
      const atLeast = work.targets?.[peer.name]
      return {
        peer: peer.name,
        time: ratioOf(peer.seconds, ours.seconds),
        cpu: peer.cpuSeconds.median / ours.cpuSeconds.median,
        ...(atLeast !== undefined && { atLeast }),
      }
    })
    const limit: Fact[] =
      work.atMostSeconds === undefined
        ? []
        : [{ name: 'median time', value: ours.seconds.median, unit: 's', atMost: work.atMostSeconds }]
    const facts = [...limit, ...((await work.facts?.(settings)) ?? [])]
    return { name: work.name, sides, ratios, skipped, facts }
  } finally {
    for (const { side } of open) await side.close()
  }
}

/** How long a run really takes: what a side reports may be scaled. */
async function wallSeconds(side: OpenSide): Promise<number> {
  const start = performance.now()
  await side.run()
  return (performance.now() - start) / 1000
}
