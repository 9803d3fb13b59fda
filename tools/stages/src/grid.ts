/** @file What a grid of experiments is: plain data, written as a TypeScript module or as JSON. */

import type { Json } from '@indistinct/core'

/** Options that reach a stage as they stand; they are part of its digest. */
export type Options = { readonly [key: string]: Json }

/** One value of a dimension: a name that the stage's package knows, and options for it. */
export interface Choice {
  readonly name: string
  readonly options?: Options
}

/** How interactions are divided into training, validation and test. */
export type SplitChoice =
  { readonly kind: 'ratio'; readonly ratios: readonly [number, number, number] } | { readonly kind: 'leave-one-out' }

/** What can be drawn of a product: the paper's Figures 2, 3 and 4. */
export const figureNames = ['trade-off', 't-sne', 'histograms'] as const
export type FigureName = (typeof figureNames)[number]

/** What is seen of a model from outside, and who attacks that. */
export interface ObservedChoice {
  /** Length of the recommended lists; 10 when absent. */
  readonly top?: number
  /** Columns that scores and lists are cut to where they are not exact; 32 when absent. */
  readonly width?: number
  readonly attackers: readonly Choice[]
  readonly protocols: readonly Choice[]
}

/** A recommender without a user table, which others are held against. */
export interface YardstickChoice extends Choice {
  /** The data sets that it is run on; all of the product when absent. */
  readonly datasets?: readonly string[]
}

/** Label-blind smoothing: `share` of the way from each row to the mean of the rows nearest to it. */
export interface SmoothingChoice {
  readonly neighbours: number
  readonly share: number
}

/**
 * What an attacker may hold beside the user tables of a model, and who attacks with it. What users did and an earlier
 * release, which is the model as trained, come of themselves.
 */
export interface HeldChoice {
  /** Attackers of the tables, by the names of `namedAttackers`. */
  readonly ofTables: readonly string[]
  /** Attackers of what is held, alone and with the tables beside it. */
  readonly ofHeld: readonly string[]
  /** The other model: a recommender, as trained. */
  readonly other: Choice
}

/** The full product of its dimensions. Choices that do not combine freely go into a product of their own. */
export interface Product {
  readonly datasets: readonly Choice[]
  readonly recommenders: readonly Choice[]
  readonly methods: readonly Choice[]
  readonly attackers: readonly Choice[]
  readonly protocols: readonly Choice[]
  readonly attributes: readonly string[]
  readonly seeds: readonly number[]
  /** Users and items under this number of interactions are dropped; 5 when absent. */
  readonly core?: number
  /** 80/10/10 by ratio when absent. */
  readonly split?: SplitChoice
  /** False for a product that is read as a table: its models get no HTML report. */
  readonly reports?: boolean
  /**
   * The ratings by which training chooses its epoch; 'validation' when absent. 'test' is what the authors' code does:
   * it flatters every model, and is here to measure by how much.
   */
  readonly epochBy?: 'validation' | 'test'
  /**
   * Drawn for each (data set, recommender, attribute), 't-sne' and 'histograms' at the first seed; none when absent.
   */
  readonly figures?: readonly FigureName[]
  /** Attacks also what outsiders see of each model, scores and recommended lists; nothing when absent. */
  readonly observed?: ObservedChoice
  /**
   * Whether the models of a data set and seed go out together, to somebody who may hold all of them. The flow then
   * hides from who has all their tables side by side, and these are attacked too, before and after each method. False
   * when absent.
   */
  readonly release?: boolean
  /**
   * Asks what each model tells to whom, by what he holds; `attackers` and `protocols` may then be empty. Nothing when
   * absent.
   */
  readonly held?: HeldChoice
  /**
   * Options of recommenders on one data set, by the names of both; options that `recommenders` gives go over them. None
   * when absent.
   */
  readonly settings?: { readonly [dataset: string]: { readonly [recommender: string]: Options } }
  /** Evaluates these on the same split too; none when absent. */
  readonly yardsticks?: readonly YardstickChoice[]
  /** Attacks all user tables of each model side by side too; each by itself alone when absent. */
  readonly sideBySide?: true
  /** Evaluates each original with its user tables smoothed too; not when absent. */
  readonly smoothing?: SmoothingChoice
  /**
   * What trains and unlearns: 'tfjs' is TensorFlow.js, for `engineRecommenders` and `engineMethods`. 'kernels' when
   * absent, and for the others.
   */
  readonly engine?: 'kernels' | 'tfjs'
  /**
   * Ends after that stage: a product that is read for its data alone, or for the quality of its models, where
   * `attackers` and `protocols` may be empty.
   */
  readonly until?: 'prepare' | 'evaluate'
}

/** Repetitions of the audit on tables that are drawn anew for each, to count how often it errs. */
export interface CalibrationChoice {
  /** For people; no repetition depends on it. */
  readonly name: string
  readonly options: Options
  readonly repetitions: number
}

/** A named set of experiments with one report. */
export interface Grid {
  readonly name: string
  readonly title: string
  readonly products: readonly Product[]
  /** None when absent. */
  readonly calibrations?: readonly CalibrationChoice[]
}
