/** @file The best items of every user by inner product, without an array of all scores. */

import type { Csr, Matrix } from '@indistinct/core'
import { memory, openFrame } from './memory.ts'
import { runKernel } from './runtime.ts'

/** Users whose panel stays in the first-level cache while the items stream past. */
const usersPerTask = 32

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
  if (users.cols !== items.cols) throw new RangeError(`scoreTopK: expected items of ${users.cols} columns, got ${items.cols}`)
  if (seen && (seen.rows !== users.rows || seen.cols !== items.rows)) {
    throw new RangeError(`scoreTopK: expected seen (${users.rows}, ${items.rows}), got (${seen.rows}, ${seen.cols})`)
  }
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`scoreTopK: expected a positive integer k, got ${k}`)
  const out = new Int32Array(users.rows * k)
  if (users.rows === 0) return out
  const cols = users.cols
  const tasks = Math.ceil(users.rows / usersPerTask)
  const frame = openFrame()
  try {
    const paddedUsers = Math.ceil(users.rows / 4) * 4
    const invalid = frame.scratch(tasks * 8)
    const args = [
      packed(users, 4, frame.scratch(paddedUsers * cols * 4)),
      packed(items, 8, frame.scratch(Math.ceil(items.rows / 8) * 8 * cols * 4)),
      seen ? frame.input(seen.indptr) : 0,
      seen ? frame.input(seen.indices) : 0,
      frame.scratch(users.rows * k * 4),
      frame.output(out),
      frame.scratch(paddedUsers * 16),
      frame.scratch(tasks * 32),
      invalid,
      users.rows,
      items.rows,
      cols,
      k,
      usersPerTask,
    ]
    runKernel('scoreTopK', tasks, args)
    const found = new Int32Array(memory.buffer, invalid, tasks * 2)
    for (let task = 0; task < tasks; task++) {
      if (found[2 * task]! < 0) continue
      throw new RangeError(`scoreTopK: expected scores that are numbers, got NaN for user ${found[2 * task]} and item ${found[2 * task + 1]}`)
    }
  } finally {
    frame.close()
  }
  return out
}

/** Writes panels [rows / width][K][width] of `m` at `address`, zeros where the matrix ends. */
function packed(m: Matrix, width: number, address: number): number {
  const { cols } = m
  const panels = new Float32Array(memory.buffer, address, Math.ceil(m.rows / width) * width * cols)
  if (m.rows % width) panels.fill(0)
  for (let i = 0; i < m.rows; i++) {
    const lane = i % width
    const start = (i - lane) * cols + lane
    const source = i * cols
    for (let c = 0; c < cols; c++) panels[start + c * width] = m.data[source + c]!
  }
  return address
}
