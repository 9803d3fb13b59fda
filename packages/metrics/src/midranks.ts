/** @file Ranks with ties, the ground of AUC and its intervals. */

/** Indices of `values` in ascending order, equal ones as they come. @throws RangeError on NaN, which has no order. */
export function ascendingOrder(values: ArrayLike<number>): Uint32Array {
  const { first } = places('ascendingOrder', values)
  const order = new Uint32Array(first.length)
  const met = new Uint32Array(first.length)
  for (let i = 0; i < first.length; i++) order[first[i]! + met[first[i]!]!++] = i
  return order
}

/** Ranks from 1 (N); equal values share the mean of their ranks. O(N log N). @throws RangeError on NaN. */
export function midranks(values: ArrayLike<number>): Float64Array {
  const { sorted, first } = places('midranks', values)
  const n = sorted.length
  const shared = new Float64Array(n)
  for (let start = 0; start < n;) {
    let end = start + 1
    while (end < n && sorted[end] === sorted[start]) end++
    shared[start] = (start + end + 1) / 2
    start = end
  }
  return Float64Array.from(first, (at) => shared[at]!)
}

/**
 * Values in order, and of each the place there of the first that equals it. Sorting without a comparison function and
 * searching is several times faster than sorting places.
 */
function places(
  caller: string,
  values: ArrayLike<number>,
): { readonly sorted: Float64Array; readonly first: Uint32Array } {
  const n = values.length
  // Typed arrays take null for 0, and a text for the number it spells.
  const odd = ArrayBuffer.isView(values) ? -1 : Array.prototype.findIndex.call(values, (x) => typeof x !== 'number')
  if (odd >= 0) throw new RangeError(`${caller}: expected numbers, got ${String(values[odd])} at ${odd}`)
  const sorted = new Float64Array(values).sort()
  if (n > 0 && Number.isNaN(sorted[n - 1]!)) {
    const at = Array.prototype.findIndex.call(values, Number.isNaN)
    throw new RangeError(`${caller}: expected numbers, got NaN at ${at}`)
  }
  const first = new Uint32Array(n)
  for (let i = 0; i < n; i++) {
    const value = values[i]!
    let low = 0
    let high = n - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (sorted[middle]! < value) low = middle + 1
      else high = middle
    }
    first[i] = low
  }
  return { sorted, first }
}
