/** @file What a protocol is: which users the attacker knows the labels of, and which it is judged on. */

export interface Split {
  /** Rows whose labels the attacker is given (the shadow set). */
  readonly shadow: Int32Array
  /** Rows it is to tell the labels of. */
  readonly scored: Int32Array
}

export interface Protocol {
  readonly name: string
  /** For the reader of a report: who knows what. */
  readonly description: string
  /** Fewest users of a class with which every shadow set holds two of each class. */
  readonly smallestClass: number
  /** Repeats that the audit runs unless told otherwise. */
  readonly defaultRepeats: number
  /** Whether each user of a repeat is known in one of its splits and scored in another. */
  readonly crossValidated: boolean
  /**
   * How many times as much the mean AUC of so many repeats may vary, in deviation, as with scores held fixed: a user
   * who is scored in one split teaches in another. See `permutationTest` of @indistinct/metrics.
   */
  spread(repeats: number): number
  /**
   * The splits of one repeat; the same seed and repeat give the same splits, whatever is attacked.
   * @param rowsOfClass rows of each class (C arrays, disjoint, each of at least `smallestClass`)
   */
  splits(rowsOfClass: readonly Int32Array[], options: { readonly seed: number; readonly repeat: number }): Split[]
}
