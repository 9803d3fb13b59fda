/**
 * @file The linear assignment problem, solved exactly: Jonker and Volgenant (1987), Computing 38, 325-340, for real
 * costs.
 */

/** Rounds of augmenting row reduction: more seldom pay. */
const rowReductions = 2

interface Dual {
  readonly n: number
  readonly cost: Float32Array
  /** Column of each row and row of each column, -1 where there is none yet. */
  readonly columnOf: Int32Array
  readonly rowOf: Int32Array
  /** Prices of columns. */
  readonly price: Float64Array
}

/**
 * The column of each row (n) in a one-to-one assignment of least total cost. Where several have the least, which one is
 * found depends on the order of rows and columns.
 * @param cost (n, n), row by row, finite
 */
export function assignment(cost: Float32Array, n: number): Int32Array {
  if (cost.length !== n * n) throw new RangeError(`assignment: expected ${n} x ${n} costs, got ${cost.length}`)
  const dual = {
    n,
    cost,
    columnOf: new Int32Array(n).fill(-1),
    rowOf: new Int32Array(n).fill(-1),
    price: new Float64Array(n),
  }
  let free = reduceColumns(dual)
  for (let round = 0; round < rowReductions && free.length > 0; round++) free = reduceRows(dual, free)
  const search = { distance: new Float64Array(n), before: new Int32Array(n), columns: new Int32Array(n) }
  for (const row of free) augment(dual, row, search)
  return dual.columnOf
}

/**
 * Prices each column at its least cost, assigns rows that are the cheapest of one column, and moves what they save to
 * that; returns free rows.
 */
function reduceColumns({ n, cost, columnOf, rowOf, price }: Dual): number[] {
  const cheapest = new Int32Array(n)
  for (let j = 0; j < n; j++) price[j] = cost[j]!
  for (let i = 1, p = n; i < n; i++) {
    for (let j = 0; j < n; j++, p++) {
      if (cost[p]! >= price[j]!) continue
      price[j] = cost[p]!
      cheapest[j] = i
    }
  }
  const wins = new Int32Array(n)
  for (let j = n - 1; j >= 0; j--) {
    const i = cheapest[j]!
    wins[i]!++
    if (wins[i]! > 1) continue
    columnOf[i] = j
    rowOf[j] = i
  }
  const free: number[] = []
  for (let i = 0; i < n; i++) {
    if (wins[i] === 0) free.push(i)
    if (wins[i] !== 1 || n === 1) continue
    const own = columnOf[i]!
    let least = Infinity
    for (let j = 0, p = i * n; j < n; j++, p++) {
      const reduced = cost[p]! - price[j]!
      if (j !== own && reduced < least) least = reduced
    }
    price[own]! -= least
  }
  return free
}

/**
 * Each free row takes its cheapest column at the price that leaves it no dearer than the second; returns rows that are
 * left over.
 */
function reduceRows({ n, cost, columnOf, rowOf, price }: Dual, free: readonly number[]): number[] {
  const queue = [...free]
  const left: number[] = []
  let k = 0
  // Rounding could pass a column between two rows for ever.
  for (let steps = 10 * n; k < queue.length; steps--) {
    const i = queue[k++]!
    let [first, second] = [Infinity, Infinity]
    let [j1, j2] = [0, -1]
    for (let j = 0, p = i * n; j < n; j++, p++) {
      const reduced = cost[p]! - price[j]!
      if (reduced >= second) continue
      if (reduced < first) {
        second = first
        j2 = j1
        first = reduced
        j1 = j
      } else {
        second = reduced
        j2 = j
      }
    }
    let other = rowOf[j1]!
    const lower = price[j1]! - (second - first)
    const lowers = second < Infinity && lower < price[j1]!
    if (lowers) price[j1] = lower
    else if (other >= 0 && j2 >= 0) {
      j1 = j2
      other = rowOf[j1]!
    }
    columnOf[i] = j1
    rowOf[j1] = i
    if (other < 0) continue
    columnOf[other] = -1
    if (lowers && steps > 0) queue[--k] = other
    else left.push(other)
  }
  return left
}

interface Search {
  readonly distance: Float64Array
  /** The row from which each column was reached. */
  readonly before: Int32Array
  /** Columns: those done, those at the least distance, then the rest. */
  readonly columns: Int32Array
}

/** The shortest alternating path from a free row to a free column (Dijkstra), along which assignments change. */
function augment({ n, cost, columnOf, rowOf, price }: Dual, from: number, { distance, before, columns }: Search): void {
  for (let j = 0, p = from * n; j < n; j++, p++) {
    columns[j] = j
    distance[j] = cost[p]! - price[j]!
    before[j] = from
  }
  let [low, up, done] = [0, 0, 0]
  let least = 0
  let end = -1
  const swap = (a: number, b: number): void => {
    const held = columns[a]!
    columns[a] = columns[b]!
    columns[b] = held
  }
  while (end < 0) {
    if (up === low) {
      done = low
      least = distance[columns[up]!]!
      up++
      for (let k = up; k < n; k++) {
        const value = distance[columns[k]!]!
        if (value > least) continue
        if (value < least) {
          up = low
          least = value
        }
        swap(k, up++)
      }
      for (let k = low; k < up && end < 0; k++) if (rowOf[columns[k]!]! < 0) end = columns[k]!
    }
    if (end >= 0) break
    const column = columns[low++]!
    const i = rowOf[column]!
    const offset = cost[i * n + column]! - price[column]! - least
    for (let k = up; k < n; k++) {
      const j = columns[k]!
      const value = cost[i * n + j]! - price[j]! - offset
      if (value >= distance[j]!) continue
      distance[j] = value
      before[j] = i
      if (value > least) continue
      if (rowOf[j]! < 0) {
        end = j
        break
      }
      swap(k, up++)
    }
  }
  for (let k = 0; k < done; k++) {
    const j = columns[k]!
    price[j]! += distance[j]! - least
  }
  for (let i = -1, j = end; i !== from;) {
    i = before[j]!
    rowOf[j] = i
    const next = columnOf[i]!
    columnOf[i] = j
    j = next
  }
}
