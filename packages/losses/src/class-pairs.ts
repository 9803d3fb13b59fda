/** @file How more than two classes become pairs, for losses that compare two distributions. */

/**
 * 'every': all pairs (a, b), each weighted by n_a n_b over the sum of these products. 'anchor': each later class
 * against the first, weight 1, as in the authors' code.
 */
export type Pairing = 'every' | 'anchor'

export interface ClassPair {
  /** Positions among the classes that have users. */
  readonly first: number
  readonly second: number
  readonly weight: number
}

/** The pairs of classes of the given sizes; with two classes both ways are the one pair with weight 1. */
export function classPairs(caller: string, sizes: readonly number[], pairing: Pairing): ClassPair[] {
  const pairs: ClassPair[] = []
  switch (pairing) {
    case 'anchor':
      for (let second = 1; second < sizes.length; second++) pairs.push({ first: 0, second, weight: 1 })
      return pairs
    case 'every': {
      let sum = 0
      for (let first = 0; first < sizes.length; first++) {
        for (let second = first + 1; second < sizes.length; second++) {
          const product = sizes[first]! * sizes[second]!
          sum += product
          pairs.push({ first, second, weight: product })
        }
      }
      return pairs.map((pair) => ({ ...pair, weight: pair.weight / sum }))
    }
    default:
      throw new RangeError(`${caller}: expected pairing 'every' or 'anchor', got '${String(pairing satisfies never)}'`)
  }
}
