/** @file `npm run bench`. */

import { jsonText, IndistinctError, usageError } from '@indistinct/core'
import { benches } from './benches.ts'
import { benchHelp, benchOptions, pickOf } from './bench-options.ts'
import { cachedBench } from './cached-bench.ts'
import { resultText } from './results-markdown.ts'
import { runBench, writeResults } from './run-benches.ts'
import type { BenchResult } from './results.ts'

const log = (line: string): void => void process.stderr.write(`${line}\n`)

async function main(args: readonly string[]): Promise<void> {
  const options = benchOptions(args)
  if (options.help) {
    process.stdout.write(benchHelp)
    return
  }
  if (options.list) {
    for (const bench of benches) {
      const cases = await bench.cases({ ...options, log })
      const names = 'skipped' in cases ? [`(skipped: ${cases.skipped})`] : cases.map((each) => each.name)
      process.stdout.write(`${bench.name}\n${names.map((name) => `  ${name}\n`).join('')}`)
    }
    return
  }
  const names = benches.map(({ name }) => name)
  const pick = pickOf(options.filter, names)
  const byName = names.some((name) => pick.whole(name))
  const results: BenchResult[] = []
  for (const bench of benches) {
    if (byName && !pick.whole(bench.name)) continue
    const started = `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`
    const whole = pick.whole(bench.name)
    const result = whole ? cachedBench(bench.name, options) : await runBench(bench, options, pick, log)
    if (!result) continue
    results.push(result)
    if (result.measured !== undefined && result.measured < started)
      log(`${bench.name}: measured on ${result.measured}; nothing has changed since; --fresh measures again`)
    if (!options.json) process.stdout.write(`${resultText(result)}\n`)
    // Written as they come: a run of all takes the better part of an hour.
    if (options.write && whole) writeResults([result], names)
  }
  if (options.json) process.stdout.write(jsonText(results, 2))
  if (results.length === 0 && !byName)
    throw usageError(
      `--filter: expected a part of the name of a benchmark, or of a case that runs here, got "${options.filter}"; ` +
        'npm run bench -- --list lists them',
    )
  if (results.length === 0) log('nothing was measured')
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof IndistinctError)) throw error
  log(error.message)
  process.exitCode = { usage: 2, 'bad-data': 3, file: 4 }[error.code]
}
