import { randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import { smallestAdjusted, testsTogether, type PermutedTest } from './tests-together.ts'

const random = randomStream(1, 'tests-together')
const someTest = (observed: number, refitted: boolean, permutations = 99): PermutedTest => ({
  observed,
  refitted,
  permuted: Float64Array.from({ length: permutations }, () => Math.abs(random.normal())),
})

test('a leak reaches the smallest corrected p, whatever the number of tests', () => {
  for (const count of [1, 8, 60]) {
    for (const kinds of [[true], [false], [true, false]]) {
      const tests = Array.from({ length: count * kinds.length }, (_, t) =>
        someTest(t === 0 ? 50 : 0.3, kinds[t % kinds.length]!),
      )
      const { correctedP } = testsTogether(tests)
      expect(correctedP[0]).toBeCloseTo(kinds.length / 100, 12)
      expect(smallestAdjusted(tests.map(({ refitted }) => ({ refitted, permutations: 99 })))).toBeCloseTo(
        kinds.length / 100,
        12,
      )
      expect(Math.min(...correctedP.slice(1), 1)).toBeGreaterThan(0.05)
    }
  }
})

test('both families share the 5 %, and the fewest permutations of a family count', () => {
  const alone = testsTogether([someTest(2.2, true, 999)])
  const tests = [someTest(2.2, true, 999), someTest(0, false, 199), someTest(9, false, 399)]
  const { correctedP, critical } = testsTogether(tests)
  expect(correctedP[2]).toBeCloseTo(2 / 200, 12)
  expect(correctedP[0]!).toBeGreaterThan(alone.correctedP[0]!)
  expect(critical[0]!).toBeGreaterThan(alone.critical[0]!)
})

test('a test that sees nothing in most relabellings detects nothing, however small its spread', () => {
  const of = (deviation: (b: number) => number): PermutedTest => ({
    observed: 0,
    refitted: false,
    permuted: Float64Array.from({ length: 99 }, (_, b) => deviation(b)),
  })
  const nothing = of(() => 0)
  const lastBits = of((b) => (b % 3) * 1e-16)
  const seldom = of((b) => (b < 9 ? 0.001 : 0))
  for (const each of [nothing, lastBits, seldom]) expect(testsTogether([each]).detectable).toEqual([1])
  const some = of(() => Math.abs(0.01 * random.normal()))
  expect(testsTogether([some, nothing]).detectable).toEqual([expect.closeTo(0.53, 1), 1])
})
