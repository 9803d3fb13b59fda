/** @file Mistakes of the paper, recomputed from its printed cells, and docs/paper-errata.md, which tells them. */

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readResults } from '../reproduce/results-file.ts'
import { fileURLToPath } from 'node:url'
import { cellsOver, changeOfMeans, everyDataset, meanOf, meanOfChanges } from './averages.ts'
import { balancedAccuracyOf, countsBehind, isShareOf, leastNdcg, printsAs } from './testing.ts'
import { paperCells, paperCounts, paperStatements } from './paper-tables.ts'

/** On one line, wherever lines of the page end. */
const page = readFileSync(new URL('../../../../docs/paper-errata.md', import.meta.url), 'utf8').replaceAll(/\s+/g, ' ')
const says = (text: string): void => expect(page).toContain(text)
const thousands = (value: number): string => value.toLocaleString('en-GB')

const attackRows = cellsOfRows('table-3')
const utilityRows = cellsOfRows('table-4')

/** Printed cells by row, measure by measure. */
function cellsOfRows(
  table: 'table-3' | 'table-4',
): { about: string; printed: Record<string, string>; value: Record<string, number> }[] {
  const rows = new Map<string, { about: string; printed: Record<string, string>; value: Record<string, number> }>()
  for (const cell of paperCells().filter((each) => each.table === table)) {
    const about = [cell.dataset, cell.recommender, cell.method, cell.attacker].join(' ')
    const row = rows.get(about) ?? { about, printed: {}, value: {} }
    row.printed[cell.measure] = cell.printed
    row.value[cell.measure] = cell.value
    rows.set(about, row)
  }
  return [...rows.values()]
}

test('every cell is a number, in 60 rows of Table 3, 30 of Table 4 and 24 of Table 5', () => {
  expect([
    attackRows.length,
    utilityRows.length,
    paperCells().filter(({ table }) => table === 'table-5').length,
  ]).toEqual([60, 30, 24])
  for (const { value, printed } of paperCells()) {
    expect(Number.isFinite(value)).toBe(true)
    expect(printed).toMatch(/^\d+\.\d+$/)
  }
})

describe('Table 2', () => {
  const of = (dataset: string, group: string) =>
    paperCounts().find((each) => each.dataset === dataset && each.group === group)!

  test('women and men of ML-1M are fewer than all users; ratings always add up', () => {
    const [all, women, men] = ['total', 'female', 'male'].map((group) => of('ml-1m', group))
    expect(women!.users + men!.users).toBe(5410)
    says(
      `${thousands(women!.users)} + ${thousands(men!.users)} = ${thousands(women!.users + men!.users)} is ${thousands(
        all!.users - women!.users - men!.users,
      )} short`,
    )
    for (const dataset of ['ml-100k', 'ml-1m', 'lfm-2b'])
      expect(of(dataset, 'female').ratings + of(dataset, 'male').ratings).toBe(of(dataset, 'total').ratings)
    for (const dataset of ['ml-100k', 'lfm-2b'])
      expect(of(dataset, 'female').users + of(dataset, 'male').users).toBe(of(dataset, 'total').users)
  })

  test('the ratings of men are those after the filter, the total that before it', () => {
    const men = (dataset: string): number =>
      readResults(
        fileURLToPath(new URL(`../../results/paper/${dataset}.json`, import.meta.url)),
      )!.data!.kept.attributes['gender']!.classes.find(({ label }) => label === 'M')!.interactions
    expect(of('ml-100k', 'female').ratings).toBe(men('ml-100k'))
    expect(of('ml-1m', 'male').ratings).toBe(men('ml-1m'))
    says(thousands(men('ml-100k')))
    says(thousands(men('ml-1m')))
  })

  test('one sparsity of nine is not that of its own row', () => {
    const wrong = paperCounts().flatMap(({ dataset, group, users, ratings, sparsityPercent }) => {
      const computed = 100 * (1 - ratings / (users * of(dataset, 'total').items!))
      return Math.abs(computed - sparsityPercent) > 0.00051
        ? [{ dataset, group, printed: sparsityPercent, computed: computed.toFixed(3) }]
        : []
    })
    expect(wrong).toEqual([{ dataset: 'ml-1m', group: 'total', printed: 95.814, computed: '95.808' }])
    says('95.814 %')
    says('95.808 %')
  })
})

describe('Table 3', () => {
  const sizes = [82, 110, 266, 342]

  test('the text’s averages are changes of means, and right', () => {
    const falls = paperStatements().filter(({ figure }) => figure.startsWith('fall of AUC'))
    expect(falls.length).toBe(7)
    for (const { method, attacker, value } of falls)
      expect(
        -changeOfMeans({ table: 'table-3', method, attacker: attacker!, measure: 'auc' }, everyDataset),
      ).toBeCloseTo(value, 1)
    const accuracies = ['mlp', 'xgb'].flatMap((attacker) =>
      cellsOver({ table: 'table-3', method: 'original', attacker, measure: 'accuracy' }, everyDataset),
    )
    expect(meanOf(accuracies.map(({ value }) => value))).toBeCloseTo(0.68, 2)
    const collapsed = cellsOver({ table: 'table-3', method: 'u2u-r', attacker: 'xgb', measure: 'auc' }, everyDataset)
    expect(meanOf(collapsed.map(({ value }) => value))).toBeCloseTo(0.99, 2)
  })

  test('most accuracies are shares of 82, 110, 266 or 342 users', () => {
    const shares = attackRows.filter(({ printed }) => sizes.some((users) => isShareOf(printed['accuracy']!, users)))
    // By chance a number of four digits is a share of one of these in about 800 of 10,000 cases.
    expect(shares.length).toBeGreaterThan(40)
    says(`${shares.length} of its 60 accuracies`)
  })

  test('AUC is balanced accuracy of one split, turned round below one half', () => {
    const known = attackRows.flatMap(({ printed }) => {
      const counts = sizes.flatMap((users) =>
        countsBehind(printed as { accuracy: string; precision: string; recall: string }, users),
      )
      return counts.length === 1 ? [{ auc: printed['auc']!, balanced: balancedAccuracyOf(counts[0]!) }] : []
    })
    // Cut after the fourth digit, or rounded there.
    const agrees = ({ auc, balanced }: { auc: string; balanced: number }): boolean =>
      [balanced, 1 - balanced].some((value) => printsAs(value, auc) || Math.floor(value * 1e4) / 1e4 === Number(auc))
    const agreeing = known.filter(agrees)
    says(`${known.length} rows have one such table of counts`)
    says(`in ${agreeing.length} of them the printed AUC`)
    expect(agreeing.length).toBe(known.length)
    expect(known.length).toBeGreaterThan(25)
    expect(Math.min(...attackRows.map(({ value }) => value['auc']!))).toBeGreaterThanOrEqual(0.5)
    expect(countsBehind({ accuracy: '0.6455', precision: '0.6735', recall: '0.5893' }, 110)).toEqual([
      { truePositives: 33, falsePositives: 16, falseNegatives: 23, trueNegatives: 38 },
    ])
    says('33 of 56')
  })

  test('recalls below one user’s share cannot be', () => {
    const tiny = attackRows.filter(({ value }) => value['recall']! > 0 && value['recall']! < 1 / 342)
    expect(tiny.map(({ about }) => about)).toContain('ml-100k nmf u2u-r mlp')
    says(`${tiny.length} recalls`)
    says(
      tiny
        .map(({ printed }) => printed['recall']!)
        .sort()
        .join(', '),
    )
  })
})

describe('Table 4', () => {
  test('HR@5 is above HR@10 in every row', () => {
    expect(utilityRows.every(({ value }) => value['hr@5']! > value['hr@10']!)).toBe(true)
    says('all 30 rows')
  })

  test('NDCG@10 is below NDCG@5 in some rows, above it in all of LFM-2B', () => {
    const falling = utilityRows.filter(({ value }) => value['ndcg@10']! < value['ndcg@5']!)
    says(`${falling.length} rows`)
    const steepest = Math.max(
      ...utilityRows
        .filter(({ about }) => about.startsWith('lfm-2b'))
        .map(({ value }) => value['ndcg@10']! / value['ndcg@5']!),
    )
    says(`${steepest.toFixed(1)} times NDCG@5`)
    expect(falling.every(({ about }) => !about.startsWith('lfm-2b'))).toBe(true)
    expect(falling.length).toBe(14)
  })

  test('shares of hits are too high for the NDCG beside them', () => {
    expect(leastNdcg(1, 5)).toBeCloseTo(1, 12)
    // Of five places, three hits at the last three.
    expect(leastNdcg(0.6, 5)).toBeCloseTo(
      (1 / Math.log2(4) + 1 / Math.log2(5) + 1 / Math.log2(6)) /
        (1 + 1 / Math.log2(3) + 1 / Math.log2(4) + 1 / Math.log2(5) + 1 / Math.log2(6)),
      12,
    )
    for (const { value } of utilityRows) expect(value['ndcg@5']!).toBeLessThan(leastNdcg(value['hr@5']!, 5))
    const first = utilityRows.find(({ about }) => about.startsWith('lfm-2b nmf original'))!
    says(`${first.printed['hr@5']} of the first five places`)
    says(leastNdcg(first.value['hr@5']!, 5).toFixed(3))
  })

  test('the text’s changes are not those of the cells, however they are averaged', () => {
    for (const { figure, method, value } of paperStatements().filter(({ section }) => section === '4.2.2')) {
      const name = figure.includes('NDCG') ? 'ndcg' : 'hr'
      const measures = [`${name}@5`, `${name}@10`]
      const averages = [
        meanOfChanges(method, measures, everyDataset),
        ...measures.map((measure) => changeOfMeans({ table: 'table-4', method, measure }, everyDataset)),
        ...measures.map((measure) => meanOfChanges(method, [measure], everyDataset)),
      ]
      for (const average of averages) expect(Math.abs(average - value)).toBeGreaterThan(1.5)
      says(`| ${value > 0 ? '+' : ''}${value.toFixed(2)} | ${averages[0]!.toFixed(2)} |`)
    }
  })
})
