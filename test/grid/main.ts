/**
 * @file `npm run grid-check`: a grid on every engine that is here, with kills, and the artifacts compared.
 *
 *     npm run grid-check                                  # tables-3-to-5 on ML-100K, one seed
 *     npm run grid-check -- --methods flow,d2d-r          # less of it
 *     npm run grid-check -- --engines local,slurm
 *     npm run grid-check -- --engines slurm --digests F   # an engine at a time: the first writes digests to F
 *     npm run grid-check -- --costs                       # the table of measured costs from the local run
 *
 * A worker is killed by SIGKILL after a quarter of the cells; slurmctld, whose queue is then removed, and redis-server
 * after half of them. Prints one row an engine.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { canonicalJson, jsonText, type Json } from '@indistinct/core'
import { chosenGrid } from '@indistinct/experiments'
import { numberFlag } from '../number-flag.ts'
import { measuredCosts } from '../../apps/experiments/src/grid/cell-costs.ts'
import { folderStore } from '../../apps/experiments/src/grid/folder-store.ts'
import { engineNames, missingEngine, startEngine, type EngineName } from './grid-engines.ts'
import { runKilled } from './killed-grid.ts'

const { values } = parseArgs({
  options: {
    grid: { type: 'string', default: 'tables-3-to-5' },
    datasets: { type: 'string', default: 'ml-100k' },
    recommenders: { type: 'string' },
    methods: { type: 'string' },
    seeds: { type: 'string', default: '1' },
    engines: { type: 'string', default: engineNames.join(',') },
    workers: { type: 'string', default: '2' },
    costs: { type: 'boolean', default: false },
    digests: { type: 'string' },
  },
})
const lists = (['datasets', 'recommenders', 'methods'] as const).flatMap((name) =>
  values[name] === undefined ? [] : [`--${name}`, values[name]],
)
const chosen = {
  grid: values.grid,
  datasets: values.datasets.split(','),
  recommenders: values.recommenders?.split(','),
  methods: values.methods?.split(','),
  seeds: numberFlag('seeds', values.seeds, 1),
}
const { nodes } = await chosenGrid(chosen)
const folder = mkdtempSync(join(tmpdir(), 'indistinct-grid-check-'))
const env = process.env['INDISTINCT_DATA'] === undefined ? {} : { INDISTINCT_DATA: process.env['INDISTINCT_DATA'] }
let failed = false
try {
  console.log(
    `${[values.grid, ...lists, '--seeds', values.seeds].join(' ')}: ${nodes.length} cells, ${values.workers} ` +
      `workers, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)}`,
  )
  let first: { name: string; artifacts: Readonly<Record<string, string>> } | undefined
  if (values.digests !== undefined && existsSync(values.digests))
    first = JSON.parse(readFileSync(values.digests, 'utf8')) as typeof first
  for (const name of values.engines.split(',') as EngineName[]) {
    const missing = missingEngine[name]()
    if (missing !== undefined) {
      console.log(`${name}: skipped, ${missing}`)
      continue
    }
    const store = join(folder, name)
    const engine = await startEngine(name, join(folder, 'logs'))
    try {
      const { seconds, killed, runs, artifacts, leftovers } = await runKilled({
        name,
        engine,
        grid: [values.grid, ...lists, '--seeds', values.seeds],
        store,
        env,
        workers: Number(values.workers),
        worker: Math.floor(nodes.length / 4),
        server: engine.server && Math.floor(nodes.length / 2),
      })
      const differing = Object.keys(first?.artifacts ?? {}).filter((id) => artifacts[id] !== first!.artifacts[id])
      const complete = nodes.every(({ id }) => artifacts[id] !== undefined)
      failed ||= !complete || differing.length > 0 || leftovers.length > 0
      console.log(
        `${name}: ${Object.keys(artifacts).length} of ${nodes.length} cells in ${seconds.toFixed(0)} s; killed ` +
          `the worker of ${killed}${engine.server ? `, ${engine.server.name}` : ''}; ` +
          `exit codes ${runs.map(({ code }) => code).join(', then resumed ')}; ${leftovers.length} ` +
          `leftovers${first ? `; ${nodes.length - differing.length} artifacts byte-equal to ${first.name}` : ''}`,
      )
      if (!complete) console.log(runs.map(({ stderr }) => stderr).join('\n'))
      if (!first && complete) {
        first = { name, artifacts }
        if (values.digests !== undefined) writeFileSync(values.digests, canonicalJson(first, 1))
      }
      if (values.costs && name === 'local') {
        const path = new URL('../../apps/experiments/src/grid/cell-costs.json', import.meta.url)
        const known = JSON.parse(readFileSync(path, 'utf8')) as { cells: Record<string, Json> }
        const measured = measuredCosts(nodes, (await folderStore(store).records(nodes)).values())
        const cells = Object.fromEntries([...measured].map(([kind, costs]) => [kind, costs.at(-1)! as unknown as Json]))
        const note =
          `npm run grid-check -- --costs: ${cpus()[0]!.model.trim()}, ${cpus().length} cores, ${values.workers} ` +
          `workers, load ${loadavg()[0]!.toFixed(1)} at the end`
        writeFileSync(path, jsonText({ note, cells: { ...known.cells, ...cells } }, 1))
      }
    } finally {
      await engine.stop()
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)
