/** @file Random noise: what moving users just as far, in no direction of use, does to a leak. */

import { checkOptions, gatherRows, labelledRows, matrix, type Labels, type Matrix } from '@indistinct/core'
import { checkedClasses, checkPositive } from '../checked-classes.ts'
import { closedFormKinds, fittedInClosedForm, squaredDistance, type ClosedFormOptions } from './closed-form.ts'
import { addNoise, type Fitted } from '../fitted/fitted-unlearner.ts'
import type { Unlearned } from '../unlearned.ts'
import type { Unlearner } from '../unlearner.ts'

export interface RandomNoiseOptions extends ClosedFormOptions {
  /**
   * How far users are to move: the root mean squared distance over labelled users, in units of the spread of the table
   * (root mean squared distance of labelled users from their mean). Default 0.5.
   */
  readonly displacement?: number
  /** Instead: as far as in this result (N, K) for the same table, such as another method's embedding. */
  readonly like?: Matrix
  /** Default 0. */
  readonly seed?: number
}

/**
 * Adds independent normal noise to every labelled user, scaled so that the root mean squared displacement is the one
 * asked for: the baseline that any method should better at equal displacement. It promises nothing; a user's noise
 * depends on the seed and on the user's own row alone.
 * @throws RangeError on options or shapes that do not fit; IndistinctError 'bad-data' on unusable values or classes.
 */
export function fitRandomNoise(embedding: Matrix, labels: Labels, options: RandomNoiseOptions = {}): Fitted {
  const caller = 'randomNoise'
  checkedClasses(caller, embedding, labels)
  checkOptions<RandomNoiseOptions>('randomNoise', options, {
    ...closedFormKinds,
    displacement: 'number',
    like: 'object',
    seed: 'number',
  })
  const { like, seed = 0 } = options
  const rows = labelledRows(labels)
  const users = gatherRows(embedding, rows)
  const spread = Math.sqrt(squaredDistance(users, constantRows(users)) / rows.length)
  if (like && (like.rows !== embedding.rows || like.cols !== embedding.cols)) {
    throw new RangeError(
      `${caller}: expected \`like\` of ${embedding.rows} x ${embedding.cols} values, got ${like.rows} x ${like.cols}`,
    )
  }
  const displacement = like
    ? Math.sqrt(squaredDistance(users, gatherRows(like, rows)) / rows.length) / spread
    : (options.displacement ?? 0.5)
  checkPositive(caller, 'displacement', displacement, true)
  // What noise of this seed comes to on these users decides its deviation, so that the displacement is met exactly.
  const unit = matrix(users.rows, users.cols, users.data.slice())
  const nominal = spread / Math.sqrt(users.cols)
  addNoise(
    unit,
    Int32Array.from(rows, (_, i) => i),
    { deviation: nominal, seed },
  )
  const drawn = Math.sqrt(squaredDistance(users, unit) / rows.length)
  const deviation = (nominal * displacement * spread) / drawn
  return fittedInClosedForm(
    'random-noise',
    embedding,
    labels,
    { kind: 'noise', deviation, seed },
    { displacement, seed, deviation },
    options,
  )
}

/** The mean row in every row, in the shape of m. */
function constantRows(m: Matrix): Matrix {
  const out = matrix(m.rows, m.cols)
  for (let k = 0; k < m.cols; k++) {
    let mean = 0
    for (let i = 0; i < m.rows; i++) mean += m.data[i * m.cols + k]! / m.rows
    for (let i = 0; i < m.rows; i++) out.data[i * m.cols + k] = mean
  }
  return out
}

/** The embedding that `fitRandomNoise` makes. */
export function randomNoise(embedding: Matrix, labels: Labels, options: RandomNoiseOptions = {}): Unlearned {
  return fitRandomNoise(embedding, labels, options).unlearned
}

/** The method, as `random-noise` in the table of unlearners. */
export const randomNoiseMethod: Unlearner<RandomNoiseOptions> = {
  unlearn: randomNoise,
  fit: fitRandomNoise,
  mapsEveryone: true,
  defaults: { displacement: 0.5, seed: 0 },
  description: 'normal noise, the baseline at equal displacement: it aims at nothing',
}
