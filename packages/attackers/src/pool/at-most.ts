/** @file So many calls at once: others wait, and hold no memory yet. */

/** `run`, of whose calls at most `count` have begun and not ended; the others follow in the order of their calls. */
export function atMost<A, R>(count: number, run: (given: A) => Promise<R>): (given: A) => Promise<R> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (given) => {
    if (running >= count) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await run(given)
    } finally {
      // Whoever waits takes the place over, so that none who comes now slips in between.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
