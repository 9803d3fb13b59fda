/**
 * @file What unlearning did to a table, where there are no interactions to recommend by: how far users moved, and from
 * whom.
 */

import { counted, type Json, type Labels, type Matrix } from '@indistinct/core'
import { neighbourOverlap } from '@indistinct/metrics'
import { displacementOf, neighbourDataOf, type DisplacementData, type NeighbourData } from '@indistinct/report'

export interface TableChange {
  readonly displacement: DisplacementData
  /** Absent for a single user, who has no neighbours. */
  readonly neighbours?: NeighbourData
}

/**
 * Distances and kept neighbours from `before` to `after`, both (N, K); `seed` draws the users measured in large tables.
 */
export function tableChange(before: Matrix, after: Matrix, labels: Labels, seed: number): TableChange {
  const displacement = displacementOf(before, after, labels)
  if (before.rows < 2) return { displacement }
  return { displacement, neighbours: neighbourDataOf(neighbourOverlap(before, after, { seed }), labels) }
}

/** The same as plain JSON, without histograms. */
export function changeJson({ displacement, neighbours }: TableChange): { readonly [name: string]: Json } {
  const { spread, all, groups } = displacement
  const moved = ({ name, users, unmoved, mean, quantiles }: DisplacementData['all']): Json => ({
    name,
    users,
    unmoved,
    mean,
    median: quantiles[2],
    largest: quantiles[5],
  })
  return {
    displacement: {
      unit: spread > 0 ? 'spread' : 'absolute',
      spread,
      ...(moved(all) as { [name: string]: Json }),
      groups: groups.map(moved),
    },
    ...(neighbours && { neighbours: JSON.parse(JSON.stringify(neighbours)) as Json }),
  }
}

/** The same in two lines. */
export function changeText({ displacement: { spread, all }, neighbours }: TableChange): string {
  const alike = all.users === 1 ? '' : ' (all rows were equal before)'
  const three = (value: number): string => value.toPrecision(3)
  const lines = [
    `moved by ${three(all.mean)} on average, median ${three(all.quantiles[2])}, at most ` +
      `${three(all.quantiles[5])}${spread > 0 ? " of the table's spread" : alike}`,
  ]
  const everyone = neighbours?.groups[0]
  if (neighbours && everyone) {
    const interval = ({ value, low, high }: { value: number; low?: number; high?: number }): string =>
      `${value.toFixed(3)}${low === undefined || high === undefined ? '' : ` [${low.toFixed(3)}, ${high.toFixed(3)}]`}`
    const sample =
      everyone.users < neighbours.of ? `, measured on ${everyone.users} of ${counted(neighbours.of, 'user')}` : ''
    lines.push(
      `of ${counted(neighbours.k, 'nearest user')} ${interval(everyone.cosine)} stayed by cosine, ` +
        `${interval(everyone.euclidean)} by distance${sample}`,
    )
  }
  return `${lines.join('\n')}\n`
}
