/**
 * @file That each edit reruns what it must and nothing else, on a copy of the workspace, with real stages and a tiny
 * data set. Caches that replay stale results, or that never hit, look fine in every other test.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sha256 } from '@indistinct/core'
import { syntheticDataset } from '@indistinct/datasets'
import type { Choice, Grid, StageNode } from '@indistinct/stages'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gridResults } from '../apps/experiments/src/nx/grid-results.ts'
import { runGrid, type GridRun } from '../apps/experiments/src/nx/nx-run.ts'
import { copyWorkspace, type WorkspaceCopy } from './workspace-copy.ts'

const flow: Choice = { name: 'flow' }
const closedForm = (tradeOff: number): Choice => ({ name: 'u2u-r-closed', options: { tradeOff } })

function gridOf(methods: readonly Choice[]): Grid {
  return {
    name: 'isolation',
    title: 'cache isolation',
    products: [
      {
        datasets: [
          {
            name: 'csv',
            options: {
              interactions: join(copy.root, 'data', 'interactions.csv'),
              attributes: join(copy.root, 'data', 'users.csv'),
            },
          },
        ],
        recommenders: [{ name: 'lightgcn', options: { epochs: 2, factors: 4 } }],
        methods,
        attackers: [{ name: 'xgb' }],
        protocols: [{ name: 'five-fold', options: { repeats: 1 } }],
        attributes: ['gender'],
        seeds: [1],
      },
    ],
  }
}

let copy: WorkspaceCopy
let grid: Grid
let first: GridRun

beforeAll(async () => {
  copy = copyWorkspace()
  writeData(0)
  grid = gridOf([flow, closedForm(0.1)])
  first = await runGrid(grid, copy.root)
})

afterAll(() => copy?.remove())

describe('cache isolation', () => {
  test('the first run makes every artifact', () => {
    expect(first.expanded.nodes.length).toBe(12)
    expect(missed(first)).toEqual(ids(() => true))
  })

  test('a second run takes all from the cache, deleted artifacts and measured seconds too', async () => {
    const before = artifactDigests()
    rmSync(join(copy.root, 'artifacts'), { recursive: true })
    const again = await runGrid(grid, copy.root)
    expect(missed(again)).toEqual([])
    expect(artifactDigests()).toEqual(before)
    for (const model of gridResults(again, copy.root).models) {
      for (const stage of model.stages) expect(stage.seconds).toBeGreaterThan(0)
    }
  })

  test('an edit of an attacker reruns its attacks, and no report of equal ones', async () => {
    const run = await withEdit('packages/attackers/src/attackers/xgb.ts', comment)
    expect(missed(run)).toEqual(ids((node) => node.stage === 'attack'))
  })

  test('an edit of a metric reruns who measures by it', async () => {
    const run = await withEdit('packages/metrics/src/hit-ratio.ts', comment)
    expect(missed(run)).toEqual(ids((node) => node.stage === 'evaluate'))
  })

  test('an edit of a method that changes no byte ends there, and another branch never hears of it', async () => {
    const run = await withEdit('packages/unlearners/src/paper/u2u-closed-form.ts', comment)
    const branch = run.expanded.models.find((model) => model.method?.name === 'u2u-r-closed')!
    expect(missed(run)).toEqual([branch.unlearn!.id])
  })

  test('edits of components that no node names rerun nothing, nor do indexes and tables', async () => {
    const run = await withEdits(
      [
        'packages/attackers/src/attackers/svm.ts',
        'packages/attackers/src/named-attackers.ts',
        'packages/datasets/src/sets/lastfm.ts',
        'packages/losses/src/hsic.ts',
        'packages/metrics/src/certified-bounds.ts',
        'packages/metrics/src/index.ts',
        'packages/recommenders/src/bpr-mf.ts',
        'packages/recommenders/src/recommenders.ts',
        'packages/unlearners/src/relabel/relabel.ts',
        'packages/unlearners/src/unlearners.ts',
      ],
      comment,
    )
    expect(missed(run)).toEqual([])
  })

  test('an edit of a recommender that changes no byte ends at what runs recommenders', async () => {
    const run = await withEdit('packages/recommenders/src/lightgcn.ts', comment)
    expect(missed(run)).toEqual(ids((node) => ['train', 'evaluate'].includes(node.stage)))
  })

  test('an edit of a recommender that changes training reruns it and all below', async () => {
    const run = await withEdit('packages/recommenders/src/lightgcn.ts', replaced('layers: 3', 'layers: 2'))
    expect(missed(run)).toEqual(ids((node) => node.stage !== 'prepare'))
  })

  test('another alpha of one method reruns that branch alone', async () => {
    const run = await runGrid(gridOf([flow, closedForm(0.2)]), copy.root)
    const branch = run.expanded.models.find((model) => model.method?.name === 'u2u-r-closed')!
    const nodes = [branch.unlearn!, branch.evaluate, branch.report!, ...branch.attacks.map((attack) => attack.node)]
    expect(missed(run)).toEqual(nodes.map((node) => node.id).sort())
  })

  test('an edit of a test or of a README reruns nothing', async () => {
    const runs = [
      await withEdit('packages/core/src/matrix.test.ts', comment),
      await withEdit('packages/datasets/README.md', (text) => `${text}\nMore.\n`),
    ]
    for (const run of runs) expect(missed(run)).toEqual([])
  })

  test('an edit of a stage runner reruns that stage alone', async () => {
    const run = await withEdit('apps/experiments/src/stages/evaluate.ts', comment)
    expect(missed(run)).toEqual(ids((node) => node.stage === 'evaluate'))
  })

  test('an edit of a method that acts during training reruns its own training, never the original one', async () => {
    const inTraining = gridOf([{ name: 'retrain', options: { sample: 20 } }])
    const made = await runGrid(inTraining, copy.root)
    const [original, retrained] = made.expanded.models
    const own = [
      retrained!.train,
      retrained!.evaluate,
      retrained!.report!,
      ...retrained!.attacks.map((attack) => attack.node),
    ]
    expect(missed(made)).toEqual(own.map((node) => node.id).sort())
    const unchanged = await withEdit('packages/unlearners/src/paper/retrain.ts', comment, inTraining)
    expect(missed(unchanged)).toEqual([retrained!.train.id])
    const weighed = await withEdit(
      'packages/unlearners/src/paper/retrain.ts',
      replaced('weight * every * value', '2 * weight * every * value'),
      inTraining,
    )
    expect(missed(weighed)).toEqual(own.map((node) => node.id).sort())
    expect(missed(weighed)).not.toContain(original!.train.id)
  })

  test('an edit of core reruns everything, to the same bytes', async () => {
    const before = artifactDigests()
    const run = await withEdit('packages/core/src/matrix.ts', comment)
    expect(missed(run)).toEqual(ids(() => true))
    expect(artifactDigests()).toEqual(before)
  })

  test('data that changed is prepared again, and all below it is rerun', async () => {
    writeData(1)
    const run = await runGrid(grid, copy.root)
    expect(missed(run)).toEqual(ids(() => true))
  })
})

/** Interactions and labels of 120 generated users; `left` of the interactions are left out. */
function writeData(left: number): void {
  const { users, items, interactions, attributes } = syntheticDataset({ users: 120, items: 60 })
  const gender = attributes['gender']!
  const rows = Array.from(interactions.users, (user, p) => `${users[user]},${items[interactions.items[p]!]}`)
  writeText('data/interactions.csv', `user,item\n${rows.slice(left).join('\n')}\n`)
  writeText(
    'data/users.csv',
    `user,gender\n${users.map((user, i) => `${user},${gender.classes[gender.codes[i]!]}`).join('\n')}\n`,
  )
}

function writeText(path: string, text: string): void {
  mkdirSync(dirname(join(copy.root, path)), { recursive: true })
  writeFileSync(join(copy.root, path), text)
}

/** Runs the grid with `path` edited, and puts the file back. */
function withEdit(path: string, edit: (text: string) => string, edited = grid): Promise<GridRun> {
  return withEdits([path], edit, edited)
}

async function withEdits(paths: readonly string[], edit: (text: string) => string, edited = grid): Promise<GridRun> {
  const texts = paths.map((path) => readFileSync(join(copy.root, path), 'utf8'))
  paths.forEach((path, at) => writeText(path, edit(texts[at]!)))
  try {
    return await runGrid(edited, copy.root)
  } finally {
    paths.forEach((path, at) => writeText(path, texts[at]!))
  }
}

function comment(text: string): string {
  return `${text}\n// An edit.\n`
}

function replaced(from: string, to: string): (text: string) => string {
  return (text) => {
    if (!text.includes(from))
      throw new Error(
        `cache-isolation: expected ${JSON.stringify(from)} in the source, got none; name another edit that ` +
          'changes training',
      )
    return text.replace(from, to)
  }
}

/** Nodes that were not served from the cache; a failed one prints why. */
function missed(run: GridRun): string[] {
  for (const [id, outcome] of run.outcomes) if (outcome.status === 'failed') throw new Error(`${id}: ${outcome.output}`)
  return run.expanded.nodes
    .map((node) => node.id)
    .filter((id) => run.outcomes.get(id)?.status !== 'cached')
    .sort()
}

function ids(which: (node: StageNode) => boolean): string[] {
  return first.expanded.nodes
    .filter(which)
    .map((node) => node.id)
    .sort()
}

/** Digests of every file inside an artifact, by path. */
function artifactDigests(): { [path: string]: string } {
  const root = join(copy.root, 'artifacts')
  const out: { [path: string]: string } = {}
  for (const path of existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }).sort() : []) {
    if (path.includes('/artifact/') && statSync(join(root, path)).isFile())
      out[path] = sha256(readFileSync(join(root, path)))
  }
  return out
}
