/** @file `measure-one.ts NAME`: one benchmark as a cached task of Nx; its result goes to artifacts/bench/NAME. */

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { jsonText, usageError, writeFileAtomic } from '@indistinct/core'
import { benches } from './benches.ts'
import { benchOptions } from './bench-options.ts'
import { resultPath } from './cached-bench.ts'
import { runBench } from './run-benches.ts'

const log = (line: string): void => void process.stderr.write(`${line}\n`)

const name = process.argv[2]
const bench = benches.find((each) => each.name === name)
if (bench === undefined) throw usageError(`measure-one: expected the name of a benchmark, got ${name}`)
const { threads, repeats } = benchOptions([])
const options = {
  ...benchOptions([]),
  threads: Number(process.env['INDISTINCT_BENCH_THREADS'] ?? threads),
  repeats: Number(process.env['INDISTINCT_BENCH_REPEATS'] ?? repeats),
}
const result = await runBench(bench, options, { whole: () => true, one: () => true }, log)
const path = resultPath(bench.name)
mkdirSync(dirname(path), { recursive: true })
if (result === undefined) {
  // Failed tasks are not cached: what is missing may be there the next time.
  writeFileAtomic(path, '{"skipped":true}\n')
  process.exitCode = 1
} else {
  const measured = `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`
  writeFileAtomic(path, jsonText({ ...result, measured }, 2))
}
