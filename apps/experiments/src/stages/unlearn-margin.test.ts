import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readMatrixOf } from '../store/artifact-folder.ts'
import { readLabels } from '../store/prepared-data.ts'
import * as prepare from './prepare.ts'
import * as train from './train.ts'
import { marginRegulariser } from './unlearn-margin.ts'
import { stagePlace } from './testing.ts'

const { at, make, remove } = stagePlace()
afterAll(remove)

beforeAll(async () => {
  await make('prepare', 'prepared', prepare, {
    dataset: { name: 'synthetic', options: { users: 90, items: 80 } },
    core: 3,
    split: { kind: 'ratio', ratios: [0.7, 0.1, 0.2] },
    seed: 1,
  })
  const options = {
    nmf: { epochs: 20, gmf: 6, mlp: 8, hidden: [8, 4], lr: 0.02 },
    lightgcn: { epochs: 20, factors: 6 },
  }
  for (const [name, own] of Object.entries(options))
    await make('train', name, train, { recommender: { name, options: own }, seed: 1 }, { prepare: at('prepared') })
})

describe.each([
  ['nmf', 'gmf'],
  ['lightgcn', 'layer-0'],
])('marginRegulariser, %s by %s', (name, table) => {
  const scored = (): Parameters<typeof marginRegulariser>[0] => {
    const labels = readLabels(at('prepared'), 'gender')
    labels.codes[3] = -1
    return { kind: 'margin', table, labels, trained: at(name), prepared: at('prepared') }
  }
  const original = (): Matrix => readMatrixOf(at(name), `tables/${table}`)

  test('as trained, lists are in the order of the scores: no place costs more than the margin', async () => {
    const theta = original()
    const { value } = (await marginRegulariser(scored())).loss(theta)
    expect(value).toBeGreaterThan(0)
    expect(value).toBeLessThanOrEqual(0.05 * 19 * theta.rows)
  })

  test('the gradient is that of the loss, and zero for users without a label', async () => {
    const theta = original()
    const { loss } = await marginRegulariser(scored())
    const random = randomStream(1, 'direction')
    const along = theta.data.map((_, p) => (Math.floor(p / theta.cols) === 3 ? 0 : random.normal()))
    const moved = (by: number): Matrix =>
      matrix(
        theta.rows,
        theta.cols,
        theta.data.map((value, p) => value + by * along[p]!),
      )
    // Piecewise linear: a small step crosses few kinks.
    const h = 2 ** -12
    const { gradient } = loss(theta)
    const slope = gradient.data.reduce((sum, value, p) => sum + value * along[p]!, 0)
    expect((loss(moved(h)).value - loss(moved(-h)).value) / (2 * h) / slope).toBeCloseTo(1, 1)
    expect([...gradient.data.subarray(3 * theta.cols, 4 * theta.cols)].every((value) => value === 0)).toBe(true)
  })

  test('refuses other tables and other regularisers', async () => {
    await expect(marginRegulariser({ ...scored(), table: 'propagated' })).rejects.toThrow(
      `got propagated of ${name}; name the tables with the option tables`,
    )
    await expect(marginRegulariser({ ...scored(), kind: 'norm' })).rejects.toThrow(
      'expected regulariser "margin", got "norm"',
    )
  })
})
