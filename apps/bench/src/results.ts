/** @file The results of one benchmark as JSON: what `npm run bench` writes and the Markdown is made from. */

import type { Extra } from './bench.ts'
import type { Machine } from './machine.ts'
import type { CaseResult } from './measure.ts'

export const schema = 'indistinct.bench/1'

export interface BenchResult {
  readonly schema: typeof schema
  readonly bench: string
  readonly title: string
  readonly target: string
  readonly command: string
  readonly threads: number
  readonly repeats: number
  readonly machine: Machine
  /** Day and time of the measurement, where it was a task of its own. */
  readonly measured?: string
  readonly cases: readonly CaseResult[]
  readonly extra?: Extra
}

/**
 * Checks what the Markdown relies on.
 * @throws TypeError that names what is missing or of the wrong kind.
 */
export function checkResult(value: unknown): BenchResult {
  const result = value as BenchResult
  expect(result?.schema === schema, `schema ${schema}`, result?.schema)
  for (const name of ['bench', 'title', 'target', 'command'] as const)
    expect(typeof result[name] === 'string', `text ${name}`, result[name])
  for (const name of ['threads', 'repeats'] as const)
    expect(Number.isInteger(result[name]) && result[name] > 0, `a positive integer ${name}`, result[name])
  for (const name of ['processor', 'system', 'node'] as const)
    expect(typeof result.machine?.[name] === 'string', `text machine.${name}`, result.machine?.[name])
  expect(result.machine.load?.length === 2, 'machine.load before and after', result.machine.load)
  expect(Array.isArray(result.cases), 'cases', result.cases)
  for (const each of result.cases) {
    expect(each.sides.length > 0, `a side of ${each.name}`, each.sides)
    for (const side of each.sides) {
      expect(side.samples.length >= Math.min(5, result.repeats), `samples of ${each.name}, ${side.name}`, side.samples)
      const { min, median, max } = side.seconds
      expect(min > 0 && min <= median && median <= max, `ordered seconds of ${each.name}, ${side.name}`, side.seconds)
    }
    for (const ratio of each.ratios) {
      const { min, median, max } = ratio.time
      expect(
        min > 0 && min <= median && median <= max && ratio.cpu > 0,
        `ordered ratios of ${each.name}, ${ratio.peer}`,
        ratio,
      )
    }
    for (const fact of each.facts)
      expect(Number.isFinite(fact.value), `a number ${fact.name} of ${each.name}`, fact.value)
  }
  if (result.extra) {
    for (const fact of result.extra.facts ?? [])
      expect(Number.isFinite(fact.value), `a number ${fact.name}`, fact.value)
    for (const row of result.extra.rows)
      expect(row.length === result.extra.columns.length, `${result.extra.columns.length} values a row`, row.length)
  }
  return result
}

function expect(condition: boolean, expected: string, got: unknown): void {
  if (!condition) throw new TypeError(`checkResult: expected ${expected}, got ${JSON.stringify(got)}`)
}
