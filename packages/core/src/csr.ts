/** @file Compressed sparse rows, for interactions and graph adjacency. */

/**
 * A sparse (rows, cols) matrix: the columns of row i are indices[indptr[i] .. indptr[i + 1]), ascending and unique.
 * `values` is absent where every entry is 1.
 */
export interface Csr {
  readonly rows: number
  readonly cols: number
  readonly indptr: Int32Array
  readonly indices: Int32Array
  readonly values?: Float32Array
}

/**
 * Builds a binary CSR from (row, column) pairs in any order; duplicate pairs are kept once.
 * @throws RangeError when there are not as many columns as rows, or one lies outside of (rows, cols).
 */
export function csrFromPairs(rows: number, cols: number, pairRows: Int32Array, pairCols: Int32Array): Csr {
  if (pairRows.length !== pairCols.length)
    throw new RangeError(`csrFromPairs: expected ${pairRows.length} columns of pairs, got ${pairCols.length}`)
  for (let p = 0; p < pairRows.length; p++) {
    if (!(pairRows[p]! >= 0 && pairRows[p]! < rows && pairCols[p]! >= 0 && pairCols[p]! < cols))
      throw new RangeError(
        `csrFromPairs: expected pairs within (${rows}, ${cols}), got (${pairRows[p]}, ${pairCols[p]}) at ${p}`,
      )
  }
  const count = new Int32Array(rows + 1)
  for (let p = 0; p < pairRows.length; p++) count[pairRows[p]! + 1]!++
  for (let i = 0; i < rows; i++) count[i + 1]! += count[i]!
  const next = count.slice()
  const unsorted = new Int32Array(pairRows.length)
  for (let p = 0; p < pairRows.length; p++) unsorted[next[pairRows[p]!]!++] = pairCols[p]!
  const indptr = new Int32Array(rows + 1)
  let kept = 0
  for (let i = 0; i < rows; i++) {
    const row = unsorted.subarray(count[i]!, count[i + 1]!).sort()
    for (let p = 0; p < row.length; p++) {
      if (p === 0 || row[p] !== row[p - 1]) unsorted[kept++] = row[p]!
    }
    indptr[i + 1] = kept
  }
  return { rows, cols, indptr, indices: unsorted.slice(0, kept) }
}

/** The (cols, rows) transpose; values travel along. */
export function transposeCsr(m: Csr): Csr {
  const indptr = new Int32Array(m.cols + 1)
  for (const j of m.indices) indptr[j + 1]!++
  for (let j = 0; j < m.cols; j++) indptr[j + 1]! += indptr[j]!
  const next = indptr.slice()
  const indices = new Int32Array(m.indices.length)
  const values = m.values ? new Float32Array(m.indices.length) : undefined
  for (let i = 0; i < m.rows; i++) {
    for (let p = m.indptr[i]!; p < m.indptr[i + 1]!; p++) {
      const at = next[m.indices[p]!]!++
      indices[at] = i
      if (values) values[at] = m.values![p]!
    }
  }
  return { rows: m.cols, cols: m.rows, indptr, indices, ...(values && { values }) }
}

/** Whether row i holds column j (binary search). */
export function csrHas(m: Csr, i: number, j: number): boolean {
  let low = m.indptr[i]!
  let high = m.indptr[i + 1]!
  while (low < high) {
    const middle = (low + high) >>> 1
    const column = m.indices[middle]!
    if (column === j) return true
    if (column < j) low = middle + 1
    else high = middle
  }
  return false
}
