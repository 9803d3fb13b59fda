/** @file Resamples of users for bootstraps: as many as there are, drawn with replacement within strata. */

import { randomStream } from '@indistinct/core'
import type { Counts } from '@indistinct/kernels'

export interface ResampleOptions {
  readonly seed: number
  readonly resamples: number
  /** Users are redrawn within strata (N codes), so that each resample keeps their sizes, as stratified sampling did. */
  readonly strata?: ArrayLike<number> | undefined
}

/** How often each user (N rows) is drawn in each of `count` resamples; columns beyond these mean nothing. */
export interface ResampleBlock extends Counts {
  readonly count: number
}

interface Drawn {
  readonly seed: number
  readonly strata: Float64Array
  readonly resamples: number
  readonly blocks: readonly ResampleBlock[]
}

/** What was drawn last: attacks on the same users, one after the other, are resampled alike. */
let last: Drawn | undefined
/** Most counts that are kept, 64 MB, and of one block. */
const mostKept = 2 ** 25
const blockCounts = 2 ** 23
/** Resamples drawn side by side, each into a row of its own: a draw into the block would miss the cache every time. */
const drawnAtOnce = 32

/** The first so many resamples of n users, in blocks; they are the same however many are asked for. */
export function* resamplesOf(n: number, { seed, resamples, strata }: ResampleOptions): Generator<ResampleBlock> {
  const keys = Float64Array.from({ length: n }, (_, i) => (strata ? strata[i]! : 0))
  const isKept =
    last?.seed === seed &&
    last.resamples >= resamples &&
    last.strata.length === n &&
    keys.every((key, i) => key === last!.strata[i])
  const keep = n * resamples <= mostKept
  const blocks: ResampleBlock[] = []
  let done = 0
  for (const block of isKept ? last!.blocks : drawnBlocks(n, keys, { seed, resamples })) {
    if (done >= resamples) return
    if (keep) blocks.push(block)
    yield { ...block, count: Math.min(block.count, resamples - done) }
    done += block.count
  }
  if (keep && !isKept) last = { seed, strata: keys, resamples, blocks }
}

function* drawnBlocks(
  n: number,
  keys: Float64Array,
  { seed, resamples }: ResampleOptions,
): Generator<ResampleBlock, void> {
  const groups = new Map<number, number[]>()
  keys.forEach((key, i) => {
    const group = groups.get(key)
    if (group) group.push(i)
    else groups.set(key, [i])
  })
  const random = randomStream(seed, 'bootstrap')
  const drawn = new Uint16Array(drawnAtOnce * n)
  const most = Math.max(8, 8 * Math.floor(blockCounts / (8 * n)))
  for (let first = 0; first < resamples; first += most) {
    const count = Math.min(most, resamples - first)
    const cols = 8 * Math.ceil(count / 8)
    const data = new Uint16Array(n * cols)
    for (let column = 0; column < count; column += drawnAtOnce) {
      const width = Math.min(drawnAtOnce, count - column)
      drawn.fill(0)
      for (let b = 0; b < width; b++) {
        for (const group of groups.values()) {
          const size = group.length
          for (let d = 0; d < size; d++) drawn[b * n + group[random.integer(size)]!]!++
        }
      }
      for (let i = 0; i < n; i++)
        for (let b = 0, to = i * cols + column; b < width; b++, to++) data[to] = drawn[b * n + i]!
    }
    yield { rows: n, cols, data, count }
  }
}
