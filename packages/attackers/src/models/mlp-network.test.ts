import { readFileSync } from 'node:fs'
import { matrix, randomStream, type Random } from '@indistinct/core'
import { macroAuc } from '@indistinct/metrics'
import { describe, expect, test } from 'vitest'
import { mlpProbabilities, trainMlp } from './mlp-network.ts'

interface Golden {
  name: string
  cols: number
  classes: number
  trainX: number[]
  trainY: number[]
  testX: number[]
  testY: number[]
  auc: number
  epochs: number
  fixed: { losses: number[]; probabilities: number[] }
}
const { cases } = JSON.parse(readFileSync(new URL('./goldens/mlp.json', import.meta.url), 'utf8')) as {
  cases: Golden[]
}

/** The fixed sequence of goldens/mlp.py. */
function fixedStart(): Random {
  let i = 0
  const refuse = (): never => {
    throw new Error('only uniform draws are fixed')
  }
  return { uniform: () => (++i * 0.6180339887498949) % 1, integer: refuse, normal: refuse }
}

describe.each(cases)('$name', (golden) => {
  const x = matrix(golden.trainY.length, golden.cols, Float32Array.from(golden.trainX))
  const held = matrix(golden.testY.length, golden.cols, Float32Array.from(golden.testX))
  const codes = Int32Array.from(golden.trainY)

  test("without chance, training follows scikit-learn's epoch by epoch", () => {
    const { losses, probabilities } = golden.fixed
    const network = trainMlp(x, codes, golden.classes, fixedStart(), {
      reorder: false,
      maxEpochs: losses.length,
      tolerance: 0,
    })
    expect(network.losses.length).toBe(losses.length)
    // Single against double precision.
    losses.forEach((loss, epoch) => expect(Math.abs(network.losses[epoch]! / loss - 1)).toBeLessThan(1e-5))
    const got = mlpProbabilities(network, held)
    probabilities.forEach((p, i) => expect(Math.abs(got.data[i]! - p)).toBeLessThan(1e-4))
  })

  test("AUC and epochs are those of scikit-learn's defaults", () => {
    const aucs: number[] = []
    const epochs: number[] = []
    for (let seed = 0; seed < 5; seed++) {
      const network = trainMlp(x, codes, golden.classes, randomStream(seed, 'mlp-test'))
      aucs.push(macroAuc(mlpProbabilities(network, held), golden.testY))
      epochs.push(network.losses.length)
    }
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
    expect(Math.abs(mean(aucs) - golden.auc)).toBeLessThan(0.02)
    expect(mean(epochs) / golden.epochs).toBeGreaterThan(0.8)
    expect(mean(epochs) / golden.epochs).toBeLessThan(1.25)
  })
})

test('the same stream trains the same network', () => {
  const { trainX, trainY, cols } = cases[0]!
  const x = matrix(trainY.length, cols, Float32Array.from(trainX))
  const train = (seed: number): Float32Array =>
    trainMlp(x, Int32Array.from(trainY), 2, randomStream(seed, 'same'), { maxEpochs: 20 }).parameters
  expect(train(1)).toEqual(train(1))
  expect(train(1)).not.toEqual(train(2))
})

test('a loss that is no longer finite stops training with the epoch', () => {
  const x = matrix(2, 1, Float32Array.from([1e38, -1e38]))
  expect(() => trainMlp(x, Int32Array.from([0, 1]), 2, randomStream(1, 'diverge'), { learningRate: 1e30 })).toThrow(
    /trainMlp: expected a finite loss, got (NaN|Infinity) in epoch \d+/,
  )
})
