/**
 * @file Eigenvectors of matrices of three diagonals by halves (Cuppen): both halves, then what joins them, a matrix of
 * rank one. Vectors by Gu and Eisenstat's z, for which the computed eigenvalues are exact, so that they are orthogonal
 * however near eigenvalues are. Most of the work is products of matrices.
 */

import { implicitQl } from './implicit-ql.ts'
import { product64 } from '../product64.ts'
import { secularRoots } from './secular-roots.ts'

/** Rows that are not halved again. */
const fewest = 32
const epsilon = 2 ** -53

/** Eigenvalues (n), in no order, and eigenvectors as rows (n, n), of `diagonal` (n) and `beside` (n, the last 0). */
export function eigenOfTridiagonal(
  diagonal: Float64Array,
  beside: Float64Array,
): { values: Float64Array; vectors: Float64Array } {
  const n = diagonal.length
  const halves = { n, values: diagonal.slice(), beside, vectors: new Float64Array(n * n) }
  solve(halves, 0, n)
  return { values: halves.values, vectors: halves.vectors }
}

interface Halves {
  readonly n: number
  /** The diagonal, then eigenvalues (n). */
  readonly values: Float64Array
  readonly beside: Float64Array
  /** Rows first .. end - 1 of columns first .. end - 1 are vectors of that part, once it is solved. */
  readonly vectors: Float64Array
}

function solve(halves: Halves, first: number, end: number): void {
  const { n, values, beside, vectors } = halves
  if (end - first <= fewest) {
    const size = end - first
    const own = new Float64Array(size * size)
    for (let i = 0; i < size; i++) own[i * size + i] = 1
    const between = beside.slice(first, end)
    between[size - 1] = 0
    implicitQl(values.subarray(first, end), between, own, size)
    for (let i = 0; i < size; i++) vectors.set(own.subarray(i * size, (i + 1) * size), (first + i) * n + first)
    return
  }
  const middle = (first + end) >> 1
  const joint = beside[middle - 1]!
  values[middle - 1]! -= Math.abs(joint)
  values[middle]! -= Math.abs(joint)
  solve(halves, first, middle)
  solve(halves, middle, end)
  if (joint !== 0) join(halves, { first, middle, end }, joint)
}

interface Part {
  readonly first: number
  readonly middle: number
  readonly end: number
}

/** The matrix of both halves plus |joint| u u', u = (0, .., 1, sign, .., 0). */
function join(halves: Halves, part: Part, joint: number): void {
  const { n, values, vectors } = halves
  const { first, middle, end } = part
  const z = new Float64Array(end - first)
  for (let i = first; i < middle; i++) z[i - first] = vectors[i * n + middle - 1]! * Math.SQRT1_2
  for (let i = middle; i < end; i++) z[i - first] = Math.sign(joint) * vectors[i * n + middle]! * Math.SQRT1_2
  const rho = 2 * Math.abs(joint)
  const kept = deflated(halves, part, z, rho)
  const k = kept.length
  if (k === 0) return
  const d = Float64Array.from(kept, (i) => values[i]!)
  const own = Float64Array.from(kept, (i) => z[i - first]!)
  const apart = new Float64Array(k * k)
  const roots = secularRoots(d, own, rho, apart)
  const turns = turnsOf(d, own, apart)
  turnVectors(halves, part, kept, turns)
  kept.forEach((i, j) => (values[i] = roots[j]!))
}

/**
 * Rows that the joint turns, by value, ascending; of the others value and vector stay as they are. Of two values that
 * are equal but for rounding, a rotation leaves one without a share in the joint.
 */
function deflated({ n, values, vectors }: Halves, { first, end }: Part, z: Float64Array, rho: number): number[] {
  const order = Array.from({ length: end - first }, (_, i) => first + i).sort(
    (i, j) => values[i]! - values[j]! || i - j,
  )
  let largest = 0
  for (const i of order) largest = Math.max(largest, Math.abs(values[i]!), Math.abs(z[i - first]!))
  const negligible = 8 * epsilon * largest
  const kept: number[] = []
  let last = -1
  for (const i of order) {
    if (rho * Math.abs(z[i - first]!) <= negligible) continue
    if (last >= 0) {
      const length = Math.sqrt(z[i - first]! ** 2 + z[last - first]! ** 2)
      const [c, s] = [z[i - first]! / length, -z[last - first]! / length]
      const gap = values[i]! - values[last]!
      if (Math.abs(gap * c * s) <= negligible) {
        z[i - first] = length
        z[last - first] = 0
        for (let p = last * n + first, q = i * n + first; p < last * n + end; p++, q++) {
          const [x, y] = [vectors[p]!, vectors[q]!]
          vectors[p] = c * x + s * y
          vectors[q] = c * y - s * x
        }
        const low = values[last]! * c * c + values[i]! * s * s
        values[i] = values[last]! * s * s + values[i]! * c * c
        values[last] = low
      } else kept.push(last)
    }
    last = i
  }
  if (last >= 0) kept.push(last)
  return kept
}

/** Eigenvectors as rows (k, k) of the diagonal d plus rho z z', by `apart` of `secularRoots`. */
function turnsOf(d: Float64Array, z: Float64Array, apart: Float64Array): Float64Array {
  const k = d.length
  const exact = new Float64Array(k)
  for (let i = 0; i < k; i++) exact[i] = apart[i * k + i]!
  for (let j = 0; j < k; j++) for (let i = 0; i < k; i++) if (i !== j) exact[i]! *= apart[j * k + i]! / (d[i]! - d[j]!)
  for (let i = 0; i < k; i++) exact[i] = Math.sign(z[i]!) * Math.sqrt(Math.abs(exact[i]!))
  const turns = new Float64Array(k * k)
  for (let j = 0, p = 0; j < k; j++) {
    let squares = 0
    for (let i = 0; i < k; i++) {
      const entry = exact[i]! / apart[p + i]!
      turns[p + i] = entry
      squares += entry * entry
    }
    const length = Math.sqrt(squares)
    for (let i = 0; i < k; i++, p++) turns[p]! /= length
  }
  return turns
}

/** Rows `kept` of the vectors become `turns` (k, k) of them; half the columns each by the rows that are not 0 there. */
function turnVectors(
  { n, vectors }: Halves,
  { first, middle, end }: Part,
  kept: readonly number[],
  turns: Float64Array,
): void {
  const k = kept.length
  const made = [
    [first, middle],
    [middle, end],
  ].map(([from, to]) => {
    const cols = to! - from!
    const rows = kept.map((_, i) => i).filter((i) => !isZero(vectors, kept[i]! * n + from!, cols))
    const own = new Float64Array(rows.length * cols)
    rows.forEach((i, r) => own.set(vectors.subarray(kept[i]! * n + from!, kept[i]! * n + to!), r * cols))
    const left = new Float64Array(k * rows.length)
    for (let j = 0, p = 0; j < k; j++) for (const i of rows) left[p++] = turns[j * k + i]!
    return {
      from: from!,
      cols,
      data: product64({ rows: k, cols: rows.length, data: left }, { rows: rows.length, cols, data: own }),
    }
  })
  for (const { from, cols, data } of made)
    kept.forEach((i, j) => vectors.set(data.subarray(j * cols, (j + 1) * cols), i * n + from))
}

function isZero(values: Float64Array, first: number, count: number): boolean {
  for (let p = first; p < first + count; p++) if (values[p] !== 0) return false
  return true
}
