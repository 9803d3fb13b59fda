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

/** Ranks from 1 (N); equal values share the mean of their ranks. O(N log N). */
export function midranks(values: ArrayLike<number>): Float64Array {
  const order = ascendingOrder(values)
  const ranks = new Float64Array(order.length)
  for (let start = 0; start < order.length;) {
    let end = start + 1
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++
    for (let p = start; p < end; p++) ranks[order[p]!] = (start + end + 1) / 2
    start = end
  }
  return ranks
}
