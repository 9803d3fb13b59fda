/** @file Results as text: the table on the terminal and results/README.md. */

import type { Fact } from './bench.ts'
import { isDrawn } from './growth-plot.ts'
import type { BenchResult } from './results.ts'

const header = ['work', 'indistinct', 'peer', 'its time', 'ratio (min to max)', 'CPU ratio', 'target', '']

/** A row for each ratio and each fact with a limit; sides without a peer get a row of their own. */
function rowsOf(result: BenchResult): string[][] {
  return result.cases
    .flatMap((each) => {
      const ours = each.sides[0]!
      const peers = each.ratios.map((ratio) => {
        const peer = each.sides.find((side) => side.name === ratio.peer)!
        const range = `${number(ratio.time.median)} (${number(ratio.time.min)} to ${number(ratio.time.max)})`
        const target =
          ratio.atLeast === undefined
            ? ['', '']
            : [`>= ${number(ratio.atLeast)}`, verdict(ratio.time.median >= ratio.atLeast)]
        return [
          each.name,
          seconds(ours.seconds.median),
          ratio.peer,
          seconds(peer.seconds.median),
          range,
          number(ratio.cpu),
          ...target,
        ]
      })
      const alone = peers.length === 0 ? [[each.name, seconds(ours.seconds.median), '', '', '', '', '', '']] : []
      const skipped = each.skipped.map(({ peer, reason }) => [
        each.name,
        seconds(ours.seconds.median),
        peer,
        `skipped: ${reason}`,
        '',
        '',
        '',
        '',
      ])
      return [...peers, ...alone, ...skipped, ...each.facts.map((fact) => rowOf(each.name, fact))]
    })
    .concat((result.extra?.facts ?? []).map((fact) => rowOf(result.bench, fact)))
}

function rowOf(work: string, fact: Fact): string[] {
  return [
    work,
    `${number(fact.value)}${fact.unit ? ` ${fact.unit}` : ''}`,
    fact.name,
    '',
    '',
    '',
    limitOf(fact),
    metBy(fact),
  ]
}

function limitOf({ atMost, atLeast, unit }: Fact): string {
  const limit = atMost !== undefined ? `<= ${number(atMost)}` : atLeast !== undefined ? `>= ${number(atLeast)}` : ''
  return limit && unit ? `${limit} ${unit}` : limit
}

function metBy({ value, atMost, atLeast }: Fact): string {
  if (atMost === undefined && atLeast === undefined) return ''
  return verdict(value <= (atMost ?? Infinity) && value >= (atLeast ?? -Infinity))
}

function verdict(met: boolean): string {
  return met ? 'met' : 'missed'
}

/** Three digits that count. */
export function number(value: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 100) return Math.round(value).toLocaleString('en-GB')
  if (size < 0.001) return value.toExponential(1)
  return String(Number(value.toPrecision(3)))
}

/** A duration in the unit that suits it. */
export function seconds(value: number): string {
  if (value < 0.001) return `${number(value * 1e6)} us`
  if (value < 1) return `${number(value * 1e3)} ms`
  return `${number(value)} s`
}

/** The table in columns, for a terminal. */
export function resultText(result: BenchResult): string {
  const rows = [header, ...rowsOf(result)]
  const widths = header.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)))
  const lines = rows.map((row) =>
    row
      .map((cell, c) => cell.padEnd(widths[c]!))
      .join('  ')
      .trimEnd(),
  )
  return `${result.title}\n${lines.join('\n')}\n${result.extra ? `\n${extraText(result)}` : ''}`
}

function extraText({ extra }: BenchResult): string {
  const rows = [extra!.columns.map(String), ...extra!.rows.map((row) => row.map(cellText))]
  const widths = extra!.columns.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)))
  return (
    rows
      .map((row) =>
        row
          .map((cell, c) => cell.padEnd(widths[c]!))
          .join('  ')
          .trimEnd(),
      )
      .join('\n') + '\n'
  )
}

function cellText(value: unknown): string {
  return value === null ? '' : typeof value === 'number' ? number(value) : String(value)
}

/** The whole of results/README.md, with what was skipped, notes, and the machine of each benchmark. */
export function resultsMarkdown(results: readonly BenchResult[]): string {
  const sections = results.map((result) => {
    const { processor, cores, memoryGiB, system, node, peers, load } = result.machine
    const versions =
      Object.entries(peers)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ') || 'no peers'
    const notes = result.cases.flatMap((each) =>
      each.sides.filter((side) => side.notes).map((side) => `- ${each.name}, ${side.name}: ${side.notes}`),
    )
    const figure = result.extra && [
      ``,
      result.extra.caption,
      ...(isDrawn(result.extra) ? [``, `![${result.title}](${result.bench}.svg)`] : []),
      ``,
      table(
        result.extra.columns,
        result.extra.rows.map((row) => row.map(cellText)),
      ),
    ]
    return [
      `## ${result.title}`,
      '',
      `Target: ${result.target}.`,
      '',
      ...(rowsOf(result).length > 0 ? [table(header, rowsOf(result))] : []),
      ...(notes.length > 0 ? ['', ...notes] : []),
      ...(figure ?? []),
      '',
      `\`${result.command}\`, ${result.threads} threads a side, ${result.repeats} runs or more, on ${cores} ` +
        `cores of ${processor}, ${memoryGiB} GiB, ${system}, Node ${node}, ${versions}; load ${load[0]} before and ` +
        `${load[1]} after.`,
    ].join('\n')
  })
  return `# Measurements

Written by \`npm run bench\` from the JSON files beside it; do not edit. A ratio is the peer's median time over ours.

${sections.join('\n\n')}
`
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(columns), `|${columns.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}
