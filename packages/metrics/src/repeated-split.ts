/**
 * @file The interval of an attack's AUC over repeated splits of the same users into known (shadow) and scored ones.
 *
 * What is estimated: the mean AUC that the attack has over samples of as many users from the same population, and over
 * splits. A user moves that mean in two ways: scored, by its own placement, and known, by what it teaches. DeLong's
 * variance sees the first alone and takes fits as given. Here:
 * - Placements are summed over splits for each user and split into a part that stays from fit to fit, with variance
 *   V1, and a part that changes with who was known, with variance V2. The second shows in how the placements of one
 *   user differ between fits whose shadow sets share a known part of their users.
 * - V2 comes from pairs (known, scored). Each pair may enter both ways, and for an attacker that is linear in what it
 *   was taught both ways carry the same term: V2 grows by q, the share of pairs that do, counted from the splits.
 * - What a user teaches moves the mean by tau of what it moves it when scored, tau being how much fits disagree:
 *   1 less the correlation of the scores of two fits that know none of the same users. Where nothing leaks, fits agree
 *   on nothing (tau = 1, the degenerate case, in which V1 is 0); where much does, they agree and teach no more.
 * - What the known users alone change (a lucky or unlucky shadow set) is the variance between splits less V2's part,
 *   and carries over to other samples as in Nadeau and Bengio's corrected resampling (2003): by 1/R + known / scored.
 * Under cross-validation splits of one repeat score different users, so that the shadow set's own part cannot be told
 * from theirs. There (1 + tau)^2 V1 + (1 + q) V2 is too much where a leak is strong, since what two known users change
 * together takes back some of it, and (1 + tau) (V1 + V2) too little where it is weak; where nothing leaks both are
 * twice DeLong's variance. Their mean is used.
 * All of it is said of the AUC, and holds for concordance with a number, whose placements are the same sums over pairs.
 * The derivation is in docs/statistics.md, and the measured coverage in apps/experiments/results/calibration.
 */

import { checkOptions } from '@indistinct/core'
import { product64NT, type Dense } from '@indistinct/kernels'
import { logitInterval, NORMAL_975, placements, withinEnds, type AucEstimate, type Scoring } from './auc-interval.ts'
import { concordancePlacements } from './concordance.ts'
import { midranks } from './midranks.ts'

/** One split: who was known, and how the others were scored. */
export interface SplitScoring extends Scoring {
  /** Users whose labels the attacker knew, numbered as in `users`. */
  readonly shadow: ArrayLike<number>
}

export interface RepeatedSplitOptions {
  /** Whether each user is known in some splits and scored in another of the same repeat. */
  readonly crossValidated: boolean
  /** Standard errors from the centre to either end, on the logit scale; 1.96 for 95 %. */
  readonly critical?: number
}

export interface RepeatedSplitAuc extends AucEstimate {
  /**
   * Correlation of the scores of fits that know none of the same users, 0 to 1; 0 where splits have no users in common.
   */
  readonly agreement: number
}

/** Pairs of splits are compared among the first so many: time grows with their square. */
const mostCompared = 60

/**
 * Mean AUC over splits with an interval for its mean over samples. One split alone, or splits without common scored
 * users, cannot tell how fits differ: then tau is 1, and without cross-validation the interval is that of the one fit.
 * @throws RangeError for no splits, or a split whose scored users are all of one class.
 */
export function repeatedSplitAuc(scorings: readonly SplitScoring[], options: RepeatedSplitOptions): RepeatedSplitAuc {
  return meanOverSplits('repeatedSplitAuc', scorings, placements, options)
}

/**
 * The same for the concordance of predictions (`scores`) with values (`actual`, any numbers), which takes the AUC's
 * place: a user's placement is its share of pairs in order.
 * @throws RangeError for no splits, or a split whose scored users all have one value.
 */
export function repeatedSplitConcordance(
  scorings: readonly SplitScoring[],
  options: RepeatedSplitOptions,
): RepeatedSplitAuc {
  return meanOverSplits('repeatedSplitConcordance', scorings, concordancePlacements, options)
}

function meanOverSplits(
  caller: string,
  scorings: readonly SplitScoring[],
  place: typeof placements,
  options: RepeatedSplitOptions,
): RepeatedSplitAuc {
  checkOptions(caller, options, { crossValidated: 'boolean', critical: 'number' })
  const { crossValidated, critical = NORMAL_975 } = options
  if (scorings.length === 0) throw new RangeError(`${caller}: expected at least one split, got 0`)
  const slotOf = new Map<number, number>()
  const slots = (ids: ArrayLike<number>): Int32Array =>
    Int32Array.from({ length: ids.length }, (_, i) => {
      let slot = slotOf.get(ids[i]!)
      if (slot === undefined) slotOf.set(ids[i]!, (slot = slotOf.size))
      return slot
    })
  const splits = scorings.map((scoring) => {
    const { value, contributions, smallerClass } = place(scoring)
    return {
      scored: slots(scoring.users),
      shadow: slots(scoring.shadow),
      value,
      contributions,
      smallerClass,
      ranks: standardRanks(scoring.scores),
    }
  })
  const mean = splits.reduce((sum, { value }) => sum + value / splits.length, 0)
  const { variance, agreement } = varianceOver(splits, slotOf.size, { mean, crossValidated })
  const standardError = Math.sqrt(variance)
  const auc = withinEnds(mean)
  const pairs = disjointPairs(splits, slotOf.size)
  return { auc, standardError, agreement, ...logitInterval(auc, standardError, pairs, critical) }
}

/** Pairs of different users in the first splits, as far as these have no user in common: in the folds of a repeat. */
function disjointPairs(splits: readonly (ValuedSplit & { readonly smallerClass: number })[], users: number): number {
  const met = new Uint8Array(users)
  let pairs = 0
  for (const { scored, smallerClass } of splits) {
    if (scored.some((slot) => met[slot] === 1)) break
    for (const slot of scored) met[slot] = 1
    pairs += smallerClass
  }
  return pairs
}

/** Variance of the mean over splits of `users` users: see the file's words. */
function varianceOver(
  splits: readonly ValuedSplit[],
  users: number,
  { mean, crossValidated }: { readonly mean: number; readonly crossValidated: boolean },
): { variance: number; agreement: number } {
  const count = splits.length

  const influence = new Float64Array(users)
  // How much a user counts when scored (u) and when known (v), in shares of a split.
  const u = new Float64Array(users)
  const v = new Float64Array(users)
  for (const { scored, shadow, contributions } of splits) {
    scored.forEach((slot, i) => {
      influence[slot]! += contributions[i]! / count
      u[slot]! += 1 / scored.length
    })
    for (const slot of shadow) v[slot]! += 1 / shadow.length
  }
  const clustered = sumOfProducts(influence, influence)
  const { interaction, agreement, sharedByPairs, meanOverlap, scoredShare } = comparePairs(splits, users)
  const tau = 1 - agreement
  const second = Math.min(Math.max(interaction * scoredShare, 0), clustered)
  const first = clustered - second
  const uu = sumOfProducts(u, u)
  const uv = sumOfProducts(u, v)
  const vv = sumOfProducts(v, v)
  if (crossValidated) {
    const bothWays = (first * (uu + 2 * tau * uv + tau * tau * vv)) / uu + (1 + sharedByPairs) * second
    return { variance: 0.5 * ((1 + tau) * clustered + bothWays), agreement }
  }
  const between = count < 2 ? 0 : splits.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (count - 1)
  const ofShadow = Math.max(0, between - interaction * (1 - meanOverlap))
  const { shadow, scored } = splits[0]!
  const taught = Math.max((first * tau * tau * vv) / uu, ofShadow * (1 / count + shadow.length / scored.length))
  const variance = first * (1 + (2 * tau * uv) / uu) + (count < 2 ? 0 : taught) + (1 + sharedByPairs) * second
  return { variance, agreement }
}

interface ValuedSplit extends PreparedSplit {
  readonly value: number
}

interface PreparedSplit {
  readonly scored: Int32Array
  readonly shadow: Int32Array
  readonly contributions: Float64Array
  readonly ranks: Float64Array
}

interface Pairs {
  /** Variance of one split's AUC that comes from placements changing with the shadow set. */
  readonly interaction: number
  readonly agreement: number
  /** q: of the pairs (known, scored), weighted by the square of how often they occur, those that occur both ways. */
  readonly sharedByPairs: number
  /** Mean share of a shadow set that another one holds too. */
  readonly meanOverlap: number
  /** What is left of `interaction` in the mean over all splits. */
  readonly scoredShare: number
}

function comparePairs(all: readonly PreparedSplit[], users: number): Pairs {
  const splits = all.slice(0, mostCompared)
  const count = splits.length
  const rowsOf = (row: (split: PreparedSplit, out: Float64Array) => void): Dense => {
    const data = new Float64Array(count * users)
    splits.forEach((split, s) => row(split, data.subarray(s * users, (s + 1) * users)))
    return { rows: count, cols: users, data }
  }
  const isScored = rowsOf(({ scored }, out) => scored.forEach((slot) => (out[slot] = 1)))
  const isKnown = rowsOf(({ shadow }, out) => shadow.forEach((slot) => (out[slot] = 1)))
  const place = rowsOf(({ scored, contributions }, out) => scored.forEach((slot, i) => (out[slot] = contributions[i]!)))
  const rank = rowsOf(({ scored, ranks }, out) => scored.forEach((slot, i) => (out[slot] = ranks[i]!)))
  // Of each pair of splits, sums over the users that both score, know, or score and know.
  const bothKnow = product64NT(isKnown, isKnown)
  const bothScore = product64NT(isScored, isScored)
  const scoredKnown = product64NT(isScored, isKnown)
  const placesTogether = product64NT(place, place)
  const squares = product64NT({ ...place, data: place.data.map((value) => value * value) }, isScored)
  const ranksTogether = product64NT(rank, rank)
  let differences = 0
  let redrawn = 0
  let agreed = 0
  let comparable = 0
  let both = 0
  let once = 0
  let overlaps = 0
  let share = 0
  for (let a = 0; a < count; a++) {
    for (let b = a; b < count; b++) {
      const [at, back] = [a * count + b, b * count + a]
      const known = bothKnow[at]!
      const scored = bothScore[at]!
      const times = a === b ? 1 : 2
      const size = Math.sqrt(splits[a]!.shadow.length * splits[b]!.shadow.length)
      const scoredSize = Math.sqrt(splits[a]!.scored.length * splits[b]!.scored.length)
      share += (times * (known / size) * scored) / scoredSize
      once += times * scored * known
      if (a === b) continue
      both += 2 * scoredKnown[at]! * scoredKnown[back]!
      overlaps += known / size
      // Half of the squared differences, opened up; of equal placements what is left is rounding.
      differences += Math.max(0, (squares[at]! + squares[back]!) / 2 - placesTogether[at]!)
      redrawn += ((1 - known / size) * scored) / scoredSize
      // Fits that share users agree through these; what is left is the agreement of strangers.
      agreed += ranksTogether[at]! - (known / size) * scored
      comparable += (1 - known / size) * scored
    }
  }
  const pairs = (count * (count - 1)) / 2
  // Of all splits there are more pairs than were compared: their overlaps are alike, the diagonal is not.
  const diagonal = count
  const offDiagonal = pairs === 0 ? 0 : (share - diagonal) / (count * (count - 1))
  return {
    interaction: redrawn > 0 ? differences / redrawn : 0,
    agreement: comparable > 0 ? Math.min(1, Math.max(0, agreed / comparable)) : 0,
    sharedByPairs: once > 0 ? both / once : 0,
    meanOverlap: pairs > 0 ? overlaps / pairs : 1,
    scoredShare: 1 / all.length + (1 - 1 / all.length) * offDiagonal,
  }
}

/** Midranks with mean 0 and mean square 1, all 0 where every score is the same. */
function standardRanks(scores: ArrayLike<number>): Float64Array {
  const ranks = midranks(scores)
  const centre = (ranks.length + 1) / 2
  let square = 0
  for (const rank of ranks) square += (rank - centre) ** 2 / ranks.length
  return ranks.map((rank) => (square > 0 ? (rank - centre) / Math.sqrt(square) : 0))
}

function sumOfProducts(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
