/**
 * @file `npm run shards-check -- --rows 2000000 --cols 64 --shards 8 --workers 1,2`: plants a leak in a large table,
 * unlearns it in shards by each number of workers, one of which is killed and started again with the last number,
 * compares bytes, and audits a sample of users before and after. `--growth 500000,1000000,4000000` adds tables of other
 * sizes at the same size of a shard, by the first number of workers. Prints JSON, a line as soon as each step is done,
 * and all of it as tables in the end; seconds are of a machine that may be busy, processor seconds less so. Files, four
 * times the table, lie in a folder of their own in
 * --folder and are removed.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { plantTable } from './planted-table.ts'
import { auditTable, growthTable, runTable, type AuditRow, type RunRow } from './result-tables.ts'
import { digests, run, runWorkers } from './sharded-run.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '2000000' },
    cols: { type: 'string', default: '64' },
    shards: { type: 'string', default: '8' },
    workers: { type: 'string', default: '1,2' },
    growth: { type: 'string', default: '' },
    sample: { type: 'string', default: '20000' },
    attackers: { type: 'string', default: 'logistic,mlp,qda,xgb' },
    'first-step': { type: 'string', default: '0.2' },
    folder: { type: 'string', default: 'artifacts/shards-check' },
  },
})
const numbers = (text: string): number[] =>
  text
    .split(',')
    .filter((part) => part !== '')
    .map(Number)
const [rows, cols, shards] = [Number(values.rows), Number(values.cols), Number(values.shards)]
const counts = numbers(values.workers)
// Runs side by side, and what else the folder holds, are left alone.
mkdirSync(values.folder, { recursive: true })
const place = mkdtempSync(join(values.folder, 'run-'))

const print = (record: object): void => void process.stdout.write(`${JSON.stringify(record)}\n`)
const largest = (list: readonly number[]): number => Math.max(...list)
const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0)
const runs: RunRow[] = []
const audits: AuditRow[] = []

/** Plants a table in a folder of its own. */
function plant(name: string, count: number): string {
  const folder = join(place, name)
  mkdirSync(folder, { recursive: true })
  plantTable(join(folder, 'users.npy'), join(folder, 'people.csv'), count, cols)
  return folder
}

/** Unlearns the table of `folder`; workers share the cores. Digests of what came out are compared with `like`. */
async function unlearn(
  folder: string,
  parts: number,
  workers: number,
  name: string,
  { killAfter, like }: { killAfter?: number; like?: Record<string, string> | undefined } = {},
): Promise<Record<string, string>> {
  const out = join(folder, name)
  const attributes = ['--attributes', join(folder, 'people.csv'), '--attribute', 'gender']
  await run(
    [
      'shards',
      'unlearn',
      join(folder, 'users.npy'),
      ...attributes,
      '--out',
      out,
      '--shards',
      String(parts),
      '--first-step',
      values['first-step'],
      '--prepare-only',
      '--quiet',
    ],
    1,
  )
  const threads = Math.max(1, Math.floor(availableParallelism() / workers))
  const start = performance.now()
  const results = await runWorkers(out, workers, threads, killAfter)
  const seconds = (performance.now() - start) / 1000
  const processorSeconds = sum(results.map((result) => result.processorSeconds))
  const total = sum(results.map((result) => result.rows))
  const found = digests(out)
  const row: RunRow = {
    step: 'unlearn',
    run: name,
    rows: total,
    cols,
    shards: parts,
    workers,
    threads,
    ...(killAfter !== undefined && { killedAfterSums: killAfter }),
    sums: largest(results.map((result) => result.sums)),
    bytesPerShard: largest(results.map((result) => result.bytesPerShard)),
    seconds: Math.round(seconds),
    waited: results.map((result) => Math.round(result.waited)),
    processorSeconds: Math.round(processorSeconds),
    rowsPerSecond: Math.round(total / seconds),
    rowsPerProcessorSecond: Math.round(total / processorSeconds),
    peakMb: results.map((result) => result.peakMb),
    load: Math.round(loadavg()[0]!),
    ...(like && { equalBytes: JSON.stringify(found) === JSON.stringify(like) }),
  }
  runs.push(row)
  print(row)
  return found
}

async function audit(step: AuditRow['step'], table: string, folder: string): Promise<void> {
  const start = performance.now()
  const text = await run(
    [
      'audit',
      table,
      '--sample',
      values.sample,
      '--attributes',
      join(folder, 'people.csv'),
      '--attribute',
      'gender',
      '--attackers',
      values.attackers,
      '--protocols',
      'paper',
      '--input',
      'standardised',
      '--repeats',
      '3',
      '--refit=false',
      '--json',
      '--quiet',
    ],
    availableParallelism(),
  )
  const { attacks, verdict } = JSON.parse(text) as {
    verdict: string
    attacks: { attacker: string; foldedAuc: { value: number; lower: number; upper: number } }[]
  }
  const seconds = Math.round((performance.now() - start) / 1000)
  const row: AuditRow = {
    step,
    sample: Number(values.sample),
    seconds,
    foldedAuc: Object.fromEntries(
      attacks.map(({ attacker, foldedAuc: { value, lower, upper } }) => [attacker, [value, lower, upper]]),
    ),
    verdict,
  }
  audits.push(row)
  print(row)
}

try {
  const folder = plant('planted', rows)
  print({ step: 'plant', rows, cols, megabytes: Math.round((rows * cols * 4) / 2 ** 20) })
  await audit('audit before', join(folder, 'users.npy'), folder)
  let first: Record<string, string> | undefined
  for (const [at, workers] of counts.entries()) {
    const own = await unlearn(folder, shards, workers, `workers-${workers}`, { like: first })
    first ??= own
    if (at === 0) await audit('audit after', join(folder, `workers-${workers}`, 'manifest.json'), folder)
    rmSync(join(folder, `workers-${workers}`), { recursive: true })
  }
  await unlearn(folder, shards, counts.at(-1)!, 'killed', { killAfter: 6, like: first })
  rmSync(folder, { recursive: true })
  for (const count of numbers(values.growth)) {
    const other = plant(`growth-${count}`, count)
    await unlearn(other, Math.max(1, Math.round((count * shards) / rows)), counts[0]!, 'growth')
    rmSync(other, { recursive: true })
  }
  const atRows = runs.filter(({ rows: each }) => each === rows)
  const growing = runs.filter(({ workers, run: name }) => workers === counts[0] && name !== 'killed')
  process.stdout.write(`\n${runTable(atRows)}\n${auditTable(audits)}\n${growthTable(growing)}`)
  process.exitCode = runs.some(({ equalBytes }) => equalBytes === false) ? 1 : 0
} finally {
  rmSync(place, { recursive: true, force: true })
}
