import { matrix, randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import { radiusFrames } from '../flow/calibrate/calibrate-radii.ts'
import { ratioAlong } from '../flow/calibrate/calibrate-shapes.ts'
import { shapeFrames, type ShapeFrame } from '../flow/calibrate/shape-counts.ts'
import { classMoments } from '../flow/calibrate/class-moments.ts'
import { alongMove } from './along-move.ts'
import { movedTable } from './moved-table.ts'

const n = 3000
const classes = [0, 1].map((c) => Int32Array.from({ length: n / 2 }, (_, i) => 2 * i + c))

/** The ratio of the family along `frame`, before and after the move by what `said` says of class 1 by place. */
function beforeAndAfter(
  x: ReturnType<typeof matrix>,
  said: (i: number) => number,
  frame: ShapeFrame,
): [number, number] {
  const deviations = matrix(n, 2)
  for (let i = 0; i < n; i++) deviations.data.set([-said(i), said(i)], 2 * i)
  const move = alongMove(x, classes, deviations, 1, frame, 1)!
  const out = movedTable(move, x, deviations)
  return [x, out].map((table) => ratioAlong([frame], table, classes).ratio) as [number, number]
}

test.each(['columns', 'axes'])(
  'two peaks where the other class has one come down to chance along %s, by the vector alone',
  (which) => {
    const random = randomStream(1, 'peaks')
    const x = matrix(
      n,
      2,
      Float32Array.from({ length: 2 * n }, (_, p) => {
        const normal = random.normal()
        return p % 4 === 0 ? 0.5 * normal + (random.uniform() < 0.5 ? 0.87 : -0.87) : normal * (p % 2 ? 0.5 : 1)
      }),
    )
    const frame = shapeFrames(classMoments(x, classes))[which === 'columns' ? 0 : 1]!
    const density = (v: number): [number, number] => {
      const peak = (at: number): number => Math.exp(-((v - at) ** 2) / 0.5)
      return [peak(0.87) + peak(-0.87), Math.exp((-v * v) / 2)]
    }
    const [before, after] = beforeAndAfter(
      x,
      (i) => {
        const [two, one] = density(x.data[2 * i]!)
        return one / (one + two) - 0.5
      },
      frame,
    )
    expect(before).toBeGreaterThan(5)
    expect(after).toBeLessThan(1 + 0.25 * (before - 1))
  },
)

test('a shell comes down to chance along the distance', () => {
  const random = randomStream(2, 'shell')
  const x = matrix(n, 5)
  for (let i = 0; i < n; i++) {
    const row = Float64Array.from({ length: 5 }, () => random.normal())
    const length = Math.hypot(...row)
    for (let k = 0; k < 5; k++) x.data[i * 5 + k] = i % 2 ? row[k]! : (row[k]! / length) * (2.2 + 0.3 * random.normal())
  }
  const frame = radiusFrames(classMoments(x, classes))[0]!
  const [before, after] = beforeAndAfter(
    x,
    (i) => (Math.abs(Math.hypot(...x.data.subarray(5 * i, 5 * i + 5)) - 2.2) < 0.4 ? -0.25 : 0.3),
    frame,
  )
  expect(before).toBeGreaterThan(5)
  expect(after).toBeLessThan(1 + 0.3 * (before - 1))
})
