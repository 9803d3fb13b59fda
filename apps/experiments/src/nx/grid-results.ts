/** @file The results of a grid, read from its artifacts: what could be made, whatever else failed. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AttackCell, Stage, StageNode } from '@indistinct/stages'
import { readJsonOf } from '../store/artifact-folder.ts'
import type { AttackFigures, StoredAttack, UtilityFigure } from '../store/results.ts'
import type { GridRun } from './nx-run.ts'
import { madeIn } from './run-outcome.ts'

export interface GridResults {
  readonly models: readonly ModelResults[]
  /** Of grids that release several models together. */
  readonly releases: readonly ReleaseResults[]
  /** Stages that failed, or that were not reached because of one that did. */
  readonly missing: readonly string[]
}

export interface ModelResults {
  readonly dataset: string
  readonly recommender: string
  readonly attribute: string
  readonly seed: number
  /** Absent for the original. */
  readonly method?: string
  readonly options?: unknown
  readonly attacks: readonly AttackFigures[]
  /** Attacks on what outsiders see; their tables are `scores`, `top-10` and `top-10-surrogate`. */
  readonly observed: readonly AttackFigures[]
  readonly utility: readonly UtilityFigure[]
  /** Path of the HTML report, absolute; unlearned models only. */
  readonly report?: string
  /** The stages that this model needed, those of the original included. */
  readonly stages: readonly StageResult[]
}

/** All user tables of the models of a release, attacked side by side as one table, `joined`. */
export interface ReleaseResults extends Pick<
  ModelResults,
  'dataset' | 'attribute' | 'seed' | 'method' | 'options' | 'attacks' | 'stages'
> {
  readonly recommenders: readonly string[]
}

export interface StageResult {
  readonly id: string
  readonly stage: Stage
  readonly cached: boolean
  /** Wall-clock of the run that made the artifact, also when it came from the cache. */
  readonly seconds: number
  /** Processor time of all threads of that run; absent in artifacts made before it was measured. */
  readonly cpuSeconds?: number
}

/** Reads what `run` made under `workspaceRoot`. */
export function gridResults({ expanded, outcomes }: GridRun, workspaceRoot: string): GridResults {
  const made = madeIn({ outcomes })
  const rootOf = (node: StageNode): string => join(workspaceRoot, node.root)
  const attacksOf = (cells: readonly AttackCell[]): AttackFigures[] =>
    cells.flatMap(({ node }) =>
      made(node)
        ? readJsonOf<StoredAttack[]>(rootOf(node), 'attack').map(
            ({ roc: _roc, deviations: _deviations, exposure: _exposure, ...figures }) => figures,
          )
        : [],
    )
  const stagesOf = (nodes: readonly StageNode[]): StageResult[] =>
    nodes.filter(made).map(({ id, stage, root }) => ({
      id,
      stage,
      cached: outcomes.get(id)!.status === 'cached',
      ...timingOf(join(workspaceRoot, root)),
    }))
  const models = expanded.models.map((model): ModelResults => {
    const { dataset, recommender, attribute, seed, method, prepare, train, unlearn, evaluate, report } = model
    const attackNodes = [...model.attacks, ...model.observedAttacks].map((attack) => attack.node)
    const nodes = [prepare, train, model.release, unlearn, evaluate, model.observe, ...attackNodes, report].filter(
      (node) => node !== undefined,
    )
    return {
      dataset,
      recommender,
      attribute,
      seed,
      ...(method && { method: method.name, options: method.options ?? {} }),
      attacks: attacksOf(model.attacks),
      observed: attacksOf(model.observedAttacks),
      utility: made(evaluate) ? readJsonOf<UtilityFigure[]>(rootOf(evaluate), 'utility') : [],
      ...(report && made(report) && { report: join(rootOf(report), 'artifact', 'report.html') }),
      stages: stagesOf(nodes),
    }
  })
  const releases = expanded.releases.map(
    ({ dataset, recommenders, attribute, seed, method, join: joined, attacks }): ReleaseResults => ({
      dataset,
      recommenders,
      attribute,
      seed,
      ...(method && { method: method.name, options: method.options ?? {} }),
      attacks: attacksOf(attacks),
      stages: stagesOf([joined, ...attacks.map(({ node }) => node)]),
    }),
  )
  return { models, releases, missing: expanded.nodes.filter((node) => !made(node)).map((node) => node.id) }
}

/** What the stage in folder `root` took when it was run. */
export function timingOf(root: string): { readonly seconds: number; readonly cpuSeconds?: number } {
  const path = join(root, 'timing', 'seconds.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof timingOf>) : { seconds: 0 }
}
