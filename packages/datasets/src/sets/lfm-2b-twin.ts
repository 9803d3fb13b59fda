/**
 * @file A generated twin of the LFM-2b subset: exactly its users, items and interactions per gender, its degree
 * distributions, and its spread of female shares over tracks, which is what lets an attack tell genders apart. Tastes
 * are positions on a circle: a track has one, a listener three, and listeners mostly pick tracks near theirs.
 */

import { checkOptions, encodeLabels, randomStream, shuffle, type Random } from '@indistinct/core'
import { assembleDataset } from '../assemble.ts'
import type { Dataset } from '../dataset.ts'
import { lfm2bStatistics as published, type WeibullDegrees } from './lfm-2b-statistics.ts'
import { matchDegrees, type EndPosition } from './match-degrees.ts'
import { beta, binomial } from './random-variates.ts'
import type { GeneratedDataset } from '../known-dataset.ts'

/** Every user and every track has at least 5 interactions: the subset is a 5-core. */
const CORE = 5
/** Positions a listener is fond of, the spread of picks around them, and the share of picks from anywhere. */
const CENTRES = 3
const SPREAD = 0.02
const ANYWHERE = 0.2
/**
 * Listeners differ in how typical of their gender their tracks are; this is how far one listener's tracks spread, when
 * listeners differ by 1. Were all of a gender alike, 140 tracks each would give every gender away.
 */
const LEAN_SPREAD = 0.6
/** Spread of a track's audience around its position: hits reach further. */
const audience = (listeners: number): number => 0.005 + 0.25 * Math.sqrt(listeners / published.itemFit.max)

/**
 * Generates the twin in a few seconds (2.8 million interactions). The attribute is `gender`.
 * @param options.seed default 0.
 * @throws RangeError on other options.
 */
export function lfm2bTwin(options: { readonly seed?: number } = {}): Dataset {
  checkOptions('lfm2bTwin', options, { seed: 'number' })
  const seed = options.seed ?? 0
  const stream = (...names: string[]): Random => randomStream(seed, 'lfm-2b-synthetic', ...names)
  const users = published.female.users + published.male.users
  const gender = shuffle(
    Int32Array.from({ length: users }, (_, u) => (u < published.female.users ? 0 : 1)),
    stream('gender'),
  )
  const listeners = itemDegrees(stream('item-degree'))
  const share = femaleShares(stream('female-share'))
  const female = femaleDegrees(listeners, share, stream('female-degree'))
  const position = Float64Array.from({ length: published.items }, stream('position').uniform)

  const pairUsers = new Int32Array(published.interactions)
  const pairItems = new Int32Array(published.interactions)
  let filled = 0
  for (const [code, name] of (['female', 'male'] as const).entries()) {
    const group = published[name]
    const members = Int32Array.from(gender.keys()).filter((u) => gender[u] === code)
    const userDegree = weibullDegrees(members.length, group.fit, group.interactions, stream(name, 'user-degree'))
    const itemDegree = code === 0 ? female : listeners.map((count, j) => count - female[j]!)
    const random = stream(name, 'taste')
    const centres = Float64Array.from({ length: members.length * CENTRES }, random.uniform)
    const lean = Float64Array.from(members, random.normal)
    const listenerEnds: EndPosition = {
      layer: (m) => lean[m]! + LEAN_SPREAD * random.normal(),
      place: (m) =>
        random.uniform() < ANYWHERE
          ? random.uniform()
          : wrap(centres[m * CENTRES + random.integer(CENTRES)]! + SPREAD * random.normal()),
    }
    const trackEnds: EndPosition = {
      layer: (j) => share[j]!,
      place: (j) => wrap(position[j]! + audience(listeners[j]!) * random.normal()),
    }
    const pairs = matchDegrees(userDegree, itemDegree, listenerEnds, trackEnds, stream(name, 'repair'))
    pairUsers.set(
      pairs.rows.map((m) => members[m]!),
      filled,
    )
    pairItems.set(pairs.cols, filled)
    filled += pairs.rows.length
  }
  return assembleDataset({
    name: 'lfm-2b-synthetic',
    users: Array.from({ length: users }, (_, u) => String(u)),
    items: Array.from({ length: published.items }, (_, j) => String(j)),
    pairUsers,
    pairItems,
    attributes: { gender: encodeLabels(Array.from(gender, (code) => (code === 0 ? 'F' : 'M'))) },
  })
}

function wrap(position: number): number {
  return position - Math.floor(position)
}

function weibullDegrees(
  count: number,
  { shape, scale, max }: WeibullDegrees,
  total: number,
  random: Random,
): Int32Array {
  const excess = Float64Array.from({ length: count }, () => scale * (-Math.log(1 - random.uniform())) ** (1 / shape))
  return withTotal(excess, total, max, random)
}

function itemDegrees(random: Random): Int32Array {
  const { mu, sigma, max } = published.itemFit
  const excess = Float64Array.from({ length: published.items }, () => Math.exp(mu + sigma * random.normal()))
  return withTotal(excess, published.interactions, max, random)
}

/**
 * CORE + floor(excess), at most `max`; then single interactions are added or taken at random until they sum to `total`.
 */
function withTotal(excess: Float64Array, total: number, max: number, random: Random): Int32Array {
  const sum = excess.reduce((a, b) => a + Math.min(b, max - CORE), 0)
  const scale = (total - CORE * excess.length) / sum
  const degree = Int32Array.from(excess, (value) => Math.min(max, CORE + Math.floor(value * scale)))
  let missing = total - degree.reduce((a, b) => a + b, 0)
  while (missing !== 0) {
    const i = random.integer(degree.length)
    const step = Math.sign(missing)
    if (degree[i]! + step < CORE || degree[i]! + step > max) continue
    degree[i]! += step
    missing -= step
  }
  return degree
}

/** The expected female share of each track's listeners. */
function femaleShares(random: Random): Float64Array {
  const { femaleShare: mean, concentration } = published.itemFit
  return Float64Array.from({ length: published.items }, () =>
    beta(mean * concentration, (1 - mean) * concentration, random),
  )
}

/**
 * How many of each track's listeners are female: a binomial draw from the track's share, corrected to the published
 * sum.
 */
function femaleDegrees(listeners: Int32Array, share: Float64Array, random: Random): Int32Array {
  const female = listeners.map((count, j) => binomial(count, share[j]!, random))
  let missing = published.female.interactions - female.reduce((a, b) => a + b, 0)
  while (missing !== 0) {
    const j = random.integer(female.length)
    const step = Math.sign(missing)
    // Only tracks with both genders change, in proportion to their listeners, so that coverage and shares stay as
    // fitted.
    const others = step > 0 ? listeners[j]! - female[j]! : female[j]!
    if (female[j] === 0 || others <= 1 || random.uniform() * published.itemFit.max > others * 20) continue
    female[j]! += step
    missing -= step
  }
  return female
}

/** What is known of it, and how it is made. */
export const lfm2bSynthetic: GeneratedDataset = {
  name: 'lfm-2b-synthetic',
  title: 'Generated twin of the LFM-2b subset: its users, items, interactions and degree distributions',
  kind: 'generated',
  licence: 'Apache-2.0, like the code that generates it',
  files: [],
  counts: {
    users: published.female.users + published.male.users,
    items: published.items,
    interactions: published.interactions,
  },
  generate: lfm2bTwin,
}
