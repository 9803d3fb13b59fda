/**
 * @file What a report is made from: plain data that survives JSON. Every section is left out when its data is absent,
 * so an audit fills a few of these fields and an unlearning run most of them.
 */

import type { Json } from '@indistinct/core'

/** A measured figure; `low` and `high` are the ends of its 95 % interval, both or neither. */
export interface Estimate {
  readonly value: number
  readonly low?: number
  readonly high?: number
}

/** A figure before and after unlearning. An audit of one table fills `before` only; what was not measured is absent. */
export interface BeforeAfter<T> {
  readonly before?: T
  readonly after?: T
}

export interface ReportData {
  /** Heading of the page, e.g. "Audit of user embeddings". */
  readonly title: string
  /** What was looked at, e.g. "ml-100k, lightgcn, K = 16". */
  readonly subject?: string
  readonly attribute?: AttributeSummary
  /** Names of further attributes that were attacked. */
  readonly also?: readonly string[]
  /** Folded AUC d that the verdict is asked about: "no leak above d" is said only if every upper bound allows it. */
  readonly gate?: number
  /**
   * Distance of a folded AUC from 0.5 that was stated beforehand to count as none; 0.5 and the margin stand for a gate
   * where there is none.
   */
  readonly margin?: number
  /** Smallest AUC that this sample could have shown; from `attacks[].scored` when absent. */
  readonly smallestLeak?: number
  readonly layers?: LayersData
  readonly warnings?: readonly string[]
  readonly threatModel?: ThreatModel
  readonly attacks?: readonly AttackRow[]
  /** Who is most exposed, by the strongest attack before and by the strongest after. */
  readonly exposure?: BeforeAfter<ExposureData>
  readonly roc?: readonly RocCurve[]
  readonly histograms?: HistogramData
  readonly scatter?: ScatterData
  readonly displacement?: DisplacementData
  readonly neighbours?: NeighbourData
  readonly utility?: readonly UtilityRow[]
  readonly provenance?: Provenance
  readonly filing?: FilingData
  /** Limits beyond those that every report states. */
  readonly limits?: readonly string[]
}

/** What whoever files the report adds to its figures. */
export interface FilingData {
  readonly recipients: readonly Recipient[]
  /** What was to count as no leak, and by which attacks; fixed before the first of them ran. */
  readonly criterion: { readonly text: string; readonly sha256: string }
}

export interface Recipient {
  readonly name: string
  /** What the recipient gets or has, in the words of whoever files the report. */
  readonly holds: string
}

/** What is known of a table, by how it is known: three kinds of sentences that are never mixed. */
export interface LayersData {
  /** Against whom, by which argument. */
  readonly bounded: readonly string[]
  /** What attacks that were run have found. */
  readonly found: readonly string[]
  readonly notTested: readonly string[]
}

export interface AttributeSummary {
  readonly name: string
  readonly classes: readonly ClassSummary[]
  /** Users without a label. */
  readonly missing?: number
  /** How labels found their rows. */
  readonly joinedBy?: 'id' | 'row number' | 'position'
}

export interface ClassSummary {
  readonly name: string
  readonly users: number
}

export interface ThreatModel {
  /** What the attacker holds, one sentence each. */
  readonly sees: readonly string[]
  /** Users whose labels the attacker knows, and their share of the labelled users (0 to 1). */
  readonly shadow?: { readonly users: number; readonly share?: number }
  /** How classes are balanced in training and scoring, e.g. "both classes drawn to equal size". */
  readonly balance?: string
  readonly attackers?: readonly { readonly name: string; readonly description?: string }[]
  readonly protocols?: readonly { readonly name: string; readonly description?: string }[]
  /** Forms of the input that attackers were given, e.g. ["raw", "standardised"]. */
  readonly inputs?: readonly string[]
  /** Whether attackers were trained afresh on the table after unlearning. */
  readonly retrained?: boolean
  readonly repeats?: number
}

/** One attack: a table, an attacker, a protocol and a form of input. */
export interface AttackRow extends BeforeAfter<AttackFigures> {
  readonly table: string
  readonly attacker: string
  readonly protocol?: string
  readonly input?: string
  /** Users scored, of each of the two classes. */
  readonly scored?: readonly [number, number]
  /** Whether it was on what outsiders see of a model, and not on a table of users. */
  readonly outside?: boolean
}

/** Measures of one attack; all between 0 and 1. */
export interface AttackFigures {
  readonly auc: Estimate
  /** AUC with its sign chosen inside the attacker's training data; derived from `auc` as max(a, 1 - a) when absent. */
  readonly foldedAuc?: Estimate
  readonly balancedAccuracy?: Estimate
  readonly accuracy?: Estimate
  readonly precision?: Estimate
  readonly recall?: Estimate
  /** True positive rate at 1 % false positives. */
  readonly truePositivesAt1?: Estimate
  /** True positive rate at 0.1 % false positives, where enough users were scored to resolve it. */
  readonly truePositivesAtTenth?: Estimate
  /** Permutation p of "no better than chance". */
  readonly p?: number
  /** The same after correction for all attacks of the report; below 0.05 it proves a leak. */
  readonly correctedP?: number
  /** What the same attack reaches where labels were dealt at random: mean folded AUC, and its 95 % quantile. */
  readonly control?: { readonly value: number; readonly high: number }
  /** False discovery rate at which the attack would count as a finding (Benjamini and Hochberg). */
  readonly q?: number
}

/** Made by `exposureOf` of @indistinct/attackers from the scores of one attack. */
export interface ExposureData {
  readonly table: string
  readonly attacker: string
  readonly protocol?: string
  readonly input?: string
  /** Whether its answers were turned round, since its AUC lay below one half. */
  readonly turned: boolean
  /** Largest risk of a user: the probability that the attack gives to the user's own label. */
  readonly largest: number
  /** Everyone, then the users of each label, then other groups. */
  readonly groups: readonly ExposedGroup[]
}

export interface ExposedGroup {
  readonly name: string
  /** Users that were scored. */
  readonly users: number
  /** Risk that 95 % of these users do not exceed. */
  readonly risk: Estimate
  /** The surest guesses: how many, the share that is right, and the share that guessing by shares gets right. */
  readonly surest: { readonly users: number; readonly right: Estimate; readonly guess: number }
  readonly auc?: Estimate
}

/** ROC points [false positive rate, true positive rate], ascending. */
export interface RocCurve extends BeforeAfter<readonly (readonly [number, number])[]> {
  readonly table: string
  readonly attacker: string
  readonly protocol?: string
  readonly input?: string
}

/** Made by `tellingDimensions`. */
export interface HistogramData {
  readonly classes: readonly ClassSummary[]
  readonly dimensions: readonly (BeforeAfter<DimensionShape> & { readonly name: string })[]
}

/** One dimension of one table: `shares[c][b]` of class c fall into bin b of equal bins between `from` and `to`. */
export interface DimensionShape {
  readonly from: number
  readonly to: number
  readonly shares: readonly (readonly number[])[]
  /** Largest absolute standardised mean difference of one class against the rest. */
  readonly meanDifference: number
  /** Largest Kolmogorov-Smirnov distance of one class against the rest. */
  readonly ks: number
}

/** Made by `mapUsers`. */
export interface ScatterData {
  /** Name of the projection as it is printed, e.g. "t-SNE". */
  readonly projection: string
  /** Users with a label. */
  readonly users: number
  /** Seed of the draw, where the points are a sample of those users. */
  readonly seed?: number
  readonly points: BeforeAfter<readonly (readonly [number, number])[]>
  /** Ways to colour the same points: by label, and by an attacker's prediction where there is one. */
  readonly colourings: readonly Colouring[]
}

/** A class code for each drawn point; -1 draws it without a class. */
export interface Colouring extends BeforeAfter<readonly number[]> {
  readonly name: string
  readonly classes: readonly string[]
}

/** Made by `displacementOf`. Distances are in units of the table's spread, or absolute where that is zero. */
export interface DisplacementData {
  /** Root mean square distance of users from the mean of the table before; 0 when all rows are equal. */
  readonly spread: number
  /** Each class, and users without a label where there are any. */
  readonly groups: readonly DisplacementGroup[]
  /** Everyone. */
  readonly all: DisplacementGroup
  /** Histograms cover 0 to `to` in equal bins. */
  readonly to: number
}

export interface DisplacementGroup {
  readonly name: string
  readonly users: number
  readonly unmoved: number
  readonly mean: number
  /** Distances at 5, 25, 50, 75, 95 and 100 % of the users. */
  readonly quantiles: readonly [number, number, number, number, number, number]
  readonly shares: readonly number[]
}

/** Share of each user's k nearest users that unlearning kept; from `neighbourOverlap` of @indistinct/metrics. */
export interface NeighbourData {
  readonly k: number
  /** Users of the table, among whom neighbours were sought. */
  readonly of: number
  /** Means over everyone measured, then over each class. */
  readonly groups: readonly NeighbourGroup[]
}

export interface NeighbourGroup {
  /** Absent for everyone. */
  readonly name?: string
  /** Users measured. */
  readonly users: number
  readonly cosine: Estimate
  readonly euclidean: Estimate
}

export interface UtilityRow extends BeforeAfter<Estimate> {
  /** E.g. "NDCG". */
  readonly metric: string
  readonly k: number
  /** Name of the definition in use, e.g. "full ranking, any-hit". */
  readonly definition: string
  /** Group of users; absent for all. */
  readonly group?: string
  readonly users?: number
  /** After less before; with an interval of the same users' differences, where both were measured on them. */
  readonly change?: Estimate
}

export interface Provenance {
  readonly method?: string
  readonly parameters?: { readonly [name: string]: Json }
  readonly seed?: number
  /** The command that repeats the run. */
  readonly command?: string
  /** SHA-256 or other digests by what they are of. */
  readonly hashes?: { readonly [name: string]: string }
  readonly versions?: { readonly [name: string]: string }
  /** Anything else worth a line: passes, seconds, threads, date. */
  readonly facts?: { readonly [name: string]: string | number }
}
