/** @file What an epoch or a batch passes over: no tensors, since declarations of the package reach it. */

/** Examples of an epoch, or of one batch: what the objective of the kernels passes over, in the same order. */
export interface Examples {
  readonly users: Int32Array
  /** Items of the interactions; absent where an example is a user with all of his. */
  readonly positives?: Int32Array
  /** As many for each positive, those of one beside each other. */
  readonly negatives?: Int32Array
}
