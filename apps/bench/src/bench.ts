/** @file What a benchmark is: cases, each with our side and the peers it is measured against. */

import type { Json } from '@indistinct/core'

/** What one run of one side took. */
export interface Timing {
  readonly seconds: number
  /** Of all threads; on a busy machine the steadier figure. */
  readonly cpuSeconds: number
}

/** A side that is ready to run: data loaded, nothing left to compile. */
export interface OpenSide {
  run(): Promise<Timing>
  /** What else there is to say of the runs, such as the number of epochs. */
  notes?(): string | undefined
  close(): void | Promise<void>
}

export interface Side {
  readonly name: string
  /** Makes the side ready, or says in one line why it cannot run here. */
  open(settings: Settings): Promise<OpenSide | { readonly skipped: string }>
}

/** Something measured that is no ratio of times: memory, an error, an AUC. */
export interface Fact {
  readonly name: string
  readonly value: number
  readonly unit?: string
  readonly atMost?: number
  readonly atLeast?: number
}

export interface Case {
  readonly name: string
  readonly ours: Side
  readonly peers: readonly Side[]
  /** By the name of a peer: its time over ours is to be at least this. */
  readonly targets?: Readonly<Record<string, number>>
  /** Our own time is to be at most this, in seconds. */
  readonly atMostSeconds?: number
  /** Untimed, after the runs. */
  readonly facts?: (settings: Settings) => Promise<readonly Fact[]>
}

export interface Settings {
  /** Threads that each side may use. */
  readonly threads: number
  /** Timed runs of each side. */
  readonly repeats: number
  /** Progress, a line at a time. */
  readonly log: (line: string) => void
}

export interface Bench {
  /** Of the results file, and what --filter looks at along with the names of cases. */
  readonly name: string
  readonly title: string
  /** The target in words. */
  readonly target: string
  /** The cases, or in one line why there are none here. */
  cases(settings: Settings): Promise<readonly Case[] | { readonly skipped: string }>
  /** A table beside the cases, which a figure is drawn of where it has times and memory. */
  extra?(settings: Settings): Promise<Extra>
}

export interface Extra {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Json[])[]
  /** What of it has a limit. */
  readonly facts?: readonly Fact[]
  readonly caption: string
}
