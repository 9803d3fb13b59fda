/** @file Where each table of NMF lies in its flat parameters, and what a batch is. */

export interface NmfShape {
  readonly users: number
  readonly items: number
  /** Dimensions of the GMF tables. */
  readonly gmf: number
  /** Dimensions of the MLP tables. */
  readonly mlp: number
  /** Widths of the hidden layers, one or more. */
  readonly hidden: readonly number[]
}

/** Interactions of a batch; negative n of interaction q is negatives[q * perPositive + n]. */
export interface NmfBatch {
  readonly users: Int32Array
  readonly positives: Int32Array
  readonly negatives: Int32Array
}

export interface Placed {
  readonly name: string
  readonly offset: number
  readonly rows: number
  readonly cols: number
}

/**
 * Names, places and shapes of the parameters in one flat array: user-gmf, item-gmf, user-mlp, item-mlp, then
 * hidden-L-weights (inputs, width) and hidden-L-bias (1, width) for each layer L from 1 (the inputs of the first are
 * the user's dimensions, then the item's), output-weights (gmf + last width, 1) and output-bias (1, 1).
 */
export function nmfLayout(shape: NmfShape): readonly Placed[] {
  const { users, items, gmf, mlp, hidden } = shape
  const placed: Placed[] = []
  let offset = 0
  const place = (name: string, rows: number, cols: number): void => {
    placed.push({ name, offset, rows, cols })
    offset += rows * cols
  }
  place('user-gmf', users, gmf)
  place('item-gmf', items, gmf)
  place('user-mlp', users, mlp)
  place('item-mlp', items, mlp)
  hidden.forEach((width, at) => {
    place(`hidden-${at + 1}-weights`, at === 0 ? 2 * mlp : hidden[at - 1]!, width)
    place(`hidden-${at + 1}-bias`, 1, width)
  })
  place('output-weights', gmf + hidden[hidden.length - 1]!, 1)
  place('output-bias', 1, 1)
  return placed
}

/** Length of the flat array of parameters. */
export function nmfSize(shape: NmfShape): number {
  const last = nmfLayout(shape).at(-1)!
  return last.offset + last.rows * last.cols
}
