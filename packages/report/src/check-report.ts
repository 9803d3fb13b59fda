/** @file Figures are checked once, before anything is drawn: a report with NaN in it is worse than none. */

import { checkOptions, type OptionKinds } from '@indistinct/core'
import type { ReportData } from './report-data.ts'

/** Fields of a report: a misspelt one would be a section left out. */
export const reportKinds: OptionKinds<ReportData> = {
  title: 'string',
  subject: 'string',
  attribute: 'object',
  also: 'list',
  gate: 'number',
  margin: 'number',
  smallestLeak: 'number',
  layers: 'object',
  warnings: 'list',
  threatModel: 'object',
  attacks: 'list',
  exposure: 'object',
  roc: 'list',
  histograms: 'object',
  scatter: 'object',
  displacement: 'object',
  neighbours: 'object',
  utility: 'list',
  provenance: 'object',
  filing: 'object',
  limits: 'list',
}

/**
 * Checks the fields of `data`, every number, and the ranges of AUC, shares and the gate.
 * @throws RangeError that names the field.
 */
export function checkReport(data: ReportData): void {
  checkOptions<ReportData>('reportHtml', data, reportKinds)
  checkNumbers(data, '')
  data.attacks?.forEach((row, index) => {
    for (const phase of ['before', 'after'] as const) {
      for (const [name, figure] of Object.entries(row[phase] ?? {})) {
        const place = `attacks[${index}].${phase}.${name}`
        for (const value of typeof figure === 'number' ? [figure] : [figure.value, figure.low, figure.high])
          checkShare(value, place)
        if (typeof figure !== 'number' && name !== 'control') checkInterval(figure, place)
      }
    }
  })
  for (const phase of ['before', 'after'] as const) {
    data.exposure?.[phase]?.groups.forEach(({ risk, surest: { right, guess }, auc }, index) => {
      const place = `exposure.${phase}.groups[${index}]`
      for (const each of [risk, right, ...(auc ? [auc] : [])]) {
        for (const value of [each.value, each.low, each.high]) checkShare(value, place)
        checkInterval(each, place)
      }
      checkShare(guess, place)
    })
  }
  data.utility?.forEach((row, index) => {
    for (const phase of ['before', 'after'] as const)
      if (row[phase]) checkInterval(row[phase], `utility[${index}].${phase}`)
    if (row.change) checkInterval(row.change, `utility[${index}].change`)
  })
  data.neighbours?.groups.forEach((group, index) => {
    for (const measure of ['cosine', 'euclidean'] as const) {
      const place = `neighbours.groups[${index}].${measure}`
      for (const value of Object.values(group[measure])) checkShare(value as number, place)
      checkInterval(group[measure], place)
    }
  })
  if (data.gate !== undefined && !(data.gate >= 0.5 && data.gate <= 1))
    throw new RangeError(`reportHtml: expected gate between 0.5 and 1, got ${data.gate}`)
  if (data.margin !== undefined && !(data.margin > 0 && data.margin <= 0.5))
    throw new RangeError(`reportHtml: expected a margin above 0 and at most 0.5, got ${data.margin}`)
  checkShare(data.smallestLeak, 'smallestLeak')
}

function checkNumbers(value: unknown, place: string): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError(`reportHtml: expected a finite number at ${place}, got ${value}`)
  } else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) checkNumbers(value[i], `${place}[${i}]`)
  } else if (value !== null && typeof value === 'object') {
    for (const [key, member] of Object.entries(value)) checkNumbers(member, place === '' ? key : `${place}.${key}`)
  }
}

function checkShare(value: number | undefined, place: string): void {
  if (value !== undefined && !(value >= 0 && value <= 1))
    throw new RangeError(`reportHtml: expected a number between 0 and 1 at ${place}, got ${value}`)
}

function checkInterval({ low, high }: { low?: number; high?: number }, place: string): void {
  if ((low === undefined) !== (high === undefined))
    throw new RangeError(`reportHtml: expected both ends of the interval at ${place}, got ${low} and ${high}`)
  if (low !== undefined && high !== undefined && low > high)
    throw new RangeError(`reportHtml: expected low <= high at ${place}, got ${low} and ${high}`)
}
