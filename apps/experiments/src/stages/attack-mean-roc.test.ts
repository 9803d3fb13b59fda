import type { SplitScores } from '@indistinct/attackers'
import { matrix, randomStream } from '@indistinct/core'
import { auc } from '@indistinct/metrics'
import { describe, expect, test } from 'vitest'
import { meanRoc } from './attack-mean-roc.ts'

/** A split whose second column is `scores`. */
function splitOf(scores: readonly number[], codes: readonly number[], classes = 2): SplitScores {
  const probabilities = matrix(scores.length, classes)
  scores.forEach((score, i) => (probabilities.data[i * classes + 1] = score))
  const users = Int32Array.from(scores.keys())
  return {
    repeat: 0,
    fold: 0,
    shadow: new Int32Array(0),
    users,
    codes: Int32Array.from(codes),
    probabilities,
    signs: Int8Array.of(1, 1),
  }
}

function area(points: readonly (readonly [number, number])[]): number {
  return points.slice(1).reduce((sum, [x, y], p) => sum + ((x - points[p]![0]) * (y + points[p]![1])) / 2, 0)
}

describe('meanRoc', () => {
  test('a perfect attacker finds all before its first mistake', () => {
    const { roc } = meanRoc([splitOf([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1])])!
    expect(roc[0]).toEqual([0, 0])
    expect(roc[1]).toEqual([0, 1])
  })

  test('the area is the mean AUC of the splits, though their scores are on other scales', () => {
    const random = randomStream(1, 'mean-roc')
    const splits = [1, 1000].map((scale) => {
      const codes = Array.from({ length: 2000 }, (_, i) => i % 2)
      return splitOf(
        codes.map((code) => scale * (code + random.normal())),
        codes,
      )
    })
    const mean = splits.reduce(
      (sum, { probabilities, codes }) =>
        sum +
        auc(
          Float64Array.from(codes, (_, i) => probabilities.data[2 * i + 1]!),
          codes,
        ) /
          splits.length,
      0,
    )
    expect(area(meanRoc(splits)!.roc)).toBeCloseTo(mean, 2)
  })

  test('rates never fall along the curve', () => {
    const { roc } = meanRoc([splitOf([0.1, 0.5, 0.5, 0.9, 0.2], [0, 1, 0, 1, 1])])!
    for (let p = 1; p < roc.length; p++) expect(roc[p]![1]).toBeGreaterThanOrEqual(roc[p - 1]![1])
    expect(roc.at(-1)).toEqual([1, 1])
  })

  test('more than two classes have no single curve', () => {
    expect(meanRoc([splitOf([0.1, 0.2, 0.3], [0, 1, 2], 3)])).toBeUndefined()
  })
})
