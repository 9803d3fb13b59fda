/**
 * @file Householder's reduction of a symmetric matrix to three diagonals, and the way back, by blocks of reflections so
 * that most of the work is products of matrices (Bischof and Van Loan's I - V T V'; LAPACK's dsytrd and dormtr).
 */

import { allocateBytes, memory, releaseBytes } from '../memory.ts'
import { product64, product64TN } from '../product64.ts'
import { runKernel } from '../runtime.ts'

/** Reflections whose effect on the rest of the matrix is one product. */
const panel = 32
/** Reflections that are undone in one product. */
const backPanel = 64
const rowsPerTask = 128
const serialBelow = 100_000

export interface Tridiagonal {
  /** (n). */
  readonly diagonal: Float64Array
  /** Entries beside the diagonal (n); the last is 0. */
  readonly beside: Float64Array
  /**
   * Eigenvectors of the matrix as rows (n, n), from those of the three diagonals as rows (n, n), which are
   * overwritten.
   */
  turnedBack(vectors: Float64Array): Float64Array
}

/** H ... H a H ... H of three diagonals, H = I - factor v v', for a symmetric (n, n), whose upper triangle is read. */
export function reducedToTridiagonal(matrix: Float64Array, n: number): Tridiagonal {
  const [diagonal, beside, factors] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)]
  const reflections = new Float64Array(n * n)
  const taken = [n * n, n, n].map((values) => allocateBytes(8 * values))
  const [a, x, y] = taken as [number, number, number]
  try {
    const own = new Float64Array(memory.buffer, a, n * n)
    for (let i = 0; i < n; i++) for (let j = i; j < n; j++) own[i * n + j] = own[j * n + i] = matrix[i * n + j]!
    for (let first = 0; first < n; first += panel) {
      const width = Math.min(panel, n - first)
      const steps = { first, width, n, a, x, y }
      const moves = reducePanel(steps, diagonal, beside, factors, reflections)
      addMoves(own, reflections, moves, steps)
    }
  } finally {
    for (const address of taken.reverse()) releaseBytes(address)
  }
  return { diagonal, beside, turnedBack: (vectors) => undone(vectors, reflections, factors, n) }
}

interface Steps {
  readonly first: number
  readonly width: number
  readonly n: number
  /** Addresses: the matrix (n, n), a vector and what the matrix makes of it (n). */
  readonly a: number
  readonly x: number
  readonly y: number
}

/**
 * Reflections of columns first .. first + width - 1: v of step k in row k of `reflections`. Returns the w (width, n) by
 * which the matrix becomes a - v w' - w v' with each; the matrix itself is left as it was.
 */
function reducePanel(
  { first, width, n, a, x, y }: Steps,
  diagonal: Float64Array,
  beside: Float64Array,
  factors: Float64Array,
  reflections: Float64Array,
): Float64Array {
  const w = new Float64Array(width * n)
  const own = new Float64Array(memory.buffer, a, n * n)
  const [into, from] = [new Float64Array(memory.buffer, x, n), new Float64Array(memory.buffer, y, n)]
  for (let t = 0, k = first; t < width; t++, k++) {
    const v = reflections.subarray(k * n, (k + 1) * n)
    v.set(own.subarray(k * n + k, (k + 1) * n), k)
    for (let s = 0, p = first * n; s < t; s++, p += n)
      addTwo(v, k, reflections.subarray(p, p + n), -w[s * n + k]!, w.subarray(s * n, (s + 1) * n), -reflections[p + k]!)
    diagonal[k] = v[k]!
    v[k] = 0
    if (k === n - 1) break
    factors[k] = reflect(v, k + 1, beside)
    if (factors[k] === 0) continue
    into.set(v)
    const rows = n - k - 1
    const args = [a, x, y, n, k + 1, rowsPerTask]
    runKernel('matVec64', Math.ceil(rows / rowsPerTask), args, rows * rows < serialBelow)
    const move = w.subarray(t * n, (t + 1) * n)
    move.set(from.subarray(k + 1), k + 1)
    for (let s = 0, p = first * n; s < t; s++, p += n) {
      const [before, moved] = [reflections.subarray(p, p + n), w.subarray(s * n, (s + 1) * n)]
      addTwo(move, k + 1, before, -dot(moved, v, k + 1), moved, -dot(before, v, k + 1))
    }
    const factor = factors[k]!
    const half = 0.5 * factor * factor * dot(move, v, k + 1)
    for (let i = k + 1; i < n; i++) move[i] = factor * move[i]! - half * v[i]!
  }
  return w
}

/** Makes v from `at` on the v of I - factor v v' that takes it to its first entry, put beside; returns the factor. */
function reflect(v: Float64Array, at: number, beside: Float64Array): number {
  let squares = 0
  for (let j = at + 1; j < v.length; j++) squares += v[j]! * v[j]!
  const head = v[at]!
  if (squares === 0) {
    beside[at - 1] = head
    v[at] = 0
    return 0
  }
  const length = Math.sqrt(head * head + squares)
  // Away from the first entry, so that nothing cancels.
  beside[at - 1] = head > 0 ? -length : length
  v[at] = head - beside[at - 1]!
  return 2 / (v[at]! * v[at]! + squares)
}

/** Adds the moves of a panel to the rows and columns after it. */
function addMoves(own: Float64Array, reflections: Float64Array, w: Float64Array, { first, width, n }: Steps): void {
  const after = first + width
  const rest = n - after
  if (rest === 0) return
  const [left, right] = [new Float64Array(2 * width * rest), new Float64Array(2 * width * rest)]
  for (let t = 0; t < width; t++) {
    const v = reflections.subarray((first + t) * n + after, (first + t + 1) * n)
    const move = w.subarray(t * n + after, (t + 1) * n)
    left.set(v, t * rest)
    left.set(move, (width + t) * rest)
    right.set(move, t * rest)
    right.set(v, (width + t) * rest)
  }
  const moves = product64TN({ rows: 2 * width, cols: rest, data: left }, { rows: 2 * width, cols: rest, data: right })
  for (let i = 0, p = 0; i < rest; i++)
    for (let j = 0, q = (after + i) * n + after; j < rest; j++, p++, q++) own[q]! -= moves[p]!
}

/** The rows of `vectors` (n, n) through all reflections, the last first. */
function undone(vectors: Float64Array, reflections: Float64Array, factors: Float64Array, n: number): Float64Array {
  const columns = transposed(vectors, n)
  const steps = n - 1
  for (let first = Math.floor((steps - 1) / backPanel) * backPanel; first >= 0; first -= backPanel) {
    const width = Math.min(backPanel, steps - first)
    const after = first + 1
    const rest = n - after
    const v = new Float64Array(width * rest)
    for (let t = 0; t < width; t++) v.set(reflections.subarray((first + t) * n + after, (first + t + 1) * n), t * rest)
    const part = columns.subarray(after * n)
    const turn = { rows: width, cols: width, data: togetherOf(v, factors.subarray(first), width, rest) }
    const along = product64({ rows: width, cols: rest, data: v }, { rows: rest, cols: n, data: part })
    const turned = product64(turn, { rows: width, cols: n, data: along })
    const moves = product64TN({ rows: width, cols: rest, data: v }, { rows: width, cols: n, data: turned })
    for (let p = 0; p < moves.length; p++) part[p]! -= moves[p]!
  }
  return transposed(columns, n)
}

/** T (width, width), upper triangular, with H_0 H_1 ... = I - V T V' for the rows of v (width, rest). */
function togetherOf(v: Float64Array, factors: Float64Array, width: number, rest: number): Float64Array {
  const out = new Float64Array(width * width)
  const along = new Float64Array(width)
  for (let t = 0; t < width; t++) {
    const own = v.subarray(t * rest, (t + 1) * rest)
    for (let s = 0; s < t; s++) along[s] = dot(v.subarray(s * rest, (s + 1) * rest), own, 0)
    for (let r = 0; r < t; r++) {
      let sum = 0
      for (let s = r; s < t; s++) sum += out[r * width + s]! * along[s]!
      out[r * width + t] = -factors[t]! * sum
    }
    out[t * width + t] = factors[t]!
  }
  return out
}

/** Sum of products from `first` on, by four sums: one alone would wait for every addition. */
function dot(a: Float64Array, b: Float64Array, first: number): number {
  let [s, t, u, v] = [0, 0, 0, 0]
  let i = first
  for (; i + 4 <= a.length; i += 4) {
    s += a[i]! * b[i]!
    t += a[i + 1]! * b[i + 1]!
    u += a[i + 2]! * b[i + 2]!
    v += a[i + 3]! * b[i + 3]!
  }
  for (; i < a.length; i++) s += a[i]! * b[i]!
  return s + t + (u + v)
}

function addTwo(
  out: Float64Array,
  first: number,
  a: Float64Array,
  scaleA: number,
  b: Float64Array,
  scaleB: number,
): void {
  for (let i = first; i < out.length; i++) out[i]! += scaleA * a[i]! + scaleB * b[i]!
}

/** m (n, n) with rows for columns, by blocks that fit in the cache. */
function transposed(m: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n)
  const block = 32
  for (let i = 0; i < n; i += block)
    for (let j = 0; j < n; j += block)
      for (let r = i; r < Math.min(n, i + block); r++)
        for (let c = j; c < Math.min(n, j + block); c++) out[c * n + r] = m[r * n + c]!
  return out
}
