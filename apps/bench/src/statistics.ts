/** @file Summaries of repeated timings. */

export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** Median (the mean of the middle two of an even number), minimum and maximum. */
export function summary(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new RangeError('summary: expected one sample or more, got none')
  const sorted = [...samples].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, min: sorted[0]!, max: sorted[sorted.length - 1]! }
}

/** The median of `peer` over that of `ours`, and the range that the extremes of both allow. */
export function ratioOf(peer: Summary, ours: Summary): Summary {
  return { median: peer.median / ours.median, min: peer.min / ours.max, max: peer.max / ours.min }
}
