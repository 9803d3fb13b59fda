/** @file An orthonormal basis of what the columns of a tall matrix span. */

/**
 * The columns of (N, L), row-major in float64, by Gram and Schmidt, each projected twice: what rounding leaves of the
 * first projection goes with the second. A column that adds nothing becomes zero.
 */
export function orthonormalColumns(columns: Float64Array, n: number, l: number): Float64Array {
  // Columns one after the other: their products then run along memory.
  const byColumn = new Float64Array(n * l)
  for (let i = 0; i < n; i++) for (let c = 0; c < l; c++) byColumn[c * n + i] = columns[i * l + c]!
  for (let c = 0; c < l; c++) {
    const own = byColumn.subarray(c * n, (c + 1) * n)
    const size = norm(own)
    for (let turn = 0; turn < 2; turn++) {
      for (let d = 0; d < c; d++) {
        const other = byColumn.subarray(d * n, (d + 1) * n)
        let product = 0
        for (let i = 0; i < n; i++) product += own[i]! * other[i]!
        for (let i = 0; i < n; i++) own[i]! -= product * other[i]!
      }
    }
    const left = norm(own)
    const scale = left > 1e-10 * size ? 1 / left : 0
    for (let i = 0; i < n; i++) own[i]! *= scale
  }
  const out = new Float64Array(n * l)
  for (let i = 0; i < n; i++) for (let c = 0; c < l; c++) out[i * l + c] = byColumn[c * n + i]!
  return out
}

function norm(values: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2
  return Math.sqrt(sum)
}
