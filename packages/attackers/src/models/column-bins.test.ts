import { matrix, randomStream } from '@indistinct/core'
import { auc } from '@indistinct/metrics'
import { expect, test } from 'vitest'
import { xgb, xgbAttacker } from '../attackers/xgb.ts'
import { columnBins } from './column-bins.ts'

test('as many rows in each bin, equal values together, in the order of the values', () => {
  const random = randomStream(1, 'bins')
  const known = matrix(
    640,
    2,
    Float32Array.from({ length: 1280 }, (_, p) => (p % 2 === 0 ? random.normal() : p % 6)),
  )
  const binned = columnBins(known, 64)(known).data
  const counts = new Int32Array(64)
  for (let i = 0; i < 640; i++) counts[binned[2 * i]!]!++
  expect([...counts]).toEqual(new Array(64).fill(10))
  expect(new Set(Array.from({ length: 640 }, (_, i) => binned[2 * i + 1]!)).size).toBe(3)
  for (let i = 1; i < 640; i++) {
    for (const j of [0, 1]) {
      const [a, b] = [known.data[2 * i + j]! - known.data[j]!, binned[2 * i + j]! - binned[j]!]
      expect(a * b).toBeGreaterThanOrEqual(0)
      if (a === 0) expect(b).toBe(0)
    }
  }
  const beyond = columnBins(known, 64)(matrix(2, 2, Float32Array.of(-100, -100, 100, 100))).data
  expect([...beyond]).toEqual([0, 0, 63, 2])
})

test('the bin is the number of limits below the value, however values are spread', () => {
  const [N, bins] = [500, 16]
  const random = randomStream(3, 'limits')
  const draws = [
    () => random.normal() / random.normal(),
    () => Math.fround(Math.exp(30 * random.normal())),
    () => random.integer(4),
    () => (random.uniform() < 0.97 ? 0 : random.normal()),
    () => 1e-42 * random.integer(50),
    () => 7,
  ]
  const K = draws.length
  const draw = () =>
    matrix(
      N,
      K,
      Float32Array.from({ length: N * K }, (_, p) => draws[p % K]!()),
    )
  const [known, asked] = [draw(), draw()]
  asked.data.fill(3e38, 0, K)
  asked.data.fill(-3e38, K, 2 * K)
  const binned = columnBins(known, bins)(asked)
  for (let j = 0; j < K; j++) {
    const sorted = Float32Array.from({ length: N }, (_, i) => known.data[i * K + j]!).sort()
    const at = Array.from({ length: bins - 1 }, (_, b) => sorted[Math.ceil(((b + 1) * N) / bins) - 1]!)
    const limits = [...new Set(at)].filter((limit) => limit < sorted[N - 1]!)
    for (let i = 0; i < N; i++)
      expect(binned.data[i * K + j]).toBe(limits.filter((limit) => limit < asked.data[i * K + j]!).length)
  }
})

test('trees from histograms tell what exact ones do, the same in both engines', async () => {
  // More than 2^18 values; the leak is a step that no line sees.
  const [N, K] = [4200, 64]
  const random = randomStream(2, 'trees')
  const draw = () =>
    matrix(
      N,
      K,
      Float32Array.from({ length: N * K }, () => random.normal()),
    )
  const [known, asked] = [draw(), draw()]
  const codesOf = ({ data }: typeof known): Int32Array =>
    Int32Array.from({ length: N }, (_, i) => (Math.abs(data[i * K]!) + 0.8 * random.normal() > 0.7 ? 1 : 0))
  const [codes, actual] = [codesOf(known), codesOf(asked)]
  const told = async (attacker: typeof xgb): Promise<Float64Array> => {
    const { data } = await (await attacker.fit(known, codes, { classes: 2, seed: 1 })).scores(asked)
    return Float64Array.from({ length: N }, (_, i) => data[2 * i + 1]!)
  }
  const rounds = 12
  const best = await told(xgbAttacker('xgb', { rounds }))
  const exact = await told(xgbAttacker('xgb', { rounds, treeMethod: 'exact' }))
  const wasm = await told(xgbAttacker('xgb', { rounds, engine: 'wasm' }))
  expect(best).not.toEqual(exact)
  expect(Math.abs(auc(best, actual) - auc(exact, actual))).toBeLessThan(0.02)
  expect(auc(best, actual)).toBeGreaterThan(0.7)
  expect(Math.abs(auc(wasm, actual) - auc(best, actual))).toBeLessThan(0.01)
})
