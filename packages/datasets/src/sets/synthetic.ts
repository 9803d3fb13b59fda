/**
 * @file The default data set: users with latent tastes and a gender that shifts them, items with factors and a skewed
 * popularity. Its size, degrees and gender ratio follow MovieLens 100K; the leak is planted and its strength stated.
 */

import { checkOptions, encodeLabels, randomStream, shuffle, type Random } from '@indistinct/core'
import { assembleDataset } from '../assemble.ts'
import type { Dataset } from '../dataset.ts'
import type { GeneratedDataset } from '../known-dataset.ts'

export interface SyntheticOptions {
  /** Default 0. */
  readonly seed?: number
  /**
   * Distance between the mean tastes of the two genders, in standard deviations of a taste. 0 makes labels independent
   * of interactions; the default, 1.0, gives attack AUCs like those on real MovieLens 100K embeddings.
   */
  readonly strength?: number
  /** Default 943, as in MovieLens 100K. */
  readonly users?: number
  /** Default 1,600; items that nobody picks are left out. */
  readonly items?: number
  /** Share of users labelled F. Default 273 / 943, as in MovieLens 100K. */
  readonly femaleShare?: number
}

export const syntheticDefaults = { seed: 0, strength: 1, users: 943, items: 1600, femaleShare: 273 / 943 } as const

/** Dimensions of a taste. */
const FACTORS = 8
/** Standard deviation over items of a taste's part in the score, against 1 for the Gumbel noise's scale. */
const TASTE = 1.6
/** Standard deviation of an item's log popularity. */
const POPULARITY = 1.5

/**
 * Generates the data set. User u picks its d_u items without replacement with probability proportional to
 * exp(b_j + <z_u, q_j>): b_j is the popularity of item j, z_u ~ N(+-(strength / 2) m, I) the taste, m the unit vector
 * along which genders differ. Gender enters through z_u alone, so whatever an attack finds it finds in the preferences.
 */
export function syntheticDataset(options: SyntheticOptions = {}): Dataset {
  checkOptions('syntheticDataset', options, {
    seed: 'number',
    strength: 'number',
    users: 'number',
    items: 'number',
    femaleShare: 'number',
  })
  const { seed, strength, users, items, femaleShare } = { ...syntheticDefaults, ...options }
  if (!(strength >= 0 && Number.isFinite(strength)))
    throw new RangeError(`syntheticDataset: expected a strength of at least 0, got ${strength}`)
  if (!Number.isInteger(users) || users < 2)
    throw new RangeError(`syntheticDataset: expected at least 2 users, got ${users}`)
  if (!Number.isInteger(items) || items < 40)
    throw new RangeError(`syntheticDataset: expected at least 40 items, got ${items}`)
  if (!(femaleShare >= 0 && femaleShare <= 1))
    throw new RangeError(`syntheticDataset: expected a share from 0 to 1, got ${femaleShare}`)
  const stream = (name: string): Random => randomStream(seed, 'synthetic', name)

  const females = Math.round(users * femaleShare)
  const gender = shuffle(
    Int32Array.from({ length: users }, (_, u) => (u < females ? 0 : 1)),
    stream('gender'),
  )
  const direction = unitVector(FACTORS, stream('direction'))
  const taste = normals(users * FACTORS, 1, stream('taste'))
  for (let u = 0; u < users; u++) {
    const side = (gender[u] === 0 ? 0.5 : -0.5) * strength
    for (let f = 0; f < FACTORS; f++) taste[u * FACTORS + f]! += side * direction[f]!
  }
  const factors = normals(items * FACTORS, TASTE / Math.sqrt(FACTORS), stream('factors'))
  const popularity = normals(items, POPULARITY, stream('popularity'))
  const degree = userDegrees(users, items, stream('degree'))

  const pairUsers: number[] = []
  const pairItems: number[] = []
  const gumbel = stream('choice')
  const key = new Float64Array(items)
  for (let u = 0; u < users; u++) {
    for (let j = 0; j < items; j++) {
      let score = popularity[j]!
      for (let f = 0; f < FACTORS; f++) score += taste[u * FACTORS + f]! * factors[j * FACTORS + f]!
      // The top d of score plus Gumbel noise are d draws without replacement with probability exp(score).
      key[j] = score - Math.log(-Math.log(gumbel.uniform() + 2 ** -33))
    }
    const threshold = key.slice().sort()[items - degree[u]!]!
    for (let j = 0; j < items; j++) {
      if (key[j]! < threshold) continue
      pairUsers.push(u)
      pairItems.push(j)
    }
  }
  return assembleDataset({
    name: 'synthetic',
    users: Array.from({ length: users }, (_, u) => `user-${u + 1}`),
    items: Array.from({ length: items }, (_, j) => `item-${j + 1}`),
    pairUsers: Int32Array.from(pairUsers),
    pairItems: Int32Array.from(pairItems),
    attributes: { gender: encodeLabels(Array.from(gender, (code) => (code === 0 ? 'F' : 'M'))) },
  })
}

/** 20 and more interactions, log-normal above: medians and quartiles near MovieLens 100K's 65 and 33 to 148. */
function userDegrees(users: number, items: number, random: Random): Int32Array {
  const most = Math.floor(0.45 * items)
  return Int32Array.from({ length: users }, () =>
    Math.min(most, 20 + Math.floor(Math.exp(3.75 + 1.2 * random.normal()))),
  )
}

function normals(count: number, deviation: number, random: Random): Float64Array {
  return Float64Array.from({ length: count }, () => deviation * random.normal())
}

function unitVector(length: number, random: Random): Float64Array {
  const vector = normals(length, 1, random)
  const norm = Math.hypot(...vector)
  return vector.map((value) => value / norm)
}

/** What is known of it, and how it is made. */
export const synthetic: GeneratedDataset = {
  name: 'synthetic',
  title: 'Synthetic users and items of the size of MovieLens 100K, with a planted gender leak',
  kind: 'generated',
  licence: 'Apache-2.0, like the code that generates it',
  files: [],
  generate: syntheticDataset,
}
