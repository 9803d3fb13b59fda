import { describe, expect, test } from 'vitest'
import { dash, measuredCells, type Measured } from './cells.ts'
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
    // t(0.975, 2) = 4.303, standard deviation 1 over root 3: -0.48 to 4.48, cut at the 0 that seconds cannot fall
    // below.
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
    ])
  })

  test('what the paper states stands beside ours, and nothing else does', () => {
    expect(cellsOf(model('d2d-r', [20, 22])).slice(4, 6)).toEqual(['29–61', '-8.0'])
    expect(cellsOf(model('d2d-r', [40, 42])).slice(4, 6)).toEqual(['29–61', '0.0'])
    expect(cellsOf(model('u2u-r', [20, 22])).slice(4, 6)).toEqual([dash, dash])
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
    expect(cells[6]).toBe('<0.001 / 0.500')
    expect(cells[7]).toBe('<0.001 / 0.250 (fast)')
    expect(measuredCells(measured, original!, [own!, original!, slow!, fast!]).slice(6)).toEqual([dash, dash])
  })
})
