/**
 * @file A mutation fuzzer guided by coverage: files that run blocks of a parser for the first time join those that the
 * next are made from. Coverage is read once a batch; the files of a batch with news are
 * run again in halves until those that made them are found.
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
      if (latest.length > 0) corpus.push(...(await newcomers(batch, new Set(latest), done)))
    }
  }
  for (const bytes of corpus) if (await accepts(bytes)) accepted++
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
  async function accepts(bytes: Uint8Array): Promise<boolean> {
    try {
      await target.parse(bytes)
      return true
    } catch {
      return false
    }
  }
}
