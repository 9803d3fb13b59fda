/** @file `npm run frontier`: the grid `frontier` through Nx, then results/frontier. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { jsonText, usageError, writeFileAtomic } from '@indistinct/core'
import { gridCommand, saidCode, workspaceRoot, type GridCommand } from '../nx/grid-command.ts'
import { cellName, cells, frontierOf, rungsOf } from './cells.ts'
import { measuredRungs } from './measure.ts'
import { frontierPage, type FrontierResults } from './page.ts'
import { condensed, type Condensed } from './summary.ts'

const help = `npm run frontier: what methods leave to the whole battery, and what they cost; writes results/frontier.
Needs INDISTINCT_DATA. All models take hours. INDISTINCT_THREADS=1 makes processor seconds those of one thread.

  [NAME]         only models whose name starts so, such as ml-100k-nmf; other rows stay as they are
  --rungs LIST   only these, such as flow,leace; the original is attacked with them
  --missing      only what results/frontier lacks
`
const results = join(workspaceRoot, 'apps/experiments/results/frontier')
const path = join(results, 'frontier.json')
const planned = cells.map((cell) => ({ cell, rungs: rungsOf(cell) }))
const nameOf = ({ cell, rung }: Pick<Condensed, 'cell' | 'rung'>): string => `${cellName(cell)}-${rung}`

const options = { rungs: { type: 'string' }, missing: { type: 'boolean' } } as const

await gridCommand(help, { options, names: 1 }, async (command) => {
  const known = new Map(
    (JSON.parse(readFileSync(path, 'utf8')) as FrontierResults).measured.map((row) => [nameOf(row), row]),
  )
  const { made, code } = command.summary ? { made: [], code: 0 } : await measured(command, known)
  for (const row of made) known.set(nameOf(row), row)
  const rows = planned.flatMap(({ cell, rungs }) => rungs.flatMap((rung) => known.get(nameOf({ cell, rung })) ?? []))
  const summary: FrontierResults = { schema: 'indistinct.frontier/1', measured: rows }
  writeFileAtomic(path, jsonText(summary, 1))
  writeFileAtomic(join(results, 'README.md'), frontierPage(summary))
  return code
})

async function measured(
  { positionals: [start = ''], values: { rungs, missing }, run }: GridCommand,
  known: ReadonlyMap<string, unknown>,
): Promise<{ made: Condensed[]; code: number }> {
  const only = rungs === undefined ? undefined : String(rungs).split(',')
  const chosen = planned
    .filter(({ cell }) => cellName(cell).startsWith(start))
    .map(({ cell, rungs: all }) => ({ cell, rungs: all.filter((rung) => only?.includes(rung) ?? true) }))
    .filter((each) => each.rungs.length > 0)
  if (chosen.length === 0)
    throw usageError(
      `frontier: expected the start of a name such as ${cellName(cells[0]!)} and rungs of src/frontier/cells.ts, got ` +
        process.argv.slice(2).join(' '),
    )
  for (const rung of only ?? [])
    if (!chosen.some((each) => each.rungs.some((own) => own === rung)))
      throw usageError(
        `--rungs: expected some of ${[...new Set(planned.flatMap((each) => each.rungs))].join(', ')}, of those that ` +
          `these models have, got ${JSON.stringify(rung)}`,
      )
  const left = missing
    ? chosen
        .map(({ cell, rungs: all }) => ({ cell, rungs: all.filter((rung) => !known.has(nameOf({ cell, rung }))) }))
        .filter((each) => each.rungs.length > 0)
    : chosen
  if (left.length === 0) return { made: [], code: 0 }
  const done = await run(frontierOf(left))
  const made = left.flatMap((each) => measuredRungs(done, each, workspaceRoot)).map(condensed)
  return { made, code: saidCode(done, made.length > 0) }
}
