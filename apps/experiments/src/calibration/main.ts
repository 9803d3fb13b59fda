/**
 * @file `npm run calibration`: measures how often the audit errs, and writes results/calibration. Without a leak p must
 * be below 0.05 in 5 % of tables and intervals hold 1/2 in 95 %; planted leaks must be found, and their AUC held.
 *
 *   npm run calibration                  all parts, in this process; a stopped run goes on where it was
 *   npm run calibration -- --shard 1/4   the first quarter of the work (chunks are shared through the folder)
 *   npm run calibration -- --summary     only the summary of what is there
 *
 * It takes a quarter of an hour of one core. Repetitions lie in artifacts/calibration and are kept while the code
 * that they run stays the same.
 */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { jsonText, usageError, writeFileAtomic } from '@indistinct/core'
import { codeDigest } from '@indistinct/stages'
import { calibrationPage } from './page.ts'
import { parts } from './parts.ts'
import { runPart, storedRepetitions, type Shard } from './repetitions.ts'
import { summaryOf } from './summary.ts'

const workspace = fileURLToPath(new URL('../../../..', import.meta.url))
const code = codeDigest(['apps/experiments/src/calibration/parts.ts'], workspace)
const folder = join(workspace, 'artifacts', 'calibration', code.slice(0, 16))
const results = fileURLToPath(new URL('../../results/calibration', import.meta.url))

const { shard, onlySummary } = argumentsOf(process.argv.slice(2))
if (!onlySummary) {
  for (const part of parts)
    await runPart(part, folder, shard, (done) => console.error(`${part.name}: ${done} of ${part.repetitions}`))
}
if (onlySummary || shard.of === 1) {
  const summary = summaryOf(parts.map((part) => ({ part, repetitions: storedRepetitions(part, folder) })))
  mkdirSync(results, { recursive: true })
  writeFileAtomic(join(results, 'calibration.json'), jsonText(summary, 2))
  writeFileAtomic(join(results, 'README.md'), calibrationPage(summary))
  process.stdout.write(calibrationPage(summary))
}

function argumentsOf(given: readonly string[]): { shard: Shard; onlySummary: boolean } {
  if (given.length === 0) return { shard: { index: 0, of: 1 }, onlySummary: false }
  if (given.length === 1 && given[0] === '--summary') return { shard: { index: 0, of: 1 }, onlySummary: true }
  const match = given.length === 2 && given[0] === '--shard' ? /^(\d+)\/(\d+)$/.exec(given[1]!) : null
  const [index, of] = [Number(match?.[1]) - 1, Number(match?.[2])]
  if (!match || index < 0 || index >= of)
    throw usageError(`calibration: expected --summary or --shard I/N, got ${given.join(' ')}`)
  return { shard: { index, of }, onlySummary: false }
}
