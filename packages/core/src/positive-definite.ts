/**
 * @file Cholesky factors of symmetric positive definite matrices in float64, row-major, and what is solved with them.
 * Blocked for the cache, so that thousands of rows are a matter of seconds; sums have one fixed order.
 */

/** Rows and columns of a block: three blocks of that depth stay in the second level of cache. */
const block = 64

/**
 * Replaces the lower triangle of `a` (n, n) by L, a = L L'; what lies above the diagonal is not read, and is left
 * undefined.
 * @throws RangeError when a pivot is not above zero: the matrix is not positive definite to working precision.
 */
export function choleskyFactor(a: Float64Array, n: number): void {
  if (a.length !== n * n) throw new RangeError(`choleskyFactor: expected ${n} x ${n} values, got ${a.length}`)
  for (let first = 0; first < n; first += block) {
    const last = Math.min(first + block, n)
    for (let top = first; top < n; top += block)
      subtractDots(a, top, first, Math.min(top + block, n), last, a, a, 0, first, n)
    for (let j = first; j < last; j++) {
      for (let i = j; i < n; i++) {
        let sum = a[i * n + j]!
        for (let k = first; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!
        if (i > j) {
          a[i * n + j] = sum / a[j * n + j]!
          continue
        }
        if (!(sum > 0 && sum < Infinity))
          throw new RangeError(`choleskyFactor: expected a positive definite matrix, got pivot ${sum} in row ${i}`)
        a[i * n + i] = Math.sqrt(sum)
      }
    }
  }
}

/** Solves L L' x = b in place for b (n), L the lower triangle of `lower` (n, n). */
export function choleskySolve(lower: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i]!
    for (let k = 0; k < i; k++) sum -= lower[i * n + k]! * b[k]!
    b[i] = sum / lower[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    const solved = b[i]! / lower[i * n + i]!
    b[i] = solved
    for (let k = 0; k < i; k++) b[k]! -= lower[i * n + k]! * solved
  }
}

/**
 * The inverse of `a` (n, n), of which the lower triangle is read and overwritten by its factor L.
 * @throws RangeError as `choleskyFactor` does.
 */
export function positiveInverse(a: Float64Array, n: number): Float64Array {
  choleskyFactor(a, n)
  // Row c of `root` is column c of the inverse of L, so that every product below is one of rows: T[c, i] for i >= c.
  const root = new Float64Array(n * n)
  for (let i = 0; i < n; i++) root[i * n + i] = 1
  for (let first = 0; first < n; first += block) {
    const last = Math.min(first + block, n)
    for (let top = 0; top <= first; top += block) {
      const bottom = Math.min(top + block, n)
      subtractDots(root, top, first, bottom, last, root, a, top, first, n)
      for (let c = top; c < bottom; c++) {
        for (let i = Math.max(first, c); i < last; i++) {
          let sum = root[c * n + i]!
          for (let k = Math.max(first, c); k < i; k++) sum -= a[i * n + k]! * root[c * n + k]!
          root[c * n + i] = sum / a[i * n + i]!
        }
      }
    }
  }
  const negative = new Float64Array(n * n)
  for (let top = 0; top < n; top += block) {
    for (let first = 0; first <= top; first += block)
      subtractDots(negative, top, first, Math.min(top + block, n), Math.min(first + block, n), root, root, top, n, n)
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) negative[j * n + i] = negative[i * n + j] = -negative[i * n + j]!
  }
  return negative
}

/**
 * c[i, j] -= sum over from <= k < to of a[i, k] b[j, k], for top <= i < bottom and first <= j < last; all (n, n).
 * Values of c that are read there as a or b lie in other columns.
 */
function subtractDots(
  c: Float64Array,
  top: number,
  first: number,
  bottom: number,
  last: number,
  a: Float64Array,
  b: Float64Array,
  from: number,
  to: number,
  n: number,
): void {
  // Depth is cut too: what is multiplied stays in the cache for all of the block.
  const depth = 256
  for (let start = from; start < to; start += depth) {
    const end = Math.min(start + depth, to)
    let i = top
    for (; i + 4 <= bottom; i += 4) {
      let j = first
      for (; j + 2 <= last; j += 2) fourByTwo(c, i, j, a, b, start, end, n)
      for (; j < last; j++) for (let row = i; row < i + 4; row++) one(c, row, j, a, b, start, end, n)
    }
    for (; i < bottom; i++) for (let j = first; j < last; j++) one(c, i, j, a, b, start, end, n)
  }
}

function fourByTwo(
  c: Float64Array,
  i: number,
  j: number,
  a: Float64Array,
  b: Float64Array,
  start: number,
  end: number,
  n: number,
): void {
  const [a0, a1, a2, a3] = [i * n, (i + 1) * n, (i + 2) * n, (i + 3) * n]
  const [b0, b1] = [j * n, (j + 1) * n]
  let s00 = 0,
    s01 = 0,
    s10 = 0,
    s11 = 0,
    s20 = 0,
    s21 = 0,
    s30 = 0,
    s31 = 0
  for (let k = start; k < end; k++) {
    const x = b[b0 + k]!
    const y = b[b1 + k]!
    const v0 = a[a0 + k]!
    s00 += v0 * x
    s01 += v0 * y
    const v1 = a[a1 + k]!
    s10 += v1 * x
    s11 += v1 * y
    const v2 = a[a2 + k]!
    s20 += v2 * x
    s21 += v2 * y
    const v3 = a[a3 + k]!
    s30 += v3 * x
    s31 += v3 * y
  }
  c[a0 + j]! -= s00
  c[a0 + j + 1]! -= s01
  c[a1 + j]! -= s10
  c[a1 + j + 1]! -= s11
  c[a2 + j]! -= s20
  c[a2 + j + 1]! -= s21
  c[a3 + j]! -= s30
  c[a3 + j + 1]! -= s31
}

function one(
  c: Float64Array,
  i: number,
  j: number,
  a: Float64Array,
  b: Float64Array,
  start: number,
  end: number,
  n: number,
): void {
  let sum = 0
  for (let k = start; k < end; k++) sum += a[i * n + k]! * b[j * n + k]!
  c[i * n + j]! -= sum
}
