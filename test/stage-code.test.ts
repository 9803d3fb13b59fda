/** @file Which stages an edit concerns: those that run the edited file, and no other. */

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expandGrid, stageCodes, type Grid } from '@indistinct/stages'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const workspace = fileURLToPath(new URL('..', import.meta.url))
let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'indistinct-code-'))
  for (const part of ['packages', 'tools', 'apps/experiments', 'package-lock.json', 'package.json']) {
    cpSync(join(workspace, part), join(root, part), {
      recursive: true,
      filter: (from) => !/node_modules|results|goldens/.test(from.slice(workspace.length)),
    })
  }
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const grid: Grid = {
  name: 'code',
  title: 'code',
  products: [
    {
      datasets: [{ name: 'ml-100k' }],
      recommenders: [{ name: 'lightgcn' }],
      methods: [{ name: 'flow' }, { name: 'leace' }, { name: 'retrain' }, { name: 'adversarial' }],
      attackers: [{ name: 'xgb' }, { name: 'logistic' }],
      protocols: [{ name: 'paper' }],
      attributes: ['gender'],
      seeds: [1],
      smoothing: { neighbours: 3, share: 0.5 },
      yardsticks: [{ name: 'ease' }],
      observed: { attackers: [{ name: 'xgb' }], protocols: [{ name: 'paper' }] },
      figures: ['t-sne', 'histograms'],
    },
  ],
  calibrations: [{ name: 'random', options: {}, repetitions: 1 }],
}
const { nodes } = expandGrid(grid)
const byId = new Map(nodes.map((node) => [node.id, node]))

/** A node as the table of edits below names it: its stage, with the component that it chooses where several do. */
function kindOf({ stage, parameters }: (typeof nodes)[number]): string {
  const { method, attacker, figure, yardstick } = parameters as unknown as {
    method?: { name: string }
    yardstick?: object
    attacker?: { name: string }
    figure?: string
  }
  switch (stage) {
    case 'unlearn':
      return `unlearn ${method!.name}`
    case 'attack':
      return `attack ${attacker!.name}`
    case 'figure':
      return `figure ${figure}`
    case 'retrain':
      return `retrain ${method!.name}`
    case 'evaluate':
      return yardstick ? 'yardstick' : 'evaluate'
    default:
      return stage
  }
}
const kinds = [...new Set(nodes.map(kindOf))]

function digests(): Map<string, string> {
  const codeOf = stageCodes(root)
  return new Map(nodes.map((node) => [kindOf(node), codeOf(node, byId).digest]))
}

let last: Map<string, string> | undefined

/** Kinds of nodes whose code is another when `edit` has done its work. All edits of `root` are made here. */
function changedBy(edit: () => void): string[] {
  const before = last ?? digests()
  edit()
  last = digests()
  return kinds.filter((kind) => last!.get(kind) !== before.get(kind))
}

const appendTo = (path: string) => () =>
  writeFileSync(join(root, path), `${readFileSync(join(root, path), 'utf8')}\n// An edit.\n`)

const unlearning = ['unlearn flow', 'unlearn leace']
const retraining = ['retrain retrain', 'retrain adversarial']
const training = ['train', ...retraining, 'evaluate', 'observe']
const figures = ['figure t-sne', 'figure histograms']
const attacks = ['attack xgb', 'attack logistic', ...figures, 'calibrate']
// An audit may run any attacker.
const onTrees = ['attack xgb', 'figure t-sne', 'calibrate']

describe('the code of a stage', () => {
  test.each<[what: string, path: string, concerned: readonly string[]]>([
    ['what all import', 'packages/core/src/matrix.ts', kinds],
    ['the frame of stages', 'apps/experiments/src/store/stage-run.ts', kinds],
    ['the loader', 'tools/loader/src/blanked.js', kinds],
    ['a runner', 'apps/experiments/src/stages/train.ts', ['train']],
    ['a file beside a runner', 'apps/experiments/src/stages/attack-mean-roc.ts', ['attack xgb', 'attack logistic']],
    ['a data set', 'packages/datasets/src/sets/movielens-100k.ts', ['prepare']],
    ['another data set', 'packages/datasets/src/sets/lastfm.ts', []],
    ['the table of data sets', 'packages/datasets/src/known-datasets.ts', []],
    ['a recommender', 'packages/recommenders/src/lightgcn.ts', training],
    ['another recommender', 'packages/recommenders/src/bpr-mf.ts', []],
    ['the trainer', 'packages/recommenders/src/train.ts', training],
    ['a yardstick', 'packages/recommenders/src/yardsticks/ease.ts', ['yardstick']],
    ['a method', 'packages/unlearners/src/closed/leace.ts', ['unlearn leace']],
    ['another method', 'packages/unlearners/src/relabel/relabel.ts', []],
    ['a method that acts during training', 'packages/unlearners/src/paper/retrain.ts', ['retrain retrain']],
    ['another of these', 'packages/unlearners/src/paper/adversarial.ts', ['retrain adversarial']],
    ['its part for a device', 'packages/unlearners/src/device/adversary-program.ts', ['retrain adversarial']],
    ['the table of methods', 'packages/unlearners/src/unlearners.ts', []],
    ['an attacker', 'packages/attackers/src/attackers/logistic.ts', ['attack logistic', 'figure t-sne', 'calibrate']],
    ['what XGBoost runs on', 'packages/xgboost/src/wasm-worker.js', onTrees],
    ['another attacker', 'packages/attackers/src/attackers/svm.ts', ['calibrate']],
    ['an audit', 'packages/attackers/src/audit.ts', ['calibrate']],
    ['attacks', 'packages/attackers/src/attack.ts', attacks],
    ['a metric of quality', 'packages/metrics/src/hit-ratio.ts', ['evaluate', 'yardstick']],
    ['a metric of attacks', 'packages/metrics/src/permutation.ts', attacks],
    ['another metric', 'packages/metrics/src/certified-bounds.ts', []],
    ['another loss', 'packages/losses/src/hsic.ts', []],
    ['an index', 'packages/metrics/src/index.ts', []],
    ['what methods share', 'packages/unlearners/src/unlearn-tables-by.ts', unlearning],
    ['types alone', 'packages/attackers/src/attacker.ts', []],
    ['a test', 'packages/core/src/matrix.test.ts', []],
    ['what starts grids', 'apps/experiments/src/start/start.ts', []],
  ])('%s: %s', (_, path, concerned) => {
    expect(changedBy(appendTo(path))).toEqual(kinds.filter((kind) => concerned.includes(kind)))
  })

  test('a name that leads to another file concerns who runs it', () => {
    const table = 'packages/recommenders/src/recommenders.ts'
    const text = readFileSync(join(root, table), 'utf8')
    const edit = () => writeFileSync(join(root, table), text.replace('{ lightgcn,', '{ lightgcn: nmf,'))
    const concerned = kinds.filter((kind) => training.includes(kind))
    expect(changedBy(edit)).toEqual(concerned)
    expect(changedBy(() => writeFileSync(join(root, table), text))).toEqual(concerned)
  })

  test('a kernel’s bytes concern who loads kernels', () => {
    const edit = () => writeFileSync(join(root, 'packages/kernels/src/generated/kernels.wasm'), 'other')
    const concerned = changedBy(edit)
    expect(concerned).toEqual(expect.arrayContaining(['train', ...unlearning, 'attack logistic']))
    expect(concerned).not.toContain('prepare')
  })

  test('the locked version of a registry package concerns those that load it, brought by another or not', () => {
    const path = join(root, 'package-lock.json')
    const edit = (name: string) => () => {
      const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: { [path: string]: { version: string } } }
      lock.packages[`node_modules/${name}`]!.version = '99.0.0'
      writeFileSync(path, JSON.stringify(lock))
    }
    expect(changedBy(edit('koffi'))).toEqual(kinds.filter((kind) => onTrees.includes(kind)))
    expect(changedBy(edit('typescript'))).toEqual(kinds)
    expect(changedBy(edit('vitest'))).toEqual([])
  })
})
