import { matrix, randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import { moveRow, type BlindMove } from './blind-map.ts'
import { movedTable } from './moved-table.ts'
import { drawWaves, waveMove, waveRatio } from './wave-move.ts'

const [n, K] = [3000, 2]
const random = randomStream(5, 'wave move')
const classes = [
  Int32Array.from({ length: n / 2 }, (_, i) => 2 * i),
  Int32Array.from({ length: n / 2 }, (_, i) => 2 * i + 1),
]
/** Class 1 lies between the two peaks of class 0, with the same mean, variance and columns other than the first. */
const x = matrix(
  n,
  K,
  Float32Array.from({ length: n * K }, (_, p) => {
    const normal = random.normal()
    const one = Math.floor(p / K) % 2 === 1
    return p % K > 0 || one ? normal : 0.2 * normal + (random.uniform() < 0.5 ? 0.98 : -0.98)
  }),
)
/** What a model may say: class 0 near the two peaks. */
const deviations = matrix(n, 2)
for (let i = 0; i < n; i++) {
  const own = 0.35 * Math.cos((x.data[i * K]! / 0.98) * Math.PI)
  deviations.data.set([-own, own], 2 * i)
}
test('users go down the gradient of the sum of waves, times what is said of them', () => {
  const { frequencies, phases } = drawWaves(x, classes, randomStream(1, 'waves'))
  const amplitudes = Float64Array.from(phases, (_, f) => Math.sin(f))
  const move: BlindMove = {
    kind: 'waves',
    of: 1,
    frequencies: Float64Array.from(frequencies.data),
    phases,
    amplitudes,
    shifts: [],
  }
  const sum = (at: Float64Array): number =>
    amplitudes.reduce((all, a, f) => {
      let angle = phases[f]!
      for (let k = 0; k < K; k++) angle += frequencies.data[f * K + k]! * at[k]!
      return all + a * Math.cos(angle)
    }, 0)
  const at = Float64Array.of(0.3, -0.8)
  const to = new Float64Array(K)
  moveRow(move, at, Float64Array.of(0, 0.25), to)
  for (let k = 0; k < K; k++) {
    const [up, down] = [1e-5, -1e-5].map((by) => sum(at.map((value, l) => value + (l === k ? by : 0))))
    expect(to[k]! - at[k]!).toBeCloseTo((-0.25 * (up! - down!)) / 2e-5, 5)
  }
})

test('what other waves see comes down, and class means stay', () => {
  const others = drawWaves(x, classes, randomStream(2, 'waves'))
  const before = waveRatio(x, classes, others)
  expect(before.ratio).toBeGreaterThan(1 + 6 * Math.sqrt(2 / before.terms))
  const move = waveMove(x, classes, deviations, 1, drawWaves(x, classes, randomStream(3, 'waves')))!
  const after = movedTable(move, x, deviations)
  expect(waveRatio(after, classes, others).ratio - 1).toBeLessThan(0.5 * (before.ratio - 1))
  const apart = (table: typeof x, k: number): number => {
    let sum = 0
    for (let i = 0; i < n; i++) sum += (i % 2 ? 2 / n : -2 / n) * table.data[i * K + k]!
    return sum
  }
  for (let k = 0; k < K; k++) expect(apart(after, k)).toBeCloseTo(apart(x, k), 4)
})

test('labels by chance are on their null', () => {
  const ratios = Array.from({ length: 12 }, (_, s) => {
    const draw = randomStream(s, 'coins')
    const coins: number[][] = [[], []]
    for (let i = 0; i < n; i++) coins[draw.uniform() < 0.4 ? 1 : 0]!.push(i)
    return waveRatio(
      x,
      coins.map((rows) => Int32Array.from(rows)),
      drawWaves(x, classes, randomStream(s, 'waves')),
    )
  })
  const mean = ratios.reduce((sum, { ratio }) => sum + ratio / 12, 0)
  expect(Math.abs(mean - 1)).toBeLessThan(3 * Math.sqrt(2 / ratios[0]!.terms / 12))
})
