/** @file Table 3 from results files: attacks, beside the paper's. */

import { headlineTable } from '../store/headline-table.ts'
import { beside, type Measured } from './beside.ts'
import { besideCells, besideColumns } from './cells.ts'
import type { Block, Page } from './document.ts'
import { block, commonIntroduction, groupsOf, notesOf, type Group } from './groups.ts'
import type { AttackFigure, ResultsFile } from './results-file.ts'
import { headlineFigure, worstFolded } from './series.ts'

export function attackPage(files: readonly ResultsFile[]): Page {
  return {
    title: 'Table 3: attacks',
    introduction: [
      ...commonIntroduction(files),
      'An AUC below one half is a leak as large as one above it. The folded AUC is max(a, 1 - a). Under guessing ' +
        'it lies a little above one half, the more so as the largest of several is taken. “Best other” is the ' +
        'method with the mean AUC closest to one half, or with the lowest folded AUC.',
    ],
    blocks: groupsOf(files).flatMap((group) => {
      const attackers = [...new Set(group.models.flatMap(({ attacks }) => attacks.map(({ attacker }) => attacker)))]
      return attackers.flatMap((attacker) => blocksOf(group, attacker))
    }),
    notes: [
      ...notesOf(files),
      'The paper’s AUC is that of answers, which is balanced accuracy, and never below one half ' +
        '(docs/paper-errata.md). So its AUC also stands beside our balanced accuracy.',
    ],
  }
}

function blocksOf(group: Group, attacker: string): Block[] {
  const { title, dataset, recommender, models } = group
  const about = { table: 'table-3', dataset, recommender, attacker, digits: 4 } as const
  const table = headlineTable(
    recommender,
    models[0]!.attacks.map((attack) => attack.table),
  )
  const auc: Measured = {
    ...about,
    measure: 'auc',
    better: 'half',
    valuesOf: (model) => headlineFigure(model, attacker, 'auc'),
  }
  const worst: Measured = {
    ...about,
    measure: 'worst folded auc',
    paperMeasure: false,
    better: 'low',
    valuesOf: (model) => worstFolded(model, attacker),
  }
  return [
    block(`${title}, ${attacker}`, 'AUC', auc, group, `The paper’s table (${table}), raw input.`),
    block(
      `${title}, ${attacker}, worst case`,
      'folded AUC',
      worst,
      group,
      'Largest folded AUC of a repetition over all user tables that the method protects, raw and standardised.',
    ),
    thresholdBlock(group, attacker),
  ]
}

const thresholdFigures: readonly (readonly [AttackFigure, title: string, paperMeasure: string])[] = [
  ['accuracy', 'accuracy', 'accuracy'],
  ['precision', 'precision', 'precision'],
  ['recall', 'recall', 'recall'],
  ['balancedAccuracy', 'balanced accuracy', 'auc'],
]

/** What the answers are worth, a row for each method and figure. */
function thresholdBlock({ title, dataset, recommender, models, titleOf }: Group, attacker: string): Block {
  const cells = models.flatMap((model) =>
    thresholdFigures.map(([figure, name, paperMeasure]) => {
      const measured: Measured = {
        table: 'table-3',
        dataset,
        recommender,
        attacker,
        measure: name,
        paperMeasure,
        digits: 4,
        better: 'low',
        valuesOf: (each) => headlineFigure(each, attacker, figure),
      }
      return { name, measured, model, cell: beside(measured, model) }
    }),
  )
  return {
    heading: `${title}, ${attacker}, threshold at one half`,
    columns: ['method', 'figure', ...besideColumns],
    rows: cells.map(({ name, measured, model, cell }) => [titleOf(model), name, ...besideCells(measured, cell)]),
    cells: cells.flatMap(({ cell }) => cell ?? []),
  }
}
