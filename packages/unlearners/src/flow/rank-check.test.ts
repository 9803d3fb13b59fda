import { matrix, randomStream, type Labels } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { calibratedFlow } from './calibrated-flow.ts'
import { rankCheck } from './rank-check.ts'

describe('rankCheck', () => {
  test.each([
    // scipy.stats.kruskal (scipy 1.10), ties among them.
    {
      groups: [
        [1, 2, 2, 5, 9],
        [3, 3, 7, 8],
        [2, 10, 11],
      ],
      statistic: 2.312218268090157,
    },
    {
      groups: [
        [1, 1, 2, 4],
        [3, 3, 7, 8, 8],
      ],
      statistic: 3.9384615384615422,
    },
  ])("is Kruskal and Wallis' H over its freedom: $statistic", ({ groups, statistic }) => {
    const values = groups.flat()
    let first = 0
    const classes = groups.map(({ length }) => Int32Array.from({ length }, () => first++))
    const theta = matrix(values.length, 2, Float32Array.from(values.flatMap((value) => [0, value])))
    const { ratio, column } = rankCheck(theta, classes, 1)
    expect(ratio).toBeCloseTo(statistic / (groups.length - 1), 9)
    expect(column).toBe(1)
  })

  test.each([2, 5])('random labels of %d classes are explained, whatever the tails', (C) => {
    const random = randomStream(3, 'ranks', C)
    let alarms = 0
    for (let draw = 0; draw < 300; draw++) {
      const theta = matrix(
        100,
        6,
        Float32Array.from({ length: 600 }, () => Math.exp(4 * random.normal())),
      )
      const classes = Array.from({ length: C }, (_, c) => Int32Array.from({ length: 100 / C }, (_, i) => i * C + c))
      if (!rankCheck(theta, classes, 1).explained) alarms++
    }
    // One in a thousand is expected at most.
    expect(alarms).toBeLessThanOrEqual(2)
  })

  test('what heavy tails hide from means and distances is found, and "already at null" is not said', () => {
    const random = randomStream(1, 'heavy tails')
    const labels: Labels = { classes: ['a', 'b'], codes: Int32Array.from({ length: 600 }, (_, i) => i % 2) }
    const heavy = (): number => Math.exp(4 * random.normal()) * (random.uniform() < 0.5 ? -1 : 1)
    const table = (shift: number) =>
      matrix(
        600,
        3,
        Float32Array.from(
          { length: 1800 },
          (_, p) => heavy() + (p % 3 === 1 ? shift * labels.codes[Math.floor(p / 3)]! : 0),
        ),
      )
    const { parameters, embedding } = calibratedFlow(table(1), labels, { shapes: false })
    expect(parameters).toMatchObject({
      outcome: 'not landed',
      stopped: 'means and distances find classes alike, but ranks in column 1 tell them apart',
    })
    expect(embedding.data.every(Number.isFinite)).toBe(true)
    expect(calibratedFlow(table(0), labels, { shapes: false }).parameters).toMatchObject({ outcome: 'already at null' })
  })
})
