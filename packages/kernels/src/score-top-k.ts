/** @file The best items of every user by inner product, without an array of all scores. */

import { checkMatrix, type Csr, type Matrix } from '@indistinct/core'
import { memory, openFrame } from './memory.ts'
import { runKernel, threads } from './runtime.ts'

/** Users whose panel stays in the first-level cache while the items stream past. */
const usersPerTask = 32
/**
 * A run of the kernel takes as many users as fit, but a task for each thread: a bit a user and item says what is left
 * out.
 */
const mostScratchBytes = 32e6

/**
 * Ranks all items for each user by users . items and returns the k best ids, best first (U * k). Equal scores are
 * ordered by ascending id; items of `seen` are left out; -1 fills a row where fewer than k remain.
 *
 * @param users (U, K)
 * @param items (I, K)
 * @param seen (U, I), the items to leave out of each user's ranking
 * @throws RangeError when shapes do not fit or a score is NaN.
 */
export function scoreTopK(users: Matrix, items: Matrix, seen: Csr | undefined, k: number): Int32Array {
  checkMatrix('scoreTopK', users, 'users')
  checkMatrix('scoreTopK', items, 'items')
  if (users.cols !== items.cols)
    throw new RangeError(`scoreTopK: expected items of ${users.cols} columns, got ${items.cols}`)
  if (seen && (seen.rows !== users.rows || seen.cols !== items.rows)) {
    throw new RangeError(`scoreTopK: expected seen (${users.rows}, ${items.rows}), got (${seen.rows}, ${seen.cols})`)
  }
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`scoreTopK: expected a positive integer k, got ${k}`)
  const out = new Int32Array(users.rows * k)
  if (users.rows === 0) return out
  const cols = users.cols
  const userPanels = Math.ceil(users.rows / 4)
  const itemPanels = Math.ceil(items.rows / 8)
  const bytesPerTask = 128 + usersPerTask * (1 + itemPanels)
  const tasksPerRun = Math.min(
    Math.ceil(users.rows / usersPerTask),
    Math.max(threads(), Math.floor(mostScratchBytes / bytesPerTask)),
  )
  const usersPerRun = tasksPerRun * usersPerTask
  const { order, places, longest } = longestFirst(rowNorms(items))
  const frame = openFrame()
  try {
    const invalid = frame.scratch(tasksPerRun * 8)
    const args = [
      packed(users, 4, frame.scratch(userPanels * 4 * cols * 4)),
      packed(items, 8, frame.scratch(itemPanels * 8 * cols * 4), order),
      seen ? frame.input(seen.indptr) : 0,
      seen ? frame.input(seen.indices) : 0,
      frame.scratch(users.rows * k * 4),
      frame.output(out),
      frame.input(order),
      frame.scratch(userPanels * 16),
      frame.scratch(userPanels * 16),
      frame.doubles(rowNorms(users)),
      frame.scratch(userPanels * 8),
      frame.doubles(longest),
      invalid,
      frame.scratch(tasksPerRun * bytesPerTask),
      users.rows,
      items.rows,
      cols,
      k,
      usersPerTask,
    ]
    const placesAddress = frame.input(places)
    for (let first = 0; first < users.rows; first += usersPerRun) {
      const tasks = Math.ceil(Math.min(usersPerRun, users.rows - first) / usersPerTask)
      runKernel('scoreTopK', tasks, [...args, first, placesAddress])
      checkNumbers(new Int32Array(memory.buffer, invalid, tasks * 2))
    }
  } finally {
    frame.close()
  }
  return out
}

/** @param found user and item of a score that is no number, -1 for none, by task */
function checkNumbers(found: Int32Array): void {
  for (let at = 0; at < found.length; at += 2) {
    if (found[at]! >= 0)
      throw new RangeError(
        `scoreTopK: expected scores that are numbers, got NaN for user ${found[at]} and item ${found[at + 1]}`,
      )
  }
}

/** Writes panels [rows / width][K][width] of `m`, its rows taken in `order`, at `address`, zeros where they end. */
function packed(m: Matrix, width: number, address: number, order?: Int32Array): number {
  const { cols } = m
  const panels = new Float32Array(memory.buffer, address, Math.ceil(m.rows / width) * width * cols)
  if (m.rows % width) panels.fill(0)
  for (let i = 0; i < m.rows; i++) {
    const lane = i % width
    const start = (i - lane) * cols + lane
    const source = (order ? order[i]! : i) * cols
    for (let c = 0; c < cols; c++) panels[start + c * width] = m.data[source + c]!
  }
  return address
}

/** Euclidean norm of each row, infinite where a value is no number. */
function rowNorms(m: Matrix): Float64Array {
  const { cols } = m
  const norms = new Float64Array(m.rows)
  for (let i = 0; i < m.rows; i++) {
    let sum = 0
    for (let c = i * cols; c < (i + 1) * cols; c++) sum += m.data[c]! ** 2
    norms[i] = Number.isNaN(sum) ? Infinity : Math.sqrt(sum)
  }
  return norms
}

/**
 * Items by falling norm, those of nearly the same norm by ascending id; the place of each item in that order; and the
 * largest norm of each panel of eight and all after it.
 */
function longestFirst(norms: Float64Array): { order: Int32Array; places: Int32Array; longest: Float64Array } {
  // Sign, exponent and seven bits of a float32 order positive numbers well enough, and counting is cheaper than
  // sorting.
  const bits = new Uint32Array(Float32Array.from(norms).buffer, 0, norms.length)
  const starts = new Int32Array(32_769)
  for (const each of bits) starts[32_768 - (each >>> 16)]!++
  for (let b = 1; b < starts.length; b++) starts[b]! += starts[b - 1]!
  const order = new Int32Array(norms.length)
  for (let i = norms.length - 1; i >= 0; i--) order[--starts[32_768 - (bits[i]! >>> 16)]!] = i
  const places = new Int32Array(norms.length)
  for (let place = 0; place < order.length; place++) places[order[place]!] = place
  const longest = new Float64Array(Math.ceil(norms.length / 8))
  for (let i = norms.length - 1, most = 0; i >= 0; i--) {
    most = Math.max(most, norms[order[i]!]!)
    longest[i >> 3] = most
  }
  return { order, places, longest }
}
