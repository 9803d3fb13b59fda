import { expect, test } from 'vitest'
import { logOddsScore, scoresOfLogits, scoresOfLogOdds } from './log-odds-score.ts'

test('scores are probabilities up to log-odds of 4, and meet the tail there in value and slope', () => {
  for (const l of [-4, -1.5, 0, 0.3, 4]) expect(logOddsScore(l)).toBeCloseTo(1 / (1 + Math.exp(-l)), 14)
  const slope = (at: number): number => (logOddsScore(at + 1e-6) - logOddsScore(at)) / 1e-6
  expect(slope(4)).toBeCloseTo(slope(4 - 1e-6), 6)
  expect(logOddsScore(7) + logOddsScore(-7)).toBe(1)
})

test('in float32, users that a posterior would round to one or zero keep their order', () => {
  const logOdds = Float64Array.from([
    -1e8, -1e6, -2000, -1990, -120, -100, 100, 120, 1990, 2000, 1e6, 1.01e6, 1e8, 1.01e8,
  ])
  const { data } = scoresOfLogOdds(logOdds)
  for (let i = 1; i < logOdds.length; i++) expect(data[2 * i + 1]).toBeGreaterThan(data[2 * i - 1]!)
  for (const value of data) expect(value > 0 && value < 1).toBe(true)
})

test('two logits are one log-odds; of several, rows sum to one and the largest leads', () => {
  expect(scoresOfLogits(Float64Array.from([1, 3.5, -700, 900]), 2, 2)).toEqual(
    scoresOfLogOdds(Float64Array.from([2.5, 1600])),
  )
  const { data } = scoresOfLogits(Float64Array.from([0.2, 1, -1, 1e4, -1e4, 1.001e4]), 2, 3)
  expect(data[0]! + data[1]! + data[2]!).toBeCloseTo(1, 6)
  expect(data[1]).toBeCloseTo(Math.exp(1) / (Math.exp(0.2) + Math.exp(1) + Math.exp(-1)), 6)
  expect(data[5]).toBeGreaterThan(data[3]!)
  expect(data[3]).toBeGreaterThan(data[4]!)
})
