/**
 * @file A mutation fuzzer guided by coverage: files that run blocks of a parser for the first time join those that the
 * next are made from. Coverage is read once a batch; the files of a batch with news are
 * run again in halves until those that made them are found.
 */

import { randomStream } from '@indistinct/core'
import { watchCoverage } from './coverage.ts'
import { mutated } from './mutate.ts'
import { targets } from './targets.ts'
import { verdict } from './verdict.ts'

export interface FuzzOptions {
  readonly format: string
  readonly cases: number
  readonly seed: number
  /** Ends early after this many minutes. */
  readonly minutes?: number | undefined
  /** Sees every file before it is parsed. */
  readonly onCase?: (bytes: Uint8Array, number: number) => void
}

export interface FuzzResult {
  readonly cases: number
  /** Files that the parser took; it refused the others with an error of its own. */
  readonly accepted: number
  readonly corpus: number
  readonly blocks: number
  /** Of the slowest files, each run again three times, so that what other programs took does not count. */
  readonly slowestMs: number
  /** The first file with an error that is not the parser's own. */
  readonly failure?: { readonly bytes: Uint8Array; readonly error: Error }
}

const BATCH = 256
const MOST_FILES = 4000
const SLOW_FILES = 16

export async function fuzz({ format, cases, seed, minutes = Infinity, onCase }: FuzzOptions): Promise<FuzzResult> {
  const target = targets[format]!
  const random = randomStream(seed, 'fuzz', format)
  const corpus = target.seeds()
  // Most files are refused, and the stack of an error costs more than the parsing.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const coverage = watchCoverage(target.sources ?? ['packages/embeddings/src'])
  const slow: { bytes: Uint8Array; ms: number }[] = []
  let accepted = 0
  const finish = async (done: number, failed?: Uint8Array): Promise<FuzzResult> => {
    coverage.stop()
    const slowestMs = failed ? NaN : await slowest()
    Error.stackTraceLimit = stackTraceLimit
    const error = failed && (await verdict(target, failed))
    const failure = failed && {
      bytes: failed,
      error: error instanceof Error ? error : new Error('failed once, and not again'),
    }
    return {
      cases: done,
      accepted,
      corpus: corpus.length,
      blocks: coverage.total(),
      slowestMs,
      ...(failure && { failure }),
    }
  }
  for (const bytes of corpus) if ((await verdict(target, bytes)) instanceof Error) return finish(0, bytes)
  coverage.take()
  const end = performance.now() + minutes * 60_000
  let done = 0
  while (done < cases && performance.now() < end) {
    const batch: Uint8Array[] = []
    for (; batch.length < BATCH && done < cases; done++) {
      const bytes = mutated(pick(), pick(), target.tokens, random)
      batch.push(bytes)
      onCase?.(bytes, done)
      const start = performance.now()
      const answer = await verdict(target, bytes)
      noteTime(bytes, performance.now() - start)
      if (answer instanceof Error) return finish(done + 1, bytes)
      if (answer === 'accepted') accepted++
    }
    if (corpus.length < MOST_FILES) {
      const latest = coverage.take()
      if (latest.length > 0) corpus.push(...(await newcomers(batch, new Set(latest), done)))
    }
  }
  return finish(done)

  /** The files among `files` that run blocks of `fresh`, found by halves; what they run is taken from `fresh`. */
  async function newcomers(files: readonly Uint8Array[], fresh: Set<string>, done: number): Promise<Uint8Array[]> {
    coverage.ran()
    for (const bytes of files) {
      onCase?.(bytes, done)
      await verdict(target, bytes)
    }
    const hit = coverage.ran().filter((block) => fresh.has(block))
    if (hit.length === 0) return []
    if (files.length === 1) {
      for (const block of hit) fresh.delete(block)
      return [...files]
    }
    const half = files.length >> 1
    const first = await newcomers(files.slice(0, half), fresh, done)
    return fresh.size === 0 ? first : [...first, ...(await newcomers(files.slice(half), fresh, done))]
  }
  function pick(): Uint8Array {
    return corpus[random.integer(corpus.length)]!
  }
  function noteTime(bytes: Uint8Array, ms: number): void {
    if (slow.length === SLOW_FILES && ms <= slow.at(-1)!.ms) return
    slow.push({ bytes, ms })
    slow.sort((a, b) => b.ms - a.ms)
    slow.length = Math.min(slow.length, SLOW_FILES)
  }
  async function slowest(): Promise<number> {
    let most = 0
    for (const { bytes } of slow) {
      let least = Infinity
      for (let run = 0; run < 3; run++) {
        const start = performance.now()
        await verdict(target, bytes)
        least = Math.min(least, performance.now() - start)
      }
      most = Math.max(most, least)
    }
    return Math.round(most * 100) / 100
  }
}
