/** @file The leak that one attack shows, as folded AUC, and the smallest leak that a sample could show at all. */

import { attackerName, protocolName } from './attacker-names.ts'
import type { AttackFigures, AttackRow, Estimate } from './report-data.ts'

/**
 * The folded AUC of an attack: its own where it was measured, else max(a, 1 - a) of its AUC. The interval is folded
 * along: its upper end is the farther end from 0.5, its lower end 0.5 where the interval of the AUC holds 0.5.
 */
export function foldedAuc(figures: AttackFigures): Estimate {
  if (figures.foldedAuc) return figures.foldedAuc
  const { value, low, high } = figures.auc
  const folded = Math.max(value, 1 - value)
  if (low === undefined || high === undefined) return { value: folded }
  return { value: folded, low: Math.max(0.5, low, 1 - high), high: Math.max(high, 1 - low) }
}

/**
 * The smallest AUC that scoring n1 and n2 users could have shown: found by a two-sided 5 % test with 80 % probability,
 * under the normal approximation of the Mann-Whitney statistic, whose null variance is (n1 + n2 + 1)/(12 n1 n2).
 */
export function smallestLeak(n1: number, n2: number): number {
  const deviation = Math.sqrt((n1 + n2 + 1) / (12 * n1 * n2))
  return Math.min(1, 0.5 + (1.959964 + 0.841621) * deviation)
}

/** "Perceptron on layer-0 (80 % of labels known, standardised)". */
export function attackName(row: Pick<AttackRow, 'table' | 'attacker' | 'protocol' | 'input'>): string {
  const protocol = row.protocol === undefined ? undefined : protocolName(row.protocol)
  const details = [protocol, row.input].filter((text) => text !== undefined)
  return `${attackerName(row.attacker)} on ${row.table}${details.length > 0 ? ` (${details.join(', ')})` : ''}`
}
