import { describe, expect, test } from 'vitest'
import { markdownOf } from './document.ts'
import { pageNames, pageOf } from './pages.ts'
import { mergeResults, resultsSchema, type ModelSeries, type ResultsFile } from './results-file.ts'

const model = (method: string, leak: number): ModelSeries => ({
  recommender: 'lightgcn',
  method,
  options: {},
  seeds: [1, 2],
  attacks: [
    {
      attacker: 'mlp',
      protocol: 'paper',
      table: 'layer-0',
      input: 'raw',
      figures: { auc: [0.5 + leak, 0.51 + leak], foldedAuc: [0.5 + leak, 0.51 + leak], accuracy: [0.5, 0.6] },
    },
    {
      attacker: 'mlp',
      protocol: 'paper',
      table: 'propagated',
      input: 'standardised',
      figures: { auc: [0.4, 0.1], foldedAuc: [0.6, 0.9] },
    },
  ],
  utility: [5, 10].map((k) => ({
    metric: 'NDCG',
    k,
    definition: 'full ranking',
    values: method === 'original' ? [0.2, 0.2] : [0.18, 0.18],
  })),
  seconds: [1, 3],
})
const file = (dataset: string, ...models: ModelSeries[]): ResultsFile => ({
  schema: resultsSchema,
  protocol: 'paper',
  dataset,
  attribute: 'gender',
  models,
})
const data = {
  name: 'x',
  users: 943,
  items: 1682,
  interactions: 100_000,
  sparsity: 0.9,
  attributes: {
    gender: {
      classes: [
        { label: 'F', users: 273, interactions: 25_740 },
        { label: 'M', users: 670, interactions: 74_260 },
      ],
      missing: { users: 0, interactions: 0 },
    },
  },
} as const
const textOf = (name: (typeof pageNames)[number], ...files: ResultsFile[]): string => markdownOf(pageOf(name, files))

describe('pageOf', () => {
  const files = [file('ml-100k', model('flow', 0), model('original', 0.2))]

  test('Table 3 shows the paper’s table, and the worst case over tables and inputs', () => {
    const text = textOf('table-3', ...files)
    expect(text).toContain('### LightGCN, mlp\n\nThe paper’s table (layer-0), raw input.')
    expect(text).toContain('| Original | 0.7050 | 0.0071 | 2 |')
    // Repetition by repetition: 0.7 and 0.9.
    expect(text).toContain('| Original | 0.8000 |')
    // Accuracy 0.5 and 0.6 beside the paper's 0.6220.
    expect(text).toMatch(
      /\| Original \| accuracy \| 0\.5500 \| 0\.0707 \| 2 \| \[[^\]]*\] \| 0\.6220 \| -0\.0720 \| yes \|/,
    )
    // No precision was stored: a dash, not the paper's cell alone.
    expect(text).toContain('| Original | precision | – |')
    expect(text.indexOf('| Original |')).toBeLessThan(text.indexOf('| calibrated flow |'))
  })

  test('Table 4 has the mean change beside the paper’s two', () => {
    const text = textOf('table-4', file('ml-100k', model('original', 0), model('u2u-r', 0)))
    expect(text).toContain('| U2U-R | -10.0 | -5.30 | -11.1 | -6.3 | -3.7 |')
  })

  test('Table 4 ends with the yardstick, which is compared with nothing', () => {
    const yardstick = {
      name: 'ease',
      options: {},
      seeds: [1, 2, 3],
      utility: [{ metric: 'NDCG', k: 10, definition: 'full ranking', values: [0.3, 0.31, 0.32] }],
    }
    const text = textOf('table-4', {
      ...file('ml-100k', model('original', 0), model('flow', 0)),
      yardsticks: [yardstick],
    })
    expect(text).toMatch(
      /calibrated flow \| 0\.1800 .*\n\| EASE \(yardstick\) \| 0\.3100 \| 0\.0100 \| 3 \| \[0\.2852, 0\.3348\] \| – \| – \| – \| – \| – \|\n/,
    )
    expect(textOf('table-4', file('ml-100k', model('original', 0)))).not.toContain('EASE')
    // A later run without it keeps it; one with it takes its place.
    const kept = { ...file('ml-100k', model('original', 0)), yardsticks: [yardstick] }
    expect(mergeResults(kept, file('ml-100k', model('flow', 0))).yardsticks).toEqual([yardstick])
    expect(mergeResults(kept, { ...kept, yardsticks: [{ ...yardstick, seeds: [9] }] }).yardsticks).toEqual([
      { ...yardstick, seeds: [9] },
    ])
  })

  test('Table 5 gives ratios to training anew', () => {
    const text = textOf(
      'table-5',
      file(
        'ml-1m',
        model('original', 0),
        { ...model('retrain', 0), cpuSeconds: [8, 8] },
        { ...model('flow', 0), cpuSeconds: [1, 3] },
      ),
    )
    expect(text).toContain('| calibrated flow | unlearning | 2.00 | 1.000 × | 2.00 | 0.250 × | 1.41 | 2 |')
    expect(text).toContain('| Original | training | 2.00 | 1.000 × | – | – | 1.41 | 2 |')
    expect(text).toContain('| Retrain | training anew |')
  })

  test('Table 2 counts, beside the paper’s', () => {
    const text = textOf('table-2', { ...file('ml-100k'), data: { loaded: data, kept: data } })
    expect(text).toContain('| all | items | 1,682 | 1,682 | 1,682 | 0 | 0 |')
    expect(text).toContain('| women | ratings | 25,740 | 25,740 | 73,824 | -48,084 | -48,084 |')
  })

  test('the twin of LFM-2B says what it is', () => {
    for (const name of ['table-3', 'table-4', 'table-5'] as const) {
      const text = textOf(name, file('lfm-2b-synthetic', model('original', 0), model('d2d-r', 0)))
      expect(text).toContain('## LFM-2B (withdrawn; generated twin)')
      expect(text).toContain('withdrawn from public access')
      expect(text).toContain('| other data |')
    }
  })
})

test('a method that was cut short says so, in its rows and in a note, and a series its own', () => {
  const short = { ...model('d2d-r', 0), options: { steps: 200 } }
  const text = textOf('table-3', file('lastfm', model('original', 0), short))
  expect(text).toContain('| D2D-R (200 of 1000 steps) |')
  expect(text).toContain('cut short by `--steps`')
  expect(textOf('table-5', file('lastfm', { ...short, note: 'made by hand' }))).toContain(
    '- Last.fm 15K, LightGCN, D2D-R: made by hand.',
  )
  const whole = textOf('table-3', file('lastfm', model('original', 0), { ...short, options: { steps: 1000 } }))
  expect(whole).toContain('| D2D-R |')
  expect(whole).not.toContain('steps')
})

describe('mergeResults', () => {
  test('a model that was made again takes the place of the older one, others stay', () => {
    const merged = mergeResults(
      file('ml-100k', model('flow', 0), model('original', 0)),
      file('ml-100k', model('flow', 0.3)),
    )
    expect(merged.models.map(({ method }) => method)).toEqual(['original', 'flow'])
    expect(merged.models[1]!.attacks[0]!.figures.auc![0]).toBeCloseTo(0.8)
  })

  test('rows of another attribute, or of data under another filter, stand in no file together', () => {
    const known = file('ml-1m', model('flow', 0), model('original', 0))
    const age = { ...file('ml-1m', model('flow', 0.3)), attribute: 'age' }
    expect(() => mergeResults(known, age)).toThrow('expected gender, as the rows have that are there, got age')
    const kept = (users: number): ResultsFile['data'] & {} => {
      const counts = { name: 'ml-1m', users, items: 9, interactions: 99, sparsity: 0.5, attributes: {} }
      return { loaded: counts, kept: counts }
    }
    const core = { ...file('ml-1m', model('flow', 0.3)), data: kept(80) }
    expect(() => mergeResults({ ...known, data: kept(90) }, core)).toThrow('expected 90 users, 9 items')
    // Nothing of the older file would stay: it is replaced.
    expect(mergeResults(file('ml-1m', model('flow', 0)), age)).toEqual(age)
  })
})
