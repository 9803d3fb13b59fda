/** @file Tables of what the attacks reached: AUC, true positive rates at few false positives, and other measures. */

import { dataTable, dropEmptyColumns, phaseLines } from './data-table.ts'
import { count, estimateText, fixed, interval } from '../charts/format-number.ts'
import { foldedByAttacker } from './folded-rows.ts'
import { foldedAuc } from '../leak.ts'
import { html, type Content, type Markup } from '../markup.ts'
import type { AttackFigures, AttackRow, Estimate } from '../report-data.ts'

const names = ['Attacker', 'Table', 'Attacker knows', 'Input'] as const
const nameCells = (row: AttackRow): (string | undefined)[] => [row.attacker, row.table, row.protocol, row.input]

/** AUC and folded AUC with 95 % intervals, permutation p, and the numbers of users scored. */
export function aucTable(rows: readonly AttackRow[]): Markup {
  const measures: Measure[] = [
    ['Folded AUC', (f) => estimateCell(foldedAuc(f))],
    ['AUC', (f) => estimateCell(f.auc)],
    ['p', (f) => (f.p === undefined ? undefined : pText(f.p))],
    ['p corrected', (f) => (f.correctedP === undefined ? undefined : pText(f.correctedP))],
    ['q', (f) => (f.q === undefined ? undefined : pText(f.q))],
  ]
  return measureTable('Area under the ROC curve, with 95\u00a0% intervals', rows, measures, [
    'Users scored',
    (row) => row.scored && `${count(row.scored[0])} + ${count(row.scored[1])}`,
  ])
}

/** True positive rates at 1 % and at 0.1 % false positives, or `undefined` where no attack has them. */
export function truePositivesTable(rows: readonly AttackRow[]): Markup | undefined {
  const measured = rows.filter((row) => row.before?.truePositivesAt1 ?? row.after?.truePositivesAt1)
  if (measured.length === 0) return undefined
  const coarse = measured.some((row) => row.scored && Math.min(...row.scored) < 100)
  const fine = measured.some((row) => row.before?.truePositivesAtTenth ?? row.after?.truePositivesAtTenth)
  const measures: Measure[] = [['At 1\u00a0%', (f) => f.truePositivesAt1 && estimateCell(f.truePositivesAt1)]]
  if (fine) measures.push(['At 0.1\u00a0%', (f) => f.truePositivesAtTenth && estimateCell(f.truePositivesAtTenth)])
  return html`<p>The share of one class that an attacker finds while naming 1\u00a0%${fine && ' (0.1\u00a0%)'} of the \
other class wrongly. Guessing finds 1\u00a0%${fine && ' (0.1\u00a0%)'}. It shows attacks that are sure of a few users, \
which an average over all users hides.</p>
${foldedByAttacker(measured, (some) =>
  measureTable(
    `True positive rate at few false positives${hasIntervals(measured) ? ', with 95\u00a0% intervals' : ''}`,
    some,
    measures,
  ),
)}
${
  coarse &&
  html`<p class="note">Some attacks scored fewer than 100 users of a class, where 1\u00a0% is less than one \
user: those rates are rough.</p>`
}${
    !fine &&
    html`<p class="note">A rate at 0.1\u00a0% false positives would need 1\u2009000 scored users of a class.</p>`
  }`
}

function hasIntervals(rows: readonly AttackRow[]): boolean {
  return rows.some(
    (row) => row.before?.truePositivesAt1?.low !== undefined || row.after?.truePositivesAt1?.low !== undefined,
  )
}

/** Accuracy and its relatives, or `undefined` where no attack has them. */
export function otherMeasuresTable(rows: readonly AttackRow[]): Markup | undefined {
  const keys = [
    ['Balanced accuracy', 'balancedAccuracy'],
    ['Accuracy', 'accuracy'],
    ['Precision', 'precision'],
    ['Recall', 'recall'],
  ] as const
  const present = keys.filter(([, key]) => rows.some((row) => row.before?.[key] ?? row.after?.[key]))
  if (present.length === 0) return undefined
  const measures = present.map(([name, key]): Measure => [name, (f: AttackFigures) => f[key] && estimateCell(f[key])])
  return foldedByAttacker(rows, (some) =>
    measureTable('Other measures of the same attacks, with 95\u00a0% intervals', some, measures),
  )
}

type Measure = readonly [name: string, cell: (figures: AttackFigures) => Content]

/** Measures from which the phases stand below each other, so that the table fits a page. */
const stackedFrom = 3

/** A column for each measure and phase that holds anything, or one for both phases where measures are many. */
function measureTable(
  caption: string,
  rows: readonly AttackRow[],
  measures: readonly Measure[],
  extra?: readonly [string, (row: AttackRow) => Content],
): Markup {
  const phases = (['before', 'after'] as const).filter((phase) => rows.some((row) => row[phase]))
  const stacked = phases.length > 1 && measures.length >= stackedFrom
  const columns = stacked
    ? stackedColumns(measures, rows)
    : measures.flatMap(([name, cell]) =>
        phases.map((phase) => ({
          name: phases.length > 1 ? `${name} ${phase}` : name,
          cell: (row: AttackRow) => row[phase] && cell(row[phase]),
        })),
      )
  // What all rows share is said once, in the caption: the table fits more screens. One name stays.
  const differing = names
    .map((_, i) => i)
    .filter((i) => rows.length === 1 || new Set(rows.map((row) => nameCells(row)[i])).size > 1)
  const shared = names.map((_, i) => i).filter((i) => !differing.includes(i) && (differing.length > 0 || i > 0))
  const common = shared.flatMap((i) => nameCells(rows[0]!)[i] ?? [])
  const table = dropEmptyColumns(
    [...names, ...columns.map(({ name }) => name), ...(extra ? [extra[0]] : [])],
    rows.map((row) => [
      ...nameCells(row).map((cell, i) => (shared.includes(i) ? undefined : cell)),
      ...columns.map(({ cell }) => cell(row)),
      ...(extra ? [extra[1](row)] : []),
    ]),
    names.length,
  )
  const body = table.rows.map((cells) =>
    cells.map((cell, i) =>
      cell === undefined && i >= table.names ? html`<span class="absent">not measured</span>` : cell,
    ),
  )
  const title = common.length > 0 ? `${caption} (${common.join(', ')})` : caption
  return dataTable(title, table.head, body, table.names, stacked ? 'stacked' : undefined)
}

/** A column that names the phases, and one for each measure that any row has, with a line for each phase. */
function stackedColumns(
  measures: readonly Measure[],
  rows: readonly AttackRow[],
): { name: string; cell: (row: AttackRow) => Content }[] {
  const filled = (content: Content): boolean => content !== undefined && content !== false && content !== ''
  const missing = html`<span class="absent">–</span>`
  const present = measures.filter(([, cell]) =>
    rows.some((row) => (['before', 'after'] as const).some((phase) => row[phase] && filled(cell(row[phase])))),
  )
  const of = (row: AttackRow, phase: 'before' | 'after', cell: Measure[1]): Content => {
    const content = row[phase] && cell(row[phase])
    return filled(content) ? content : missing
  }
  return [
    { name: '', cell: () => phaseLines('before', 'after') },
    ...present.map(([name, cell]) => ({
      name,
      cell: (row: AttackRow) => phaseLines(of(row, 'before', cell), of(row, 'after', cell)),
    })),
  ]
}

/** The figure, and its interval on a line below. */
export function estimateCell(estimate: Estimate, digits = 3): Content {
  const range = interval(estimate, digits)
  return range === ''
    ? estimateText(estimate, digits)
    : html`${fixed(estimate.value, digits)} <span class="interval">${range}</span>`
}

function pText(p: number): string {
  return p < 0.001 ? '< 0.001' : fixed(p, 3)
}
