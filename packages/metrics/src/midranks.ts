/** @file Ranks with ties, the ground of AUC and its intervals. */

/** Indices of `values` in ascending order. @throws RangeError on NaN, which has no order. */
export function ascendingOrder(values: ArrayLike<number>): Uint32Array {
  const order = new Uint32Array(values.length)
  for (let i = 0; i < order.length; i++) {
    if (Number.isNaN(values[i]!)) throw new RangeError(`ascendingOrder: expected numbers, got NaN at ${i}`)
    order[i] = i
  }
  return order.sort((a, b) => (values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : a - b))
}

/** Ranks from 1 (N); equal values share the mean of their ranks. O(N log N). @throws RangeError on NaN. */
export function midranks(values: ArrayLike<number>): Float64Array {
  const n = values.length
  // Sorting without a comparison function and searching is several times faster than sorting places. Where only the
  // first of equal values is searched for, its rank there is that of all of them.
  const sorted = new Float64Array(values).sort()
  if (n > 0 && Number.isNaN(sorted[n - 1]!)) throw new RangeError('midranks: expected numbers, got NaN')
  const shared = new Float64Array(n)
  for (let start = 0; start < n;) {
    let end = start + 1
    while (end < n && sorted[end] === sorted[start]) end++
    shared[start] = (start + end + 1) / 2
    start = end
  }
  const ranks = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const value = values[i]!
    let low = 0
    let high = n - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (sorted[middle]! < value) low = middle + 1
      else high = middle
    }
    ranks[i] = shared[low]!
  }
  return ranks
}
