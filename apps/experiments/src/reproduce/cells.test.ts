import { describe, expect, test } from 'vitest'
import type { Measured } from './beside.ts'
import { dash, measuredCells, signed } from './cells.ts'
import type { ModelSeries } from './results-file.ts'

const model = (method: string, seconds: number[], seeds = seconds.map((_, at) => at + 1)): ModelSeries => ({
  recommender: 'nmf',
  method,
  options: {},
  seeds,
  attacks: [],
  utility: [],
  seconds,
})
const measured: Measured = {
  table: 'table-5',
  dataset: 'ml-1m',
  recommender: 'nmf',
  measure: 'seconds',
  digits: 1,
  better: 'low',
  valuesOf: ({ seconds }) => seconds,
}
const cellsOf = (own: ModelSeries, ...others: ModelSeries[]): string[] => measuredCells(measured, own, [own, ...others])

describe('measuredCells', () => {
  test('mean, deviation, n and Student’s interval', () => {
    // t(0.975, 2) = 4.303, standard deviation 1 over root 3: -0.48 to 4.48, cut at 0: seconds cannot fall below it.
    expect(cellsOf(model('flow', [1, 2, 3])).slice(0, 4)).toEqual(['2.0', '1.0', '3', '[0.0, 4.5]'])
  })

  test('one repetition has no spread and no test', () => {
    expect(cellsOf(model('flow', [1]), model('original', [2]))).toEqual([
      '1.0',
      dash,
      '1',
      dash,
      dash,
      dash,
      dash,
      dash,
      dash,
    ])
  })

  test('what the paper prints stands beside ours, to its last digit', () => {
    // 28.80 s for NMF on ML-1M.
    expect(cellsOf(model('d2d-r', [20, 22])).slice(4, 7)).toEqual(['28.80', '-7.8', 'yes'])
    expect(cellsOf(model('d2d-r', [40, 40.5])).slice(4, 7)).toEqual(['28.80', '+11.4', 'no'])
    expect(cellsOf(model('d2d-r', [40])).slice(4, 7)).toEqual(['28.80', '+11.2', dash])
    expect(cellsOf(model('flow', [20, 22])).slice(4, 7)).toEqual([dash, dash, dash])
  })

  test('the twin of LFM-2B stands beside LFM-2B, and is other data', () => {
    const own = model('d2d-r', [50, 60])
    expect(measuredCells({ ...measured, dataset: 'lfm-2b-synthetic' }, own, [own]).slice(4, 7)).toEqual([
      '45.00',
      '+10.0',
      'other data',
    ])
    expect(measuredCells({ ...measured, dataset: 'lastfm' }, own, [own]).slice(4, 7)).toEqual([dash, dash, dash])
  })

  test('tests pair repetitions by seed, against the original and the best other method', () => {
    const [own, original, slow, fast] = [
      model('flow', [1, 2, 3], [1, 2, 3]),
      model('original', [9, 3, 2], [9, 2, 1]),
      model('slow', [8, 9, 9]),
      model('fast', [0, 1, 2]),
    ]
    const cells = cellsOf(own!, original!, slow!, fast!)
    // Seeds 1 and 2 are common: differences 1 - 2 and 2 - 3.
    expect(cells[7]).toBe('<0.001 / 0.500')
    expect(cells[8]).toBe('<0.001 / 0.250 (fast)')
    expect(measuredCells(measured, original!, [own!, original!, slow!, fast!]).slice(7)).toEqual([dash, dash])
  })
})

test('a difference that rounds to nothing has no sign', () => {
  expect([0.26, -0.26, 0.04, -0.04].map((value) => signed(value, 1))).toEqual(['+0.3', '-0.3', '0.0', '0.0'])
})
