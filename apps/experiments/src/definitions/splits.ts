/** @file The splits that a definition of NDCG or hit ratio may be meant on. */

import { randomStream, shuffle, type Csr } from '@indistinct/core'
import { interactionMatrix, splitLeaveOneOut, splitRatio, type Dataset, type Split } from '@indistinct/datasets'

export const splitNames = ['80/10/10', '80/10/10 of each user', 'leave-one-out'] as const
export type SplitName = (typeof splitNames)[number]

export function splitNamed(name: SplitName, dataset: Dataset, seed: number): Split {
  switch (name) {
    case '80/10/10':
      return splitRatio(dataset, { seed })
    case '80/10/10 of each user':
      return splitOfEachUser(dataset, seed)
    case 'leave-one-out':
      return splitLeaveOneOut(dataset, { seed })
    default:
      throw new RangeError(`splitNamed: expected one of ${splitNames.join(', ')}, got ${String(name satisfies never)}`)
  }
}

/** Of a user with n interactions, round(n / 10) go to validation and as many to test, drawn at random. */
function splitOfEachUser(dataset: Dataset, seed: number): Split {
  const all = interactionMatrix(dataset)
  const random = randomStream(seed, 'split', 'ratio of each user')
  const parts: [number[], number[], number[]] = [[], [], []]
  const starts = parts.map(() => new Int32Array(all.rows + 1))
  for (let user = 0; user < all.rows; user++) {
    const items = shuffle(all.indices.slice(all.indptr[user]!, all.indptr[user + 1]!), random)
    const held = Math.round(items.length / 10)
    const own = [items.subarray(2 * held), items.subarray(0, held), items.subarray(held, 2 * held)]
    own.forEach((drawn, part) => {
      parts[part]!.push(...drawn.slice().sort())
      starts[part]![user + 1] = parts[part]!.length
    })
  }
  const [train, validation, test] = parts.map((items, part): Csr => ({
    rows: all.rows,
    cols: all.cols,
    indptr: starts[part]!,
    indices: Int32Array.from(items),
  }))
  return { users: all.rows, items: all.cols, train: train!, validation: validation!, test: test! }
}
