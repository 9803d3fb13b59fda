import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '@indistinct/core'
import { expandGrid, type StageNode, type TaskOutcome } from '@indistinct/stages'
import { afterAll, expect, test } from 'vitest'
import { paper } from '../../protocols/paper.ts'
import type { GridRun } from '../nx/nx-run.ts'
import { collectResults } from './collect.ts'
import { gridOfTargets, tableProduct } from './targets.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-collect-'))
afterAll(() => rmSync(folder, { recursive: true }))

const selection = {
  targets: ['table-3', 'figure-2'],
  datasets: ['ml-100k'],
  recommenders: ['nmf'],
  methods: ['retrain', 'd2d-r'],
  seeds: [1, 2],
} as const

/** A run in which every stage left what it would, `value` telling the node, but those that `failed`. */
function runOf(failed: (node: StageNode) => boolean): GridRun {
  const expanded = expandGrid(gridOfTargets(paper, selection))
  const outcomes = new Map<string, TaskOutcome>()
  expanded.nodes.forEach((node, at) => {
    if (failed(node)) return
    outcomes.set(node.id, { status: 'run' })
    const write = (path: string, value: unknown): void => {
      mkdirSync(join(folder, node.root, path, '..'), { recursive: true })
      const text = JSON.stringify(value)
      writeFileSync(join(folder, node.root, path), text)
      const [, name] = /^artifact\/(.*)$/.exec(path) ?? []
      if (name !== undefined && name !== 'digests.json') write('artifact/digests.json', { [name]: sha256(text) })
    }
    const estimate = { value: at / 1000 }
    const { attacker } = node.parameters as { attacker?: { name: string } }
    if (node.stage === 'attack')
      write('artifact/attack.json', [
        {
          attacker: attacker!.name,
          protocol: 'paper',
          table: 'gmf',
          input: 'raw',
          auc: estimate,
          foldedAuc: estimate,
          roc: [[0, 0]],
        },
      ])
    if (node.stage === 'evaluate')
      write('artifact/utility.json', [
        { metric: 'NDCG', k: 10, definition: 'full ranking', value: at / 1000 },
        { metric: 'NDCG', k: 10, definition: 'full ranking', group: 'F', value: 1 },
      ])
    if (node.stage === 'prepare') write('artifact/data.json', { loaded: { users: 1 }, kept: { users: 1 }, notes: [] })
    write('timing/seconds.json', { seconds: at, ...(node.stage === 'retrain' && { cpuSeconds: 2 * at }) })
  })
  return { expanded, outcomes, exitCodes: new Map(), output: '' }
}

test('a value for each repetition, of the tables’ methods alone, timed by the stage that made the model', () => {
  const run = runOf(() => false)
  const [file] = collectResults(run, tableProduct(paper, selection), 'paper', folder)
  expect(file!.models.map(({ method, seeds }) => [method, seeds])).toEqual([
    ['original', [1, 2]],
    ['retrain', [1, 2]],
    ['d2d-r', [1, 2]],
  ])
  // The alphas of Figure 2 left no trace, nor did users of one class.
  expect(file!.models[2]!.options).toEqual(paper.methods['d2d-r'])
  expect(file!.models[0]!.utility.map(({ values }) => values.length)).toEqual([2])
  expect(file!.models[0]!.attacks.map(({ attacker }) => attacker)).toEqual(['mlp', 'xgb'])
  const made = run.expanded.models
    .filter((model) => model.method?.name === 'retrain')
    .map((model) => run.expanded.nodes.indexOf(model.train))
  expect(file!.models[1]!.seconds).toEqual(made)
  expect(file!.models[1]!.cpuSeconds).toEqual(made.map((at) => 2 * at))
  expect(file!.models[2]!.cpuSeconds).toBeUndefined()
  const evaluated = run.expanded.yardsticks.map(({ evaluate }) => run.expanded.nodes.indexOf(evaluate) / 1000)
  expect(file!.yardsticks).toEqual([
    {
      name: 'ease',
      options: {},
      seeds: [1, 2],
      utility: [{ metric: 'NDCG', k: 10, definition: 'full ranking', values: evaluated }],
    },
  ])
  expect(file!.data).toEqual({ loaded: { users: 1 }, kept: { users: 1 } })
})

test('a repetition that lacks a stage is left out, of that model alone', () => {
  const run = runOf(
    (node) => node.stage === 'attack' && node.id.includes('-retrain-xgb') && node.parameters['seed'] === 1,
  )
  const [file] = collectResults(run, tableProduct(paper, selection), 'paper', folder)
  expect(file!.models.map(({ method, seeds }) => [method, seeds])).toEqual([
    ['original', [1, 2]],
    ['retrain', [2]],
    ['d2d-r', [1, 2]],
  ])
})
