/** @file Runs the benchmarks that a filter picks and writes what they measured. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { jsonText, writeFileAtomic } from '@indistinct/core'
import { setThreads } from '@indistinct/kernels'
import type { Bench } from './bench.ts'
import type { BenchOptions, Pick } from './bench-options.ts'
import { peerVersions } from './find-python.ts'
import { growthPlot, isDrawn } from './growth-plot.ts'
import { machineAtStart } from './machine.ts'
import { measureCase, type CaseResult } from './measure.ts'
import { resultsMarkdown } from './results-markdown.ts'
import { checkResult, schema, type BenchResult } from './results.ts'

export const resultsFolder = fileURLToPath(new URL('../results', import.meta.url))

/** Measures one benchmark; undefined, with a line in the log, where nothing of it is picked or can run. */
export async function runBench(
  bench: Bench,
  options: BenchOptions,
  pick: Pick,
  log: (line: string) => void,
  versions = peerVersions,
): Promise<BenchResult | undefined> {
  const { threads, repeats } = options
  const settings = { threads, repeats, log }
  setThreads(threads)
  const machine = machineAtStart(versions)
  const all = await bench.cases(settings)
  if ('skipped' in all) {
    log(`${bench.name} skipped: ${all.skipped}`)
    return undefined
  }
  const whole = pick.whole(bench.name)
  const picked = all.filter((each) => pick.one(bench.name, each.name))
  if (picked.length === 0 && !(whole && bench.extra)) return undefined
  const cases: CaseResult[] = []
  for (const each of picked) {
    log(`${bench.name}: ${each.name}`)
    cases.push(await measureCase(each, settings))
  }
  const extra = whole ? await bench.extra?.(settings) : undefined
  return checkResult({
    schema,
    bench: bench.name,
    title: bench.title,
    target: bench.target,
    command: `npm run bench -- --filter ${bench.name}`,
    threads,
    repeats,
    machine: machine.finish(),
    cases,
    ...(extra && { extra }),
  })
}

/** Writes the results and, of all that stand in `folder` then, the Markdown and the figure. */
export function writeResults(results: readonly BenchResult[], order: readonly string[], folder = resultsFolder): void {
  for (const result of results) writeFileAtomic(join(folder, `${result.bench}.json`), jsonText(result, 2))
  for (const [file, text] of generatedFiles(order, folder)) writeFileAtomic(join(folder, file), text)
}

/** What is made from the JSON files of `folder`: name and text of each file. */
export function generatedFiles(order: readonly string[], folder = resultsFolder): [file: string, text: string][] {
  const results = order
    .map((name) => join(folder, `${name}.json`))
    .filter((path) => existsSync(path))
    .map((path) => checkResult(JSON.parse(readFileSync(path, 'utf8'))))
  const figures = results.flatMap((result): [string, string][] =>
    result.extra && isDrawn(result.extra) ? [[`${result.bench}.svg`, growthPlot(result.extra)]] : [],
  )
  return [['README.md', resultsMarkdown(results)], ...figures]
}
