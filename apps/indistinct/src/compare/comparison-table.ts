/** @file A row of text for every method: what it gives away, and what it costs. */

import type { ComparisonData, ComparisonRow, Estimate } from '@indistinct/report'
import { textTable } from '../terminal/text-table.ts'

export function comparisonTable({ rows, neighbours }: ComparisonData): string {
  const ranked = rows.some(({ ndcg }) => ndcg !== undefined)
  const three = (value: number | undefined, digits = 3): string => (value === undefined ? '' : value.toFixed(digits))
  const cells = rows
    .filter(({ failure }) => failure === undefined)
    .map((row: ComparisonRow) => [
      row.name,
      three(row.leak?.value),
      three(row.leak?.high),
      three(row.auc),
      row.attack ?? '',
      three(row.kept?.value),
      three(row.displacement),
      ...(ranked ? [withInterval(row.ndcg)] : []),
      three(row.seconds, 2),
      row.passes === undefined ? '' : String(row.passes),
    ])
  const failures = rows.filter(({ failure }) => failure !== undefined).map(({ name, failure }) => [name, failure!])
  const lines = [
    textTable(
      [
        'method',
        'folded AUC',
        'at most',
        'AUC',
        'worst attack',
        'kept',
        'moved',
        ...(ranked ? ['NDCG@10'] : []),
        'seconds',
        'passes',
      ],
      cells,
    ),
    ...(failures.length > 0 ? [textTable(['failed', 'why'], failures)] : []),
    'folded AUC: of the worst attack, and its AUC as it is; at most: the largest 95 % bound of all. ' +
      `kept: share of each user's ${neighbours} nearest that stayed; moved: mean distance, in spreads of the table.\n`,
  ]
  return lines.join('\n')
}

function withInterval(estimate: Estimate | undefined): string {
  if (estimate === undefined) return ''
  const { value, low, high } = estimate
  if (low === undefined || high === undefined) return value.toFixed(4)
  return `${value.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`
}
