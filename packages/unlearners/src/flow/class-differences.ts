/** @file How far classes of a table are apart, beside what relabelling its users by chance makes of it. */

import { randomStream, shuffle, type Labels, type Matrix } from '@indistinct/core'
import { nullMmd, rbfMmd } from '@indistinct/kernels'
import { classRows } from '@indistinct/losses'
import { presentClasses } from '../fitted/fitted-unlearner.ts'

/** A pair of classes. */
export interface ClassDifference {
  readonly [key: string]: string | number | undefined
  readonly first: string
  readonly second: string
  /** MMD^2 over its expectation under random relabelling: 1 is chance. */
  readonly ratio: number
  /** What that ratio stays below in 19 of 20 random relabellings. */
  readonly chance: number
  /** Users that count: 1 / (1 / n_1 + 1 / n_2). What `ratio` is above 1 grows with them. Older fits have none. */
  readonly users?: number | undefined
}

/** Users of a pair beyond which a sample of them stands for all: the exact kernel visits every pair of users. */
const mostUsers = 20_000
/** Users and relabellings from which `chance` is estimated; its error then is a few hundredths. */
const chanceUsers = 600
const relabellings = 199

/**
 * Every pair of classes of embedding (N, K), in the order of the classes. `chance` is the 95 % quantile over
 * relabellings of at most 600 users: relative to its mean, MMD^2 under the null follows a distribution that depends on
 * the table's shape and the ratio of class sizes, and hardly on the number of users.
 */
export function classDifferences(
  embedding: Matrix,
  labels: Labels,
  { seed = 0 }: { readonly seed?: number } = {},
): ClassDifference[] {
  const classes = classRows('classDifferences', embedding, labels)
  const names = presentClasses(labels)
  const differences: ClassDifference[] = []
  classes.forEach((one, first) => {
    classes.slice(first + 1).forEach((other, at) => {
      const second = first + 1 + at
      const random = randomStream(seed, 'class differences', first, second)
      const samples = sampled([one, other], mostUsers, random)
      const { value, total, trace } = rbfMmd(
        embedding,
        { first: samples[0]!, second: samples[1]! },
        { gradient: false },
      )
      const ratio = value / nullMmd(total, trace, samples[0]!.length, samples[1]!.length)
      differences.push({
        first: names[first]!,
        second: names[second]!,
        ratio,
        users: 1 / samples.reduce((sum, { length }) => sum + 1 / length, 0),
        chance: chanceRatio(embedding, sampled([one, other], chanceUsers, random), random),
      })
    })
  })
  return differences
}

/** At most `most` users of both classes, in the classes' proportion and at least two of each. */
function sampled(classes: readonly Int32Array[], most: number, random: ReturnType<typeof randomStream>): Int32Array[] {
  const users = classes.reduce((sum, members) => sum + members.length, 0)
  if (users <= most) return [...classes]
  return classes.map((members) =>
    shuffle(members.slice(), random)
      .slice(0, Math.max(2, Math.round((most * members.length) / users)))
      .sort(),
  )
}

/** The 95 % quantile of MMD^2 over its null value when labels are dealt anew. */
function chanceRatio(embedding: Matrix, [one, other]: Int32Array[], random: ReturnType<typeof randomStream>): number {
  const rows = [...one!, ...other!]
  const n = rows.length
  const kernel = kernelMatrix(embedding, rows)
  const total = kernel.reduce((sum, value) => sum + value, 0)
  const expected = nullMmd(total, 5 * n, one!.length, other!.length)
  const ratios = new Float64Array(relabellings)
  const order = Int32Array.from({ length: n }, (_, i) => i)
  for (let b = 0; b < relabellings; b++) {
    shuffle(order, random)
    const weights = new Float64Array(n)
    order.forEach((i, at) => (weights[i] = at < one!.length ? 1 / one!.length : -1 / other!.length))
    let value = 0
    for (let i = 0; i < n; i++) {
      let along = 0
      for (let j = 0; j < n; j++) along += kernel[i * n + j]! * weights[j]!
      value += along * weights[i]!
    }
    ratios[b] = value / expected
  }
  return ratios.sort()[Math.ceil(0.95 * (relabellings + 1)) - 1]!
}

/** The five kernels summed, for the named rows, with the bandwidth of `rbfMmd` (n, n). */
function kernelMatrix({ cols, data }: Matrix, rows: readonly number[]): Float64Array {
  const n = rows.length
  const squares = new Float64Array(n * n)
  let sum = 0
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let square = 0
      for (let p = rows[i]! * cols, q = rows[j]! * cols; p < (rows[i]! + 1) * cols; p++, q++)
        square += (data[p]! - data[q]!) ** 2
      squares[i * n + j] = squares[j * n + i] = square
      sum += 2 * square
    }
  }
  const bandwidth = sum / (n * (n - 1))
  return squares.map((square) => {
    const t = Math.exp(-square / (4 * bandwidth))
    const [t2, t4] = [t * t, t ** 4]
    return t + t2 + t4 + t4 * t4 + t4 ** 4
  })
}
