/** @file Our side of a case: a function of this process, timed with all its threads. */

import type { Side } from './bench.ts'

export interface OwnRun {
  run(): void | Promise<void>
  /** What to multiply times by, where a run is a hundred calls of something short or a tenth of something long. */
  readonly scale?: number
  notes?(): string | undefined
  close?(): void
}

/** A side that `open` makes ready, each call of whose `run` is one timed run. */
export function ownSide(open: () => OwnRun | Promise<OwnRun>, name = 'indistinct'): Side {
  return {
    name,
    async open() {
      const own = await open()
      return {
        async run() {
          const cpu = process.cpuUsage()
          const start = performance.now()
          await own.run()
          const seconds = (performance.now() - start) / 1000
          const { user, system } = process.cpuUsage(cpu)
          const { scale = 1 } = own
          return { seconds: scale * seconds, cpuSeconds: (scale * (user + system)) / 1e6 }
        },
        ...(own.notes && { notes: () => own.notes!() }),
        close: () => own.close?.(),
      }
    },
  }
}
