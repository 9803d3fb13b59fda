/** @file Row-major float32 matrices, the one dense type that packages exchange. */

/** A dense (rows, cols) matrix; element (i, j) is data[i * cols + j]. */
export interface Matrix {
  readonly rows: number
  readonly cols: number
  readonly data: Float32Array
}

/**
 * Wraps `data` (row-major, rows * cols long) as a matrix, or makes a zero matrix.
 * @throws RangeError when the length does not fit the shape, or `data` is no Float32Array.
 */
export function matrix(rows: number, cols: number, data: Float32Array = new Float32Array(rows * cols)): Matrix {
  if (data.length !== rows * cols) {
    throw new RangeError(`matrix: expected ${rows} x ${cols} = ${rows * cols} values, got ${data.length}`)
  }
  const made = { rows, cols, data }
  checkMatrix('matrix', made)
  return made
}

/**
 * For the public boundary: programs without types hand over float64, lists, or fewer values than the shape says, and a
 * kernel would read past them.
 * @param name what the caller's parameter is called
 * @throws RangeError unless `m` has whole numbers of rows and columns, and a Float32Array of rows * cols values.
 */
export function checkMatrix(caller: string, m: Matrix, name = 'a matrix'): void {
  const { rows, cols, data }: Partial<Matrix> = m ?? {}
  if (data instanceof Float32Array && isSize(rows) && isSize(cols) && data.length === rows * cols) return
  const kind = (data as object | undefined)?.constructor?.name ?? String(data)
  throw new RangeError(
    `${caller}: expected ${name} of whole rows and cols with a Float32Array of rows * cols values, got rows ` +
      `${rows}, cols ${cols} and ${kind}${data?.length === undefined ? '' : ` of ${data.length}`}`,
  )
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** A copy of `m` that shares no memory with it. */
export function copyMatrix(m: Matrix): Matrix {
  return { rows: m.rows, cols: m.cols, data: m.data.slice() }
}

/** Row i of `m` as a view (K): writing to it writes to the matrix. */
export function rowOf(m: Matrix, i: number): Float32Array {
  return m.data.subarray(i * m.cols, (i + 1) * m.cols)
}

/**
 * The rows named by `indices`, in that order, as a new (indices.length, K) matrix.
 * @throws RangeError for an index that names no row.
 */
export function gatherRows(m: Matrix, indices: ArrayLike<number>): Matrix {
  const out = new Float32Array(indices.length * m.cols)
  for (let i = 0; i < indices.length; i++) {
    if (!(indices[i]! >= 0 && indices[i]! < m.rows))
      throw new RangeError(`gatherRows: expected rows from 0 to ${m.rows - 1}, got ${indices[i]}`)
    const start = indices[i]! * m.cols
    out.set(m.data.subarray(start, start + m.cols), i * m.cols)
  }
  return { rows: indices.length, cols: m.cols, data: out }
}

/**
 * The columns of all `tables` of the same rows, in order, as a new (N, sum of widths) matrix.
 * @throws RangeError when there is no table, or their numbers of rows differ.
 */
export function sideBySide(tables: readonly Matrix[]): Matrix {
  const rows = tables[0]?.rows
  if (rows === undefined) throw new RangeError('sideBySide: expected at least one matrix, got none')
  const out = matrix(
    rows,
    tables.reduce((sum, { cols }) => sum + cols, 0),
  )
  let first = 0
  for (const table of tables) {
    if (table.rows !== rows)
      throw new RangeError(`sideBySide: expected ${rows} rows as in the first matrix, got ${table.rows}`)
    for (let i = 0; i < rows; i++) out.data.set(rowOf(table, i), i * out.cols + first)
    first += table.cols
  }
  return out
}
