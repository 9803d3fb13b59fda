/** The committed table of what attackers learn by what they hold: not stale, and rows as they should be. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Json } from '@indistinct/core'
import { expandGrid } from '@indistinct/stages'
import { describe, expect, test } from 'vitest'
import { holds } from '../../grids/holds.ts'
import { makeArtifact } from '../store/artifact-folder.ts'
import { holdings, type HeldAttack, type Holding } from '../store/results.ts'
import { holdsPage, holdsSummary } from './holds-page.ts'
import {
  aboutOf,
  holdsRows,
  keyOf,
  mergeRows,
  strongest,
  titleOf,
  type HoldsResults,
  type HoldsRow,
} from './holds-results.ts'
import { withHoldsTable } from './readme-table.ts'

const workspace = fileURLToPath(new URL('../../../..', import.meta.url))
const results = join(workspace, 'apps/experiments/results/holds')

describe('results/holds', () => {
  const stored = JSON.parse(readFileSync(join(results, 'holds.json'), 'utf8')) as HoldsResults

  test('the pages are what the results give; after an edit run `npm run holds -- --summary`', () => {
    expect(readFileSync(join(results, 'README.md'), 'utf8')).toBe(
      holdsPage(stored, expandGrid(holds).models.map(aboutOf)),
    )
    const readme = readFileSync(join(workspace, 'README.md'), 'utf8')
    expect(readme).toBe(withHoldsTable(readme, stored))
  })

  test('the note on what a move tells has the figures of ML-1M', () => {
    const note = readFileSync(join(workspace, 'docs/what-a-move-tells.md'), 'utf8')
    const of = (row: HoldsRow, holding: Holding): string | undefined => {
      const leak =
        row.leaks.find((each) => each.holding === holding && !each.alone) ??
        row.leaks.find((each) => each.holding === holding)
      return leak?.foldedAuc.value.toFixed(3)
    }
    for (const row of stored.rows.filter(
      ({ dataset, recommender, training }) =>
        dataset === 'ml-1m' && recommender === 'lightgcn' && (training as { factors?: number }).factors === 16,
    )) {
      const { smooth } = row.options as { readonly smooth?: number }
      const name = titleOf({ method: row.method, options: { ...(smooth && { smooth }) } })
      const line = note.split('\n').find((each) => each.startsWith(`| ${name} |`))
      if (line)
        expect(line).toContain(`| ${of(row, 'tables')!} | ${of(row, 'history')!} | ${of(row, 'earlier release')!} |`)
    }
    expect(note.match(/\| (own label|one map|nobody)/g)!.length).toBeGreaterThan(5)
  })

  test('rows are those of the grid, each once, with every holding', () => {
    const planned = expandGrid(holds).models.map((model) => keyOf(aboutOf(model)))
    expect(new Set(stored.rows.map(keyOf)).size).toBe(stored.rows.length)
    for (const row of stored.rows) {
      expect(planned).toContain(keyOf(row))
      if (row.refused !== undefined) continue
      const asked = holdings.filter((holding) =>
        row.leaks.some(
          (leak) =>
            leak.holding === holding && leak.alone === (row.method === 'original' && holding === 'earlier release'),
        ),
      )
      expect(asked).toEqual(holdings)
    }
  })
})

const attack = (holding: Holding, alone: boolean, attacker: string, auc: number): HeldAttack => {
  const value = Math.max(auc, 1 - auc)
  return {
    holding,
    alone,
    attacker,
    protocol: 'five-fold',
    input: 'raw',
    auc,
    foldedAuc: { value, lower: value - 0.02, upper: value + 0.02 },
    smallestDetectable: 0.54,
  }
}
const row = (method: string, leaks: readonly HeldAttack[], change?: number): HoldsRow => ({
  dataset: 'ml-1m',
  attribute: 'gender',
  recommender: 'lightgcn',
  training: {},
  seed: 1,
  method,
  options: {},
  leaks: strongest(leaks),
  price: [
    {
      users: 10,
      value: 0.3 + (change ?? 0),
      lower: 0.2,
      upper: 0.4,
      ...(change !== undefined && { change: { value: change, lower: change - 0.01, upper: change + 0.01 } }),
    },
  ],
})

describe('rows and pages', () => {
  const original = row('original', [
    attack('tables', false, 'mlp', 0.8),
    attack('history', true, 'forest', 0.7),
    attack('history', false, 'forest', 0.71),
  ])
  const moved = row(
    'flow',
    [
      attack('tables', false, 'mlp', 0.47),
      attack('tables', false, 'xgb', 0.45),
      attack('history', false, 'logistic', 0.95),
    ],
    -0.03,
  )

  test('the strongest attacker of each holding: one below one half counts as one above', () => {
    expect(moved.leaks.map(({ holding, attacker, auc }) => [holding, attacker, auc])).toEqual([
      ['tables', 'xgb', 0.45],
      ['history', 'logistic', 0.95],
    ])
  })

  test('what tells more than what is held alone is bold, and what lies below one half is said', () => {
    const page = holdsPage({ schema: 'indistinct.holds/1', rows: [original, moved] }, [
      original,
      moved,
      row('leace', []),
      { ...original, dataset: 'lastfm' },
    ])
    expect(page).toContain('| alone | – | – | 0.700 [0.680, 0.720] forest |')
    expect(page).toContain('| original | **0.800 [0.780, 0.820] mlp** | – | 0.710 [0.690, 0.730] forest |')
    expect(page).toContain('| flow | **0.550 [0.530, 0.570] xgb, below** | – | **0.950 [0.930, 0.970] logistic** |')
    expect(page).toContain('-10.0 [-13.3, -6.7]')
    expect(page).toMatch(/- ml-1m, gender, lightgcn, K = 16: leace\n- lastfm, gender, lightgcn, K = 16: all methods\n$/)
    expect(holdsSummary({ schema: 'indistinct.holds/1', rows: [original, moved] })).toContain(
      '|  | flow | **0.550** | – | **0.950** |',
    )
  })

  test('models of other widths stand on the page, not on the first page of the project', () => {
    const wide = { ...moved, training: { factors: 64 } }
    const both: HoldsResults = { schema: 'indistinct.holds/1', rows: [original, moved, wide] }
    expect(holdsPage(both, [])).toContain('lightgcn (factors 64)')
    expect(holdsSummary(both)).toBe(holdsSummary({ ...both, rows: [original, moved] }))
  })

  test('a row that is made again takes the place of the old one, others stay', () => {
    const again = row('flow', [attack('tables', false, 'mlp', 0.5)], -0.01)
    expect(mergeRows([original, moved], [again, row('leace', [])])).toEqual([original, again, row('leace', [])])
  })

  test('a method with other options is another row, and says so', () => {
    const smooth = { ...moved, options: { smooth: 10 } }
    expect(mergeRows([original, moved], [smooth])).toEqual([original, moved, smooth])
    expect(titleOf({ method: 'd2d-r', options: { tradeOff: 1e-4, steps: 1000 } })).toBe('d2d-r, 1000 steps')
    expect(holdsPage({ schema: 'indistinct.holds/1', rows: [original, moved, smooth] }, [])).toContain(
      '| flow, smooth 10 | **0.550',
    )
    const first = holdsSummary({ schema: 'indistinct.holds/1', rows: [original, moved, smooth] })
    expect(first).toBe(holdsSummary({ schema: 'indistinct.holds/1', rows: [original, moved] }))
  })

  test('the table of the first page stands between its marks', () => {
    const results: HoldsResults = { schema: 'indistinct.holds/1', rows: [original, moved] }
    const text = withHoldsTable('before\n<!-- npm run holds -->\nold\n<!-- end of npm run holds -->\nafter\n', results)
    expect(text).toMatch(
      /^before\n<!-- npm run holds -->\n\n\| data set[^]*\n\n<!-- end of npm run holds -->\nafter\n$/,
    )
    expect(withHoldsTable(text, results)).toBe(text)
    expect(() => withHoldsTable('no marks', results)).toThrow('expected the marks')
  })

  test('a stage that would do harm is a refused row; what was not reached has none', async () => {
    const root = mkdtempSync(join(tmpdir(), 'indistinct-holds-'))
    try {
      const held = { ofTables: ['logistic'], ofHeld: ['qda'], other: { name: 'nmf' } }
      const expanded = expandGrid({
        ...holds,
        products: [{ ...holds.products[0]!, methods: [{ name: 'flow' }, { name: 'leace' }], held }],
      })
      const [first, flow] = expanded.models
      for (const [node, file, content] of [
        [first!.held!, 'held', [attack('tables', false, 'mlp', 0.8)]],
        [
          first!.evaluate,
          'utility',
          [{ metric: 'NDCG', k: 10, definition: '', users: 3, value: 1, lower: 1, upper: 1 }],
        ],
      ] as const) {
        await makeArtifact(join(root, node.root), (artifact) =>
          Promise.resolve(artifact.json(file, content as unknown as Json)),
        )
      }
      const rows = holdsRows(
        {
          expanded,
          outcomes: new Map([
            [first!.held!.id, { status: 'run' }],
            [first!.evaluate.id, { status: 'cached' }],
            [
              flow!.unlearn!.id,
              {
                status: 'failed',
                output: '> node x\n\ncalibratedFlow: no way to chance; unlearn by leace, which moves all\n',
              },
            ],
          ]),
          exitCodes: new Map([[flow!.unlearn!.id, 5]]),
        },
        root,
      )
      expect(rows.map(({ method, refused, price }) => [method, refused, price.length])).toEqual([
        ['original', undefined, 1],
        ['flow', 'calibratedFlow: no way to chance; unlearn by leace, which moves all', 0],
      ])
    } finally {
      rmSync(root, { recursive: true })
    }
  })
})
