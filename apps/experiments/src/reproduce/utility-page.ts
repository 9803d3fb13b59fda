/** @file Table 4 from results files: quality of recommendation, beside the paper's. */

import { meanOf, meanOfChanges, everyDataset, movieLens } from '../paper/averages.ts'
import { paperStatements } from '../paper/paper-tables.ts'
import { beside, type Measured } from './beside.ts'
import { dash, measuredCells, signed } from './cells.ts'
import type { Block, Page } from './document.ts'
import { block, commonIntroduction, groupsOf, meanText, notesOf, rank, type Group } from './groups.ts'
import { methodOrder, methodTitle } from './method-titles.ts'
import type { ModelSeries, ResultsFile, YardstickSeries } from './results-file.ts'
import { anyHit, utilityFigure } from './series.ts'

const yardstickTitles: { readonly [name: string]: string } = { ease: 'EASE' }
const shown = [
  ['NDCG', 5, 'full ranking'],
  ['NDCG', 10, 'full ranking'],
  ['HR', 5, anyHit],
  ['HR', 10, anyHit],
] as const
const otherDefinitions = ['hits/min(k,|T|)', 'hits/k'] as const

export function utilityPage(files: readonly ResultsFile[]): Page {
  const groups = groupsOf(files)
  return {
    title: 'Table 4: recommendation',
    introduction: [
      ...commonIntroduction(files),
      'Every item that a user has not in its training and validation ratings is ranked. “Best other” is the ' +
        'method with the highest mean.',
      ...(groups.some(({ yardsticks }) => yardsticks.length > 0)
        ? [
            'EASE ranks from items to items and has no user table, so that nothing can be unlearned from it. The ' +
              'last row says what the split allows, and is the same under each recommender.',
          ]
        : []),
    ],
    blocks: [
      ...groups.flatMap((group) => [
        ...shown.map(([metric, k, definition]) => shownBlock(group, metric, k, definition)),
        otherBlock(group),
      ]),
      ...changeBlock(groups),
    ],
    notes: [
      ...notesOf(files),
      'The paper’s hit ratios fall from 5 to 10 in every row, which no hit ratio of one list can where a hit at ' +
        '5 is a hit at 10. It gives no formula; each table here names its own. Which of many comes ' +
        'closest: apps/experiments/results/definitions.',
    ],
  }
}

function shownBlock(group: Group, metric: string, k: number, definition: string): Block {
  const { title, dataset, recommender, yardsticks } = group
  const measured: Measured = {
    table: 'table-4',
    dataset,
    recommender,
    measure: `${metric}@${k}`,
    digits: 4,
    better: 'high',
    valuesOf: (model) => utilityFigure(model, metric, k, definition),
  }
  const own = block(`${title}, ${metric}@${k} (${definition})`, `${metric}@${k}`, measured, group)
  return { ...own, rows: [...own.rows, ...yardsticks.map((each) => yardstickRow(each, measured, recommender))] }
}

/** A yardstick’s row, compared with nothing. */
function yardstickRow({ name, ...series }: YardstickSeries, measured: Measured, recommender: string): string[] {
  const model: ModelSeries = { ...series, recommender, method: name, attacks: [], seconds: [] }
  return [`${yardstickTitles[name] ?? name} (yardstick)`, ...measuredCells(measured, model, [])]
}

function otherBlock({ title, dataset, recommender, models, titleOf }: Group): Block {
  const rows = models.flatMap((model) =>
    [5, 10].map((k) => {
      const cells = otherDefinitions.map((definition) =>
        beside(
          {
            table: 'table-4',
            dataset,
            recommender,
            measure: `HR@${k} (${definition})`,
            paperMeasure: `hr@${k}`,
            digits: 4,
            better: 'high',
            valuesOf: (each) => utilityFigure(each, 'HR', k, `full ranking, ${definition}`),
          },
          model,
        ),
      )
      const paper = cells[0]?.paper
      const texts = cells.flatMap((cell) => [
        meanText(cell, 4),
        cell?.difference === undefined ? dash : signed(cell.difference, 4),
      ])
      return {
        row: [titleOf(model), String(k), paper?.printed ?? dash, ...texts],
        cells: cells.flatMap((cell) => cell ?? []),
      }
    }),
  )
  return {
    heading: `${title}, other definitions of the hit ratio`,
    columns: ['method', 'k', 'paper', ...otherDefinitions.flatMap((definition) => [definition, 'difference'])],
    rows: rows.map(({ row }) => row),
    cells: rows.flatMap(({ cells }) => cells),
  }
}

/** Changes of NDCG@5 and @10 against the original, per cent, of every MovieLens data set and recommender. */
function ndcgChanges(groups: readonly Group[], method: string): number[] {
  return groups
    .filter(({ dataset }) => movieLens(dataset))
    .flatMap(({ models }) => {
      const own = models.find((model) => model.method === method)
      const original = models.find((model) => model.method === 'original')
      return [5, 10].flatMap((k) => {
        const [after, before] = [
          own && utilityFigure(own, 'NDCG', k, 'full ranking'),
          original && utilityFigure(original, 'NDCG', k, 'full ranking'),
        ]
        return after && before ? [100 * (meanOf(after) / meanOf(before) - 1)] : []
      })
    })
}

/** Mean change of NDCG@5 and @10 against the original over recommenders and MovieLens data sets, beside the paper's. */
function changeBlock(groups: readonly Group[]): Block[] {
  const real = groups.filter(({ dataset }) => movieLens(dataset))
  const methods = [...new Set(real.flatMap(({ models }) => models.map(({ method }) => method)))]
    .filter((method) => method !== 'original')
    .sort((a, b) => rank(methodOrder, a) - rank(methodOrder, b))
  if (methods.length === 0) return []
  return [
    {
      heading: 'Mean change of NDCG',
      note:
        'Against the original, per cent: the mean over NDCG@5 and NDCG@10, the data sets and the recommenders. The ' +
        'paper’s text and its own Table 4 disagree (docs/paper-errata.md).',
      columns: [
        'method',
        'ours, MovieLens',
        'paper’s text, all data',
        'paper’s table, all data',
        'paper’s table, MovieLens',
        'ours less the last',
      ],
      rows: methods.map((method) => {
        const changes = ndcgChanges(real, method)
        const ours = changes.length === 0 ? undefined : meanOf(changes)
        const stated = paperStatements().find(
          (each) => each.method === method && each.figure.startsWith('change of NDCG'),
        )
        const [all, own] = [everyDataset, movieLens].map((datasets) => {
          const change = meanOfChanges(method, ['ndcg@5', 'ndcg@10'], datasets)
          return Number.isNaN(change) ? undefined : change
        })
        return [
          methodTitle(method),
          percent(ours),
          percent(stated?.value, 2),
          percent(all),
          percent(own),
          percent(ours !== undefined && own !== undefined ? ours - own : undefined),
        ]
      }),
    },
  ]
}

function percent(value: number | undefined, digits = 1): string {
  return value === undefined ? dash : signed(value, digits)
}
