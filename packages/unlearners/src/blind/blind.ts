/** @file `blind`: one nonlinear map for everybody, after which classes differ as much as chance makes them differ. */

import { checkOptions, gatherRows, labelledRows, type Labels, type Matrix, type OptionKinds } from '@indistinct/core'
import { checkedClasses, checkCount } from '../checked-classes.ts'
import { classNormals, pooledNormal } from '../closed/class-normals.ts'
import { columnScales } from '../linear-algebra/column-scales.ts'
import type { Fitted } from '../fitted/fitted-unlearner.ts'
import { unlearnTogether } from '../tables-together.ts'
import type { TraceRow, Unlearned } from '../unlearned.ts'
import { mappedRows, type BlindMap } from './blind-map.ts'
import { differences, ratios, surprises, type Differences } from './differences.ts'
import { movesToChance } from './moves-to-chance.ts'
import { neighbourMap } from './neighbour-map.ts'
import type { Unlearner } from '../unlearner.ts'
import { fittedBlind } from './fitted-blind.ts'

export interface BlindOptions {
  /** Of the halves, the cosines and the parts of users. Default 0. */
  readonly seed?: number
  /**
   * Rows go half the way to the mean of so many of the nearest at last, whatever their labels: vectors of a model hold
   * noise, which neighbours average away. Default 0: not at all.
   */
  readonly smooth?: number
  /** Called after every move. */
  readonly onPass?: (row: TraceRow) => void
}

export const blindKinds: OptionKinds<BlindOptions> = { seed: 'number', smooth: 'number', onPass: 'function' }

/**
 * Moves users of `embedding` (N, K) by one map for everybody, until classes differ as much as a random relabelling of
 * the users fitted would make them differ. The map is a function of the vector alone: whoever knows a user's vector, or
 * more than it told, learns nothing from what it becomes (the data-processing inequality). Equal rows stay equal. Any
 * number of labels.
 *
 * 1. `halfProjection`: LEACE for class means a random half of each class weighs more in, so that those of all users
 *    differ by what chance makes.
 * 2. `fitPosterior`: what the vector says of each class, by a regression whose ridge is chosen on users that it did not
 *    see. From here on users move by that, in the place of the label itself.
 * 3. `covarianceMove`: covariances of classes come down to their null, entry by entry, by the least move of that form.
 * 4. `alongMove`, where distributions along columns and axes, or distances from the centre, are above their null by
 *    more than chance.
 * 5. `waveMove`: what radial kernels see comes down by Newton's steps on random waves, with means and covariances held.
 *    Measured by others.
 *
 * 3 to 5 are gone through until nothing leads on, at most six times. Where waves are above chance then, all of it is
 * done again from 1 on, with `shellCovariancesMove` and `shellMeansMove` in the place of 3, within shells around the
 * centre. That is kept where it lands.
 *
 * Labels enter by means over classes alone and by the weights of the regression. Columns are divided by their spread
 * first, so that units do not matter. Where nothing differs by more than chance explains, nothing moves.
 *
 * `parameters` say what was found: `outcome`, `differencesBefore` and `differencesAfter` (over their null), `above`,
 * `shells` (3 or 1), `explained` (share of the labels' variance that the vector tells a model of other users).
 * @throws RangeError on shapes that do not fit; IndistinctError 'bad-data' on unusable values or classes.
 */
export function fitBlind(embedding: Matrix, labels: Labels, options: BlindOptions = {}): Fitted {
  checkOptions('blind', options, blindKinds)
  const { seed = 0, smooth = 0, onPass } = options
  if (smooth !== 0) checkCount('blind', 'smooth', smooth)
  const given = checkedClasses('blind', embedding, labels)
  const normals = classNormals(embedding, given)
  const { mean: centre } = pooledNormal(normals)
  const scales = columnScales(normals)
  const { moves, posterior, trace, ...course } = movesToChance(
    ...standardised(embedding, given, centre, scales),
    seed,
    onPass,
  )
  const maps: BlindMap[] = [{ centre, scales, posterior, moves }]
  const rows = labelledRows(labels)
  if (smooth > 0) maps.push(neighbourMap(mappedRows(embedding, rows, maps), rows, smooth, seed))
  const result = mappedRows(embedding, rows, maps)
  const after = smooth > 0 ? differencesOf(result, labels) : course.after
  const above = surprises(after)
  const outcome = above.length > 0 ? 'not landed' : moves.length > 0 ? 'landed' : 'already at null'
  const parameters = {
    seed,
    smooth,
    outcome,
    ...course.found,
    differencesAfter: ratios(after),
    ...(above.length > 0 && { above, stopped: 'no move by what the vector tells leads on' }),
  }
  return fittedBlind(result, labels, maps, parameters, trace)
}

/** The embedding that `fitBlind` makes. */
export function blind(embedding: Matrix, labels: Labels, options: BlindOptions = {}): Unlearned {
  return fitBlind(embedding, labels, options).unlearned
}

/** How classes of `embedding` (N, K) differ, over their null, in the units that `fitBlind` measures them in. */
export function differencesOf(embedding: Matrix, labels: Labels): Differences {
  const given = checkedClasses('blind', embedding, labels)
  const normals = classNormals(embedding, given)
  return differences(...standardised(embedding, given, pooledNormal(normals).mean, columnScales(normals)))
}

/** The labelled rows in units of each column's spread (n, K), and where each class stands among them. */
function standardised(
  embedding: Matrix,
  given: readonly Int32Array[],
  centre: Float64Array,
  scales: Float64Array,
): [Matrix, Int32Array[]] {
  const K = embedding.cols
  const codes = new Int32Array(embedding.rows).fill(-1)
  given.forEach((members, c) => members.forEach((row) => void (codes[row] = c)))
  // In the order of the table: what is drawn for a user then does not hang on labels.
  const rows = Int32Array.from(codes.keys()).filter((row) => codes[row]! >= 0)
  const table = gatherRows(embedding, rows)
  for (let p = 0; p < table.data.length; p++) table.data[p] = (table.data[p]! - centre[p % K]!) / scales[p % K]!
  const places = Int32Array.from(rows.keys())
  return [table, given.map((_, c) => places.filter((at) => codes[rows[at]!] === c))]
}

/** The method, as `blind` in the table of unlearners. */
export const blindMethod: Unlearner<BlindOptions> = {
  unlearn: blind,
  fit: fitBlind,
  together: unlearnTogether,
  mapsEveryone: true,
  defaults: { seed: 0, smooth: 0 },
  description: 'one nonlinear map for everyone, by the vector alone: differences of classes down to what chance gives',
}
