/**
 * @file A mutation fuzzer guided by coverage: files that run blocks of a parser for the first time join those that the
 * next are made from. Coverage is read once a batch; the files of a batch with news are run
 * again one by one.
 */

import { randomStream } from '@indistinct/core'
import { watchCoverage } from './coverage.ts'
import { mutated } from './mutate.ts'
import { targets, verdict } from './targets.ts'

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
  /** Files that the parser took. */
  readonly accepted: number
  readonly corpus: number
  readonly blocks: number
  readonly slowestMs: number
  /** The first file with an error that is not the parser's own. */
  readonly failure?: { readonly bytes: Uint8Array; readonly error: Error }
}

const BATCH = 256
const MOST_FILES = 4000

export async function fuzz({ format, cases, seed, minutes = Infinity, onCase }: FuzzOptions): Promise<FuzzResult> {
  const target = targets[format]!
  const random = randomStream(seed, 'fuzz', format)
  const corpus = target.seeds()
  const coverage = watchCoverage('packages/embeddings/src')
  let accepted = 0
  let slowestMs = 0
  const finish = (done: number, failure?: FuzzResult['failure']): FuzzResult => {
    coverage.stop()
    return { cases: done, accepted, corpus: corpus.length, blocks: coverage.total(), slowestMs, ...(failure && { failure }) }
  }
  for (const bytes of corpus) {
    const error = await verdict(target, bytes)
    if (error) return finish(0, { bytes, error })
  }
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
      const error = await verdict(target, bytes)
      slowestMs = Math.max(slowestMs, performance.now() - start)
      if (error) return finish(done + 1, { bytes, error })
    }
    if (corpus.length < MOST_FILES) {
      const latest = coverage.take()
      if (latest.length > 0) corpus.push(...(await newcomers(batch, latest, done)))
    }
  }
  for (const bytes of corpus) if (await accepts(bytes)) accepted++
  return finish(done)

  /** The files of a batch that ran new blocks: each is run again alone, which is rare once most blocks have run. */
  async function newcomers(batch: readonly Uint8Array[], latest: readonly string[], done: number): Promise<Uint8Array[]> {
    const fresh = new Set(latest)
    const found: Uint8Array[] = []
    for (const bytes of batch) {
      coverage.ran()
      onCase?.(bytes, done)
      await verdict(target, bytes)
      const ran = coverage.ran().filter((block) => fresh.has(block))
      if (ran.length === 0) continue
      for (const block of ran) fresh.delete(block)
      found.push(bytes)
      if (fresh.size === 0) break
    }
    return found
  }
  function pick(): Uint8Array {
    return corpus[random.integer(corpus.length)]!
  }
  async function accepts(bytes: Uint8Array): Promise<boolean> {
    try {
      await target.parse(bytes)
      return true
    } catch {
      return false
    }
  }
}
