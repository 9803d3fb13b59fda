/** @file Shifts in shells by what vectors say of classes, which change class means there. */

import { choleskyFactor, choleskySolve, type Matrix } from '@indistinct/core'
import { product, transposed } from '../linear-algebra/small-product.ts'
import { meansLessAll } from './moved-table.ts'
import { shareAt } from './shells.ts'

/** Ridge of shifts, over the mean square of the answers. */
const ridge = 1e-6

/**
 * What to add to every user by e_d in each shell, for each class d (C x (B, K)), so that class means in the shells
 * change by less `apart` (C, B, K), to first order: least squares, as what is said of all classes adds up to nothing.
 */
export function shiftsAgainst(
  apart: Float64Array,
  classes: readonly Int32Array[],
  deviations: Matrix,
  places: Float64Array,
  B: number,
): Float64Array[] {
  const C = classes.length
  const J = C * B
  const K = apart.length / J
  // How means of s_a over class c, less those over all, answer to e_d in shell b: (C, B of a, C of d, B of b).
  const sums = new Float64Array(J * J)
  classes.forEach((rows, c) => {
    for (const i of rows) {
      const place = places[i]!
      const first = Math.floor(place)
      for (let a = first; a < Math.min(B, first + 2); a++)
        for (let b = first; b < Math.min(B, first + 2); b++)
          for (let d = 0; d < C; d++)
            sums[(c * B + a) * J + d * B + b]! += shareAt(place, a) * shareAt(place, b) * deviations.data[i * C + d]!
    }
  })
  const answer = meansLessAll(sums, classes)
  const turned = transposed(answer, J, J)
  const normal = product(turned, answer, J, J, J)
  const trace = normal.reduce((sum, value, p) => sum + (p % (J + 1) === 0 ? value : 0), 0)
  for (let j = 0; j < J; j++) normal[j * J + j]! += (ridge * trace) / J + Number.MIN_VALUE
  choleskyFactor(normal, J)
  const right = product(turned, apart, J, J, K)
  const shifts = Array.from({ length: C }, () => new Float64Array(B * K))
  for (let k = 0; k < K; k++) {
    const own = Float64Array.from({ length: J }, (_, j) => -right[j * K + k]!)
    choleskySolve(normal, J, own)
    own.forEach((value, j) => void (shifts[Math.floor(j / B)]![(j % B) * K + k] = value))
  }
  return shifts
}
