/** @file Which blocks of the parsers have run, by V8's own counters. */

import { Session, type Profiler } from 'node:inspector'

export interface Coverage {
  /** Blocks that have run since the last call. */
  ran(): string[]
  /** Those of them that had never run before. */
  take(): string[]
  /** How many blocks have run so far. */
  total(): number
  stop(): void
}

/** Watches scripts whose URL contains one of `parts`. */
export function watchCoverage(parts: readonly string[]): Coverage {
  const session = new Session()
  session.connect()
  const seen = new Set<string>()
  const post = <T>(method: string, parameters?: object): T => {
    let result: T | undefined
    // The session is in this thread: the answer is there when post returns.
    session.post(method, parameters, (error: Error | null, answer?: object) => {
      if (error) throw error
      result = answer as T
    })
    return result as T
  }
  post('Profiler.enable')
  post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  const ran = (): string[] => {
    const { result } = post<Profiler.TakePreciseCoverageReturnType>('Profiler.takePreciseCoverage')
    return result
      .filter(({ url }) => parts.some((part) => url.includes(part)))
      .flatMap(({ scriptId, functions }) =>
        functions.flatMap(({ ranges }) =>
          ranges
            .filter(({ count }) => count > 0)
            .map(({ startOffset, endOffset }) => `${scriptId}:${startOffset}:${endOffset}`),
        ),
      )
  }
  return {
    ran,
    take() {
      const news = ran().filter((block) => !seen.has(block))
      for (const block of news) seen.add(block)
      return news
    },
    total: () => seen.size,
    stop() {
      post('Profiler.stopPreciseCoverage')
      session.disconnect()
    },
  }
}
