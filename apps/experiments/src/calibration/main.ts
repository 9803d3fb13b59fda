/** @file `npm run calibration`: the grid `calibration` through Nx, then results/calibration. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { jsonText, usageError, writeFileAtomic } from '@indistinct/core'
import { expandGrid } from '@indistinct/stages'
import { calibration } from '../../grids/calibration.ts'
import { gridCommand, saidCode, workspaceRoot, type GridCommand } from '../nx/grid-command.ts'
import { madeIn } from '../nx/run-outcome.ts'
import { readJsonOf } from '../store/artifact-folder.ts'
import type { Repetition } from '../stages/calibrate.ts'
import { calibrationPage } from './page.ts'
import { summaryOf, type CalibrationSummary, type Part, type PartSummary } from './summary.ts'

const help = `npm run calibration: how often the audit errs; writes results/calibration.
A quarter of an hour of one core.

  [NAME]         only parts whose name starts so, such as "no harm"; others stay as they are
`
const results = join(workspaceRoot, 'apps/experiments/results/calibration')
const path = join(results, 'calibration.json')
const parts = calibration.calibrations as readonly Part[]

await gridCommand(help, { options: {}, names: 1 }, async (command) => {
  const { made, code } = command.summary ? { made: [], code: 0 } : await measured(command)
  const { parts: known } = JSON.parse(readFileSync(path, 'utf8')) as CalibrationSummary
  const rowOf = ({ name }: Part): PartSummary | undefined => [...made, ...known].find((row) => row.name === name)
  const summary = {
    schema: 'indistinct.calibration/1',
    parts: parts.map(rowOf).filter((row) => row !== undefined),
  } as const
  writeFileAtomic(path, jsonText(summary, 2))
  writeFileAtomic(join(results, 'README.md'), calibrationPage(summary))
  process.stdout.write(calibrationPage(summary))
  return code
})

/** Parts of which every repetition was made. */
async function measured({
  positionals: [start = ''],
  run,
}: GridCommand): Promise<{ made: PartSummary[]; code: number }> {
  const chosen = parts.filter(({ name }) => name.startsWith(start))
  if (chosen.length === 0)
    throw usageError(
      `calibration: expected the start of one of ${parts.map(({ name }) => name).join('; ')}, got ` +
        JSON.stringify(start),
    )
  const done = await run({ ...calibration, calibrations: chosen })
  const whole = chosen.flatMap((part) => {
    const { nodes } = expandGrid({ ...calibration, calibrations: [part] })
    if (!nodes.every(madeIn(done))) return []
    const read = (root: string): Repetition[] => readJsonOf(join(workspaceRoot, root), 'repetitions')
    return [{ part, repetitions: nodes.flatMap(({ root }) => read(root)) }]
  })
  return { made: [...summaryOf(whole).parts], code: saidCode(done, whole.length > 0) }
}
