/**
 * @file That every file of the workspace which a stage really loads or reads is among those that its hash covers: by
 * one left out, results of an old one could be served from the cache.
 */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expandGrid, stageCodes, stageInput, stages, type Grid, type StageNode } from '@indistinct/stages'
import { afterAll, describe, expect, test } from 'vitest'

const workspace = realpathSync(fileURLToPath(new URL('..', import.meta.url)))
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'indistinct-loads-')))
afterAll(() => rmSync(folder, { recursive: true }))

const datasets = [{ name: 'synthetic', options: { users: 150, items: 80 } }]
const lightgcn = { name: 'lightgcn', options: { epochs: 1, factors: 4 } }
const once = [{ name: 'paper', options: { repeats: 1 } }]
const common = { datasets, protocols: once, attributes: ['gender'], seeds: [1] }
const grid: Grid = {
  name: 'loads',
  title: 'loads',
  products: [
    {
      ...common,
      recommenders: [lightgcn, { name: 'nmf', options: { epochs: 1, gmf: 4, mlp: 4, hidden: [4, 4] } }],
      release: true,
      methods: [
        { name: 'flow', options: { maxPasses: 1 } },
        { name: 'u2u-r-closed', options: { tradeOff: 0.1 } },
      ],
      attackers: [{ name: 'best-of' }],
      yardsticks: [{ name: 'ease' }],
      figures: ['trade-off', 't-sne', 'histograms'],
    },
    {
      ...common,
      recommenders: [lightgcn],
      methods: [
        { name: 'flow', options: { maxPasses: 1, metric: 'scores' } },
        { name: 'd2d-r', options: { steps: 1, regulariser: 'margin', tables: ['layer-0'] } },
      ],
      attackers: [{ name: 'forest' }],
      reports: false,
      smoothing: { neighbours: 3, share: 0.5 },
      observed: { width: 4, attackers: [{ name: 'logistic' }], protocols: once },
    },
    {
      ...common,
      recommenders: [lightgcn],
      methods: [{ name: 'relabel' }, { name: 'leace' }, { name: 'retrain', options: { sample: 20 } }],
      attackers: [],
      protocols: [],
      reports: false,
      held: { ofTables: ['qda'], ofHeld: ['knn'], other: { name: 'ials', options: { epochs: 1 } } },
    },
    {
      ...common,
      recommenders: [{ name: 'bpr-mf', options: { epochs: 1, factors: 4 } }],
      engine: 'tfjs',
      methods: [{ name: 'adversarial' }],
      attackers: [{ name: 'mlp' }, { name: 'xgb' }],
      reports: false,
    },
  ],
  calibrations: (['audit', 'harm', 'together'] as const).map((run) => ({
    name: run,
    options: { users: [40, 40], shift: 0, run },
    repetitions: 1,
  })),
}
const { nodes } = expandGrid(grid)
const byId = new Map(nodes.map((node) => [node.id, node]))
const codeOf = stageCodes(workspace)

/** Files that the stage's own thread opens: data beside sources is read, not loaded. */
const recorder = join(folder, 'recorder.mjs')
writeFileSync(
  recorder,
  `import fs from 'node:fs'
  import { syncBuiltinESMExports } from 'node:module'
  const seen = new Set()
  for (const name of ['readFileSync', 'openSync']) {
    const own = fs[name]
    fs[name] = (path, ...rest) => {
      if (typeof path === 'string' || path instanceof URL) seen.add(String(path))
      return own(path, ...rest)
    }
  }
  syncBuiltinESMExports()
  process.on('exit', () => fs.writeFileSync(process.env.RECORDED, JSON.stringify([...seen])))`,
)

/** Runs the node in `folder`; gives the files of the workspace that it loaded or read. */
function loadsOf(node: StageNode): string[] {
  const coverage = join(folder, 'coverage', node.id)
  const recorded = join(folder, 'recorded.json')
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      '--import',
      recorder,
      '--import',
      import.meta.resolve('@indistinct/loader'),
      join(workspace, 'apps/experiments/src/run-stage.ts'),
    ],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        INDISTINCT_STAGE: JSON.stringify(stageInput(node, byId)),
        INDISTINCT_THREADS: '2',
        INDISTINCT_TFJS_BACKEND: 'wasm',
        INDISTINCT_XGBOOST: 'wasm',
        // Node writes the scripts that each thread loaded there.
        NODE_V8_COVERAGE: coverage,
        RECORDED: recorded,
      },
    },
  )
  if (status !== 0) throw new Error(`${node.id}: ${stderr}`)
  const loaded = readdirSync(coverage).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(join(coverage, file), 'utf8')) as { result: { url: string }[] }
    return result.map(({ url }) => url)
  })
  const read = JSON.parse(readFileSync(recorded, 'utf8')) as string[]
  const urls = read.map((path) => (path.startsWith('file:') ? path : pathToFileURL(resolve(folder, path)).href))
  const own = [...loaded, ...urls]
    .filter((url) => url.startsWith('file:'))
    .map((url) => relative(workspace, fileURLToPath(url)))
    .filter((path) => !path.startsWith('..') && !path.startsWith('node_modules'))
  return [...new Set(own)].sort()
}

/** Read to find components by their names, whose places are in the hash, and to lead imports, which it follows. */
const tablesAndIndexes =
  /^packages\/(attackers\/src\/(battery|fine-battery|named-attackers)|datasets\/src\/known-datasets|recommenders\/src\/(recommenders|yardsticks\/yardsticks)|unlearners\/src\/(unlearners|paper\/in-training))\.ts$|\/package\.json$|^[^/]+\/[^/]+\/src(\/.*)?\/index\.ts$/

describe('stages load what their hash covers', () => {
  test('of every kind', () => {
    expect(new Set(nodes.map(({ stage }) => stage))).toEqual(new Set(stages))
  })

  const all = new Set<string>()
  test.each(nodes.map((node) => [node.id, node] as const))('%s', (_, node) => {
    const { files } = codeOf(node, byId)
    const loads = loadsOf(node)
    expect(loads.length).toBeGreaterThan(20)
    for (const path of loads) all.add(path)
    expect(loads.filter((path) => !files.includes(path) && !tablesAndIndexes.test(path))).toEqual([])
  })
  test('in threads too', () => {
    for (const thread of [
      'kernels/src/worker.js',
      'xgboost/src/wasm-worker.js',
      'kernels/src/tfjs/device/device-thread.ts',
    ])
      expect(all).toContain(`packages/${thread}`)
    expect(all).toContain('packages/kernels/src/generated/kernels.wasm')
  })
})
